// The parser for the tests of this room, loaded once for each test file.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadParser, type PythonParser } from '../../../server/src/syntax/parser';

const require = createRequire(import.meta.url);

/** Loads the parser; with `heap` false, one that reads trees through the cursor only. */
export function loadTestParser(heap = true, stepLimit?: (length: number) => number): Promise<PythonParser> {
  return loadParser({
    ...(stepLimit === undefined ? {} : { stepLimit }),
    runtimeWasm: readFileSync(require.resolve('web-tree-sitter/web-tree-sitter.wasm')),
    languageWasm: readFileSync(require.resolve('tree-sitter-python/tree-sitter-python.wasm')),
    heap,
  });
}
