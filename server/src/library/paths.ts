// A table from path patterns to knowledge: exact paths, `*.end.of.path`, and `start.*`.
// Decides which entry a path gets: an exact one first, then the longest end, then the longest start.

/** A table of patterns, read only once built. */
export class PathTable<T> {
  private readonly exact = new Map<string, T>();
  private readonly ends = new Map<string, T>();
  private readonly starts = new Map<string, T>();
  private allWords: ReadonlySet<string> | null = null;

  constructor(...layers: readonly (Readonly<Record<string, T>> | undefined)[]) {
    for (const layer of layers) {
      for (const [pattern, value] of Object.entries(layer ?? {})) this.add(pattern, value);
    }
  }

  private add(pattern: string, value: T): void {
    if (pattern.startsWith('*.')) this.ends.set(pattern.slice(2), value);
    else if (pattern.endsWith('.*')) this.starts.set(pattern.slice(0, -2), value);
    else this.exact.set(pattern, value);
  }

  /** The entry of a dotted path, or undefined. */
  get(path: string): T | undefined {
    const found = this.exact.get(path);
    if (found !== undefined) return found;
    if (this.ends.size > 0) {
      for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
        const end = this.ends.get(path.slice(dot + 1));
        if (end !== undefined) return end;
      }
    }
    if (this.starts.size > 0) {
      for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
        const start = this.starts.get(path.slice(0, dot));
        if (start !== undefined) return start;
      }
    }
    return undefined;
  }

  /** `lastSegments` of all entries, always the same set. */
  get words(): ReadonlySet<string> {
    this.allWords ??= this.lastSegments();
    return this.allWords;
  }

  /** The last segments of all patterns: a cheap test whether a file can hold one. `*` is left out. */
  lastSegments(counts: (value: T) => boolean = () => true): Set<string> {
    const names = new Set<string>();
    for (const [name, value] of this.segments()) if (counts(value)) names.add(name);
    return names;
  }

  /** What the table knows, by the last segments of the patterns. */
  *segments(): Iterable<readonly [name: string, value: T]> {
    for (const [path, value] of [...this.exact, ...this.ends]) {
      const bare = path.endsWith('()') ? path.slice(0, -2) : path;
      yield [bare.slice(bare.lastIndexOf('.') + 1), value];
    }
    for (const [path, value] of this.starts) yield [path.slice(path.lastIndexOf('.') + 1), value];
  }

  /** What the table knows, whatever the path. */
  values(): T[] {
    return [...this.exact.values(), ...this.ends.values(), ...this.starts.values()];
  }

  get size(): number {
    return this.exact.size + this.ends.size + this.starts.size;
  }
}
