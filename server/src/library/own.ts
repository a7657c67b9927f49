// What a project says of its own functions, methods, attributes and variables, by dotted path: sources, sinks, entries,
// sanitizers, what goes through. Decides nothing of libraries; which thing of the program a path means is decided by
// who asks.

import { PathTable } from './paths';
import type { Entry, LibraryData, Passthrough, Sanitizer, Sink, Source } from './schema';

/** A project's own part of the library, as far as it can speak of its own code. */
export class OwnKnowledge {
  readonly sources: PathTable<Source>;
  readonly sinks: PathTable<readonly Sink[]>;
  readonly entries: PathTable<Entry>;
  readonly sanitizers: PathTable<Sanitizer>;
  readonly passthrough: PathTable<Passthrough>;
  /** Last names of all paths: whether asking for a path can pay. A set attribute's `=` is left out. */
  readonly names: ReadonlySet<string>;
  /** Kinds of sinks that only the project knows. */
  readonly kinds: ReadonlySet<string>;
  /** Kinds of data that the project names, in order. */
  readonly dataKinds: readonly string[];

  constructor(own: LibraryData, builtinKinds: ReadonlySet<string>) {
    this.sources = new PathTable(own.sources);
    this.sinks = new PathTable(listed(own.sinks ?? {}));
    this.entries = new PathTable(own.entries);
    this.sanitizers = new PathTable(own.sanitizers);
    this.passthrough = new PathTable(own.passthrough);
    this.names = new Set(
      [this.sources, this.sinks, this.entries, this.sanitizers, this.passthrough].flatMap((table) =>
        [...table.lastSegments()].map((name) => name.replace(/=$/, '')),
      ),
    );
    const data = [...Object.values(own.sources ?? {}), ...Object.values(own.entries ?? {})];
    this.dataKinds = [...new Set(data.flatMap(({ kind }) => (kind === undefined ? [] : [kind])))].sort();
    this.kinds = new Set([...kindsOf(own)].filter((kind) => !builtinKinds.has(kind)));
  }

  /** Whether the project says anything at all. */
  get isEmpty(): boolean {
    return this.names.size === 0;
  }
}

/** The kinds of sinks that a layer of knowledge names. */
export function kindsOf(layer: LibraryData): ReadonlySet<string> {
  const sinks = [layer.sinks, layer.sinkNames].flatMap((one) => Object.values(one ?? {}).flat() as Sink[]);
  const results = Object.values(layer.entries ?? {}).flatMap((entry) => (entry.result ? [entry.result] : []));
  return new Set([...sinks, ...results].map(({ kind }) => kind));
}

/** The project's paths as the library spells them: it may know a thing of a library under another name. */
export function respelled(own: LibraryData, canonical: (path: string) => string): LibraryData {
  const spell = <T>(table: Readonly<Record<string, T>> | undefined): Record<string, T> =>
    Object.fromEntries(
      Object.entries(table ?? {}).flatMap(([path, value]) => {
        const bare = path.replace(/=$/, '');
        const known = bare.includes('*') ? bare : canonical(bare);
        return known === bare ? [] : [[known + path.slice(bare.length), value]];
      }),
    );
  return {
    sources: spell(own.sources),
    sinks: spell(own.sinks),
    entries: spell(own.entries),
    sanitizers: spell(own.sanitizers),
    passthrough: spell(own.passthrough),
  };
}

/** Each entry as a list. */
export function listed<T>(one: Readonly<Record<string, T | readonly T[]>>): Record<string, readonly T[]> {
  return Object.fromEntries(
    Object.entries(one).map(([path, value]) => [path, Array.isArray(value) ? value : [value as T]]),
  );
}
