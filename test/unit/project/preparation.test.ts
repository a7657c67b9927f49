import { expect, test } from 'vitest';
import type { CompilePool } from '../../../server/src/project/compile-pool';
import { type PackedStore, Preparation } from '../../../server/src/project/preparation';

/** A pool that knows what to do with everything but `bad`. */
function create(threads: number) {
  const compiled: string[] = [];
  const kept = new Map<string, Uint8Array>();
  const pool = {
    isRunning: false,
    resize: () => undefined,
    dispose: () => undefined,
    compile: async (bytes: Uint8Array) => {
      const text = textOf(bytes);
      compiled.push(text);
      return text.startsWith('bad') ? undefined : bytesOf(`packed ${text}`);
    },
  };
  const store: PackedStore = {
    keyOf: textOf,
    load: async (key) => kept.get(key),
    save: (key, packed) => kept.set(key, packed),
  };
  const choice = { threads, cache: true };
  const preparation = new Preparation(choice, 2, pool as unknown as CompilePool, store);
  return { preparation, compiled, kept };
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const filesOf = (names: readonly string[]) =>
  names.map((name) => ({ path: `${name}.py`, bytes: bytesOf(name) }));
const many = Array.from({ length: 50 }, (_, index) => `f${index}`);

test('many files come back packed and in order, and are kept', async () => {
  const { preparation, kept } = create(2);
  const files = await preparation.prepare(filesOf([...many, 'bad']));
  expect(files.map(({ path }) => path)).toEqual([...many, 'bad'].map((name) => `${name}.py`));
  expect(files.map(({ packed }) => packed && textOf(packed))).toEqual([
    ...many.map((name) => `packed ${name}`),
    undefined,
  ]);
  expect([...kept.keys()]).toEqual(many);
  expect(preparation.counts).toEqual({ cached: 0, compiled: 50 });
});

test('kept files are not compiled again', async () => {
  const { preparation, compiled, kept } = create(2);
  for (const name of many) kept.set(name, bytesOf(`kept ${name}`));
  const files = await preparation.prepare(filesOf(many));
  expect(files.map(({ packed }) => packed && textOf(packed))).toEqual(many.map((name) => `kept ${name}`));
  expect(compiled).toEqual([]);
  expect(preparation.counts).toEqual({ cached: 50, compiled: 0 });
});

test.each([
  [2, 7, 0],
  [2, 8, 8],
  [0, 8, 8],
  [1, 39, 0],
  [1, 40, 40],
])('with %i threads, of %i files helpers compile %i', async (threads, count, expected) => {
  const { preparation, compiled } = create(threads);
  await preparation.prepare(filesOf(many.slice(0, count)));
  expect(compiled).toHaveLength(expected);
});

test('with one thread and nothing to keep, the engine does it all', async () => {
  const { preparation, compiled, kept } = create(1);
  preparation.choose({ threads: 1, cache: false });
  for (const name of many) kept.set(name, bytesOf('kept'));
  const files = await preparation.prepare(filesOf(many));
  expect(files.every(({ packed }) => packed === undefined)).toBe(true);
  expect(compiled).toEqual([]);
});

test('open documents are left alone', async () => {
  const { preparation, compiled } = create(2);
  const files = many.map((name) => ({ path: name, text: name }));
  expect(await preparation.prepare(files)).toEqual(files);
  expect(compiled).toEqual([]);
});
