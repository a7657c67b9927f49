// What the library knows of a value as a lock: its kind (lock, condition, semaphore), whether its holder may take it
// again. Answers from types alone; a name that merely sounds like a lock says nothing here.

import type { LockConstructor } from '../library/schema';
import type { Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import { argumentCount, argumentValue } from '../syntax/code-reader';
import { EntityKind } from './entities';
import type { Resolver } from './resolver';

const nothing: readonly LockConstructor[] = [];

/** The lock constructors that a value number may come from, one for each type it may have; empty when it is no lock. */
export function lockKinds(resolver: Resolver, scopeId: number, number: number): readonly LockConstructor[] {
  const { library, entities, classes } = resolver;
  let found: LockConstructor[] | null = null;
  for (const entity of resolver.denotesNumber(scopeId, number)) {
    let path = entities.path(entity);
    let isOwn = false;
    if (path === '' && entities.kind[entity] === EntityKind.Instance) {
      for (const base of classes.order(entities.x[entity]!)) path ||= entities.path(base);
      isOwn = classes.method(entities.x[entity]!, 'acquire') >= 0;
    }
    const known = path === '' ? undefined : constructorAt(library.lockConstructors, path);
    if (!known) continue;
    found ??= [];
    // Who takes such a lock twice is for its own `acquire` to say.
    if (isOwn && !known.reentrant) found.push({ ...known, reentrant: true });
    else if (!found.includes(known)) found.push(known);
  }
  return found ?? nothing;
}

/** What the library knows of the type of a value as a lock; null when it is none. */
export function lockType(
  resolver: Resolver,
  scopeId: number,
  number: number,
): { readonly reentrant: boolean; readonly model: string } | null {
  const { library, entities, classes } = resolver;
  for (const entity of resolver.denotesNumber(scopeId, number)) {
    let path = entities.path(entity);
    if (path === '' && entities.kind[entity] === EntityKind.Instance)
      for (const base of classes.order(entities.x[entity]!)) path ||= entities.path(base);
    const known = path === '' ? undefined : constructorAt(library.lockConstructors, path);
    if (known) return { reentrant: known.reentrant === true, model: known.model };
  }
  return null;
}

/** Whether a call makes a lock, by what is called: what only hands one out (`locks.setdefault(key, Lock())`,
 * `locks.pop(key)`) does not. */
export function makesLock(resolver: Resolver, scopeId: number, call: number): boolean {
  const targets = resolver.targets(scopeId, call);
  return (
    targets.length > 0 &&
    targets.every(
      (target) =>
        target.kind === 'library' &&
        constructorAt(resolver.library.lockConstructors, target.path) !== undefined,
    )
  );
}

/** Whether a value is a condition variable, by its type. */
export function isCondition(resolver: Resolver, scopeId: number, number: number): boolean {
  return lockKinds(resolver, scopeId, number).some(({ kind }) => kind === 'condition');
}

/** Whether a store makes a semaphore for more than one holder. */
export function isCounting(
  resolver: Resolver,
  stores: readonly { readonly scope: number; readonly value: number }[],
): boolean {
  return stores.some(({ scope: scopeId, value }) => {
    const scope = resolver.program.scopes[scopeId]!;
    const at = resolver.numberings.of(scope).number[value]!;
    const { op, a } = scope.code;
    if (at < 0 || at >= op.length || op[at] !== Op.Call) return false;
    if (!lockKinds(resolver, scopeId, at).some(({ kind }) => kind === 'semaphore')) return false;
    const given = argumentCount(scope.code, at) > 0 ? argumentValue(scope.code, at, 0) : -1;
    if (given < 0) return false;
    const isOne = op[given] === Op.Const && scope.file.source.constants[a[given]!]!.text === '1';
    return !isOne;
  });
}

/** The receiver's field that a value is, where only constructors set it: the same for all the object's life. */
function constantField(
  resolver: Resolver,
  scope: Scope,
  value: number,
): { readonly owner: number; readonly name: string } | null {
  const { op, a, b } = scope.code;
  const { number } = resolver.numberings.of(scope);
  const at = number[value]!;
  if (scope.owner < 0 || at < 0 || at >= op.length || op[at] !== Op.Attribute) return null;
  if (number[a[at]!] !== op.length) return null;
  return setByConstructor(resolver, scope.owner, scope.file.source.names[b[at]!]!);
}

/** The receiver's field that alone varies in a name: `f'disk-{self.id}'`, or `'disk-{self.id}'` as a decorator of a
 * method fills it. One name for all the object's life, so that the lock is the object's own. */
export function nameByField(
  resolver: Resolver,
  scope: Scope,
  value: number,
  template: string | null,
): { readonly owner: number; readonly name: string } | null {
  if (template === null) return constantField(resolver, scope, value);
  const { op, a, b, extra } = scope.code;
  const filled = /^[^{}%]*\{self\.(\w+)\}[^{}%]*$/.exec(template);
  if (filled && scope.code.kind === ScopeKind.Class) return setByConstructor(resolver, scope.id, filled[1]!);
  const at = resolver.numberings.of(scope).number[value]!;
  if (at < 0 || at >= op.length || op[at] !== Op.Format) return null;
  const from = b[at]!;
  const varying = Array.from({ length: extra[from]! }, (_, k) => extra[from + 1 + k]!).filter(
    (piece) => op[piece] !== Op.Const,
  );
  if (varying.length !== 1 || op[varying[0]!] !== Op.Interpolate) return null;
  return constantField(resolver, scope, a[varying[0]!]!);
}

function setByConstructor(
  resolver: Resolver,
  classScope: number,
  name: string,
): { readonly owner: number; readonly name: string } | null {
  const owner = resolver.classes.ownerOf(classScope, name);
  const stores = resolver.classes.storesOf(owner, name);
  const isConstant = stores.every((store) => resolver.program.scopes[store.scope]!.name === '__init__');
  return stores.length > 0 && isConstant ? { owner, name } : null;
}

function constructorAt(
  table: { get(path: string): LockConstructor | undefined },
  path: string,
): LockConstructor | undefined {
  return table.get(path) ?? (path.endsWith('()') ? table.get(path.slice(0, -2)) : undefined);
}
