import { expect, test } from 'vitest';
import type { ServerHost } from '../../../server/src/lsp/host';
import { readSettings } from '../../../server/src/lsp/project-settings';

const host = {} as ServerHost;

test.each([
  [undefined, { threads: 0, cache: true }],
  [
    { threads: 3, cache: false },
    { threads: 3, cache: false },
  ],
  [
    { threads: 'many', cache: 'no' },
    { threads: 0, cache: true },
  ],
  [{ threads: -1 }, { threads: 0, cache: true }],
  [{ threads: 1.5 }, { threads: 0, cache: true }],
])('threads and cache as the editor says, where it makes sense: %j', async (values, expected) => {
  expect((await readSettings(host, null, values, [])).editor).toMatchObject(expected);
});
