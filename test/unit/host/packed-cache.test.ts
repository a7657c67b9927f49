import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { cacheFolder, PackedCache } from '../../../server/src/host/node/packed-cache';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-cache-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'compiler.js'), 'one');
});

const open = (limit?: number) =>
  new PackedCache({ folder: join(folder, 'cache'), compilers: [join(folder, 'compiler.js')], limit });
const bytesOf = (text: string) => new TextEncoder().encode(text);
const entries = () =>
  readdirSync(join(folder, 'cache'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test.each([
  ['linux', { HOME: '/home/ada' }, '/home/ada/.cache/airlock'],
  ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: '/fast' }, '/fast/airlock'],
  ['linux', { HOME: '/home/ada', XDG_CACHE_HOME: 'here' }, '/home/ada/.cache/airlock'],
  ['darwin', { HOME: '/Users/ada' }, '/Users/ada/Library/Caches/airlock'],
  ['win32', { LOCALAPPDATA: '/local' }, '/local/airlock/Cache'],
] as const)('on %s the cache lies where such things belong', (platform, environment, expected) => {
  expect(cacheFolder(environment, platform)).toBe(expected);
});

test('what was saved is there in the next run, for its owner only', async () => {
  const first = open();
  const key = first.keyOf(bytesOf('x = 1'))!;
  expect(await first.load(key)).toBeUndefined();
  first.save(key, bytesOf('packed'));
  await first.settle();
  const second = open();
  expect(second.keyOf(bytesOf('x = 1'))).toBe(key);
  expect(await second.load(key)).toEqual(bytesOf('packed'));
  const [entry = ''] = entries();
  expect(statSync(entry).mode & 0o077).toBe(0);
});

test('other bytes and another compiler have other keys', () => {
  const key = open().keyOf(bytesOf('x = 1'));
  expect(open().keyOf(bytesOf('x = 2'))).not.toBe(key);
  writeFileSync(join(folder, 'compiler.js'), 'two');
  expect(open().keyOf(bytesOf('x = 1'))).not.toBe(key);
  rmSync(join(folder, 'compiler.js'));
  expect(open().keyOf(bytesOf('x = 1'))).toBeUndefined();
});

test('a folder that cannot be made is no error', async () => {
  writeFileSync(join(folder, 'cache'), 'a file');
  const cache = open();
  const key = cache.keyOf(bytesOf('x = 1'))!;
  cache.save(key, bytesOf('packed'));
  await cache.settle();
  expect(await cache.load(key)).toBeUndefined();
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written is no error', async () => {
  mkdirSync(join(folder, 'cache'));
  chmodSync(join(folder, 'cache'), 0o500);
  const cache = open();
  cache.save(cache.keyOf(bytesOf('x = 1'))!, bytesOf('packed'));
  await cache.settle();
  expect(entries()).toEqual([]);
});

test('the oldest go when all are too large together', async () => {
  const size = 2 ** 20;
  const cache = open(10 * size);
  const keys = Array.from({ length: 16 }, (_, index) => cache.keyOf(bytesOf(`x = ${index}`))!);
  for (const [index, key] of keys.slice(0, 7).entries()) {
    cache.save(key, new Uint8Array(size));
    await cache.settle();
    const path = join(folder, 'cache', 'compiled', key.slice(0, 2), key.slice(2));
    utimesSync(path, 1000 + index, 1000 + index);
  }
  for (const key of keys.slice(7)) cache.save(key, new Uint8Array(size));
  await cache.settle();
  const total = entries().reduce((sum, path) => sum + statSync(path).size, 0);
  expect(total).toBeLessThanOrEqual(10 * size);
  expect(await cache.load(keys[0]!)).toBeUndefined();
  expect(await cache.load(keys[15]!)).toBeDefined();
});

test('many short runs have a limit too', async () => {
  const cache = open(50);
  const keys = Array.from({ length: 20_000 }, (_, index) => cache.keyOf(bytesOf(`x = ${index}`))!);
  // One key of some thousand makes the run that saves it measure.
  const measuring = keys.find((key) => /^00[0-3]/.test(key))!;
  const others = keys.filter((key) => !/^00[0-3]/.test(key)).slice(0, 60);
  for (const key of others) cache.save(key, new Uint8Array(1));
  await cache.settle();
  expect(entries()).toHaveLength(60);
  const later = open(50);
  later.save(measuring, new Uint8Array(1));
  await later.settle();
  expect(entries().length).toBeLessThanOrEqual(50);
});
