// Facts of single scopes, found once and again only for scopes whose body changed. What may be kept here follows from
// the scope's own text, from what the resolver says of its own values, and from the library: the faces of other
// functions stand while a body is carried over, so nothing else can change such a fact.

import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';

/** Finds a fact of a scope. A function of a module, not a closure made anew: facts are kept under it. */
export type Collect<T> = (resolver: Resolver, scope: Scope) => T;

/** Facts by scope, for whoever walks the whole program. */
export class ScopeFacts {
  private readonly known = new Map<Collect<unknown>, unknown[]>();

  constructor(private readonly resolver: Resolver) {}

  /** The fact of a scope. */
  of<T>(collect: Collect<T>, scope: Scope): T {
    let facts = this.known.get(collect);
    if (facts === undefined) {
      facts = [];
      this.known.set(collect, facts);
    }
    let fact = facts[scope.id];
    if (fact === undefined) {
      fact = collect(this.resolver, scope);
      facts[scope.id] = fact;
    }
    return fact as T;
  }

  /** Forgets the facts of a scope whose body changed. */
  forget(scope: Scope): void {
    for (const facts of this.known.values()) facts[scope.id] = undefined;
  }
}
