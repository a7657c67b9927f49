// Guard inference: which lock guards a place, by one vote per function. After Eraser's lockset idea (Savage et al., TOCS
// 1997) and RacerD's counting: a lock guards a place when it covers a write and accesses in two functions, and no other
// covers more. Where no lock has the votes, two other signs make one suspect: it is named for the place, or a function
// looks and changes under it.

import { type Access, AccessKind, isWrite, type PlaceOf } from '../flow/accesses';
import { type Lock, LockScope } from '../flow/locks';

/** An access with what is held there. */
interface Held extends Access {
  readonly locks: readonly Lock[];
}

/** The lock that has the votes; null when none has. */
export function inferGuard(accesses: readonly Held[]): Lock | null {
  const covered = new Map<Lock, { functions: Set<number>; writes: boolean }>();
  for (const access of accesses) {
    for (const lock of access.locks) {
      if (!mayGuard(lock)) continue;
      let vote = covered.get(lock);
      if (!vote) {
        vote = { functions: new Set(), writes: false };
        covered.set(lock, vote);
      }
      vote.functions.add(access.scope);
      vote.writes ||= isWrite(access.kind);
    }
  }
  let best: Lock | null = null;
  let most = 1;
  for (const [lock, vote] of covered) {
    if (vote.writes && vote.functions.size > most) {
      best = lock;
      most = vote.functions.size;
    }
  }
  return best;
}

/** A lock that is named for the place, or under which one function looks at it and then changes it. */
export function suspectGuard(place: PlaceOf, accesses: readonly Held[]): Lock | null {
  for (const { locks } of accesses) {
    for (const lock of locks) if (mayGuard(lock) && isNamedFor(lock, place)) return lock;
  }
  for (const looked of accesses) {
    if (isWrite(looked.kind) || looked.kind === AccessKind.Snapshot) continue;
    const lock = looked.locks.find((one) => mayGuard(one) && !one.weak);
    if (!lock) continue;
    const decides = accesses.some(
      (one) =>
        one.scope === looked.scope && one.at > looked.at && isWrite(one.kind) && one.locks.includes(lock),
    );
    if (decides) return lock;
  }
  return null;
}

/** One lock for all who take it by that expression. */
function mayGuard({ scope, counting }: Lock): boolean {
  return scope !== LockScope.Keyed && scope !== LockScope.Local && !counting;
}

/** `_items_lock` for `_items`, `lock_items` for `items`. */
function isNamedFor({ key }: Lock, { name }: PlaceOf): boolean {
  if (!key.startsWith('field:') && !key.startsWith('global:')) return false;
  const lockName = key.slice(key.lastIndexOf(':') + 1).toLowerCase();
  const stem = lockName
    .replace(/_*(r?lock|mutex|guard|lck|cond|cv)$|^_*(r?lock|mutex)_/, '')
    .replace(/^_+/, '');
  const plain = name.toLowerCase().replace(/^_+/, '');
  return stem !== '' && stem !== lockName && (stem === plain || `${stem}s` === plain);
}
