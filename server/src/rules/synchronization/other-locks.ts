// Accesses that hold a lock, but not the one that guards the state elsewhere, nor any other in common with the accesses
// that do. Locks that may be a different one each time say nothing here.

import { AccessKind, isWrite } from '../../flow/accesses';
import { type Lock, LockScope } from '../../flow/locks';
import type { Analysis } from '../../whole/analysis';
import { type Guarded, type HeldAccess, unguarded } from '../../whole/guards';
import { renewsObject } from '../../whole/set-up';
import { Conflict, conflictOf } from './conflicts';
import { isLockItself, isNear } from './self-guarding';

/** An access under another lock than its guard, and a guarded access that it collides with. */
export interface OtherLock {
  readonly access: HeldAccess;
  readonly lock: Lock;
  readonly counterpart: HeldAccess;
  /** Some order of the steps of both gives a wrong result; else each is atomic by itself, as the code stands. */
  readonly collides: boolean;
}

/** The accesses of a place that change it, or rely on it, under another lock than its guard. */
export function underOtherLocks(analysis: Analysis, guarded: Guarded): readonly OtherLock[] {
  const { guard } = guarded;
  if (!guard || guard.weak || guarded.declared || isLockItself(analysis, guarded)) return [];
  if (!isNear(analysis, guarded, guard)) return [];
  const held = guarded.accesses.filter((one) => one.locks.includes(guard));
  const found: OtherLock[] = [];
  for (const access of unguarded(guarded)) {
    const lock = access.locks.find((one) => isPlain(one) && isNear(analysis, guarded, one));
    if (!lock || !matters(access)) continue;
    const scope = analysis.program.scopes[access.scope]!;
    if (analysis.entryLocks.isSetUp(scope) || renewsObject(analysis.resolver, scope, guard)) continue;
    const collides = conflictOf(analysis.program, guarded, guard, access) !== Conflict.None;
    const apart = held.filter((one) => !one.locks.some((each) => access.locks.includes(each)));
    const counterpart =
      apart.find((one) => isWrite(one.kind)) ?? (isWrite(access.kind) ? apart[0] : undefined);
    if (counterpart) found.push({ access, lock, counterpart, collides });
  }
  return found;
}

/** A lock that is the same one for all who take it by that expression. */
function isPlain({ weak, counting, scope }: Lock): boolean {
  return !weak && !counting && scope !== LockScope.Keyed && scope !== LockScope.Local;
}

function matters({ kind }: HeldAccess): boolean {
  return isWrite(kind) || kind === AccessKind.Iterate;
}
