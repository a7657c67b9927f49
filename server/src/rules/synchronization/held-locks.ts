// What a function itself holds at an instruction, with the place where it took it: by `with` or `acquire` in its own
// code, or by a decorator. What its callers hold is not told here.

import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Edge } from '../../whole/call-graph';
import { UseKind } from '../../whole/lock-uses';

const mostTargets = 3;

/** A lock that a function holds. */
export interface Holding {
  readonly lock: Lock;
  /** Value number of the lock object, -1 for a decorator's. */
  readonly number: number;
  /** The instruction that took it, -1 for a decorator. */
  readonly takenAt: number;
  /** The receiver's own, or the only one of its kind. */
  readonly same: boolean;
}

/** What a function's own code and decorators hold just before an instruction. */
export function holdings(analysis: Analysis, scope: Scope, at: number): readonly Holding[] {
  const { held, sets } = analysis.resolver.numberings.of(scope);
  const found: Holding[] = [];
  for (const { lock } of analysis.entryLocks.wrappersOf(scope))
    found.push({ lock, number: -1, takenAt: -1, same: true });
  for (const number of sets.lists[held[at]!]!) {
    for (const lock of analysis.locks.of(scope.id, number)) {
      if (lock.scope === LockScope.Keyed || lock.scope === LockScope.Local) continue;
      const same = lock.scope === LockScope.Program || analysis.lockTaking.ofSelf(scope, number);
      found.push({ lock, number, takenAt: takenAt(analysis, scope, number, at), same });
    }
  }
  return found;
}

/** Whether a function holds anything at some point that is worth a look. */
export function holdsSomething(analysis: Analysis, scope: Scope): boolean {
  if (analysis.entryLocks.wrappersOf(scope).length > 0) return true;
  return analysis.lockUses
    .of(scope.id)
    .some(
      (use) =>
        (use.kind === UseKind.With || use.kind === UseKind.Acquire) &&
        analysis.locks.of(scope.id, use.number).length > 0,
    );
}

/** The functions that a function enters, and where: by calls that may mean few, and by what is no call in the text. */
export function entriesOf({ resolver, impliedCalls }: Analysis, scope: Scope): readonly Edge[] {
  const { op } = scope.code;
  const found: Edge[] = [];
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call) continue;
    const targets = resolver.targets(scope.id, at);
    if (targets.length > mostTargets) continue;
    for (const target of targets) {
      const callee = target.kind === 'function' ? target.scope : target.kind === 'class' ? target.init : -1;
      if (callee >= 0) found.push({ caller: scope.id, at, callee });
    }
  }
  return [...found, ...impliedCalls.from(scope)].sort((x, y) => x.at - y.at);
}

function takenAt(analysis: Analysis, scope: Scope, number: number, before: number): number {
  let taken = -1;
  for (const use of analysis.lockUses.of(scope.id)) {
    if (use.at >= before) break;
    if (use.number === number && (use.kind === UseKind.With || use.kind === UseKind.Acquire)) taken = use.at;
  }
  return taken;
}
