// Small Python programs for the tests of the engine's rooms, and what the engine knows of them in words: a call
// `show(x)` asks what x denotes, a call `here()` asks what is held.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Numberings } from '../../../server/src/flow/numberings';
import { loadLibrary } from '../../../server/src/library/load';
import { Program, type Scope } from '../../../server/src/program/program';
import { Op } from '../../../server/src/syntax/code';
import { positional } from '../../../server/src/syntax/code-reader';
import { loadParser } from '../../../server/src/syntax/parser';
import { Analysis } from '../../../server/src/whole/analysis';
import { accessWord, entityWords } from '../../../server/src/whole/dump';

const wasmOf = (name: string) => readFileSync(join(__dirname, '../../../node_modules', name, `${name}.wasm`));

export const parser = await loadParser({
  runtimeWasm: wasmOf('web-tree-sitter'),
  languageWasm: wasmOf('tree-sitter-python'),
});

/** Python source without the indentation of the test around it. */
export function python(text: string): string {
  const lines = text.split('\n');
  const depths = lines.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)![0].length);
  const indent = Math.min(...depths);
  return `${lines
    .map((line) => line.slice(indent))
    .join('\n')
    .trim()}\n`;
}

/** The analysis of some files; a single text is `a.py`. `library`: the project's own knowledge. */
export function analyse(files: string | Readonly<Record<string, string>>, library?: unknown): Analysis {
  const texts = typeof files === 'string' ? { 'a.py': files } : files;
  const sources = Object.entries(texts).map(([path, text]) => [path, parser.compile(python(text))] as const);
  const analysis = new Analysis(new Program(sources), loadLibrary(library).library, new Numberings());
  // Parameters take the arguments of their calls only once the call graph is there.
  void analysis.calls;
  return analysis;
}

/** The scope with a qualified name, in the first file that has one. */
export function scopeNamed(analysis: Analysis, name: string, path?: string): Scope {
  const found = analysis.program.scopes.find(
    (scope) => scope.qualifiedName === name && (path === undefined || scope.file.path === path),
  );
  if (!found) throw new Error(`no scope is named ${name}`);
  return found;
}

function callsOf(analysis: Analysis, name: string): { scope: Scope; at: number }[] {
  const found: { scope: Scope; at: number }[] = [];
  for (const scope of analysis.program.scopes) {
    const { op, a } = scope.code;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call || op[a[at]!] !== Op.Global) continue;
      if (scope.file.source.names[a[a[at]!]!] === name) found.push({ scope, at });
    }
  }
  return found;
}

/** What the argument of each `show(x)` denotes, in the order of files and scopes; alternatives joined by ` | `. */
export function shown(files: string | Readonly<Record<string, string>>): string[] {
  const analysis = analyse(files);
  return callsOf(analysis, 'show').map(({ scope, at }) =>
    analysis.resolver
      .denotes(scope.id, positional(scope.code, at, 0))
      .map((entity) => entityWords(analysis, entity))
      .join(' | '),
  );
}

/** The labels of the locks held at each `here()`, by all that is known; `dead` where control can't arrive. */
export function heldHere(files: string | Readonly<Record<string, string>>): string[] {
  const analysis = analyse(files);
  return callsOf(analysis, 'here').map(({ scope, at }) => {
    if (analysis.resolver.numberings.of(scope).reached[at] === 0) return 'dead';
    return analysis.entryLocks
      .at(scope, at)
      .map((lock) => lock.label)
      .join(', ');
  });
}

/** The identity of the lock held at each `here()`, for tests that compare them. */
export function keysHere(files: string | Readonly<Record<string, string>>): string[] {
  const analysis = analyse(files);
  return callsOf(analysis, 'here').map(({ scope, at }) =>
    analysis.entryLocks
      .at(scope, at)
      .map((lock) => lock.key)
      .join(', '),
  );
}

/** The accesses of a function in source order: `mutate Cache.items`. */
export function accessesIn(files: string | Readonly<Record<string, string>>, name: string): string[] {
  const analysis = analyse(files);
  const scope = scopeNamed(analysis, name);
  return analysis.guards.all
    .flatMap(({ place, accesses }) => accesses.map((access) => ({ ...access, label: place.label })))
    .filter((access) => access.scope === scope.id)
    .sort((one, other) => one.at - other.at)
    .map((access) => `${accessWord(access.kind)} ${access.label}`);
}

/** The guards that were inferred: `Cache.items: self._lock`. */
export function guardsOf(files: string | Readonly<Record<string, string>>): string[] {
  return analyse(files)
    .guards.all.filter(({ guard }) => guard !== null)
    .map(({ place, guard }) => `${place.label}: ${guard!.label}`)
    .sort();
}
