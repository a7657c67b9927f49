// The accesses of every scope, found once and kept while the scope's body stays the same.

import { type Access, accessesOf, Places } from '../flow/accesses';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';

/** Accesses by scope, and the places they touch. */
export class AccessTable {
  readonly places = new Places();
  private readonly known: (readonly Access[] | undefined)[] = [];

  constructor(private readonly resolver: Resolver) {}

  /** The accesses of a scope in source order. */
  of(scope: Scope): readonly Access[] {
    let found = this.known[scope.id];
    if (!found) {
      found = accessesOf(this.resolver, this.places, scope);
      this.known[scope.id] = found;
    }
    return found;
  }

  /** Forgets a scope whose body changed. */
  forget(scope: Scope): void {
    this.known[scope.id] = undefined;
  }
}
