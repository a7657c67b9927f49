// What the library knows of a value as a lock: its kind (lock, condition, semaphore), whether its holder may take it
// again. Answers from types alone; a name that merely sounds like a lock says nothing here.

import type { LockConstructor } from '../library/schema';
import { EntityKind } from './entities';
import type { Resolver } from './resolver';

const nothing: readonly LockConstructor[] = [];

/** The lock constructors that a value number may come from, one for each type it may have; empty when it is no lock. */
export function lockKinds(resolver: Resolver, scopeId: number, number: number): readonly LockConstructor[] {
  const { library, entities, classes } = resolver;
  let found: LockConstructor[] | null = null;
  for (const entity of resolver.denotesNumber(scopeId, number)) {
    let path = entities.path(entity);
    if (path === '' && entities.kind[entity] === EntityKind.Instance) {
      for (const base of classes.order(entities.x[entity]!)) path ||= entities.path(base);
    }
    const known = path === '' ? undefined : constructorAt(library.lockConstructors, path);
    if (!known) continue;
    found ??= [];
    if (!found.includes(known)) found.push(known);
  }
  return found ?? nothing;
}

/** Whether a value is a condition variable, by its type. */
export function isCondition(resolver: Resolver, scopeId: number, number: number): boolean {
  return lockKinds(resolver, scopeId, number).some(({ kind }) => kind === 'condition');
}

function constructorAt(
  table: { get(path: string): LockConstructor | undefined },
  path: string,
): LockConstructor | undefined {
  return table.get(path) ?? (path.endsWith('()') ? table.get(path.slice(0, -2)) : undefined);
}
