// The `airlock` command before anything is built.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

test('says what to do when the bundle is missing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-unbuilt-'));
  try {
    mkdirSync(join(folder, 'server', 'bin'), { recursive: true });
    cpSync('server/bin/airlock.js', join(folder, 'server', 'bin', 'airlock.js'));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(folder, 'server', 'bin', 'airlock.js'), '--version'],
      { encoding: 'utf8' },
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^airlock: not built yet: .+ Run "npm run build" in the root of Airlock\.\n$/);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
