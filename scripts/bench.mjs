// Measures the engine against a bare parse of the same files by the same parser, in alternation, so that the ratios
// say the same on any machine.
//   npm run bench -- [--rounds N] FOLDER...
// Prints tables. Nothing here is asserted: clocks have no place in tests.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { root } from './ready.mjs';

const given = process.argv.slice(2);
if (given.length === 0) {
  process.stderr.write('bench: name at least one folder of Python files\n');
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), 'airlock-bench-'));
const outfile = join(folder, 'bench.cjs');
try {
  await build({
    entryPoints: [join(root, 'scripts', 'bench-run.mjs')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
    // The bundle for Node; its other one asks where it was loaded from.
    alias: { 'web-tree-sitter': join(root, 'node_modules', 'web-tree-sitter', 'web-tree-sitter.cjs') },
  });
  const words = given.map((word) => (/^(--|\d+$)/.test(word) ? word : resolve(word)));
  const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, ...words], {
    stdio: 'inherit',
    env: { ...process.env, AIRLOCK_ROOT: root },
  });
  process.exitCode = status ?? 2;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
