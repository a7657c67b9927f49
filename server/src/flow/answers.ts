// The resolver's memory: for each value number of each scope the entities found, in columns that the scopes share. An
// answer knows how much depth it needed, and whether it looked at the arguments of parameters, so that filling those in
// forgets only what depended on them.

/** Or-ed into a height: the answer looked at arguments. */
const dependent = 0x80;

/** Answers of one resolver. */
export class Answers {
  /** Scope -> where its value numbers begin in the columns; below 0 while nothing is known of it: -1 less its old place. */
  private readonly starts: Int32Array;
  /** Scope -> how many value numbers there is room for. */
  private readonly rooms: Int32Array;
  private used = 0;
  /** Value number -> index into the lists, 0 when unknown. */
  private found: Int32Array;
  /** Value number -> depth the complete answer needs; `dependent` is or-ed in. */
  private heights: Uint8Array;
  /** The first stands for unknown, the second is empty. */
  private readonly lists: (readonly number[])[] = [[], []];
  private readonly index = new Map<string, number>();
  /** Entity -> index of the list of it alone, 0 when there is none yet. */
  private readonly singles: number[] = [];
  /** By scope, then value number and depth: twice the index of the list, and 1 when the answer looked at arguments. */
  private readonly partial: (Map<number, number> | undefined)[];

  /** `room`: for how many value numbers there is room at first. */
  constructor(scopes: number, room = 1 << 14) {
    this.found = new Int32Array(room);
    this.heights = new Uint8Array(room);
    this.starts = new Int32Array(scopes).fill(-1);
    this.rooms = new Int32Array(scopes);
    this.partial = new Array(scopes).fill(undefined);
  }

  /** The place of a complete answer that fits in the depth; -1 when there is none. */
  find(scope: number, number: number, depth: number): number {
    const start = this.starts[scope]!;
    if (start < 0) return -1;
    const place = start + number;
    return this.found[place] !== 0 && (this.heights[place]! & ~dependent) <= depth ? place : -1;
  }

  /** The entities of the answer at a place. */
  at(place: number): readonly number[] {
    return this.lists[this.found[place]!]!;
  }

  /** Depth that the answer at a place needs. */
  height(place: number): number {
    return this.heights[place]! & ~dependent;
  }

  /** Whether the answer at a place looked at arguments. */
  isDependent(place: number): boolean {
    return (this.heights[place]! & dependent) !== 0;
  }

  /** Whether there is room for the answers about a scope. */
  isOpen(scope: number): boolean {
    return this.starts[scope]! >= 0;
  }

  /** Makes room for so many value numbers of a scope. */
  open(scope: number, size: number): void {
    let start = -1 - this.starts[scope]!;
    if (this.rooms[scope]! < size) {
      start = this.used;
      this.used += size;
      this.rooms[scope] = size;
      while (this.used > this.found.length) {
        this.found = doubled(this.found, Int32Array);
        this.heights = doubled(this.heights, Uint8Array);
      }
    }
    this.starts[scope] = start;
  }

  /** Keeps a complete answer; there is room for it. */
  keep(
    scope: number,
    number: number,
    entities: readonly number[],
    height: number,
    depends: boolean,
  ): readonly number[] {
    const list = this.intern(entities);
    const place = this.starts[scope]! + number;
    this.found[place] = list;
    this.heights[place] = height | (depends ? dependent : 0);
    return this.lists[list]!;
  }

  /** An answer cut at exactly this depth; -1 when there is none. */
  findPartial(scope: number, number: number, depth: number): number {
    return this.partial[scope]?.get(number * 16 + depth) ?? -1;
  }

  /** The entities of such an answer. */
  partialAt(partial: number): readonly number[] {
    return this.lists[partial >> 1]!;
  }

  /** Whether such an answer looked at arguments. */
  isPartialDependent(partial: number): boolean {
    return (partial & 1) === 1;
  }

  keepPartial(
    scope: number,
    number: number,
    depth: number,
    entities: readonly number[],
    depends: boolean,
  ): void {
    let known = this.partial[scope];
    if (!known) {
      known = new Map();
      this.partial[scope] = known;
    }
    known.set(number * 16 + depth, 2 * this.intern(entities) + (depends ? 1 : 0));
  }

  /** Forgets the answers about one scope's values. */
  forgetScope(scope: number): void {
    this.partial[scope] = undefined;
    const start = this.starts[scope]!;
    if (start < 0) return;
    const end = start + this.rooms[scope]!;
    for (const column of [this.found, this.heights]) column.fill(0, start, end);
    this.starts[scope] = -1 - start;
  }

  /** Forgets every answer that looked at arguments. */
  forgetDependent(): void {
    const { found, heights, used } = this;
    for (let at = 0; at < used; at++) {
      if ((heights[at]! & dependent) === 0) continue;
      found[at] = 0;
      heights[at] = 0;
    }
    for (const known of this.partial) {
      if (!known) continue;
      known.forEach((partial, key) => {
        if (this.isPartialDependent(partial)) known.delete(key);
      });
    }
  }

  private intern(entities: readonly number[]): number {
    if (entities.length === 0) return 1;
    const single = entities.length === 1 ? entities[0]! : -1;
    if (single >= 0) {
      const known = this.singles[single] ?? 0;
      if (known !== 0) return known;
      while (this.singles.length <= single) this.singles.push(0);
      this.lists.push(entities);
      this.singles[single] = this.lists.length - 1;
      return this.lists.length - 1;
    }
    const key = entities.join();
    const found = this.index.get(key);
    if (found !== undefined) return found;
    this.lists.push(entities);
    this.index.set(key, this.lists.length - 1);
    return this.lists.length - 1;
  }
}

function doubled<T extends Int32Array | Uint8Array>(column: T, make: new (length: number) => T): T {
  const larger = new make(2 * column.length);
  larger.set(column);
  return larger;
}
