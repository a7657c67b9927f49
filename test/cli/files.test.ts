// Files that are hard to read: each has a clear outcome, and the others are audited all the same.

import { chmodSync, chownSync, cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { airlock, bundle, folderWith, racyClass, racyPlace } from './command';

const latin1 = (text: string) => Uint8Array.from(text, (unit) => unit.charCodeAt(0));

it('audits what can be read of a broken file, and says what could not', async () => {
  const folder = folderWith({ 'broken.py': `${racyClass()}\n\ndef unfinished(\n` });
  const { code, stdout } = await airlock(folder, ['audit', '.']);
  expect(code).toBe(1);
  expect(stdout).toContain(`broken.py:${racyPlace} warning field-without-its-lock`);
  expect(stdout).toMatch(
    /only in part \(1\):\n {4}broken\.py: analysed without what is not valid Python 3: line 31\n/,
  );
  const all = await airlock(folder, ['audit', '.', '--min-confidence', 'low']);
  expect(all.stdout).toContain('information not-analysed (low confidence) This is not valid Python 3');
});

it('audits an empty file', async () => {
  const { code, stdout } = await airlock(folderWith({ 'empty.py': '' }), ['audit', 'empty.py']);
  expect(code).toBe(0);
  expect(stdout).toContain('Looked at 1 file with 0 lines.');
});

it('reads Latin-1 by its coding comment, with the right columns', async () => {
  const text = `# -*- coding: latin-1 -*-\n${racyClass("label = 'é'; ")}`;
  const { code, stdout, stderr } = await airlock(folderWith({ 'old.py': latin1(text) }), ['audit', '.']);
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toContain('old.py:24:22 warning field-without-its-lock');
});

it('reads Latin-1 without a coding comment, and says so', async () => {
  const folder = folderWith({ 'old.py': latin1(racyClass("label = 'é'; ")) });
  const { code, stdout } = await airlock(folder, ['audit', '.', '--min-confidence', 'low']);
  expect(code).toBe(1);
  expect(stdout).toContain('old.py:23:22 warning field-without-its-lock');
  expect(stdout).toContain('line 23 holds bytes that are not UTF-8');
});

it('counts columns in UTF-16 units after CRLF and emoji', async () => {
  const text = racyClass("label = '😀'; ").replaceAll('\n', '\r\n');
  const { stdout } = await airlock(folderWith({ 'windows.py': text }), ['audit', '.', '--format', 'json']);
  const [finding] = JSON.parse(stdout).findings;
  expect(finding).toMatchObject({ line: 23, column: 23 });
  expect(text.slice(finding.offset)).toMatch(/^self\._stock/);
});

it('sets a file of 5 MB aside, says why, and audits the rest', async () => {
  const line = 'value = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]  # generated\n';
  const folder = folderWith({ 'big.py': line.repeat(100_000), 'inventory.py': racyClass() });
  const { code, stdout } = await airlock(folder, ['audit', '.']);
  expect(code).toBe(1);
  expect(stdout).toContain(`inventory.py:${racyPlace}`);
  expect(stdout).toMatch(/big\.py:1:1 information not-analysed .*larger than the limit/);
  expect(stdout).toMatch(/Not analysed, or only in part \(1\):\n {4}big\.py: larger than the limit/);
});

it('audits a file of 5 MB when the limit is raised', async () => {
  const line = 'value = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]  # generated\n';
  const folder = folderWith({
    'airlock.toml': 'max-file-size = 10_000_000\n',
    'big.py': line.repeat(100_000),
  });
  const { code, stdout } = await airlock(folder, ['audit', '.']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/Looked at 1 file with 100,000 lines/);
});

it('sets a binary file aside', async () => {
  const folder = folderWith({ 'data.py': Uint8Array.of(0x80, 0x03, 0x00, 0x5d) });
  const { code, stdout } = await airlock(folder, ['audit', '.']);
  expect(code).toBe(1);
  expect(stdout).toContain('data.py:1:1 information not-analysed This file was not analysed: a binary file');
});

it('tells of a folder without permission and audits the rest', async () => {
  const folder = folderWith({ 'secret/a.py': racyClass(), 'a.py': 'x = 1\n' });
  chmodSync(join(folder, 'secret'), 0);
  const { code, stdout } = await asNobody(folder, ['audit', '.']);
  expect(code).toBe(0);
  expect(stdout).toContain('Looked at 1 file');
  expect(stdout).toContain('secret: no permission to read it');
});

it('cannot run when nothing at all can be read', async () => {
  const folder = folderWith({ 'secret/a.py': racyClass() });
  chmodSync(join(folder, 'secret'), 0);
  const { code, stderr } = await asNobody(folder, ['audit', 'secret']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^airlock: nothing could be read: .*secret: no permission to read it\n$/);
});

it('heeds the nearest configuration above each file, and the command line before all', async () => {
  const folder = folderWith({
    'pyproject.toml': '[tool.airlock]\nmin-confidence = "high"\n',
    'a/inventory.py': racyClass(),
    'b/airlock.toml': 'disable = ["field-without-its-lock"]\nexclude = ["made/"]\n',
    'b/inventory.py': racyClass(),
    'b/made/inventory.py': racyClass(),
    'b/c/airlock.toml': '',
    'b/c/inventory.py': racyClass('', 'Other'),
  });
  const { stdout, stderr } = await airlock(folder, ['audit', '.']);
  expect(stdout.match(/^\S+\.py/gm)).toEqual(['a/inventory.py', 'b/c/inventory.py']);
  expect(stderr).toBe('airlock: 1 path left out by the configuration of its folder: b/made/inventory.py\n');
  const named = await airlock(folder, ['audit', 'b/made/inventory.py']);
  expect(named.stdout).toContain('Looked at 1 file');
});

it('refuses a wrong configuration wherever it lies', async () => {
  const folder = folderWith({ 'a.py': '', 'b/airlock.toml': 'disable = [1]\n', 'b/b.py': '' });
  const { code, stderr } = await airlock(folder, ['audit', '.']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^airlock: b\/airlock\.toml:1: `disable` must be a list of strings/);
});

/** Permissions do not bite for root, so the command runs as somebody else, from a copy that they may read. */
function asNobody(folder: string, args: readonly string[]) {
  if (process.getuid?.() !== 0) return airlock(folder, args);
  const product = folderWith({});
  cpSync(join(bundle, '..'), join(product, 'dist'), { recursive: true });
  cpSync(join(bundle, '../../package.json'), join(product, 'package.json'));
  const nobody = 65_534;
  chownSync(folder, nobody, nobody);
  chownSync(join(folder, 'secret'), nobody, nobody);
  return airlock(folder, args, { uid: nobody, bundle: join(product, 'dist/cli.js') });
}
