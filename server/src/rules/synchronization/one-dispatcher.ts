// Whether functions run one after the other because one dispatcher of the program calls them: all that leads to them are
// methods of one class with one and the same mark, a decorator of the program that only writes something on the function.
// Who reads the mark is not asked.

import { EntityKind } from '../../flow/entities';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { functionExtra } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const most = 64;

/** Whether each of the functions is entered by marked methods alone, all with one mark in one class. */
export function haveOneDispatcher(analysis: Analysis, scopes: readonly Scope[]): boolean {
  const marks = new Set<string>();
  const seen = new Set<number>();
  const queue = [...scopes];
  for (let k = 0; k < queue.length; k++) {
    const scope = queue[k]!;
    if (seen.has(scope.id)) continue;
    seen.add(scope.id);
    const callers = analysis.calls.callers[scope.id]!.map(
      ({ caller }) => analysis.program.scopes[caller]!,
    ).filter(({ file }) => !file.isTest);
    const mark = markOf(analysis, scope);
    if (mark !== '') marks.add(mark);
    if ((mark === '' && callers.length === 0) || marks.size > 1 || seen.size > most) return false;
    queue.push(...callers);
  }
  return marks.size === 1;
}

/** The mark of a method, with its class; '' for none. */
function markOf({ program, resolver }: Analysis, scope: Scope): string {
  if (scope.owner < 0 || scope.definedAt < 0 || scope.parent < 0) return '';
  const outer = program.scopes[scope.parent]!;
  if (outer.code.op[scope.definedAt] !== Op.Function) return '';
  for (const decorator of functionExtra(outer.code, scope.definedAt).decorators) {
    for (const entity of resolver.denotes(outer.id, decorator)) {
      if (resolver.entities.kind[entity] !== EntityKind.Function) continue;
      const marking = resolver.entities.x[entity]!;
      if (isMark(program.scopes[marking]!)) return `${scope.owner}:${marking}`;
    }
  }
  return '';
}

/** `def listen(f): f._listens = True; return f`. */
function isMark({ code: { op, a } }: Scope): boolean {
  const isFirst = (value: number) => value >= 0 && op[value] === Op.Local && a[value] === 0;
  return (
    op.some((one, at) => one === Op.StoreAttribute && isFirst(a[at]!)) &&
    op.some((one) => one === Op.Return) &&
    op.every((one, at) => one !== Op.Return || isFirst(a[at]!)) &&
    !op.includes(Op.Function)
  );
}
