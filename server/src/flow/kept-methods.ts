// Methods of a container that a class keeps in fields of its own (`self._append = self._queue.append`): a call of such a
// field is an access of the container. Believed only where every store into the field keeps a method of one container.

import type { ContainerEffect } from '../library/schema';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import { EntityKind } from './entities';
import type { Resolver } from './resolver';

/** A container's method behind a field. */
export interface KeptMethod {
  /** Scope of the class whose field the container is. */
  readonly owner: number;
  /** Name of the container's field. */
  readonly container: string;
  readonly effect: ContainerEffect;
}

/** The container's method that an attribute of an object keeps; null for any other attribute. */
export function keptMethod(resolver: Resolver, scope: Scope, attribute: number): KeptMethod | null {
  const { a, b } = scope.code;
  const { classes, entities } = resolver;
  const name = scope.file.source.names[b[attribute]!]!;
  for (const entity of resolver.denotes(scope.id, a[attribute]!)) {
    if (entities.kind[entity] !== EntityKind.Instance) continue;
    const owner = classes.ownerOf(entities.x[entity]!, name);
    let found: KeptMethod | null = null;
    for (const store of classes.storesOf(owner, name)) {
      const one = methodStored(resolver, owner, store.scope, store.value);
      if (!one || (found && (one.container !== found.container || one.effect !== found.effect))) return null;
      found = one;
    }
    return found;
  }
  return null;
}

/** `self._queue.append` as a value: which method of which of the receiver's fields. */
function methodStored(
  resolver: Resolver,
  classScope: number,
  scopeId: number,
  value: number,
): KeptMethod | null {
  const scope = resolver.program.scopes[scopeId]!;
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  const { number } = resolver.numberings.of(scope);
  if (op[value] !== Op.Attribute || op[a[value]!] !== Op.Attribute) return null;
  const base = a[value]!;
  const effect = resolver.library.containerMethods.get(names[b[value]!]!);
  if (effect === undefined || number[a[base]!] !== op.length) return null;
  const container = names[b[base]!]!;
  return { owner: resolver.classes.ownerOf(classScope, container), container, effect };
}
