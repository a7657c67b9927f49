// Locks that classes of the program make of others: what an object holds once it is entered or acquired, whether a class is
// a lock by its methods, and which lock a property hands out. A class that looks first (who owns it, how often) and may
// come back without its lock says nothing here.

import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import { EntityKind } from './entities';
import { decoratorNames, isProperty } from './function-facts';
import { keptIn } from './getters';
import type { Lock, Locks } from './locks';
import type { Resolver } from './resolver';

const taking = ['acquire', 'acquire_lock', 'lock'];
const none: readonly Lock[] = [];

/** Whether objects of a class are taken and given back by name. */
export function isLockClass({ classes }: Resolver, classScope: number): boolean {
  return classes.method(classScope, 'acquire') >= 0 && classes.method(classScope, 'release') >= 0;
}

/** Whether a value is known to be something else than a lock. What a lock class takes when it is acquired may not be known:
 * then its name must do, as long as `acquire` does not look first. */
export function isKnownOther(resolver: Resolver, scopeId: number, number: number): boolean {
  const { entities, classes, program } = resolver;
  return resolver.denotesNumber(scopeId, number).some((entity) => {
    if (entities.kind[entity] !== EntityKind.Instance || !isLockClass(resolver, entities.x[entity]!))
      return true;
    const { op } = program.scopes[classes.method(entities.x[entity]!, 'acquire')]!.code;
    return op.includes(Op.If) || op.includes(Op.Return);
  });
}

/** What an instance holds once its `__enter__` has run, or its `acquire`. */
export function heldByObject(resolver: Resolver, locks: Locks, classScope: number): readonly Lock[] {
  const enter = resolver.classes.method(classScope, '__enter__');
  const entered = enter < 0 ? none : heldAfter(resolver, locks, resolver.program.scopes[enter]!);
  if (entered.length > 0) return entered;
  for (const name of taking) {
    const method = resolver.classes.method(classScope, name);
    const held = method < 0 ? none : heldAtAllEnds(resolver, locks, resolver.program.scopes[method]!);
    if (held.length > 0) return isReplacedBelow(resolver, classScope, name) ? none : held;
  }
  return none;
}

/** An object of a class below may do something else. */
function isReplacedBelow({ classes }: Resolver, classScope: number, name: string): boolean {
  return classes.descendants(classScope, 16).some((below) => classes.ownMethod(below, name) >= 0);
}

function heldAfter(resolver: Resolver, locks: Locks, scope: Scope): readonly Lock[] {
  const { held, reached } = resolver.numberings.of(scope);
  let last = held.length - 1;
  for (let at = 0; at < held.length; at++) if (scope.code.op[at] === Op.Return && reached[at]) last = at;
  return last >= 0 && held[last]! > 0 ? keptBeyond(resolver, locks, scope, last) : none;
}

/** What is held at an end of a function and after it: what its own brackets hold they give back there. */
function keptBeyond(resolver: Resolver, locks: Locks, scope: Scope, at: number): readonly Lock[] {
  const { held, number, sets } = resolver.numberings.of(scope);
  const bracketed = new Set(managersAround(scope, at).map((manager) => number[manager]!));
  const found: Lock[] = [];
  for (const member of sets.lists[held[at]!]!) {
    if (bracketed.has(member)) continue;
    for (const lock of locks.of(scope.id, member)) if (!found.includes(lock)) found.push(lock);
  }
  return found;
}

/** The same at every end; `return self._inner.acquire(blocking, timeout)` says itself whether it holds. */
function heldAtAllEnds(resolver: Resolver, locks: Locks, scope: Scope): readonly Lock[] {
  const { op, a, b } = scope.code;
  const { reached, number } = resolver.numberings.of(scope);
  let found: readonly Lock[] | null = null;
  for (let at = 0; at < op.length; at++) {
    const isEnd = op[at] === Op.Return || at === op.length - 1;
    if (!isEnd || !reached[at]) continue;
    let here = keptBeyond(resolver, locks, scope, at);
    const value = op[at] === Op.Return && a[at]! >= 0 ? number[a[at]!]! : -1;
    if (here.length === 0 && value >= 0 && value < op.length && op[value] === Op.Call) {
      const callee = a[value]!;
      const isTaken =
        op[callee] === Op.Attribute &&
        resolver.library.acquireMethods.has(scope.file.source.names[b[callee]!]!);
      if (isTaken) here = locks.of(scope.id, number[a[callee]!]!);
    }
    if (here.length === 0 || (found && found[0] !== here[0])) return none;
    found = here;
  }
  return found ?? none;
}

/** The managers of the `with` brackets around an instruction, which it gives back when it leaves. */
function managersAround({ code: { op, a } }: Scope, at: number): readonly number[] {
  const open: number[] = [];
  for (let k = 0; k < at; k++) {
    if (op[k] === Op.With || op[k] === Op.If || op[k] === Op.Loop || op[k] === Op.Try) open.push(k);
    else if (op[k] === Op.End) open.pop();
  }
  return open.flatMap((k) => (op[k] === Op.With ? a[k]! : []));
}

/** The value that a property gives back, where it is a field of its object or a variable of its module. */
export function keptByProperty(
  resolver: Resolver,
  classScope: number,
  name: string,
): { readonly scope: number; readonly number: number } | null {
  const method = resolver.classes.method(classScope, name);
  if (method < 0) return null;
  const getter = resolver.program.scopes[method]!;
  return isProperty(resolver.program, getter) ? keptIn(resolver, getter) : null;
}

/** `@lru_cache` on a function without parameters: every call gives the same. */
export function isMadeOnce({ program }: Resolver, maker: Scope): boolean {
  return (
    maker.code.parameters.length === 0 &&
    decoratorNames(program, maker).some((name) => /(^|\.)(lru_cache|cache)$/.test(name))
  );
}
