// The server's life: configuration read and read again, wrong input survived, a dead engine replaced, an end with
// the right exit code.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { Client, dist, until } from './client';
import { race, undoLine, weakHash } from './sources';

let client: Client;
afterEach(() => client?.dispose());

test('says what it offers, and starts no engine before a document is open', async () => {
  client = await Client.start({ 'a.py': race });
  await new Promise((done) => setTimeout(done, 300));
  expect(client.statuses).toEqual([]);
  await client.open('a.py', race);
  await until('a status', () => client.statuses.some(({ state, files }) => state === 'idle' && files === 1));
});

test('settings of the editor and of the project count, and both are read again when they change', async () => {
  client = await Client.start({ 'a.py': race });
  const uri = await client.open('a.py', race);
  expect(await client.diagnostics(uri)).toHaveLength(1);
  client.settings = { disabledRules: ['field-without-its-lock'] };
  await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  await until('the editor to switch it off', async () => (await client.diagnostics(uri)).length === 0);
  client.settings = {};
  await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  await until('the editor to switch it on', async () => (await client.diagnostics(uri)).length === 1);
  const refreshes = client.refreshes;
  client.write('pyproject.toml', '[tool.airlock]\ndisable = ["field-without-its-lock"]\n');
  const changes = [{ uri: client.uri('pyproject.toml'), type: 1 }];
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
  await until('the project to switch it off', async () => (await client.diagnostics(uri)).length === 0);
  await until('the editor to be told', () => client.refreshes > refreshes);
});

test('findings can be switched off as a whole, and the review still works', async () => {
  client = await Client.start({});
  client.settings = { enable: false };
  const uri = await client.open('a.py', race);
  expect(await client.diagnostics(uri)).toEqual([]);
  const { markdown }: { markdown: string } = await client.connection.sendRequest('airlock/review', { uri });
  expect(markdown).toContain('field-without-its-lock');
  const position = { line: undoLine, character: 10 };
  const asked = {
    textDocument: { uri },
    position,
    range: { start: position, end: position },
    context: { diagnostics: [] },
  };
  expect(await client.connection.sendRequest('textDocument/hover', asked)).toBeNull();
  expect(await client.connection.sendRequest('textDocument/codeAction', asked)).toEqual([]);
});

test('an audit of the workspace leaves out what is switched off, and switching off takes back what was shown', async () => {
  client = await Client.start({ 'a.py': race });
  client.settings = { enable: false };
  const answer = await client.connection.sendRequest<{ findingCount: number }>('airlock/auditWorkspace');
  expect(answer).toMatchObject({ findingCount: 0, fileCount: 0, folders: 1, disabledFolders: 1 });

  const pull = (previousResultIds: object[]) =>
    client.connection.sendRequest<{ items: { uri: string; resultId: string; items: object[] }[] }>(
      'workspace/diagnostic',
      { previousResultIds },
    );
  client.settings = {};
  await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  // The first answer may come before all files are read; an editor asks again, as this does.
  const shown = await until('the finding', async () => (await pull([])).items[0]);
  expect(shown.items).toHaveLength(1);
  client.settings = { enable: false };
  await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  const taken = await pull([{ uri: shown.uri, value: shown.resultId }]);
  expect(taken.items).toMatchObject([{ uri: shown.uri, items: [] }]);
});

test('the nearest configuration above a file decides, also deeper inside the folder', async () => {
  client = await Client.start({
    'airlock.toml': 'disable = ["secret-in-log"]\n',
    'lib/airlock.toml': 'disable = ["field-without-its-lock"]\n',
    'lib/deep/pyproject.toml': '[tool.airlock]\nmin-confidence = "medium"\nmin_confidence = "low"\n',
    'lib/gen/airlock.toml': 'exclude = ["*_pb2.py"]\n',
    'lib/gen/x_pb2.py': race,
    'lib/deep/c.py': race,
  });
  const here = await client.open('a.py', race);
  const there = await client.open('lib/b.py', race);
  const deep = await client.open('lib/deep/c.py', race);
  expect(await client.diagnostics(here)).toHaveLength(1);
  expect(await client.diagnostics(there)).toEqual([]);
  expect(await client.diagnostics(deep)).toHaveLength(1);
  const wrong = await until('the problem to be shown', () =>
    client.pushed.find(({ uri }) => uri === client.uri('lib/deep/pyproject.toml')),
  );
  expect(wrong.diagnostics[0].message).toContain('Did you mean `min-confidence`?');
  const { fileCount } = await client.connection.sendRequest<{ fileCount: number }>('airlock/auditWorkspace');
  expect(fileCount).toBe(3);

  client.write('lib/airlock.toml', '');
  const changes = [{ uri: client.uri('lib/airlock.toml'), type: 2 }];
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
  await until('the folder to be back', async () => (await client.diagnostics(there)).length === 1);
});

test('on save only: unsaved edits leave the findings as they are', async () => {
  client = await Client.start({});
  client.settings = { run: 'onSave' };
  const uri = await client.open('a.py', race);
  const { resultId } = await client.pull(uri);
  await client.edit(uri, 2, [0, 0], [40, 0], '');
  expect(await client.pull(uri, resultId)).toEqual({ kind: 'unchanged', resultId });
  await client.connection.sendNotification('textDocument/didSave', { textDocument: { uri } });
  expect(await client.pull(uri, resultId)).toMatchObject({ kind: 'full', items: [] });
});

test('an audit of the workspace tells how many rules in preview were not asked, unless a file decides', async () => {
  client = await Client.start({ 'a.py': weakHash });
  client.settings = { preview: false };
  const audit = (): Promise<{ findingCount: number; notAsked: number }> =>
    client.connection.sendRequest('airlock/auditWorkspace');
  const before = await audit();
  // Clients that always send parameters are answered the same.
  expect(await client.connection.sendRequest('airlock/auditWorkspace', {})).toEqual(before);
  expect(before.findingCount).toBe(0);
  expect(before.notAsked).toBeGreaterThan(0);
  // Settings that change are taken over before an audit begins.
  client.settings = { preview: true };
  await client.connection.sendNotification('workspace/didChangeConfiguration', { settings: null });
  expect(await audit()).toMatchObject({ findingCount: 1, notAsked: 0 });
  client.settings = { preview: false };
  client.write('airlock.toml', 'preview = false\n');
  const changes = [{ uri: client.uri('airlock.toml'), type: 1 }];
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
  await until('the file to count', async () => {
    const { findingCount, notAsked } = await audit();
    return findingCount === 0 && notAsked === 0;
  });
});

test('the baseline takes out what is known, as long as it is there', async () => {
  client = await Client.start({});
  const uri = await client.open('a.py', race);
  const [{ data }] = await client.diagnostics(uri);
  const { fingerprint } = data as { fingerprint: string };
  const findings = { 'a.py': [`${fingerprint} field-without-its-lock`] };
  client.write('airlock-baseline.json', JSON.stringify({ version: 1, findings }));
  const changes = [{ uri: client.uri('airlock-baseline.json'), type: 1 }];
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
  await until('the finding to go', async () => (await client.diagnostics(uri)).length === 0);
  client.write('airlock-baseline.json', 'no');
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
  await until('the finding to be back', async () => (await client.diagnostics(uri)).length === 1);
  expect(client.pushed.at(-1)?.diagnostics[0].message).toContain('This baseline is not valid JSON.');
});

test.each([
  ['no TOML', 'min-confidence = = 3\n', 0],
  ['an unknown setting', 'preview = true\nmin-confidnce = "low"\n', 1],
])(
  'a wrong configuration (%s) is shown in its file and in the log, and is not fatal',
  async (_, text, line) => {
    client = await Client.start({ 'airlock.toml': text });
    const uri = await client.open('a.py', race);
    expect(await client.diagnostics(uri)).toHaveLength(1);
    const shown = await until('the problem', () =>
      client.pushed.find((push) => push.uri === client.uri('airlock.toml')),
    );
    expect(shown.diagnostics).toMatchObject([{ source: 'airlock', range: { start: { line } } }]);
    expect(client.logged.some((message) => message.includes('airlock.toml'))).toBe(true);
    client.write('airlock.toml', '');
    const changes = [{ uri: client.uri('airlock.toml'), type: 2 }];
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
    await until('the problem to go', () => client.pushed.at(-1)?.diagnostics.length === 0);
  },
);

test('unknown methods, unknown documents and wrong parameters are errors or silence, never the end', async () => {
  client = await Client.start({});
  const { connection } = client;
  const uri = client.uri('never-opened.py');
  await expect(connection.sendRequest('airlock/nothing', {})).rejects.toMatchObject({ code: -32601 });
  expect(await client.diagnostics(uri)).toEqual([]);
  await client.edit(uri, 2, [5, 5], [6, 6], 'x');
  await connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  await connection.sendNotification('textDocument/didSave', { textDocument: { uri } });
  await connection.sendNotification('textDocument/didChange', {} as never);
  await connection.sendNotification('textDocument/didOpen', {} as never);
  await connection.sendNotification('workspace/didChangeWatchedFiles', {} as never);
  await connection.sendRequest('airlock/review', null).catch(() => undefined);
  await connection.sendRequest('textDocument/codeAction', {}).catch(() => undefined);
  await connection
    .sendRequest('codeAction/resolve', { title: 'x', data: { action: 'fix', key: 3 } })
    .catch(() => undefined);
  const open = await client.open('a.py', race);
  await client.edit(open, 2, [10_000, 0], [20_000, 5], '# beyond the end\n');
  expect(await client.diagnostics(open)).toHaveLength(1);
});

test('broken, empty, binary-like and huge documents have an answer', async () => {
  client = await Client.start({});
  client.settings = { maxFileSize: 20_000 };
  const broken = await client.open('broken.py', race.replace('class Counter:', 'class Counter('));
  expect((await client.pull(broken)).kind).toBe('full');
  expect(await client.diagnostics(await client.open('empty.py', ''))).toEqual([]);
  expect(await client.diagnostics(await client.open('zero.py', '\0\0\0'))).toEqual([]);
  expect(await client.diagnostics(await client.open('deep.py', '('.repeat(15_000)))).toEqual(
    expect.any(Array),
  );
  const [large] = await client.diagnostics(await client.open('large.py', 'x = 1\n'.repeat(5_000)));
  expect(large).toMatchObject({ code: 'not-analysed', severity: 3 });
});

test('one file, three spellings of its URI, and the one of the document comes back', async () => {
  client = await Client.start({ 'with space.py': 'x = 1\n' });
  const encoded = client.uri('with space.py');
  const plain = encoded.replace('%20', ' ');
  await client.connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri: plain, languageId: 'python', version: 1, text: race },
  });
  const [diagnostic] = await client.diagnostics(encoded);
  expect(diagnostic.relatedInformation?.[0].location.uri).toBe(plain);
});

test('two folders: each file belongs to its own, also after folders change', async () => {
  client = await Client.start({
    'one/airlock.toml': 'disable = ["field-without-its-lock"]\n',
    'two/a.py': race,
  });
  const event = (added: string[], removed: string[]) =>
    client.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
      event: {
        added: added.map((name) => ({ uri: client.uri(name), name })),
        removed: removed.map((name) => ({ uri: client.uri(name), name })),
      },
    });
  await event(['one', 'two'], ['']);
  const one = await client.open('one/a.py', race);
  const two = await client.open('two/a.py', race);
  expect(await client.diagnostics(one)).toEqual([]);
  expect(await client.diagnostics(two)).toHaveLength(1);
  await event([], ['one']);
  await until('the file without its folder', async () => (await client.diagnostics(one)).length === 1);
});

test('ends with 0 after shutdown, with 1 without', async () => {
  client = await Client.start({});
  await client.open('a.py', race);
  expect(await client.stop()).toBe(0);
  client = await Client.start({});
  await client.connection.sendNotification('exit');
  expect(await client.ended()).toBe(1);
});

test('ends when the editor goes away without a word', async () => {
  client = await Client.start({});
  const uri = await client.open('a.py', race);
  await client.pull(uri);
  client.process.stdin?.end();
  expect(await client.ended()).not.toBeNull();
});

test('bytes that are no protocol end it or are skipped, but it never hangs', async () => {
  const child = spawn(process.execPath, [join(dist, 'server.node.js'), '--stdio']);
  child.stdin.on('error', () => undefined);
  child.stdin.write('GET / HTTP/1.1\r\nHost: nowhere\r\n\r\n');
  child.stdin.write('Content-Length: 9\r\n\r\nnot json!');
  child.stdin.write('Content-Length: 2\r\n\r\n[]');
  child.stdin.end();
  const code = await new Promise((done) => child.once('exit', done));
  expect(code).not.toBeNull();
});

test('a client of few abilities is served as well', async () => {
  client = await Client.start({}, {}, { settings: { minConfidence: 'low', preview: true } });
  const uri = await client.open('a.py', race);
  const push = await until('the push', () => client.pushed.find((each) => each.uri === uri));
  expect(push.diagnostics).toHaveLength(1);
  expect(push.diagnostics[0].relatedInformation).toBeUndefined();
});
