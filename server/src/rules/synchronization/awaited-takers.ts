// Whether what a wait waits for takes the lock that is held meanwhile: the thread that is joined, the job whose result
// is asked for. Looks at threads and jobs that the same class or file starts; which of several is meant is not asked.

import { EntityKind } from '../../flow/entities';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Way } from '../../whole/lock-taking';
import type { Spawned } from '../../whole/spawned';

/** The function that is waited for, and its way to the lock. */
export interface Taker {
  readonly run: number;
  readonly way: Way;
}

/** What is waited for by a call and takes the lock; null when nothing shows that. */
export function takerOf(analysis: Analysis, scope: Scope, call: number, lock: Lock): Taker | null {
  for (const run of awaited(analysis, scope, call)) {
    for (const way of analysis.lockTaking.of(run)) if (way.lock === lock) return { run, way };
  }
  return null;
}

/** The functions that run in what a call may wait for. */
function awaited(analysis: Analysis, scope: Scope, call: number): readonly number[] {
  const { resolver, program } = analysis;
  const { op, a } = scope.code;
  const callee = a[call]!;
  if (op[callee] === Op.Attribute) {
    const runs: number[] = [];
    for (const entity of resolver.denotes(scope.id, a[callee]!)) {
      if (resolver.entities.kind[entity] !== EntityKind.Instance || resolver.entities.path(entity) !== '')
        continue;
      const run = resolver.classes.method(resolver.entities.x[entity]!, 'run');
      if (run >= 0) runs.push(run);
    }
    if (runs.length > 0) return runs;
  }
  const field = fieldOf(scope, op[callee] === Op.Attribute ? a[callee]! : -1);
  return analysis.spawned
    .filter(
      (one) =>
        one.scope.file === scope.file &&
        (scope.owner < 0 || one.scope.owner === scope.owner) &&
        (one.spawn.model === 'thread' || one.spawn.model === 'greenthread') &&
        field !== '' &&
        isKeptIn(analysis, one, field),
    )
    .flatMap((one) => one.runs)
    .filter((run) => !program.scopes[run]!.file.isTest);
}

/** The name of the field or variable of the module that a value is, or is an element of; '' when it is neither. */
function fieldOf(scope: Scope, value: number): string {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  let at = value;
  for (let depth = 0; at >= 0 && depth < 4; depth++) {
    switch (op[at] as Op) {
      case Op.Attribute:
        return names[b[at]!]!;
      case Op.Global:
        return names[a[at]!]!;
      case Op.Element:
      case Op.Item:
        at = a[at]!;
        break;
      case Op.Local: {
        const slot = a[at]!;
        let stored = -1;
        for (let k = 0; k < at; k++) if (op[k] === Op.StoreLocal && a[k] === slot) stored = b[k]!;
        at = stored;
        break;
      }
      default:
        return '';
    }
  }
  return '';
}

/** Whether what a call starts is stored in the field, put into it, or handed to the pool that it holds. */
function isKeptIn(analysis: Analysis, { scope, at: made }: Spawned, field: string): boolean {
  const { op, a, b, c, extra } = scope.code;
  const { names } = scope.file.source;
  const { number } = analysis.resolver.numberings.of(scope);
  if (op[a[made]!] === Op.Attribute && fieldOf(scope, a[a[made]!]!) === field) return true;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreAttribute && names[b[at]!] === field && number[c[at]!] === made) return true;
    if (op[at] === Op.StoreGlobal && names[a[at]!] === field && number[b[at]!] === made) return true;
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute || fieldOf(scope, a[a[at]!]!) !== field) continue;
    const from = b[at]!;
    for (let k = 0; k < extra[from]!; k++) if (number[extra[from + 2 + 2 * k]!] === made) return true;
  }
  return false;
}
