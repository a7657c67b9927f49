// Where locks are used: every `with`, `acquire`, `release`, `wait`, `notify` and `locked` of a program, found by shape in
// one pass, and after an edit in the bodies that changed. Whether the object is a lock at all is asked of the lock table by
// those who care.

import { acquisition, release } from '../flow/acquisition';
import type { Resolver } from '../flow/resolver';
import type { ProgramFile, Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';

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
  /^(acquire|release)(_(read|write|lock))?$|^__a?(enter|exit)__$|^enter_(async_)?context$|^push$/;

/** All uses, by scope, then position. */
export class LockUses {
  /** By scope; undefined where they are to be found yet. */
  private readonly found: (readonly LockUse[] | undefined)[] = [];
  private index: Index | null = null;

  constructor(private readonly resolver: Resolver) {}

  /** Every use, by scope, then position. */
  get all(): readonly LockUse[] {
    return this.indexed().all;
  }

  /** The uses in one scope, by position. */
  of(scopeId: number): readonly LockUse[] {
    return this.indexed().byScope.get(scopeId) ?? none;
  }

  /** Ids of the scopes that use something lock-like, ascending. */
  scopes(): IterableIterator<number> {
    return this.indexed().byScope.keys();
  }

  /** Forgets the uses in scopes whose bodies changed. */
  forget(scopes: readonly Scope[]): void {
    this.index = null;
    for (const { id } of scopes) this.found[id] = undefined;
  }

  private indexed(): Index {
    if (this.index) return this.index;
    const all: LockUse[] = [];
    const byScope = new Map<number, readonly LockUse[]>();
    for (const file of this.resolver.program.files) this.scan(file);
    this.found.forEach((uses, id) => {
      if (!uses || uses.length === 0) return;
      byScope.set(id, uses);
      for (const use of uses) all.push(use);
    });
    this.index = { all, byScope };
    return this.index;
  }

  private scan(file: ProgramFile): void {
    const { scopes } = this.resolver.program;
    let interesting: Uint8Array | undefined;
    for (let index = 0; index < file.source.codes.length; index++) {
      const scope = scopes[file.firstScope + index]!;
      if (this.found[scope.id]) continue;
      interesting ??= interestingNames(file.source.names);
      const uses = usesOf(this.resolver, scope, interesting);
      this.found[scope.id] = uses.length === 0 ? none : uses;
    }
  }
}

interface Index {
  readonly all: readonly LockUse[];
  readonly byScope: ReadonlyMap<number, readonly LockUse[]>;
}

const none: readonly LockUse[] = [];

function interestingNames(names: readonly string[]): Uint8Array {
  const interesting = new Uint8Array(names.length);
  names.forEach((name, index) => {
    if (methods.has(name) || taking.test(name)) interesting[index] = 1;
  });
  return interesting;
}

function usesOf(resolver: Resolver, scope: Scope, interesting: Uint8Array): LockUse[] {
  const { op, a, b, kind: scopeKind } = scope.code;
  const found: LockUse[] = [];
  if (scopeKind === ScopeKind.Class) return found;
  const { names } = scope.file.source;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.With) {
      found.push(make(resolver, scope, UseKind.With, at, a[at]!, true));
      continue;
    }
    if (op[at] !== Op.Call) continue;
    const callee = a[at]!;
    if (op[callee] !== Op.Attribute || !interesting[b[callee]!]) continue;
    const kind = methods.get(names[b[callee]!]!);
    if (kind !== undefined) {
      found.push(make(resolver, scope, kind, at, a[callee]!, true));
      continue;
    }
    const acquired = acquisition(scope.file.source, scope.code, at);
    if (acquired) {
      found.push(make(resolver, scope, UseKind.Acquire, at, acquired.lock, acquired.certain));
      continue;
    }
    const released = release(scope.file.source, scope.code, at);
    if (released >= 0) found.push(make(resolver, scope, UseKind.Release, at, released, true));
  }
  return found;
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
