// State under locks that are named at run time: which template of a name covers it where ('port-{}' here, 'router-{}'
// there). One template may mean many locks, two templates never mean the same one.

import { AccessKind, isWrite } from '../../flow/accesses';
import { type Lock, LockScope } from '../../flow/locks';
import type { Guarded, HeldAccess } from '../../whole/guards';

/** A place whose accesses hold locks of differently made names. */
export interface TornTemplates {
  /** The template that most functions use. */
  readonly guard: Lock;
  readonly lock: Lock;
  readonly access: HeldAccess;
  readonly counterpart: HeldAccess;
}

/** The first access under another template than the one that covers a place in most functions; null for none. */
export function tornTemplates(guarded: Guarded): TornTemplates | null {
  if (guarded.guard || guarded.declared) return null;
  const functions = new Map<Lock, Set<number>>();
  for (const { scope, locks } of guarded.accesses) {
    for (const lock of locks) {
      if (!isTemplate(lock)) continue;
      const users = functions.get(lock);
      if (users) users.add(scope);
      else functions.set(lock, new Set([scope]));
    }
  }
  let guard: Lock | null = null;
  for (const [lock, users] of functions) {
    if (users.size > 1 && users.size > (guard ? functions.get(guard)!.size : 0)) guard = lock;
  }
  if (!guard || functions.size < 2) return null;
  const common = guard;
  const counterpart = guarded.accesses.find(
    (one) => one.locks.includes(common) && (isWrite(one.kind) || one.kind === AccessKind.Iterate),
  );
  const access = guarded.accesses.find(
    (one) =>
      isWrite(one.kind) &&
      one.locks.some(isTemplate) &&
      !one.locks.includes(common) &&
      !one.locks.some((lock) => counterpart?.locks.includes(lock)),
  );
  if (!access || !counterpart) return null;
  return { guard, lock: access.locks.find(isTemplate)!, access, counterpart };
}

function isTemplate({ scope, key }: Lock): boolean {
  return scope === LockScope.Keyed && key.startsWith('name:');
}
