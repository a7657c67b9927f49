// Where locks are used: every `with`, `acquire`, `release`, `wait`, `notify` and `locked` of a program, found by shape in
// one pass, and after an edit in the bodies that changed. Whether the object is a lock at all is asked of the lock table by
// those who care.

import { acquisition, release } from '../flow/acquisition';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import type { ScopeFacts } from './scope-facts';

/** What is done with the object. */
export const enum UseKind {
  With,
  /** A call that takes it, whether it waits or not. */
  Acquire,
  Release,
  Wait,
  WaitFor,
  Notify,
  Locked,
}

/** One use of something lock-like. */
export interface LockUse {
  readonly kind: UseKind;
  readonly scope: Scope;
  /** The With instruction or the call. */
  readonly at: number;
  /** Value instruction of the object. */
  readonly object: number;
  /** Value number of the object. */
  readonly number: number;
  /** An acquire returns only with the lock held. True for all others. */
  readonly certain: boolean;
}

const methods: ReadonlyMap<string, UseKind> = new Map([
  ['wait', UseKind.Wait],
  ['wait_for', UseKind.WaitFor],
  ['notify', UseKind.Notify],
  ['notify_all', UseKind.Notify],
  ['notifyAll', UseKind.Notify],
  ['locked', UseKind.Locked],
]);
const taking =
  /^(acquire|release)(_(read|write|lock))?$|^__a?(enter|exit)__$|^enter_(async_)?context$|^push$|^(un)?lock$/;

/** All uses, by scope, then position. */
export class LockUses {
  readonly all: readonly LockUse[];
  private readonly byScope = new Map<number, readonly LockUse[]>();

  constructor({ program }: Resolver, facts: ScopeFacts) {
    const all: LockUse[] = [];
    for (const scope of program.scopes) {
      const found = facts.of(usesOf, scope);
      if (found.length === 0) continue;
      this.byScope.set(scope.id, found);
      for (const use of found) all.push(use);
    }
    this.all = all;
  }

  /** The uses in one scope, by position. */
  of(scopeId: number): readonly LockUse[] {
    return this.byScope.get(scopeId) ?? none;
  }

  /** Ids of the scopes that use something lock-like, ascending. */
  scopes(): IterableIterator<number> {
    return this.byScope.keys();
  }
}

const none: readonly LockUse[] = [];

function usesOf(resolver: Resolver, scope: Scope): readonly LockUse[] {
  const { op, a, b, kind: scopeKind } = scope.code;
  if (scopeKind === ScopeKind.Class) return none;
  const { names } = scope.file.source;
  const found: LockUse[] = [];
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.With) {
      found.push(make(resolver, scope, UseKind.With, at, a[at]!, true));
      continue;
    }
    if (op[at] !== Op.Call) continue;
    const callee = a[at]!;
    if (op[callee] !== Op.Attribute) continue;
    const name = names[b[callee]!]!;
    const kind = methods.get(name);
    if (kind !== undefined) {
      found.push(make(resolver, scope, kind, at, a[callee]!, true));
      continue;
    }
    if (!taking.test(name)) continue;
    const acquired = acquisition(scope.file.source, scope.code, at);
    if (acquired) {
      found.push(make(resolver, scope, UseKind.Acquire, at, acquired.lock, acquired.certain));
      continue;
    }
    const released = release(scope.file.source, scope.code, at);
    if (released >= 0) found.push(make(resolver, scope, UseKind.Release, at, released, true));
  }
  return found.length === 0 ? none : found;
}

function make(
  resolver: Resolver,
  scope: Scope,
  kind: UseKind,
  at: number,
  object: number,
  certain: boolean,
): LockUse {
  const number = resolver.numberings.of(scope).number[object]!;
  return { kind, scope, at, object, number, certain };
}
