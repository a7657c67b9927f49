// What an expression may denote, as interned ids: modules, functions, classes, instances, bound methods, and things of
// libraries by dotted path. Ids are for equality only; order always comes from the source.

/** The kind of an entity; x and y are its operands. */
export const enum EntityKind {
  /** x: file index. */
  Module,
  /** x: scope of the function. */
  Function,
  /** x: scope of the class. */
  Class,
  /** x: scope of the class. */
  Instance,
  /** x: scope of the function, y: scope of the receiver's class. */
  Method,
  /** x: index of the dotted path; a call's result is written `()`, an element `[]`. */
  Library,
  /** `super()` in a method. x: scope of the class whose bases are meant. */
  Super,
}

/** Append-only table of entities. */
export class Entities {
  readonly kind: EntityKind[] = [];
  readonly x: number[] = [];
  readonly y: number[] = [];
  /** By kind, then by x, where y is 0; the others by both. */
  private readonly plain: (number | undefined)[][] = [[], [], [], [], [], [], []];
  private readonly index = new Map<number, number>();
  private readonly paths: string[] = [];
  private readonly pathIndex = new Map<string, number>();

  /** The id of an entity with scope or file operands. */
  of(kind: EntityKind, x: number, y = 0): number {
    const key = (y * 0x400000 + x) * 8 + kind;
    const plain = y === 0 ? this.plain[kind]! : null;
    const found = plain === null ? this.index.get(key) : plain[x];
    if (found !== undefined) return found;
    const id = this.kind.length;
    this.kind.push(kind);
    this.x.push(x);
    this.y.push(y);
    if (plain === null) this.index.set(key, id);
    else plain[x] = id;
    return id;
  }

  /** The id of a thing of a library. */
  library(path: string): number {
    let at = this.pathIndex.get(path);
    if (at === undefined) {
      at = this.paths.length;
      this.paths.push(path);
      this.pathIndex.set(path, at);
    }
    return this.of(EntityKind.Library, at);
  }

  /** The dotted path of a library entity, '' for any other. */
  path(entity: number): string {
    return this.kind[entity] === EntityKind.Library ? this.paths[this.x[entity]!]! : '';
  }
}
