// Facts of single scopes, found once and again only for scopes whose body changed. What may be kept here follows from
// the scope's own text, from what the resolver says of its own values, and from the library: the faces of other
// functions stand while a body is carried over, so nothing else can change such a fact.

import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';

/** Finds a fact of a scope. A function of a module, not a closure made anew: facts are kept under it. */
export type Collect<T> = (resolver: Resolver, scope: Scope, facts: ScopeFacts) => T;

/** Facts by scope, for whoever walks the whole program. */
export class ScopeFacts {
  private readonly known = new Map<Collect<unknown>, unknown[]>();
  private readonly gathered = new Map<Collect<readonly unknown[]>, Gathered<unknown>>();

  constructor(private readonly resolver: Resolver) {}

  /** The fact of a scope. */
  of<T>(collect: Collect<T>, scope: Scope): T {
    let facts = this.known.get(collect);
    if (facts === undefined) {
      facts = [];
      this.known.set(collect, facts);
    }
    this.resolver.noteLook(scope.id);
    let fact = facts[scope.id];
    if (fact === undefined) {
      fact = this.resolver.findFor(scope.id, () => collect(this.resolver, scope, this));
      facts[scope.id] = fact;
    }
    return fact as T;
  }

  /** What all scopes tell, in their order: most tell nothing, and those are not asked again. */
  all<T>(collect: Collect<readonly T[]>): readonly T[] {
    return this.gather(collect).all();
  }

  /** What one scope tells of what all are asked for. */
  one<T>(collect: Collect<readonly T[]>, scope: Scope): readonly T[] {
    this.resolver.noteLook(scope.id);
    return this.gather(collect).one(scope);
  }

  private gather<T>(collect: Collect<readonly T[]>): Gathered<T> {
    let found = this.gathered.get(collect) as Gathered<T> | undefined;
    if (found === undefined) {
      const { resolver } = this;
      found = new Gathered((scope) => resolver.findFor(scope.id, () => collect(resolver, scope, this)));
      this.gathered.set(collect, found);
      found.start(this.resolver.program.scopes);
    }
    return found;
  }

  /** Forgets the facts of a scope whose body changed. */
  forget(scope: Scope): void {
    for (const facts of this.known.values()) facts[scope.id] = undefined;
    for (const one of this.gathered.values()) one.forget(scope);
  }
}

/** Facts of one kind: those of the scopes that tell something. */
class Gathered<T> {
  private readonly byScope = new Map<number, readonly T[]>();
  private changed: Scope[] = [];
  private list: readonly T[] | null = null;

  constructor(private readonly find: (scope: Scope) => readonly T[]) {}

  start(scopes: readonly Scope[]): void {
    for (let k = 0; k < scopes.length; k++) {
      const scope = scopes[k]!;
      const facts = this.find(scope);
      if (facts.length === 0) continue;
      this.byScope.set(scope.id, facts);
      this.list = null;
    }
  }

  all(): readonly T[] {
    this.catchUp();
    this.list ??= [...this.byScope].sort(([one], [other]) => one - other).flatMap(([, facts]) => facts);
    return this.list;
  }

  one(scope: Scope): readonly T[] {
    this.catchUp();
    return this.byScope.get(scope.id) ?? none;
  }

  forget(scope: Scope): void {
    this.changed.push(scope);
    if (this.byScope.delete(scope.id)) this.list = null;
  }

  private catchUp(): void {
    if (this.changed.length === 0) return;
    const { changed } = this;
    this.changed = [];
    this.start(changed);
  }
}

const none: readonly never[] = [];
