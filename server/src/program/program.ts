// The files of a program and their scopes under dense ids. Holds plain data and answers who encloses whom;
// refuses to resolve names (module-names, bindings) and knows nothing of analysis.

import type { Code, SourceFile } from '../syntax/code';
import { Op, ScopeKind } from '../syntax/code';

/** A file of the program. */
export interface ProgramFile {
  readonly index: number;
  /** Canonical key with forward slashes. */
  readonly path: string;
  /** Replaced by `Program.replaceSource` only. */
  source: SourceFile;
  /** Scope id of the module; the scope of code k is `firstScope + k`. */
  readonly firstScope: number;
  /** Test code: silences what speaks of sharing. */
  readonly isTest: boolean;
}

/** A module, class body, function or lambda of the program. */
export interface Scope {
  /** Dense id, by file order, then position. */
  readonly id: number;
  readonly file: ProgramFile;
  /** Replaced by `Program.replaceSource` only. */
  code: Code;
  /** Index of the code in its file. */
  readonly index: number;
  /** Scope id of the enclosing scope, or -1. */
  readonly parent: number;
  /** For a method, the scope id of its class; else -1. */
  readonly owner: number;
  /** The instruction of the enclosing scope that makes it (Function or Class), or -1. Replaced by
   * `Program.replaceSource` only. */
  definedAt: number;
  /** Dotted name within the module, '' for the module itself. */
  readonly qualifiedName: string;
  readonly name: string;
}

/** How far the names of a file were looked through. */
interface Look {
  readonly names: readonly string[];
  seen: number;
  has: boolean;
}

/** All files, sorted by path, so that ids follow from content alone. Only bodies of functions can be replaced. */
export class Program {
  readonly files: readonly ProgramFile[];
  readonly scopes: readonly Scope[];
  /** Names of decorators by scope id, filled by whoever reads them first; an edit that changes them makes a new program. */
  readonly decoratorNames: (readonly string[] | undefined)[] = [];

  private readonly looks = new Map<string | RegExp | ReadonlySet<string>, (Look | undefined)[]>();

  constructor(sources: Iterable<readonly [path: string, source: SourceFile]>) {
    const files: ProgramFile[] = [];
    const scopes: Scope[] = [];
    const sorted = [...sources].sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0));
    for (const [path, source] of sorted) {
      const file = { index: files.length, path, source, firstScope: scopes.length, isTest: isTestPath(path) };
      files.push(file);
      addScopes(scopes, file);
    }
    this.files = files;
    this.scopes = scopes;
  }

  /** Replaces a file's source by one that differs in bodies only (see `changedBodies`). */
  replaceSource(file: ProgramFile, source: SourceFile): void {
    file.source = source;
    for (let index = 0; index < source.codes.length; index++) {
      const scope = this.scopes[file.firstScope + index]!;
      const code = source.codes[index]!;
      if (scope.code === code) continue;
      scope.code = code;
      for (let at = 0; at < code.op.length; at++) {
        if (code.op[at] !== Op.Function && code.op[at] !== Op.Class) continue;
        const made = file.firstScope + code.a[at]!;
        this.scopes[made]!.definedAt = at;
        if (code.kind === ScopeKind.Function) this.decoratorNames[made] = undefined;
      }
    }
  }

  /** Whether a file has a name like this, in use or left over from an edit: a test for what need not be looked at.
   * `what` is kept, and made once. */
  mentions({ index, source }: ProgramFile, what: string | RegExp | ReadonlySet<string>): boolean {
    let looks = this.looks.get(what);
    if (looks === undefined) {
      looks = [];
      this.looks.set(what, looks);
    }
    const { names } = source;
    let look = looks[index];
    if (look?.names !== names) {
      look = { names, seen: 0, has: false };
      looks[index] = look;
    }
    // Names are only ever added.
    while (!look.has && look.seen < names.length) look.has = isLike(names[look.seen++]!, what);
    return look.has;
  }

  /** The scope of a code of a file. */
  scopeOf(file: ProgramFile, codeIndex: number): Scope {
    return this.scopes[file.firstScope + codeIndex]!;
  }

  /** Absolute span of an instruction, in UTF-16 code units. */
  span(scope: Scope, at: number): { file: number; start: number; end: number } {
    const { base, start, end } = scope.code;
    return { file: scope.file.index, start: base + start[at]!, end: base + end[at]! };
  }

  /** Absolute span of the name that a scope is defined under. */
  nameSpan(scope: Scope): { file: number; start: number; end: number } {
    const { base, nameStart, nameEnd } = scope.code;
    return { file: scope.file.index, start: base + nameStart, end: base + nameEnd };
  }

  /** Line of an absolute offset, from 0. */
  lineAt(file: ProgramFile, offset: number): number {
    const starts = file.source.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** Whether a path is test code by the conventions of unittest, pytest and friends. */
export function isTestPath(path: string): boolean {
  return /(^|\/)(tests?|testing|functional_tests?|conftest\.py$|tests\.py$|test_[^/]*\.py$)(\/|$)|(^|\/)test_[^/]*\.py$|_test\.py$|(^|\/)conftest\.py$/.test(
    path,
  );
}

function isLike(name: string, what: string | RegExp | ReadonlySet<string>): boolean {
  if (typeof what === 'string') return name === what;
  return what instanceof RegExp ? what.test(name) : what.has(name);
}

function addScopes(scopes: Scope[], file: ProgramFile): void {
  const { source, firstScope } = file;
  const definedAt = new Int32Array(source.codes.length).fill(-1);
  for (const code of source.codes) {
    const { op, a } = code;
    for (let at = 0; at < op.length; at++) {
      if (op[at] === Op.Function || op[at] === Op.Class) definedAt[a[at]!] = at;
    }
  }
  for (let index = 0; index < source.codes.length; index++) {
    const code = source.codes[index]!;
    const parent = code.parent < 0 ? null : scopes[firstScope + code.parent]!;
    const name = index === 0 ? '' : source.names[code.name]!;
    scopes.push({
      id: firstScope + index,
      file,
      code,
      index,
      parent: parent ? parent.id : -1,
      owner:
        parent && parent.code.kind === ScopeKind.Class && code.kind === ScopeKind.Function ? parent.id : -1,
      definedAt: definedAt[index]!,
      qualifiedName: parent && parent.qualifiedName !== '' ? `${parent.qualifiedName}.${name}` : name,
      name,
    });
  }
}
