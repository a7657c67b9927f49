// What the measuring tools share: the Python files below a folder, in an order that is the same on any machine, and the
// parser with the grammars of this checkout.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadParser } from '../server/src/syntax/parser';

/** The bytes of an installed grammar or runtime. */
export const wasm = (name) =>
  readFileSync(join(process.env.AIRLOCK_ROOT, 'node_modules', name, `${name}.wasm`));

/** The parser of the product. */
export const nodeParser = () =>
  loadParser({ runtimeWasm: wasm('web-tree-sitter'), languageWasm: wasm('tree-sitter-python') });

/** Paths of the Python files below a folder. */
export function filesBelow(folder) {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const path = join(folder, name);
      if (statSync(path).isDirectory()) return filesBelow(path);
      return name.endsWith('.py') ? [path] : [];
    });
}
