// The engine's thread dies in the middle of its work: one file is lost for one run, everything else goes on.

import { copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { Client, dist, until } from './client';
import { race } from './sources';

// The built product, but its engine thread can be killed by a word in a file.
const killable = `
const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ method, params }) => {
  const text = JSON.stringify(method === 'setFiles' ? params.files.map((file) => file.text) : params.edits ?? '');
  if (!text.includes('KILL ')) return;
  const path = method === 'setFiles' ? params.files.find((file) => file.text?.includes('KILL ')).path : params.path;
  parentPort.postMessage({ kind: 'file', path });
  process.exit(7);
});
require('./engine-worker.real.js');
`;

let bundles = '';
let client: Client;

beforeAll(() => {
  bundles = mkdtempSync(join(tmpdir(), 'airlock-killable-'));
  cpSync(dist, bundles, { recursive: true });
  copyFileSync(join(dist, 'engine-worker.node.js'), join(bundles, 'engine-worker.real.js'));
  writeFileSync(join(bundles, 'engine-worker.node.js'), killable);
});
afterAll(() => rmSync(bundles, { recursive: true, force: true }));
afterEach(() => client?.dispose());

test.each(['EXIT', 'THROW'])(
  'the thread ends (%s): the file is set aside, the other is right, saving heals',
  async () => {
    client = await Client.start({}, undefined, undefined, bundles);
    const other = await client.open('other.py', race);
    expect(await client.diagnostics(other)).toHaveLength(1);
    const uri = await client.open('a.py', `# KILL IT\n${race}`);
    const [lost] = await client.diagnostics(uri);
    expect(lost).toMatchObject({ code: 'not-analysed', message: expect.stringContaining('broke down') });
    expect(await client.diagnostics(other)).toHaveLength(1);
    await until('the status to tell', () => client.statuses.some(({ problems }) => problems.length === 1));
    expect(client.logged.some((line) => line.includes('broke down'))).toBe(true);
    await client.edit(uri, 2, [0, 0], [1, 0], '');
    expect(await client.diagnostics(uri)).toMatchObject([{ code: 'not-analysed' }]);
    await client.connection.sendNotification('textDocument/didSave', { textDocument: { uri } });
    expect(await client.diagnostics(uri)).toMatchObject([{ code: 'field-without-its-lock' }]);
  },
);

test('an edit that kills: the next answers are for the text as it is then', async () => {
  client = await Client.start({}, undefined, undefined, bundles);
  const uri = await client.open('a.py', race);
  const other = await client.open('other.py', race);
  await client.edit(other, 2, [0, 0], [0, 0], '# one line more\n');
  await client.edit(uri, 2, [0, 0], [0, 0], '# KILL IT\n');
  expect(await client.diagnostics(uri)).toMatchObject([{ code: 'not-analysed' }]);
  const [diagnostic] = await client.diagnostics(other);
  expect(diagnostic.range.start.line).toBe(22);
});
