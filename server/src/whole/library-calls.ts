// Which calls of the program go to which thing of a library: an index by dotted path, for the paths that library
// knowledge speaks of (locks, threads) and a few more. Files that name none of them are not looked at; after an edit only
// the bodies that changed are.

import type { Resolver } from '../flow/resolver';
import type { ProgramFile, Scope } from '../program/program';
import { type Code, Op } from '../syntax/code';

/** A call of a library function, method or constructor. */
export interface LibraryCall {
  readonly scope: Scope;
  readonly at: number;
  /** Canonical path of what is called. */
  readonly path: string;
}

const others = [
  'fork', 'forkpty', 'Popen', 'run', 'call', 'check_call', 'check_output', 'local', 'copy', 'deepcopy', 'replace',
  'dumps', 'dump', 'getpid', 'register_at_fork', 'Process', 'Pool', 'set_result', 'set_exception', 'put_nowait',
  'get_nowait', 'cancel', 'set', 'stop', 'start', 'result', 'mkdtemp', 'set_start_method', 'get_context', 'Manager',
  'put', 'asdict', 'astuple', 'Local',
]; // biome-ignore format: a list of words

const none: readonly LibraryCall[] = [];

interface Interest {
  readonly names: readonly string[];
  readonly flags: Uint8Array;
  /** Whether there is any. */
  readonly any: boolean;
}

/** The calls into libraries, by path. */
export class LibraryCalls {
  private readonly words = new Set(others);
  /** By scope; undefined where it is to be found yet. */
  private readonly byScope: (readonly LibraryCall[] | undefined)[] = [];
  private byPath: Map<string, LibraryCall[]> | null = null;
  /** By file: 1 for the names that may call something of interest. */
  private readonly interest: (Interest | undefined)[] = [];
  /** Scopes whose bodies changed. */
  private changed: Scope[] = [];

  constructor(private readonly resolver: Resolver) {
    const { library } = resolver;
    const tables = [
      library.lockConstructors,
      library.namedLocks,
      library.spawns,
      library.threadStarts,
      library.backends,
    ];
    for (const table of tables) for (const word of table.lastSegments()) this.words.add(word);
  }

  /** Calls of exactly this canonical path, by scope, then position. */
  of(path: string): readonly LibraryCall[] {
    return this.index().get(path) ?? [];
  }

  /** The paths that are called. */
  paths(): IterableIterator<string> {
    return this.index().keys();
  }

  /** Forgets the calls of scopes whose bodies changed. */
  forget(scopes: readonly Scope[]): void {
    if (this.byScope.length === 0) return;
    for (const scope of scopes) {
      if (this.byScope[scope.id]?.length) this.byPath = null;
      this.byScope[scope.id] = undefined;
      this.changed.push(scope);
    }
  }

  private index(): ReadonlyMap<string, readonly LibraryCall[]> {
    for (const scope of this.changed) {
      if (this.byScope[scope.id]) continue;
      const interest = this.interestIn(scope.file, [scope]);
      this.byScope[scope.id] = interest.any ? this.callsIn(scope, interest.flags) : none;
      if (this.byScope[scope.id]!.length > 0) this.byPath = null;
    }
    this.changed = [];
    if (this.byPath) return this.byPath;
    if (this.byScope.length === 0) for (const file of this.resolver.program.files) this.scan(file);
    const found = new Map<string, LibraryCall[]>();
    for (const calls of this.byScope) {
      for (const call of calls!) {
        const list = found.get(call.path);
        if (list) list.push(call);
        else found.set(call.path, [call]);
      }
    }
    this.byPath = found;
    return found;
  }

  private scan(file: ProgramFile): void {
    const { program } = this.resolver;
    const scopes = file.source.codes.map((_, index) => program.scopeOf(file, index));
    const { any, flags } = this.interestIn(file, scopes);
    for (const scope of scopes) this.byScope[scope.id] = any ? this.callsIn(scope, flags) : none;
  }

  /** The names of interest of a file, once some of its scopes were looked through for aliases. */
  private interestIn(file: ProgramFile, scopes: readonly Scope[]): Interest {
    const { names } = file.source;
    const known = this.interest[file.index];
    const isOlder = known?.names === names;
    if (isOlder && !known.any && known.flags.length === names.length) return known;
    const flags = new Uint8Array(names.length);
    if (isOlder) flags.set(known.flags);
    let any = isOlder && known.any;
    // Names are only ever added.
    for (let k = isOlder ? known.flags.length : 0; k < names.length; k++) {
      if (!this.words.has(names[k]!)) continue;
      flags[k] = 1;
      any = true;
    }
    // Where nothing was of interest before, all of the file is new.
    const codes = isOlder && known.any ? scopes.map(({ code }) => code) : file.source.codes;
    if (any) for (const code of codes) followAliases(code, flags);
    const interest = { names, flags, any };
    this.interest[file.index] = interest;
    return interest;
  }

  private callsIn(scope: Scope, interesting: Uint8Array): readonly LibraryCall[] {
    const { op, a, b, slots } = scope.code;
    const found: LibraryCall[] = [];
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call) continue;
      const callee = a[at]!;
      const name =
        op[callee] === Op.Attribute
          ? b[callee]!
          : op[callee] === Op.Global || op[callee] === Op.Captured
            ? a[callee]!
            : op[callee] === Op.Local
              ? slots[a[callee]!]!
              : -1;
      if (name >= 0 && interesting[name]) this.put(found, scope, at);
    }
    return found.length === 0 ? none : found;
  }

  private put(found: LibraryCall[], scope: Scope, at: number): void {
    for (const target of this.resolver.targets(scope.id, at)) {
      const path =
        target.kind === 'library'
          ? target.path
          : target.kind === 'function'
            ? this.ownPath(target.scope)
            : '';
      if (path !== '') found.push({ scope, at, path });
    }
  }

  /** The path of a function of the program that the library speaks of, too: a library may be analysed itself. */
  private ownPath(functionScope: number): string {
    const { program, modules, library } = this.resolver;
    const scope = program.scopes[functionScope]!;
    const path = `${modules.names[scope.file.index]!}.${scope.qualifiedName}`;
    return library.spawns.get(path) ? path : '';
  }
}

/** `from threading import Lock as L`: L is as interesting as Lock. */
function followAliases({ op, a, b, slots }: Code, interesting: Uint8Array): void {
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.StoreGlobal && op[at] !== Op.StoreLocal) continue;
    const value = b[at]!;
    if (op[value] !== Op.Import || b[value]! < 0 || !interesting[b[value]!]) continue;
    interesting[op[at] === Op.StoreGlobal ? a[at]! : slots[a[at]!]!] = 1;
  }
}
