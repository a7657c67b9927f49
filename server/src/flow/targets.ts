// Which functions a call may enter: the callee's entities, dispatched over overriding methods.

import { Op } from '../syntax/code';
import { EntityKind } from './entities';
import type { Resolver } from './resolver';

/** A function of the program that a call may enter. */
export interface FunctionTarget {
  readonly kind: 'function';
  readonly scope: number;
  /** The receiver is parameter 0 and not among the written arguments. */
  readonly bound: boolean;
}

/** The construction of an instance. */
export interface ClassTarget {
  readonly kind: 'class';
  /** Scope of the class. */
  readonly scope: number;
  /** Scope of its `__init__`, or -1. */
  readonly init: number;
}

/** Something of a library, by canonical dotted path. */
export interface LibraryTarget {
  readonly kind: 'library';
  readonly path: string;
}

/** What a call may reach. */
export type Target = FunctionTarget | ClassTarget | LibraryTarget;

/** A call has at most this many targets; the first in source order are kept. */
export const maximumTargets = 8;

/** The targets of a call instruction, resolved with a depth. */
export function targetsOf(
  resolver: Resolver,
  scopeId: number,
  call: number,
  depth: number,
): readonly Target[] {
  const { entities, program, classes } = resolver;
  const scope = program.scopes[scopeId]!;
  const callee = scope.code.a[call]!;
  const number = resolver.numberings.of(scope).number[callee]!;
  const found: Target[] = [];
  const enter = (target: number, bound: boolean) => {
    const isNew = found.every((one) => one.kind !== 'function' || one.scope !== target);
    if (found.length < maximumTargets && isNew) found.push({ kind: 'function', scope: target, bound });
  };
  for (const entity of number < 0 ? [] : resolver.at(scopeId, number, depth)) {
    const x = entities.x[entity]!;
    switch (entities.kind[entity]) {
      case EntityKind.Function:
        enter(x, false);
        break;
      case EntityKind.Method: {
        enter(x, true);
        const viaSuper =
          scope.code.op[callee] === Op.Attribute && isSuper(resolver, scopeId, scope.code.a[callee]!, depth);
        if (viaSuper) break;
        const below = classes.descendants(entities.y[entity]!, 64);
        for (let k = 0; k < below.length; k++) {
          const override = classes.ownMethod(below[k]!, program.scopes[x]!.name);
          if (override >= 0) enter(override, true);
        }
        break;
      }
      case EntityKind.Class:
        if (found.length < maximumTargets) {
          found.push({ kind: 'class', scope: x, init: classes.method(x, '__init__') });
        }
        break;
      case EntityKind.Instance: {
        const method = classes.method(x, '__call__');
        if (method >= 0) enter(method, true);
        break;
      }
      case EntityKind.Library:
        if (found.length < maximumTargets) found.push({ kind: 'library', path: entities.path(entity) });
        break;
    }
  }
  return found;
}

function isSuper(resolver: Resolver, scopeId: number, value: number, depth: number): boolean {
  const { number } = resolver.numberings.of(resolver.program.scopes[scopeId]!);
  return resolver
    .at(scopeId, number[value]!, depth - 1)
    .some((entity) => resolver.entities.kind[entity] === EntityKind.Super);
}
