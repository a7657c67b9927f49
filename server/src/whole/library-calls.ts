// Which calls of the program go to which thing of a library: an index by dotted path, for the paths that library
// knowledge speaks of (locks, threads) and a few more. Files that name none of them are not looked at; after an edit only
// the bodies that changed are.

import type { Resolver } from '../flow/resolver';
import type { ProgramFile, Scope } from '../program/program';
import { Op } from '../syntax/code';

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
]; // biome-ignore format: a list of words

const none: readonly LibraryCall[] = [];

/** The calls into libraries, by path. */
export class LibraryCalls {
  private readonly words = new Set(others);
  /** By scope; undefined where it is to be found yet. */
  private readonly byScope: (readonly LibraryCall[] | undefined)[] = [];
  private byPath: Map<string, LibraryCall[]> | null = null;

  constructor(private readonly resolver: Resolver) {
    const { library } = resolver;
    const tables = [library.lockConstructors, library.namedLocks, library.spawns, library.threadStarts];
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
    this.byPath = null;
    for (const { id } of scopes) this.byScope[id] = undefined;
  }

  private index(): ReadonlyMap<string, readonly LibraryCall[]> {
    if (this.byPath) return this.byPath;
    for (const file of this.resolver.program.files) this.scan(file);
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
    const { scopes } = this.resolver.program;
    const { codes } = file.source;
    let interesting: Uint8Array | null | undefined;
    for (let index = 0; index < codes.length; index++) {
      const scope = scopes[file.firstScope + index]!;
      if (this.byScope[scope.id]) continue;
      if (interesting === undefined) interesting = this.interestingNames(file);
      this.byScope[scope.id] = interesting === null ? none : this.callsIn(scope, interesting);
    }
  }

  /** 1 for the names of a file under which something of interest may be called; null when there are none. */
  private interestingNames(file: ProgramFile): Uint8Array | null {
    const { names } = file.source;
    const interesting = new Uint8Array(names.length);
    let any = false;
    for (let k = 0; k < names.length; k++) {
      if (!this.words.has(names[k]!)) continue;
      interesting[k] = 1;
      any = true;
    }
    if (!any) return null;
    this.followAliases(file, interesting);
    return interesting;
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

  /** `from threading import Lock as L`: L is as interesting as Lock. */
  private followAliases(file: ProgramFile, interesting: Uint8Array): void {
    for (const { op, a, b, slots } of file.source.codes) {
      for (let at = 0; at < op.length; at++) {
        if (op[at] !== Op.StoreGlobal && op[at] !== Op.StoreLocal) continue;
        const value = b[at]!;
        if (op[value] !== Op.Import || b[value]! < 0 || !interesting[b[value]!]) continue;
        interesting[op[at] === Op.StoreGlobal ? a[at]! : slots[a[at]!]!] = 1;
      }
    }
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
