// Helpers and the cache change how long an audit takes, never what it says.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { airlock, folderWith, racyClass } from './command';

/** A program of so many files, a third of them with a finding, some of them odd. */
function program(count: number): string {
  const files: Record<string, string | Uint8Array> = {
    'pkg/__init__.py': '',
    'pkg/binary.py': new Uint8Array([1, 0, 2]),
    'pkg/latin.py': new Uint8Array([...Buffer.from('# coding: latin-1\nx = "'), 0xe9, 0x22, 0x0a]),
    'pkg/broken.py': 'def (:\n  é = 😀\n',
    'pkg/leak.py':
      'import logging\n\nlog = logging.getLogger(__name__)\n\n\ndef tell(user):\n    log.info("%s", user.password)\n',
    'pkg/crlf.py': racyClass('', 'Crlf').replaceAll('\n', '\r\n'),
  };
  for (let k = 0; k < count; k++) {
    const text =
      k % 3 === 0 ? racyClass('', `Inventory${k}`) : `from pkg import m${k + 1}\n\nx = m${k + 1}.x\n`;
    files[`pkg/m${k}.py`] = text;
  }
  return folderWith(files);
}

function newCache(): string {
  const folder = mkdtempSync(join(tmpdir(), 'airlock-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function sarifOf(folder: string, args: readonly string[], cache?: string) {
  const env = cache === undefined ? {} : { XDG_CACHE_HOME: cache, LOCALAPPDATA: cache };
  const { code, stdout, stderr } = await airlock(folder, ['audit', '.', '--format', 'sarif', ...args], {
    env,
  });
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  return stdout;
}

async function statsOf(folder: string, args: readonly string[], cache: string) {
  const { stdout } = await airlock(folder, ['audit', '.', '--format', 'json', '--stats', ...args], {
    env: { XDG_CACHE_HOME: cache },
  });
  return JSON.parse(stdout).stats;
}

it('says the same byte for byte with one, two and three threads', async () => {
  const folder = program(90);
  const one = await sarifOf(folder, ['--threads', '1', '--no-cache']);
  expect(JSON.parse(one).runs[0].results.length).toBeGreaterThan(30);
  for (const threads of ['2', '3']) {
    expect(await sarifOf(folder, ['--threads', threads, '--no-cache'])).toBe(one);
  }
});

it('says the same with a new cache, a full one, a damaged one and none', async () => {
  const folder = program(90);
  const cache = newCache();
  const before = readdirSync(folder, { recursive: true }).sort();
  const without = await sarifOf(folder, ['--no-cache'], cache);
  expect(readdirSync(cache)).toEqual([]);
  expect(await sarifOf(folder, ['--threads', '2'], cache)).toBe(without);
  expect(await sarifOf(folder, [], cache)).toBe(without);
  const kept = readdirSync(cache, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(kept.length).toBeGreaterThan(85);
  for (const [index, path] of kept.entries()) {
    const bytes = readFileSync(path);
    if (index % 3 === 0) bytes[bytes.length >> 1]! ^= 0x10;
    writeFileSync(path, index % 3 === 1 ? bytes.subarray(0, bytes.length >> 1) : bytes);
  }
  expect(await sarifOf(folder, [], cache)).toBe(without);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(before);
});

it('tells how many files were compiled in an earlier run', async () => {
  const folder = program(50);
  const cache = newCache();
  expect(await statsOf(folder, ['--threads', '2'], cache)).toMatchObject({ cached: 0, threads: 2 });
  const { files, cached } = await statsOf(folder, ['--threads', '2'], cache);
  expect(cached).toBe(files);
  expect(await statsOf(folder, ['--no-cache'], cache)).toMatchObject({ cached: 0 });
});

it('works where nothing can be kept', async () => {
  const folder = program(50);
  writeFileSync(join(folder, 'a-file'), '');
  await sarifOf(folder, ['--threads', '2'], join(folder, 'a-file'));
  expect(existsSync(join(folder, 'a-file', 'airlock'))).toBe(false);
});

it('tells figures beside the report, and in it where it is for programs', async () => {
  const folder = folderWith({ 'inventory.py': racyClass() });
  const text = await airlock(folder, ['audit', '.', '--stats']);
  expect(text.stdout).not.toContain('memory');
  expect(text.stderr).toMatch(
    /^files {6}1, 0 of them compiled in an earlier run\nlines {6}28\ncalls {6}\d+: /,
  );
  expect(text.stderr).toMatch(
    /\ntime {7}list \d+ ms, read \d+ ms, .*\nrules .*\nmemory {5}\d+ MB at most\n$/,
  );
  const { stdout, stderr } = await airlock(folder, ['audit', '.', '--format', 'json', '--stats']);
  expect(stderr).toBe('');
  const { stats } = JSON.parse(stdout);
  expect(stats).toMatchObject({ files: 1, lines: 28, threads: 1, cached: 0 });
  expect(Object.keys(stats.milliseconds)).toEqual(['list', 'read', 'analyse', 'rules', 'settle', 'report']);
  const plain = await airlock(folder, ['audit', '.', '--format', 'json']);
  expect(JSON.parse(plain.stdout)).not.toHaveProperty('stats');
});
