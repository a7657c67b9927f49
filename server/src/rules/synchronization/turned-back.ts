// Whether a way of calls contradicts itself: a function on it goes home where a variable of the module is as it must be
// for a later one to go on. Looks at which variables are tested, not at what for.

import type { Scope } from '../../program/program';
import { IfOrigin, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { enclosing, endOf, partsOf } from './lock-words';

/** `if queue is None: return`, and then a call that comes to the place only under `if queue is None`. */
export function turnsBackBefore(
  analysis: Analysis,
  path: readonly { readonly scope: number; readonly at: number }[],
): boolean {
  const left = new Set<string>();
  for (const { scope: id, at } of path) {
    if (at < 0) continue;
    const scope = analysis.program.scopes[id]!;
    const { op, c } = scope.code;
    const around = enclosing(scope.code, at);
    for (const part of around)
      if (op[part] === Op.If && variablesIn(analysis, scope, part).some((name) => left.has(name)))
        return true;
    for (let k = 0; k < at; k++) {
      if (op[k] !== Op.If || c[k] !== IfOrigin.Statement || around.includes(k) || !goesHome(scope, k))
        continue;
      for (const name of variablesIn(analysis, scope, k)) left.add(name);
    }
  }
  return false;
}

/** Whether the branch of a condition ends the function. */
export function goesHome({ code }: Scope, condition: number): boolean {
  const end = endOf(code, condition);
  for (let at = condition + 1; at < end; at++) if (code.op[at] === Op.Else) return false;
  return code.op[end - 1] === Op.Return;
}

/** Variables of the module that a condition reads, by whatever local name; with their file. */
function variablesIn(analysis: Analysis, scope: Scope, condition: number): readonly string[] {
  const { op, a } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  const found: string[] = [];
  for (const at of partsOf(scope.code, condition)) {
    const value = op[at] === Op.Local ? number[at]! : at;
    if (value < 0 || value >= op.length || op[value] !== Op.Global) continue;
    const name = scope.file.source.names[a[value]!]!;
    if (analysis.resolver.bindings.of(scope.file.firstScope, name).length > 1)
      found.push(`${scope.file.index}:${name}`);
  }
  return found;
}
