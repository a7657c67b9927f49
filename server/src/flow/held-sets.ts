// Interned sets of value numbers: what one scope holds at a point. Equality is equality of index; 0 is the empty set.

/** What most scopes have: no set but the empty one. */
const onlyEmpty: (readonly number[])[] = [[]];

/** The sets of one scope, append-only. */
export class HeldSets {
  private known = onlyEmpty;
  private index: Map<string, number> | null = null;

  /** Members of each set, ascending. */
  get lists(): readonly (readonly number[])[] {
    return this.known;
  }

  /** The set with one member more. */
  with(set: number, member: number): number {
    const list = this.known[set]!;
    if (list.includes(member)) return set;
    return this.intern([...list, member].sort((x, y) => x - y));
  }

  /** The set without a member. */
  without(set: number, member: number): number {
    const list = this.known[set]!;
    if (!list.includes(member)) return set;
    return this.intern(list.filter((one) => one !== member));
  }

  /** The intersection: what is held whichever way control came. */
  both(x: number, y: number): number {
    if (x === y) return x;
    const other = this.known[y]!;
    return this.intern(this.known[x]!.filter((one) => other.includes(one)));
  }

  /** Whether the set holds the member. */
  has(set: number, member: number): boolean {
    return this.known[set]!.includes(member);
  }

  private intern(list: readonly number[]): number {
    if (list.length === 0) return 0;
    this.index ??= new Map();
    const key = list.join();
    const found = this.index.get(key);
    if (found !== undefined) return found;
    if (this.known === onlyEmpty) this.known = onlyEmpty.slice();
    this.known.push(list);
    this.index.set(key, this.known.length - 1);
    return this.known.length - 1;
  }
}
