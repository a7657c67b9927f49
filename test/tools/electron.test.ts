// `npm run test:electron` where Visual Studio Code cannot be downloaded: one line, its own exit code.

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('says in one line that Visual Studio Code cannot be downloaded', () => {
  const closedPort = 'http://127.0.0.1:9';
  const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/electron.mjs'], {
    encoding: 'utf8',
    env: {
      ...process.env,
      AIRLOCK_VSCODE_VERSION: '0.0.0',
      npm_config_proxy: closedPort,
      npm_config_https_proxy: closedPort,
    },
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(
    /^Visual Studio Code could not be downloaded here \(.+\); "npm test -- editor" runs .+\n$/,
  );
  expect(stdout.trim().split('\n')).toHaveLength(1);
  expect(status).toBe(3);
});
