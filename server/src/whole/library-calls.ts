// Which calls of the program go to which thing of a library: an index by dotted path, for the paths that library
// knowledge speaks of (locks, threads) and a few more. One pass; files that name none of them are not looked at.

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
  'get_nowait', 'cancel', 'set', 'stop', 'start', 'result', 'mkdtemp', 'set_start_method', 'get_context',
]; // biome-ignore format: a list of words

/** The calls into libraries, by path. */
export class LibraryCalls {
  private readonly byPath = new Map<string, LibraryCall[]>();

  constructor(private readonly resolver: Resolver) {
    const { library, program } = resolver;
    const words = new Set(others);
    for (const table of [library.lockConstructors, library.namedLocks, library.spawns]) {
      for (const word of table.lastSegments()) words.add(word);
    }
    for (const file of program.files) this.scan(file, words);
  }

  /** Calls of exactly this canonical path, by scope, then position. */
  of(path: string): readonly LibraryCall[] {
    return this.byPath.get(path) ?? [];
  }

  /** The paths that are called. */
  paths(): IterableIterator<string> {
    return this.byPath.keys();
  }

  private scan(file: ProgramFile, words: ReadonlySet<string>): void {
    const { names, codes } = file.source;
    const interesting = new Uint8Array(names.length);
    let any = false;
    for (let k = 0; k < names.length; k++) {
      if (!words.has(names[k]!)) continue;
      interesting[k] = 1;
      any = true;
    }
    if (!any) return;
    this.followAliases(file, interesting);
    for (let index = 0; index < codes.length; index++) {
      const { op, a, b, slots } = codes[index]!;
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
        if (name >= 0 && interesting[name])
          this.put(this.resolver.program.scopes[file.firstScope + index]!, at);
      }
    }
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

  private put(scope: Scope, at: number): void {
    for (const target of this.resolver.targets(scope.id, at)) {
      const path =
        target.kind === 'library'
          ? target.path
          : target.kind === 'function'
            ? this.ownPath(target.scope)
            : '';
      if (path === '') continue;
      const list = this.byPath.get(path);
      const call = { scope, at, path };
      if (list) list.push(call);
      else this.byPath.set(path, [call]);
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
