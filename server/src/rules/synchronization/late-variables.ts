// Threads that are started before a variable that they read is bound: a variable of the function around them, or of the
// module whose import starts them. Whoever reads it first gets a NameError. Reads behind a call that may wait come late.

import type { Scope } from '../../program/program';
import { Op, ScopeKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Spawned } from '../../whole/spawned';
import type { Report } from '../rule';
import { functionLabel } from './access-words';
import { raising } from './raising';

/** One report for each start with such a variable. */
export function* boundLate(
  analysis: Analysis,
  startOf: (analysis: Analysis, one: Spawned) => number,
): Iterable<Report> {
  for (const one of analysis.spawned) {
    const { scope, spawn } = one;
    if (scope.file.isTest || spawn.kind !== 'start' || spawn.model !== 'thread') continue;
    if (scope.code.kind === ScopeKind.Class) continue;
    const start = startOf(analysis, one);
    if (start < 0) continue;
    for (const run of one.runs) {
      const found = lateIn(analysis, scope, start, analysis.program.scopes[run]!);
      if (!found) continue;
      yield found;
      break;
    }
  }
}

function lateIn(analysis: Analysis, scope: Scope, start: number, run: Scope): Report | null {
  const { op, a, b, c } = run.code;
  const isModule = scope.code.kind === ScopeKind.Module;
  if (isModule ? run.file !== scope.file || run.owner >= 0 : run.parent !== scope.id) return null;
  for (let at = 0; at < op.length; at++) {
    // What it calls may wait for what is bound meanwhile.
    if (op[at] === Op.Loop || op[at] === Op.If || op[at] === Op.Try || raising(run, at) === 2) return null;
    const isRead = isModule ? op[at] === Op.Global : op[at] === Op.Captured && b[at] === 1;
    const stored = isRead ? firstStore(scope, isModule ? a[at]! : c[at]!, isModule) : -1;
    if (stored <= start) continue;
    const name = scope.file.source.names[a[at]!]!;
    const { program } = analysis;
    return {
      ...program.span(scope, start),
      message: `${functionLabel(scope)} binds \`${name}\` only after this, but ${functionLabel(run)} may run from here on, and reads it.`,
      confidence: 'medium',
      symbol: scope.qualifiedName,
      stepsKind: 'places',
      steps: [
        { ...program.span(scope, stored), message: 'It is bound here.' },
        { ...program.span(run, at), message: `${functionLabel(run)} reads it.` },
      ],
    };
  }
  return null;
}

/** The first instruction that binds a name of the module, or a slot of the function; -1 where it is a parameter, or bound
 * elsewhere. */
function firstStore(scope: Scope, wanted: number, isModule: boolean): number {
  const { op, a, parameters } = scope.code;
  if (!isModule && wanted < parameters.length) return -1;
  return op.findIndex((one, at) => one === (isModule ? Op.StoreGlobal : Op.StoreLocal) && a[at] === wanted);
}
