// Code actions, hover and review over the wire.

import { afterEach, expect, test } from 'vitest';
import type { CodeAction, Hover, TextDocumentEdit, TextEdit } from 'vscode-languageserver-protocol/node';
import { positionsOf } from '../../server/src/lsp/document-positions';
import { offsetAt } from '../../server/src/lsp/documents';
import { Client, modern } from './client';
import { race, undoLine } from './sources';

let client: Client;
afterEach(() => client?.dispose());

const at = (line: number, character: number) => ({ start: { line, character }, end: { line, character } });

async function actionsAt(uri: string, line: number, only?: string[]): Promise<CodeAction[]> {
  const diagnostics = await client.diagnostics(uri);
  return client.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri },
    range: at(line, 13),
    context: { diagnostics, only },
  });
}

function changesOf(action: CodeAction | undefined): TextDocumentEdit[] {
  return (action?.edit?.documentChanges ?? []) as TextDocumentEdit[];
}

function apply(text: string, edits: readonly TextEdit[]): string {
  return [...edits]
    .map(({ range, newText }) => ({
      start: offsetAt(text, range.start),
      end: offsetAt(text, range.end),
      newText,
    }))
    .sort((one, other) => other.start - one.start)
    .reduce((all, { start, end, newText }) => all.slice(0, start) + newText + all.slice(end), text);
}

test('the fix of a finding: offered for its diagnostic, resolved when chosen, and then the finding is gone', async () => {
  client = await Client.start({});
  const uri = await client.open('counter.py', race);
  const [fix] = await actionsAt(uri, undoLine, ['quickfix']);
  expect(fix).toMatchObject({ kind: 'quickfix', diagnostics: [{ code: 'field-without-its-lock' }] });
  expect(fix.edit).toBeUndefined();
  const resolved: CodeAction = await client.connection.sendRequest('codeAction/resolve', fix);
  const [change] = changesOf(resolved);
  expect(change.textDocument).toEqual({ uri, version: 1 });
  const fixed = apply(race, change.edits as TextEdit[]);
  expect(fixed).toContain('        with self._lock:\n            self._count -= 1\n');
  const end = positionsOf(race)(race.length);
  await client.edit(uri, 2, [0, 0], [end.line, end.character], fixed);
  expect(await client.diagnostics(uri)).toEqual([]);
});

test('a fix chosen after an edit is refused, not applied at moved offsets', async () => {
  client = await Client.start({});
  const uri = await client.open('counter.py', race);
  const [fix] = await actionsAt(uri, undoLine, ['quickfix']);
  await client.edit(uri, 2, [0, 0], [0, 0], '# new\n');
  const resolved: CodeAction = await client.connection.sendRequest('codeAction/resolve', fix);
  expect(resolved.edit).toBeUndefined();
  expect(resolved.disabled?.reason).toMatch(/changed/);
});

test('clients that cannot resolve get the edit at once, without versions where they know none', async () => {
  const capabilities = { ...modern, workspace: {}, textDocument: { ...modern.textDocument, codeAction: {} } };
  client = await Client.start({}, capabilities, { settings: { preview: true } });
  const uri = await client.open('counter.py', race);
  const [fix] = await actionsAt(uri, undoLine, ['quickfix']);
  expect(apply(race, fix.edit?.changes?.[uri] ?? [])).toContain(
    '        with self._lock:\n            self._count -= 1\n',
  );
});

test('all safe fixes at once, only when asked for', async () => {
  client = await Client.start({});
  const uri = await client.open('counter.py', race);
  const kinds = (await actionsAt(uri, undoLine)).map(({ kind }) => kind);
  expect(kinds).not.toContain('source.fixAll.airlock');
  const offered = await actionsAt(uri, 0, ['source.fixAll']);
  const safe = (await actionsAt(uri, undoLine, ['quickfix'])).some(({ isPreferred }) => isPreferred);
  expect(offered.map(({ kind }) => kind)).toEqual(safe ? ['source.fixAll.airlock'] : []);
});

test('a suppression is a snippet that asks for the reason, at the end of the statement', async () => {
  client = await Client.start({});
  const text = race.replace('self._count -= 1', 'self._count -= (\n            1\n        )');
  const uri = await client.open('counter.py', text);
  const ignore = (await actionsAt(uri, undoLine, ['quickfix'])).find(({ title }) =>
    title.startsWith('Ignore'),
  );
  const [change] = changesOf(ignore);
  expect(change.edits).toEqual([
    {
      range: at(undoLine + 2, 9),
      snippet: { kind: 'snippet', value: `  # airlock: ignore[field-without-its-lock] ${'${1:reason}$0'}` },
    },
  ]);
  await client.edit(
    uri,
    2,
    [undoLine + 2, 9],
    [undoLine + 2, 9],
    '  # airlock: ignore[field-without-its-lock] one thread only',
  );
  expect(await client.diagnostics(uri)).toEqual([]);
});

test('hover tells how sure the finding is, why it matters and how to fix it', async () => {
  client = await Client.start({});
  const uri = await client.open('counter.py', race);
  const position = { line: undoLine, character: 10 };
  const hover: Hover = await client.connection.sendRequest('textDocument/hover', {
    textDocument: { uri },
    position,
  });
  const { value } = hover.contents as { value: string };
  expect(value).toMatch(
    /^\*\*field-without-its-lock\*\* · \w+ confidence(, preview)?\n\nState that one lock guards/,
  );
  expect(value).toContain('**Why it matters.** A lock protects');
  expect(value).toContain('**How to fix.** Hold the lock');
  expect(value).toMatch(/\[About this rule\]\(file:.*field-without-its-lock\.md\)$/);
  expect(value.length).toBeLessThan(1000);
  expect(
    await client.connection.sendRequest('textDocument/hover', {
      textDocument: { uri },
      position: { line: 1, character: 0 },
    }),
  ).toBeNull();
});

test('the client may show the pages of the rules itself', async () => {
  const shown = {
    ...modern,
    textDocument: { ...modern.textDocument, publishDiagnostics: { codeDescriptionSupport: true } },
  };
  client = await Client.start({}, shown, { rulePages: 'command:show?%5B%22{rule}%22%5D' });
  const uri = await client.open('counter.py', race);
  const [{ codeDescription }] = await client.diagnostics(uri);
  expect(codeDescription?.href).toBe('command:show?%5B%22field-without-its-lock%22%5D');
  const hover: Hover = await client.connection.sendRequest('textDocument/hover', {
    textDocument: { uri },
    position: { line: undoLine, character: 10 },
  });
  expect((hover.contents as { value: string }).value).not.toContain('About this rule');
});

test('the review comes as data, Markdown and HTML, of the open text, with links to its lines', async () => {
  client = await Client.start({ 'counter.py': 'x = 1\n' });
  const uri = await client.open('counter.py', race);
  const answer: { markdown: string; html: string; review: { verdict: string } } =
    await client.connection.sendRequest('airlock/review', { uri });
  expect(answer.markdown).toContain(`${uri}#L${undoLine + 1},`);
  expect(answer.html).toContain(`href="${uri}#L${undoLine + 1},`);
  expect(answer.html).not.toMatch(/<script|style=|javascript:/i);
  expect(answer.review.verdict).not.toBe('');
});

test('a review of a file that is not open reads the disk; of a missing one it is an error', async () => {
  client = await Client.start({ 'counter.py': race });
  const answer: { markdown: string } = await client.connection.sendRequest('airlock/review', {
    uri: client.uri('counter.py'),
  });
  expect(answer.markdown).toContain('field-without-its-lock');
  const missing = client.connection.sendRequest('airlock/review', { uri: client.uri('missing.py') });
  await expect(missing).rejects.toMatchObject({ code: -32803 });
});

test('a client without the extension is offered the review as a command', async () => {
  client = await Client.start({}, {});
  const uri = await client.open('counter.py', race);
  const markdown: string = await client.connection.sendRequest('workspace/executeCommand', {
    command: 'airlock.review',
    arguments: [uri],
  });
  expect(markdown).toMatch(/^# Review of counter\.py\n/);
  expect(markdown).toContain('field-without-its-lock');
  const other = client.connection.sendRequest('workspace/executeCommand', { command: 'airlock.other' });
  await expect(other).rejects.toMatchObject({ message: 'There is no command airlock.other.' });
});
