// The accesses of every scope, found once and kept while the scope's body stays the same: all of them, or those of places
// with some names, which most scopes do not mention.

import { type Access, accessesOf, Places } from '../flow/accesses';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { PlaceNames } from './place-names';
import type { ScopeFacts } from './scope-facts';

const none: readonly Access[] = [];

/** Accesses by scope, and the places they touch. */
export class AccessTable {
  readonly places = new Places();
  private readonly known: (readonly Access[] | undefined)[] = [];
  private names: PlaceNames | null = null;
  private mentioned: PlaceNames | null = null;
  /** By scope, as far as they go by these names. */
  private named: (readonly Access[] | undefined)[] = [];

  constructor(
    private readonly resolver: Resolver,
    private readonly facts: ScopeFacts,
  ) {}

  /** The accesses of a scope in source order. */
  of(scope: Scope): readonly Access[] {
    let found = this.known[scope.id];
    if (!found) {
      found = this.find(scope);
      this.known[scope.id] = found;
    }
    return found;
  }

  /** Tells from here on the accesses of places with these names. */
  select(names: Iterable<string>): void {
    const asked = new PlaceNames(this.facts, names);
    if (this.names?.isLike(asked)) return;
    this.names = asked;
    this.named = [];
  }

  /** The accesses of a scope in source order: those of places with the names selected, and perhaps others. */
  selectedOf(scope: Scope): readonly Access[] {
    const all = this.known[scope.id];
    if (all) return all;
    let found = this.named[scope.id];
    if (!found) {
      const asked = this.names?.in(scope);
      found = asked ? this.find(scope, asked) : none;
      this.named[scope.id] = found;
    }
    return found;
  }

  /** The accesses of scopes that may touch places with some names; of others none. */
  mentioning(wanted: Iterable<string>): (scope: Scope) => readonly Access[] {
    let names = new PlaceNames(this.facts, wanted);
    // Mostly the same is asked for after each edit.
    if (this.mentioned?.isLike(names)) names = this.mentioned;
    else this.mentioned = names;
    return (scope) => (names.in(scope) ? this.of(scope) : none);
  }

  private find(scope: Scope, asked: Parameters<typeof accessesOf>[3] = null): readonly Access[] {
    return this.resolver.findFor(scope.id, () => accessesOf(this.resolver, this.places, scope, asked));
  }

  /** Forgets a scope whose body changed. */
  forget(scope: Scope): void {
    this.known[scope.id] = undefined;
    this.named[scope.id] = undefined;
  }
}
