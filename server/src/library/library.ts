// What is known of libraries, ready to be asked. Pure functions of the data: which lock a constructor makes,
// which call starts a thread, what type a call returns. Knows no program and no analysis.

import { kindsOf, listed, OwnKnowledge, respelled } from './own';
import { PathTable } from './paths';
import type {
  Backend,
  Check,
  ContainerEffect,
  Entry,
  ExecutionModel,
  LibraryData,
  LockConstructor,
  NamedLock,
  Passthrough,
  Registration,
  Root,
  Sanitizer,
  SecretOption,
  Sink,
  Source,
  Spawn,
  TypeKnowledge,
  Weakness,
} from './schema';
import { SecretWords, wordsOf } from './secret-words';

type Layers = readonly LibraryData[];

const record = <T>(layers: Layers, pick: (data: LibraryData) => Readonly<Record<string, T>> | undefined) =>
  Object.assign({}, ...layers.map((layer) => pick(layer) ?? {})) as Record<string, T>;

const names = (layers: Layers, pick: (data: LibraryData) => readonly string[] | undefined) =>
  new Set(layers.flatMap((layer) => pick(layer) ?? []));

const pathsOf = (paths: ReadonlySet<string>) =>
  new PathTable(Object.fromEntries([...paths].map((path) => [path, true as const])));

const MAX_ALIASES = 4;
const MAX_BASES = 8;

/** Whether a segment of a path is a name and no more. */
function isPlain(segment: string): boolean {
  return !segment.includes('(') && !segment.includes('[');
}

/** The merged knowledge: built-in files first, the project's own over them. */
export class Library {
  private readonly aliases: Map<string, string>;
  private readonly returns: Map<string, string>;
  private readonly types: Map<string, TypeKnowledge>;
  private readonly canonicalPaths = new Map<string, string>();
  /** Answers of `find` and `removes`. */
  private readonly found = new Map<object, Map<string, unknown>>();
  private readonly removing = new Map<string, boolean>();
  private sourceWords: ReadonlySet<string> | undefined;
  private sinkWords: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  private addresses: readonly string[] | undefined;
  private vouched: readonly string[] | undefined;

  readonly lockConstructors: PathTable<LockConstructor>;
  readonly namedLocks: PathTable<NamedLock>;
  readonly acquireMethods: ReadonlySet<string>;
  readonly releaseMethods: ReadonlySet<string>;
  readonly lockViews: ReadonlySet<string>;
  readonly lockNames: ReadonlySet<string>;

  readonly spawns: PathTable<Spawn>;
  readonly spawnMethods: ReadonlyMap<string, Spawn>;
  readonly rootBases: PathTable<Root>;
  readonly rootDecorators: PathTable<Root>;
  readonly backends: PathTable<Backend>;
  readonly frameworks: ReadonlyMap<string, ExecutionModel>;
  readonly yields: PathTable<true>;
  /** Calls after which threads run in this process. */
  readonly threadStarts: PathTable<true>;

  readonly containerTypes: ReadonlyMap<string, ReadonlyMap<string, ContainerEffect>>;
  /** Effect by method name where the container's type is unknown: the first type that has the name decides. */
  readonly containerMethods: ReadonlyMap<string, ContainerEffect>;
  readonly snapshots: ReadonlySet<string>;
  readonly readers: ReadonlySet<string>;

  readonly sources: PathTable<Source>;
  readonly sourceNames: ReadonlyMap<string, Source>;
  /** Functions that never return. */
  readonly noReturn: ReadonlySet<string>;
  /** What calls open that must be given back, by path. */
  readonly resources: PathTable<string>;
  readonly standardModules: ReadonlySet<string>;
  readonly entries: PathTable<Entry>;
  /** Decorators of unknown type that name a route, by their last name. */
  readonly entryNames: ReadonlyMap<string, Entry>;
  readonly registrations: PathTable<Registration>;
  readonly registrationNames: ReadonlyMap<string, Registration>;
  /** Functions by name and parameters, as `handler(event, context)`. */
  readonly signatures: ReadonlyMap<string, Entry>;
  readonly sinks: PathTable<readonly Sink[]>;
  /** Sinks by name where the type is unknown. */
  readonly sinkNames: ReadonlyMap<string, readonly Sink[]>;
  readonly sanitizers: PathTable<Sanitizer>;
  /** Kinds of sinks for which data name something that makes a value safe, in order. */
  readonly clearedKinds: readonly string[];
  readonly checks: PathTable<Check>;
  readonly weaknesses: PathTable<Weakness>;
  readonly configures: ReadonlySet<string>;
  readonly passthrough: PathTable<Passthrough>;
  readonly loggerMethods: ReadonlySet<string>;
  readonly loggerNames: ReadonlySet<string>;
  readonly secretSources: PathTable<string>;
  readonly secretWords: SecretWords;
  readonly maskers: ReadonlySet<string>;
  readonly removers: ReadonlySet<string>;
  readonly secretOptions: PathTable<SecretOption>;
  /** What the project says of its own code; null when it says nothing. */
  readonly own: OwnKnowledge | null;

  constructor(builtin: Layers, own: LibraryData | null = null) {
    const layers = own === null ? builtin : [...builtin, own];
    const knowledge =
      own === null ? null : new OwnKnowledge(own, new Set(builtin.flatMap((layer) => [...kindsOf(layer)])));
    this.own = knowledge?.isEmpty ? null : knowledge;
    this.aliases = new Map(Object.entries(record(layers, (d) => d.aliases)));
    this.returns = new Map(Object.entries(record(layers, (d) => d.returns)));
    this.types = mergeTypes(layers);
    const spelled = own === null ? layers : [...layers, respelled(own, (path) => this.canonical(path))];
    this.lockConstructors = new PathTable(record(layers, (d) => d.locks?.constructors));
    this.namedLocks = new PathTable(record(layers, (d) => d.locks?.named));
    this.acquireMethods = names(layers, (d) => d.locks?.acquire);
    this.releaseMethods = names(layers, (d) => d.locks?.release);
    this.lockViews = names(layers, (d) => d.locks?.views);
    this.lockNames = names(layers, (d) => d.locks?.names);
    this.spawns = new PathTable(record(layers, (d) => d.threads?.spawns));
    this.spawnMethods = new Map(Object.entries(record(layers, (d) => d.threads?.methods)));
    this.rootBases = new PathTable(record(layers, (d) => d.threads?.bases));
    this.rootDecorators = new PathTable(record(layers, (d) => d.threads?.decorators));
    this.backends = new PathTable(record(layers, (d) => d.threads?.backends));
    this.frameworks = new Map(Object.entries(record(layers, (d) => d.threads?.frameworks)));
    this.yields = pathsOf(names(layers, (d) => d.threads?.yields));
    this.threadStarts = pathsOf(names(layers, (d) => d.threads?.starts));
    const containers = record(layers, (d) => d.containers?.types);
    this.containerTypes = new Map(
      Object.entries(containers).map(([type, methods]) => [type, new Map(Object.entries(methods))]),
    );
    this.containerMethods = methodsByName(this.containerTypes);
    this.snapshots = names(layers, (d) => d.containers?.snapshots);
    this.readers = names(layers, (d) => d.containers?.readers);
    this.sources = new PathTable(record(spelled, (d) => d.sources));
    this.sourceNames = new Map(Object.entries(record(layers, (d) => d.sourceNames)));
    this.noReturn = names(layers, (d) => d.noReturn);
    this.resources = new PathTable(record(layers, (d) => d.resources));
    this.standardModules = names(layers, (d) => d.standardModules);
    this.entryNames = new Map(Object.entries(record(layers, (d) => d.entryNames)));
    this.entries = new PathTable(record(spelled, (d) => d.entries));
    this.signatures = new Map(Object.entries(record(layers, (d) => d.signatures)));
    this.registrations = new PathTable(record(layers, (d) => d.registrations));
    this.registrationNames = new Map(Object.entries(record(layers, (d) => d.registrationNames)));
    this.sinks = new PathTable(listed(record(spelled, (d) => d.sinks)));
    this.sinkNames = new Map(Object.entries(listed(record(layers, (d) => d.sinkNames))));
    this.sanitizers = new PathTable(mergeSanitizers(spelled));
    this.checks = new PathTable(record(layers, (d) => d.checks));
    this.weaknesses = new PathTable(record(layers, (d) => d.weaknesses));
    this.configures = names(layers, (d) => d.configures);
    this.clearedKinds = clearedKinds(layers);
    this.passthrough = new PathTable(record(spelled, (d) => d.passthrough));
    this.loggerMethods = names(layers, (d) => d.loggers?.methods);
    this.loggerNames = names(layers, (d) => d.loggers?.names);
    this.secretSources = new PathTable(record(layers, (d) => d.secrets?.sources));
    this.secretWords = new SecretWords(layers.flatMap((d) => (d.secrets?.words ? [d.secrets.words] : [])));
    this.maskers = names(layers, (d) => d.secrets?.maskers);
    this.removers = names(layers, (d) => d.secrets?.removers);
    this.secretOptions = new PathTable(record(layers, (d) => d.secrets?.options));
  }

  /** One spelling for a path: aliases resolved, call results replaced by their types.
   * `logging.getLogger().info` becomes `logging.Logger.info`. */
  canonical(path: string): string {
    const known = this.canonicalPaths.get(path);
    if (known !== undefined) return known;
    const bare = path.startsWith('builtins.') ? path.slice(9) : path;
    let current = '';
    for (const segment of bare.split('.')) {
      const name = isPlain(segment) ? segment : (/^[^([]*/.exec(segment)?.[0] ?? segment);
      current = this.memberType(current, name);
      for (let at = name.length; at < segment.length; at += 2) {
        current = segment[at] === '(' ? this.resultOf(current) : this.itemOf(current);
      }
    }
    this.canonicalPaths.set(path, current);
    return current;
  }

  private memberType(owner: string, name: string): string {
    const path = this.aliased(owner === '' ? name : `${owner}.${name}`);
    for (const candidate of this.lineage(path)) {
      const type = this.returns.get(`${candidate}.`);
      if (type !== undefined) return type;
    }
    const members = this.types.get(owner)?.members;
    return members === undefined || this.returns.has(path) || this.sinks.get(path) ? path : members;
  }

  private itemOf(owner: string): string {
    return this.types.get(owner)?.members ?? this.returns.get(`${owner}[]`) ?? `${owner}[]`;
  }

  /** The type of the elements of what a path denotes, where that is known. */
  elementOf(path: string): string | undefined {
    return this.returns.get(`${path}[]`);
  }

  /** What a call of a canonical path gives: its type, or the path with `()`. */
  resultOf(path: string): string {
    for (const candidate of this.lineage(path)) {
      const type = this.returns.get(candidate);
      if (type !== undefined) return type;
    }
    return this.types.has(path) ? path : `${path}()`;
  }

  /** The type of one of the values that a call of a path gives at once, by its place among them. */
  partOf(path: string, place: number): string | undefined {
    for (const candidate of this.lineage(path)) {
      const type = this.returns.get(`${candidate}()[${place}]`);
      if (type !== undefined) return type;
    }
    return undefined;
  }

  /** Whether a path denotes something made by a call or read from a place of which nothing is known. */
  isUntyped(path: string): boolean {
    return /[([]/.test(path) && !this.types.has(path);
  }

  /** What a path is known as in a table: itself, or the same member of a base type. Remembered. */
  find<T>(table: PathTable<T>, path: string): T | undefined {
    let known = this.found.get(table) as Map<string, T | undefined> | undefined;
    if (known === undefined) {
      known = new Map();
      this.found.set(table, known);
    }
    let entry = known.get(path);
    if (entry === undefined && !known.has(path)) {
      entry = table.get(path);
      if (entry === undefined) {
        for (const candidate of this.lineage(path)) entry ??= table.get(candidate);
      }
      known.set(path, entry);
    }
    return entry;
  }

  /** Whether a name begins with a word for taking something out. Remembered. */
  removes(name: string): boolean {
    let removes = this.removing.get(name);
    if (removes === undefined) {
      removes = this.removers.has(wordsOf(name)[0] ?? '');
      this.removing.set(name, removes);
    }
    return removes;
  }

  /** What is known of a type, by its canonical path. */
  type(path: string): TypeKnowledge | undefined {
    return this.types.get(path);
  }

  /** A type and its library bases, nearest first. */
  basesOf(path: string): readonly string[] {
    const order = [path];
    for (let index = 0; index < order.length && order.length < MAX_BASES; index++) {
      for (const base of this.types.get(order[index] as string)?.bases ?? []) {
        if (!order.includes(base)) order.push(base);
      }
    }
    return order;
  }

  /** The last names under which sources are read: whether asking for a path can pay. */
  sourceLastNames(): ReadonlySet<string> {
    this.sourceWords ??= new Set([
      ...this.sources.words,
      ...this.secretSources.words,
      ...this.weaknesses.words,
      ...[...this.sourceNames.keys()].map(lastName),
    ]);
    return this.sourceWords;
  }

  /** The last names under which sinks of these kinds are called or set. */
  sinkLastNames(counts: (kind: string) => boolean = () => true): Set<string> {
    this.sinkWords ??= this.wordsOfSinks();
    const found = new Set<string>();
    for (const [kind, names] of this.sinkWords) if (counts(kind)) for (const name of names) found.add(name);
    return found;
  }

  /** The same by kind. */
  private wordsOfSinks(): ReadonlyMap<string, ReadonlySet<string>> {
    const found = new Map<string, Set<string>>();
    const put = (name: string, sinks: readonly Sink[]) => {
      for (const { kind } of sinks) {
        const names = found.get(kind);
        if (names) names.add(name);
        else found.set(kind, new Set([name]));
      }
    };
    for (const [name, sinks] of this.sinkNames) put(lastName(name), sinks);
    for (const [name, sinks] of this.sinks.segments()) put(name.replace(/=$/, ''), sinks);
    return found;
  }

  /** Kinds of sinks that take addresses, in order. */
  get addressKinds(): readonly string[] {
    this.addresses ??= this.kindsWhere(({ address }) => address === true);
    return this.addresses;
  }

  /** Kinds of sinks for which functions of telling names are believed, in order. */
  get vouchedKinds(): readonly string[] {
    this.vouched ??= this.kindsWhere(({ vouched }) => vouched === true);
    return this.vouched;
  }

  private kindsWhere(holds: (sink: Sink) => boolean): readonly string[] {
    const all = [...this.sinks.values(), ...this.sinkNames.values()].flat();
    return [...new Set(all.filter(holds).map(({ kind }) => kind))].sort();
  }

  private aliased(path: string): string {
    let current = path;
    for (let step = 0; step < MAX_ALIASES; step++) {
      const next = this.aliases.get(current);
      if (next === undefined) return current;
      current = next;
    }
    return current;
  }

  private lineage(path: string): readonly string[] {
    const dot = path.lastIndexOf('.');
    if (dot < 0) return [path];
    const owner = path.slice(0, dot);
    if (this.types.get(owner)?.bases === undefined) return [path];
    return this.basesOf(owner).map((type) => type + path.slice(dot));
  }
}

function lastName(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** The kinds of sinks for which any of the files names something that makes a value safe. */
function clearedKinds(layers: Layers): readonly string[] {
  const kinds = new Set<string>();
  for (const { sanitizers, checks, passthrough } of layers) {
    for (const { clears } of Object.values({ ...sanitizers, ...checks }))
      for (const kind of clears) kinds.add(kind);
    for (const { undoes } of Object.values(passthrough ?? {}))
      for (const kind of undoes ?? []) kinds.add(kind);
  }
  kinds.delete('secret');
  kinds.delete('*');
  return [...kinds].sort();
}

/** What any of the files says that a function makes safe. */
function mergeSanitizers(layers: Layers): Record<string, Sanitizer> {
  const merged: Record<string, Sanitizer> = {};
  for (const layer of layers) {
    for (const [path, { clears }] of Object.entries(layer.sanitizers ?? {}))
      merged[path] = { clears: [...new Set([...(merged[path]?.clears ?? []), ...clears])] };
  }
  return merged;
}

function mergeTypes(layers: Layers): Map<string, TypeKnowledge> {
  const merged = new Map<string, TypeKnowledge>();
  for (const layer of layers) {
    for (const [path, type] of Object.entries(layer.types ?? {}))
      merged.set(path, { ...merged.get(path), ...type });
  }
  return merged;
}

function methodsByName(
  types: ReadonlyMap<string, ReadonlyMap<string, ContainerEffect>>,
): ReadonlyMap<string, ContainerEffect> {
  const effects = new Map<string, ContainerEffect>();
  for (const methods of types.values()) {
    for (const [name, effect] of methods) {
      if (!effects.has(name)) effects.set(name, effect);
    }
  }
  return effects;
}
