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
  const { code } = resolver.program.scopes[scopeId]!;
  const callee = code.a[call]!;
  const number = resolver.numberings.of(resolver.program.scopes[scopeId]!).number[callee]!;
  if (number < 0) return none;
  const callees = resolver.at(scopeId, number, depth);
  if (callees.length === 0) return none;
  const viaSuper =
    code.op[callee] === Op.Attribute &&
    hasMethod(resolver, callees) &&
    isSuper(resolver, scopeId, code.a[callee]!, depth);
  // Most calls have one callee, and what that enters is the same wherever it is called.
  if (callees.length === 1 && !viaSuper) {
    const entity = callees[0]!;
    const { targetsOfEntity } = resolver;
    const known = targetsOfEntity[entity];
    if (known !== undefined) return known;
    const found: Target[] = [];
    addTargets(resolver, entity, false, found);
    while (targetsOfEntity.length <= entity) targetsOfEntity.push(undefined);
    targetsOfEntity[entity] = found;
    return found;
  }
  const found: Target[] = [];
  for (let k = 0; k < callees.length; k++) addTargets(resolver, callees[k]!, viaSuper, found);
  return found;
}

const none: readonly Target[] = [];

/** Adds what a call of an entity may enter. */
function addTargets(resolver: Resolver, entity: number, viaSuper: boolean, found: Target[]): void {
  const { entities, program, classes } = resolver;
  const x = entities.x[entity]!;
  switch (entities.kind[entity]) {
    case EntityKind.Function:
      enter(found, x, false);
      break;
    case EntityKind.Method: {
      enter(found, x, true);
      if (viaSuper) break;
      const below = classes.descendants(entities.y[entity]!, 64);
      for (let k = 0; k < below.length; k++) {
        const override = classes.ownMethod(below[k]!, program.scopes[x]!.name);
        if (override >= 0) enter(found, override, true);
      }
      break;
    }
    case EntityKind.Class:
      if (found.length < maximumTargets)
        found.push({ kind: 'class', scope: x, init: classes.method(x, '__init__') });
      break;
    case EntityKind.Instance: {
      const method = classes.method(x, '__call__');
      if (method >= 0) enter(found, method, true);
      break;
    }
    case EntityKind.Library:
      if (found.length < maximumTargets) found.push({ kind: 'library', path: entities.path(entity) });
      break;
  }
}

function enter(found: Target[], scope: number, bound: boolean): void {
  if (found.length >= maximumTargets) return;
  for (let k = 0; k < found.length; k++) {
    const one = found[k]!;
    if (one.kind === 'function' && one.scope === scope) return;
  }
  found.push({ kind: 'function', scope, bound });
}

function hasMethod({ entities }: Resolver, callees: readonly number[]): boolean {
  for (let k = 0; k < callees.length; k++) if (entities.kind[callees[k]!] === EntityKind.Method) return true;
  return false;
}

function isSuper(resolver: Resolver, scopeId: number, value: number, depth: number): boolean {
  const { number } = resolver.numberings.of(resolver.program.scopes[scopeId]!);
  const objects = resolver.at(scopeId, number[value]!, depth - 1);
  for (let k = 0; k < objects.length; k++)
    if (resolver.entities.kind[objects[k]!] === EntityKind.Super) return true;
  return false;
}
