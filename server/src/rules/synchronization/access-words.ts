// How the synchronization rules speak of accesses: the verb for what is done, the function that does it, and
// whether it deserves attention on its own. Words only; what counts as a defect each rule decides.

import { type Access, AccessKind } from '../../flow/accesses';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import type { Analysis } from '../../whole/analysis';
import { rootWords } from '../../whole/roots';
import type { Report } from '../rule';

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

/** Who runs a function, where roots show it. */
export function runnerOf({ program, roots }: Analysis, scope: number): NonNullable<Report['steps']> {
  const root = roots.reaching(scope)[0];
  if (!root) return [];
  const name = functionLabel(program.scopes[scope]!);
  const entry = program.scopes[root.scope]!;
  const how =
    root.scope === scope
      ? `runs in ${rootWords(root)}`
      : `runs in ${rootWords(root)}, by way of ${functionLabel(entry)}`;
  return [
    { ...program.nameSpan(entry), message: `${name} ${how}${root.many ? ', several at a time' : ''}.` },
  ];
}
