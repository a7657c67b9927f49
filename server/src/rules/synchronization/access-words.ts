// How the synchronization rules speak of accesses: the verb for what is done, the function that does it, and
// whether it deserves attention on its own. Words only; what counts as a defect each rule decides.

import { type Access, AccessKind } from '../../flow/accesses';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';

const verbs: Readonly<Record<AccessKind, string>> = {
  [AccessKind.Read]: 'reads',
  [AccessKind.Test]: 'tests',
  [AccessKind.Index]: 'indexes',
  [AccessKind.Snapshot]: 'copies',
  [AccessKind.Iterate]: 'iterates over',
  [AccessKind.Mutate]: 'changes',
  [AccessKind.Write]: 'sets',
  [AccessKind.Update]: 'updates',
};

/** The verb for an access, third person. */
export function verbOf(access: Access): string {
  return verbs[access.kind];
}

/** A function as prose names it: `update()`, or "module level". */
export function functionLabel(scope: Scope): string {
  if (scope.name === '') return 'module level';
  return scope.name === '<lambda>' ? 'a lambda' : `${scope.name}()`;
}

/** A lock as prose names it. */
export function lockLabel(lock: Lock): string {
  if (lock.key.startsWith('name:')) return `lock ${lock.label}`;
  return lock.scope === LockScope.Local ? lock.label : `\`${lock.label}\``;
}
