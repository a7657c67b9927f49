// The locks that decorators hold around a function: by library knowledge of named locks, and for the project's own
// decorators by their summary, that is, what their wrapper holds where it calls the function it was given.

import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import { decoratorsOf } from '../syntax/code-reader';
import { EntityKind } from './entities';
import type { Lock, Locks } from './locks';
import type { Resolver } from './resolver';

/** A lock held around a whole function, and the decorator that takes it (a value of the enclosing scope). */
export interface WrappingLock {
  readonly lock: Lock;
  readonly decorator: number;
}

const none: readonly WrappingLock[] = [];

/** The locks held around a function's body by its decorators, outermost first. */
export function wrappingLocks(resolver: Resolver, locks: Locks, scope: Scope): readonly WrappingLock[] {
  if (scope.parent < 0 || scope.definedAt < 0) return none;
  const outer = resolver.program.scopes[scope.parent]!;
  if (outer.code.op[scope.definedAt] !== Op.Function) return none;
  const found: WrappingLock[] = [];
  const decorators = decoratorsOf(outer.code, scope.definedAt);
  if (decorators.length === 0) return none;
  for (const decorator of decorators) {
    for (const lock of locksOfDecorator(resolver, locks, outer, decorator, scope.owner))
      found.push({ lock, decorator });
  }
  return found;
}

function locksOfDecorator(
  resolver: Resolver,
  locks: Locks,
  outer: Scope,
  decorator: number,
  owner: number,
): readonly Lock[] {
  const { code } = outer;
  if (code.op[decorator] === Op.Call) {
    const named = locks.named(outer, decorator);
    if (named) return [named];
    const found: Lock[] = [];
    for (const target of resolver.targets(outer.id, decorator)) {
      if (target.kind !== 'function') continue;
      // A decorator factory: the function it returns is the decorator.
      for (const inner of returnedFunctions(resolver, target.scope))
        found.push(...heldAroundGiven(resolver, locks, inner, owner));
    }
    return found;
  }
  const found: Lock[] = [];
  for (const entity of resolver.denotes(outer.id, decorator)) {
    const kind = resolver.entities.kind[entity];
    if (kind === EntityKind.Function)
      found.push(...heldAroundGiven(resolver, locks, resolver.entities.x[entity]!, owner));
  }
  return found;
}

/** Functions defined inside a function and returned by it. */
function returnedFunctions(resolver: Resolver, functionScope: number): readonly number[] {
  const scope = resolver.program.scopes[functionScope]!;
  const found: number[] = [];
  const { number } = resolver.numberings.of(scope);
  const { op, a } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Return || a[at]! < 0) continue;
    let value = number[a[at]!]!;
    // `return functools.wraps(f)(inner)` and decorated inner functions still are the inner function.
    for (let hop = 0; hop < 3 && value >= 0 && value < op.length && op[value] === Op.Call; hop++) {
      const from = scope.code.b[value]!;
      if (scope.code.extra[from]! === 0) break;
      value = number[scope.code.extra[from + 2]!]!;
    }
    if (value >= 0 && value < op.length && op[value] === Op.Function)
      found.push(scope.file.firstScope + a[value]!);
  }
  return found;
}

/** What a decorator's wrapper holds where it calls the function that the decorator was given. */
function heldAroundGiven(
  resolver: Resolver,
  locks: Locks,
  decoratorScope: number,
  owner: number,
): readonly Lock[] {
  for (const wrapper of returnedFunctions(resolver, decoratorScope)) {
    const scope = resolver.program.scopes[wrapper]!;
    const { op, a, b, c } = scope.code;
    const { held, number, sets } = resolver.numberings.of(scope);
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call) continue;
      const callee = number[a[at]!]!;
      if (callee < 0 || callee >= op.length || op[callee] !== Op.Captured) continue;
      if (b[callee] !== 1 || c[callee] !== 0) continue;
      return sets.lists[held[at]!]!.flatMap(
        (member) => ofReceiver(resolver, locks, scope, member, owner) ?? locks.of(wrapper, member),
      );
    }
  }
  return [];
}

/** `self._lock` in the wrapper of a method: the lock of the object that the method is called on. */
function ofReceiver(
  resolver: Resolver,
  locks: Locks,
  wrapper: Scope,
  member: number,
  owner: number,
): readonly Lock[] | null {
  const { op, a, b, parameters } = wrapper.code;
  if (owner < 0 || member < 0 || member >= op.length || op[member] !== Op.Attribute) return null;
  const { number } = resolver.numberings.of(wrapper);
  let base = number[a[member]!]!;
  // `args[0]`
  if (base >= 0 && base < op.length && op[base] === Op.Item && isZero(wrapper, b[base]!))
    base = number[a[base]!]!;
  if (base !== op.length || parameters.length === 0) return null;
  const lock = locks.ofField(owner, wrapper.file.source.names[b[member]!]!);
  return lock ? [lock] : null;
}

function isZero(scope: Scope, value: number): boolean {
  const { op, a } = scope.code;
  return op[value] === Op.Const && scope.file.source.constants[a[value]!]!.text === '0';
}
