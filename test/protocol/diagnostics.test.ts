// Diagnostics over the wire: pulled with result ids, pushed to clients that do not pull, of the editor's text and
// never of an older one.

import { afterEach, expect, test } from 'vitest';
import { CancellationTokenSource, type Hover, type MarkupContent } from 'vscode-languageserver-protocol/node';
import { Client, modern, until } from './client';
import { hashLine, race, undoLine, weakHash } from './sources';

let client: Client;
afterEach(() => client?.dispose());

test('a pull gives the finding in full: code, link, related places, data', async () => {
  client = await Client.start({ 'counter.py': race });
  const uri = await client.open('counter.py', race);
  const [diagnostic, ...others] = await client.diagnostics(uri);
  expect(others).toEqual([]);
  expect(diagnostic).toMatchObject({
    code: 'field-without-its-lock',
    source: expect.stringMatching(/^airlock( preview)?$/),
    severity: 2,
    codeDescription: { href: expect.stringMatching(/^file:.*\/dist\/rules\/field-without-its-lock\.md$/) },
    data: { fingerprint: expect.any(String) },
  });
  expect(diagnostic.range.start.line).toBe(undoLine);
  expect(diagnostic.relatedInformation?.[0].location.uri).toBe(uri);
});

test('what a rule in preview tells is marked as such, in the list and on hover', async () => {
  client = await Client.start({ 'accounts.py': weakHash });
  const uri = await client.open('accounts.py', weakHash);
  expect(await client.diagnostics(uri)).toMatchObject([{ code: 'weak-hash', source: 'airlock preview' }]);
  const hover: Hover = await client.connection.sendRequest('textDocument/hover', {
    textDocument: { uri },
    position: { line: hashLine, character: 28 },
  });
  expect((hover.contents as MarkupContent).value).toMatch(/^\*\*weak-hash\*\* · \w+ confidence, preview\n/);
});

test('a pull with the last result id says unchanged; an edit changes that', async () => {
  client = await Client.start({ 'counter.py': race });
  const uri = await client.open('counter.py', race);
  const first = await client.pull(uri);
  expect(first.kind).toBe('full');
  const again = await client.pull(uri, first.resultId);
  expect(again).toEqual({ kind: 'unchanged', resultId: first.resultId });
  await client.edit(
    uri,
    2,
    [undoLine, 0],
    [undoLine + 1, 0],
    '        with self._lock:\n            self._count -= 1\n',
  );
  const fixed = await client.pull(uri, first.resultId);
  expect(fixed).toMatchObject({ kind: 'full', items: [] });
});

test('the text of the document wins over the disk, until it is closed', async () => {
  client = await Client.start({ 'counter.py': 'x = 1\n' });
  const uri = await client.open('counter.py', race);
  expect(await client.diagnostics(uri)).toHaveLength(1);
  // The index has read the folder by now, and a change on disk is told: neither replaces the open text.
  await until('the index', () => client.refreshes > 0);
  await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
    changes: [{ uri, type: 2 }],
  });
  await new Promise((done) => setTimeout(done, 600));
  expect(await client.diagnostics(uri)).toHaveLength(1);
});

test('edits while an answer is on its way never give an answer for the old text', async () => {
  client = await Client.start({ 'counter.py': race });
  const uri = await client.open('counter.py', race);
  for (let version = 2; version < 30; version += 2) {
    const asked = client.connection
      .sendRequest<{ items: unknown[] }>('textDocument/diagnostic', { textDocument: { uri } })
      .then(
        (report) => report.items.length,
        (error: { code: number }) => error.code,
      );
    await client.edit(uri, version, [0, 0], [0, 0], '# a new first line\n');
    const outcome = await asked;
    // Either the answer came before the edit, or the request was given back.
    expect([1, -32802]).toContain(outcome);
    await client.edit(uri, version + 1, [0, 0], [1, 0], '');
  }
  const [diagnostic] = await client.diagnostics(uri);
  expect(diagnostic.range.start.line).toBe(undoLine);
});

test('a cancelled pull ends as cancelled', async () => {
  client = await Client.start({ 'counter.py': race });
  const uri = await client.open('counter.py', race);
  const source = new CancellationTokenSource();
  const asked = client.connection.sendRequest(
    'textDocument/diagnostic',
    { textDocument: { uri } },
    source.token,
  );
  source.cancel();
  await expect(asked).rejects.toMatchObject({ code: -32800 });
  expect(await client.diagnostics(uri)).toHaveLength(1);
});

test('a client that does not pull is told, with the version, and told again', async () => {
  const { diagnostic: _, ...textDocument } = modern.textDocument ?? {};
  client = await Client.start({ 'counter.py': race }, { ...modern, textDocument });
  const uri = await client.open('counter.py', race);
  const first = await until('the first push', () => client.pushed.find((push) => push.uri === uri));
  expect(first.version).toBe(1);
  expect(first.diagnostics).toHaveLength(1);
  await client.edit(uri, 2, [undoLine, 0], [undoLine + 1, 0], '        pass\n');
  const second = await until('the second push', () => client.pushed.find((push) => push.version === 2));
  expect(second.diagnostics).toEqual([]);
  await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  await until('the last push', () => client.pushed.at(-1)?.version === undefined);
});

test('the workspace has nothing to say until an audit is asked for, then it says all', async () => {
  client = await Client.start({ 'counter.py': race, 'pkg/other.py': race, 'clean.py': 'x = 1\n' });
  let answered = false;
  const asked = client.connection
    .sendRequest<{ items: { uri: string; items: unknown[] }[] }>('workspace/diagnostic', {
      previousResultIds: [],
    })
    .finally(() => {
      answered = true;
    });
  await new Promise((done) => setTimeout(done, 300));
  expect(answered).toBe(false);
  const audit = await client.connection.sendRequest('airlock/auditWorkspace');
  expect(audit).toMatchObject({ fileCount: 3, findingCount: 2, skipped: [] });
  const { items } = await asked;
  expect(items.map(({ uri, items: found }) => [uri, found.length])).toEqual([
    [client.uri('counter.py'), 1],
    [client.uri('pkg/other.py'), 1],
  ]);
});

test('findings of a document that is closed are taken back', async () => {
  client = await Client.start({ 'counter.py': race });
  const uri = await client.open('counter.py', race);
  await client.diagnostics(uri);
  const asked = client.connection.sendRequest('workspace/diagnostic', { previousResultIds: [] });
  await client.connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  expect(await asked).toEqual({ items: [{ kind: 'full', uri, version: null, items: [] }] });
});

test('findings follow files that come, change and go on disk', async () => {
  client = await Client.start({ 'a.py': 'x = 1\n' });
  const told = (name: string, type: 1 | 2 | 3) =>
    client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: client.uri(name), type }],
    });
  const count = async () =>
    ((await client.connection.sendRequest('airlock/auditWorkspace')) as { findingCount: number })
      .findingCount;
  expect(await count()).toBe(0);
  client.write('b.py', race);
  await told('b.py', 1);
  await until('the new file', async () => (await count()) === 1);
  client.write('b.py', 'x = 2\n');
  await told('b.py', 2);
  await until('the changed file', async () => (await count()) === 0);
  client.write('b.py', race);
  await told('b.py', 2);
  await until('the file changed back', async () => (await count()) === 1);
  await told('b.py', 3);
  await until('the end of the file', async () => (await count()) === 0);
});

test('emoji and CRLF: columns are UTF-16', async () => {
  const text = race
    .replace('        self._count -= 1', "        label = '😀'; self._count -= 1")
    .replaceAll('\n', '\r\n');
  client = await Client.start({});
  const uri = await client.open('emoji.py', text);
  const [{ range }] = await client.diagnostics(uri);
  const line = text.split('\r\n')[undoLine];
  expect(line.slice(range.start.character, range.end.character)).toContain('self._count');
  await client.edit(uri, 2, [undoLine, line.indexOf('😀')], [undoLine, line.indexOf('😀') + 2], 'plain');
  const [after] = await client.diagnostics(uri);
  expect(after.range.start.character).toBe(range.start.character + 3);
});
