// Bundles a script that uses the engine's sources and runs it, for tools of the checkout that are no product.
// Decides nothing about what the script does.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { nodeOptions } from './bundle-options.mjs';
import { root } from './ready.mjs';

/** Runs `scripts/NAME` with these words, those that name files or folders made absolute; its exit code. */
export async function runBundled(name, words) {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-script-'));
  const outfile = join(folder, 'script.cjs');
  try {
    await build({
      entryPoints: [join(root, 'scripts', name)],
      outfile,
      logLevel: 'error',
      ...nodeOptions(),
    });
    const absolute = words.map((word) => (existsSync(word) ? resolve(word) : word));
    const { status } = spawnSync(process.execPath, ['--expose-gc', outfile, ...absolute], {
      stdio: 'inherit',
      env: { ...process.env, AIRLOCK_ROOT: root },
    });
    return status ?? 2;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
