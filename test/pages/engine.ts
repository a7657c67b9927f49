// Engines for tests, all on one parser: loading it is slow, and it keeps nothing between files.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineMethods } from '../../server/src/project/dispatch';
import { createEngine } from '../../server/src/project/engine';
import { loadParser } from '../../server/src/syntax/parser';

const wasmOf = (name: string) => readFileSync(join(__dirname, '../../node_modules', name, `${name}.wasm`));

/** A function that makes empty engines. */
export async function engineFactory(): Promise<() => EngineMethods> {
  const parser = await loadParser({
    runtimeWasm: wasmOf('web-tree-sitter'),
    languageWasm: wasmOf('tree-sitter-python'),
  });
  return () => createEngine(parser);
}
