// The pool against helpers that misbehave on purpose, and a clock that moves when the test says so.

import { expect, test } from 'vitest';
import { type CompileCall, CompilePool } from '../../../server/src/project/compile-pool';
import type { Transport } from '../../../server/src/project/connection';

/** A helper and what befell it. */
interface FakeHelper {
  readonly given: string[];
  alive: boolean;
}

/** Helpers that answer with the same bytes, end at `die`, and say nothing at `hang`. */
function create(starts = true) {
  const helpers: FakeHelper[] = [];
  const alarms = new Map<() => void, number>();
  const start = (): Transport => {
    const helper: FakeHelper = { given: [], alive: true };
    helpers.push(helper);
    let tell: (message: unknown) => void = () => undefined;
    let end: (reason: string) => void = () => undefined;
    const later = (act: () => void) => setImmediate(() => helper.alive && act());
    later(() => (starts ? tell({ kind: 'ready' }) : end('there is no such file')));
    return {
      post: (message) =>
        later(() => {
          const { id, bytes } = message as CompileCall;
          const text = new TextDecoder().decode(bytes);
          helper.given.push(text);
          if (text === 'die') {
            helper.alive = false;
            end('its thread ended');
          } else if (text !== 'hang' && !helper.given.includes('hang')) {
            tell({ kind: 'compiled', id, packed: text === 'binary' ? null : bytes });
          }
        }),
      onMessage: (handler) => {
        tell = handler;
      },
      onExit: (handler) => {
        end = handler;
      },
      terminate: () => {
        helper.alive = false;
      },
    };
  };
  const pool = new CompilePool(start, (ms, act) => {
    alarms.set(act, ms);
    return () => alarms.delete(act);
  });
  const ring = () => {
    for (const act of [...alarms.keys()]) {
      alarms.delete(act);
      act();
    }
  };
  const compile = async (texts: readonly string[]) =>
    Promise.all(
      texts.map(async (text) => {
        const packed = await pool.compile(new TextEncoder().encode(text));
        return packed && new TextDecoder().decode(packed);
      }),
    );
  return { pool, helpers, alarms, ring, compile };
}

const names = Array.from({ length: 40 }, (_, index) => `file ${index}`);

test.each([1, 2, 3])('%i helpers share the files, and each gets its own answer', async (size) => {
  const { pool, helpers, compile } = create();
  pool.resize(size);
  expect(await compile(names)).toEqual(names);
  expect(helpers).toHaveLength(size);
  for (const { given } of helpers) expect(given.length).toBeGreaterThan(names.length / size / 2);
  pool.dispose();
});

test('a file on which a helper ends is left to the engine, the others are compiled', async () => {
  const { pool, helpers, compile } = create();
  pool.resize(2);
  const texts = ['a', 'die', 'b', 'c', 'binary', 'd', 'e'];
  expect(await compile(texts)).toEqual(['a', undefined, 'b', 'c', undefined, 'd', 'e']);
  expect(helpers.length).toBeLessThanOrEqual(3);
  pool.dispose();
});

test('a helper that falls silent is replaced', async () => {
  const { ring, compile, pool } = create();
  const answers = compile(['a', 'hang', 'b']);
  for (let round = 0; round < 10; round++) await new Promise(setImmediate);
  ring();
  expect(await answers).toEqual(['a', undefined, 'b']);
  pool.dispose();
});

test('helpers that end again and again are given up', async () => {
  const { pool, helpers, compile } = create();
  const deadly = names.map(() => 'die');
  expect(await compile(deadly)).toEqual(names.map(() => undefined));
  expect(helpers.length).toBeLessThanOrEqual(9);
  expect(await compile(['a'])).toEqual([undefined]);
  pool.dispose();
});

test('helpers that do not start are not tried again', async () => {
  const { pool, helpers, compile } = create(false);
  expect(await compile(names)).toEqual(names.map(() => undefined));
  expect(helpers).toHaveLength(1);
  pool.dispose();
});

test('helpers without work end, and new ones start with new work', async () => {
  const { pool, helpers, alarms, ring, compile } = create();
  await compile(['a']);
  expect(pool.isRunning).toBe(true);
  ring();
  expect(pool.isRunning).toBe(false);
  expect(helpers.map(({ alive }) => alive)).toEqual([false]);
  expect(await compile(['b'])).toEqual(['b']);
  pool.dispose();
  expect(alarms.size).toBe(0);
});

test('what is under way when the pool ends is left to the engine', async () => {
  const { pool, alarms, compile } = create();
  const answers = compile(names);
  pool.dispose();
  expect(await answers).toEqual(names.map(() => undefined));
  expect(alarms.size).toBe(0);
});
