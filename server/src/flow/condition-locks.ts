// Over which locks a condition variable is made, by every construction that it may come from: the field, variable or
// container that it stands in is followed back to the calls. Nothing is said where one of them is not seen.

import type { Scope } from '../program/program';
import { ConstantKind, Op } from '../syntax/code';
import { elements } from '../syntax/code-reader';
import { definitionOf } from './definitions';
import { EntityKind } from './entities';
import { isCondition, makesLock } from './lock-kinds';
import { argumentAt, type Lock, type Locks } from './locks';
import type { Resolver } from './resolver';

/** A call that makes a condition. */
interface Made {
  readonly scope: Scope;
  readonly call: number;
}

const deepest = 6;
const takesOut = /^(get|pop|popleft|popitem|setdefault|values|items)$/;

/** The locks that a condition may be made over: none where each has a lock of its own; null where that is not known. */
export function locksUnder(
  resolver: Resolver,
  locks: Locks,
  scope: Scope,
  number: number,
): readonly Lock[] | null {
  const makers = makersOf(resolver, scope, number, deepest);
  if (makers === null || makers.length === 0) return null;
  const found: Lock[] = [];
  for (const { scope: maker, call } of makers) {
    const known = constructorOf(resolver, maker, call);
    if (!known?.underlying) return null;
    const given = argumentAt(maker, call, known.underlying);
    if (given < 0 || isNone(maker, given)) continue;
    const inner = resolver.numberings.of(maker).number[given]!;
    const under = locks.of(maker.id, inner);
    // A lock that comes in as an argument is held by others under other names.
    if (under.length === 0 || !isMadeInView(resolver, maker, inner)) return null;
    for (const lock of under) if (!found.includes(lock)) found.push(lock);
  }
  return found;
}

function constructorOf(resolver: Resolver, scope: Scope, call: number) {
  for (const entity of resolver.denotes(scope.id, scope.code.a[call]!)) {
    const known = resolver.library.lockConstructors.get(resolver.entities.path(entity));
    if (known) return known;
  }
  return undefined;
}

/** Whether the program itself makes every lock that a value may be: none comes in as an argument, or from elsewhere. */
export function isMadeInView(resolver: Resolver, scope: Scope, number: number): boolean {
  return makersOf(resolver, scope, number, deepest) !== null;
}

function makersOf(resolver: Resolver, scope: Scope, number: number, depth: number): readonly Made[] | null {
  const { code } = scope;
  const { op, a, b } = code;
  const { count, slotCount, phis, number: numbers } = resolver.numberings.of(scope);
  if (depth === 0) return null;
  if (number >= count + slotCount)
    return joined(phis[number - count - slotCount]!, (one) => makersOf(resolver, scope, one, depth - 1));
  if (number < 0 || number >= op.length) return null;
  switch (op[number] as Op) {
    case Op.Const:
      return isNone(scope, number) ? [] : null;
    case Op.Phi:
      return joined([...elements(code, number)], (one) =>
        makersOf(resolver, scope, numbers[one]!, depth - 1),
      );
    case Op.Global: {
      const made = definitionOf(resolver, scope.file, scope.file.source.names[a[number]!]!);
      return ofStores(resolver, resolver.bindings.of(made.file.firstScope, made.name), depth);
    }
    case Op.Attribute:
      return ofAttribute(resolver, scope, number, depth);
    case Op.Item:
    case Op.Element:
    case Op.Unpack:
      return madeInFile(resolver, scope);
    case Op.Call: {
      if (makesLock(resolver, scope.id, number)) return [{ scope, call: number }];
      const callee = a[number]!;
      const isTakenOut =
        op[callee] === Op.Attribute &&
        takesOut.test(scope.file.source.names[b[callee]!]!) &&
        resolver.targets(scope.id, number).every(({ kind }) => kind === 'library');
      return isTakenOut ? madeInFile(resolver, scope) : null;
    }
    default:
      return null;
  }
}

function joined<One>(
  all: readonly One[],
  makers: (one: One) => readonly Made[] | null,
): readonly Made[] | null {
  const found: Made[] = [];
  for (const one of all) {
    const more = makers(one);
    if (more === null) return null;
    found.push(...more);
  }
  return found;
}

function ofStores(
  resolver: Resolver,
  stores: readonly { readonly scope: number; readonly value: number }[],
  depth: number,
): readonly Made[] | null {
  return joined(stores, (store) => {
    const maker = resolver.program.scopes[store.scope]!;
    return makersOf(resolver, maker, resolver.numberings.of(maker).number[store.value]!, depth - 1);
  });
}

function ofAttribute(resolver: Resolver, scope: Scope, at: number, depth: number): readonly Made[] | null {
  const { entities, classes, bindings, program } = resolver;
  const name = scope.file.source.names[scope.code.b[at]!]!;
  return joined(resolver.denotes(scope.id, scope.code.a[at]!), (entity) => {
    const x = entities.x[entity]!;
    switch (entities.kind[entity]) {
      case EntityKind.Instance:
      case EntityKind.Class: {
        const owner = classes.ownerOf(x, name);
        const stores = [...classes.storesOf(owner, name), ...bindings.of(owner, name)];
        return stores.length === 0 ? null : ofStores(resolver, stores, depth);
      }
      case EntityKind.Module: {
        const made = definitionOf(resolver, program.files[x]!, name);
        return ofStores(resolver, bindings.of(made.file.firstScope, made.name), depth);
      }
      default:
        return null;
    }
  });
}

/** All conditions that a file makes: what is taken out of a container is one of them, if there are any. */
function madeInFile(resolver: Resolver, { file }: Scope): readonly Made[] | null {
  const found: Made[] = [];
  for (let k = 0; k < file.source.codes.length; k++) {
    const scope = resolver.program.scopes[file.firstScope + k]!;
    for (let at = 0; at < scope.code.op.length; at++)
      if (
        scope.code.op[at] === Op.Call &&
        makesLock(resolver, scope.id, at) &&
        isCondition(resolver, scope.id, at)
      )
        found.push({ scope, call: at });
  }
  return found.length === 0 ? null : found;
}

function isNone(scope: Scope, value: number): boolean {
  const { op, a } = scope.code;
  return op[value] === Op.Const && scope.file.source.constants[a[value]!]!.kind === ConstantKind.None;
}
