// Measures the engine against a bare parse of the same files by the same parser, in alternation, so that the ratios
// say the same on any machine, and two worker threads against one.
//   npm run bench -- [--rounds N] [--all] [--alone] [--keystrokes] FOLDER...
// With `--all` the rules in preview are asked too; with `--alone` only the audit by one thread is measured,
// with `--keystrokes` only edits, after one audit.
// Prints tables. Nothing here is asserted: clocks have no place in tests.

import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { nodeOptions, packageFolder } from './bundle-options.mjs';
import { runBundled } from './bundled.mjs';
import { root } from './ready.mjs';

const given = process.argv.slice(2);
if (given.length === 0) {
  process.stderr.write('bench: name at least one folder of Python files\n');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'airlock-bench-'));
try {
  process.env.AIRLOCK_WORKER = await buildWorker(folder);
  process.exitCode = await runBundled('bench-run.mjs', given);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The worker of the product, beside the grammars that it loads. */
async function buildWorker(folder) {
  const outfile = join(folder, 'engine-worker.node.js');
  await build({
    entryPoints: [join(root, 'server', 'src', 'host', 'node', 'engine-worker.ts')],
    outfile,
    logLevel: 'error',
    ...nodeOptions(),
  });
  for (const name of ['web-tree-sitter', 'tree-sitter-python']) {
    copyFileSync(join(packageFolder(name), `${name}.wasm`), join(folder, `${name}.wasm`));
  }
  return outfile;
}
