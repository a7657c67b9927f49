// Accesses that hold a lock, but not the one that guards the state elsewhere, nor any other in common with the accesses
// that do. Locks that may be a different one each time say nothing here.

import { AccessKind, isWrite } from '../../flow/accesses';
import { type Lock, LockScope } from '../../flow/locks';
import type { Analysis } from '../../whole/analysis';
import { type Guarded, type HeldAccess, unguarded } from '../../whole/guards';
import { Meeting } from '../../whole/meetings';
import { Effect } from '../../whole/method-effects';
import { renewsObject } from '../../whole/set-up';
import { type Harm, harmsOf } from './harms';
import { isLockItself, isNear } from './self-guarding';
import { Sharing } from './sharing';

/** An access under another lock than its guard, and a guarded access that it collides with. */
export interface OtherLock {
  readonly access: HeldAccess;
  readonly lock: Lock;
  readonly counterpart: HeldAccess;
  /** How sure it is that the two run at once, and some order of their steps gives a wrong result. */
  readonly meeting: Meeting;
  /** What that order does; null when none is known. */
  readonly harm: Harm | null;
}

/** The accesses of a place that change it, or rely on it, under another lock than its guard. */
export function underOtherLocks(analysis: Analysis, guarded: Guarded): readonly OtherLock[] {
  const { guard } = guarded;
  if (!guard || guard.weak || guarded.declared || isLockItself(analysis, guarded)) return [];
  if (!isNear(analysis, guarded, guard)) return [];
  const held = guarded.accesses.filter((one) => one.locks.includes(guard));
  const found: OtherLock[] = [];
  const sharing = new Sharing(analysis, guarded, guard);
  for (const access of unguarded(guarded)) {
    const lock = access.locks.find((one) => isPlain(one) && isNear(analysis, guarded, one));
    if (!lock || !matters(access)) continue;
    const scope = analysis.program.scopes[access.scope]!;
    if (analysis.entryLocks.isSetUp(scope) || renewsObject(analysis.resolver, scope, guard)) continue;
    const apart = held.filter((one) => !one.locks.some((each) => access.locks.includes(each)));
    const collisions = harmsOf(analysis, guarded, guard, access).filter(({ partner }) =>
      apart.some((one) => one.scope === partner),
    );
    const hit = apart.filter((one) => collisions.some(({ partner }) => partner === one.scope));
    const among = hit.length > 0 ? hit : apart;
    const counterpart =
      among.find((one) => isWrite(one.kind)) ?? (isWrite(access.kind) ? among[0] : undefined);
    // A lock was taken on purpose: who offers the function means it to be called beside others.
    const isOffered = !scope.name.startsWith('_') && collisions.length > 0 && lock.model !== 'asyncio';
    const overlap = sharing.overlapOf(access, collisions);
    const meeting = Math.max(overlap.meeting, isOffered ? Meeting.Unseen : Meeting.Apart);
    const harm = overlap.collision ?? collisions[0] ?? null;
    if (counterpart) found.push({ access, lock, counterpart, meeting, harm });
  }
  return found;
}

/** Whether an access is made under some lock other than its guard: one was chosen for it. */
export function hasOtherLock({ guard }: Guarded, { locks }: HeldAccess): boolean {
  return guard !== null && !guard.weak && !locks.includes(guard) && locks.some(isPlain);
}

/** A lock that is the same one for all who take it by that expression. */
function isPlain({ weak, counting, scope }: Lock): boolean {
  return !weak && !counting && scope !== LockScope.Keyed && scope !== LockScope.Local;
}

function matters({ kind, effect }: HeldAccess): boolean {
  // What a method does to its object, the object may have a lock of its own for.
  return effect === Effect.None && (isWrite(kind) || kind === AccessKind.Iterate);
}
