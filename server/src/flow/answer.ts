// A bounded list of entities that grows while a question is answered, and the step from a type to its instances.

import { EntityKind } from './entities';
import type { Resolver } from './resolver';

/** An answer names at most this many entities; the first in source order are kept. */
export const maximumEntities = 8;

/** A growing answer without duplicates, cut at the bound. */
export class Answer {
  readonly entities: number[] = [];

  add(more: readonly number[]): void {
    const { entities } = this;
    for (let k = 0; k < more.length; k++) {
      if (entities.length >= maximumEntities) return;
      if (!entities.includes(more[k]!)) entities.push(more[k]!);
    }
  }
}

/** An instance of what the entity names, when it names a type. */
export function asInstance(resolver: Resolver, entity: number): readonly number[] {
  const { entities } = resolver;
  if (entities.kind[entity] === EntityKind.Class)
    return [entities.of(EntityKind.Instance, entities.x[entity]!)];
  if (entities.kind[entity] !== EntityKind.Library) return [];
  const path = entities.path(entity);
  return [entities.library(resolver.library.resultOf(path))];
}
