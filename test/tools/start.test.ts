// `npm start` without the editor, as on a machine that cannot show one.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('ends with what to do next', { timeout: 300_000 }, () => {
  const { status, stdout } = spawnSync(process.execPath, ['scripts/start.mjs', '--no-editor'], {
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(stdout).toMatch(/^Review of /m);
  expect(stdout.trimEnd().split('\n').slice(-2)).toEqual([
    expect.stringMatching(/^Your own code: npx airlock audit FOLDER/),
    expect.stringMatching(/^In an editor: npm start/),
  ]);
});
