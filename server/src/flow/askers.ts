// Who looked into which body: while an answer, a fact or a pass of one scope is found, every look at another scope's values
// is noted. When a body comes to show something else, those who looked, and those who looked at them, are all that may have
// another answer. What was not found in a body because it was not there at all is not noted (see `Face.fixed`).

/** The scopes that looked into each scope, as long as a program is edited. */
export class Askers {
  private readonly byScope: (Set<number> | undefined)[] = [];

  /** Notes that a scope looked into another one. */
  note(asker: number, scope: number): void {
    const known = this.byScope[scope];
    if (known) known.add(asker);
    else this.byScope[scope] = new Set([asker]);
  }

  /** All that looked into one of these scopes, or into one that did, these included. */
  around(scopes: Iterable<number>): ReadonlySet<number> {
    const found = new Set(scopes);
    // A set that grows while it is walked is walked to its end.
    for (const scope of found) for (const asker of this.byScope[scope] ?? none) found.add(asker);
    return found;
  }
}

const none: ReadonlySet<number> = new Set();
