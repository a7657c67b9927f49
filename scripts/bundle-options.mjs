// How everything that runs in Node is bundled, product and tools alike. Knows no entry and no folder for the outcome.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ready.mjs';

/** The folder of an installed package, wherever npm put it. */
export function packageFolder(name) {
  for (const base of [root, join(root, 'server')]) {
    const folder = join(base, 'node_modules', name);
    if (existsSync(folder)) return folder;
  }
  throw new Error(`${name} is not installed. Run "npm ci" first.`);
}

/** Options of a bundle that runs in Node; web-tree-sitter's ESM build would ask for `import.meta.url` there. */
export function nodeOptions() {
  return {
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    alias: { 'web-tree-sitter': join(packageFolder('web-tree-sitter'), 'web-tree-sitter.cjs') },
  };
}
