// The supervisor against workers that misbehave on purpose: it finds the culprit, sets it aside and goes on.

import { expect, test } from 'vitest';
import type { Transport } from '../../../server/src/project/connection';
import { createDispatch, type EngineCall, type EngineMethods } from '../../../server/src/project/dispatch';
import { defaultSettings } from '../../../server/src/project/settings';
import {
  Cancelled,
  EngineFailure,
  Supervisor,
  type SupervisorHost,
} from '../../../server/src/project/supervisor';

/** What the fake engine was told, over all its lives. */
interface Life {
  starts: number;
  readonly calls: string[];
}

/** An engine that knows texts only, and does at a file whatever its text says. */
function fakeEngine(life: Life, die: () => void): EngineMethods {
  const texts = new Map<string, string>();
  const act = (text: string): void => {
    if (text.includes('throw')) throw new Error('a defect of the engine');
    if (text.includes('die')) die();
    if (text.includes('hang')) throw hanging;
  };
  const analyse = (): void => {
    const all = [...texts.values()];
    if (all.includes('poison')) throw new Error('a defect of the analysis');
    if (all.includes('oil') && all.includes('water')) throw new Error('a defect that needs two');
  };
  const notNeeded = (): never => {
    throw new Error('not needed');
  };
  return {
    configure: ({ settings }) => {
      life.calls.push(`configure ${settings.minConfidence}`);
      return null;
    },
    setFiles: ({ files }) => {
      for (const { path, text, bytes } of files) {
        const content = text ?? new TextDecoder().decode(bytes);
        life.calls.push(`set ${path}`);
        act(content);
        texts.set(path, content);
      }
      return { skipped: [] };
    },
    editFile: ({ path, edits }) => {
      const text = edits.reduce(
        (all, edit) => all.slice(0, edit.start) + edit.text + all.slice(edit.end),
        texts.get(path) ?? '',
      );
      act(text);
      texts.set(path, text);
      return null;
    },
    compile: notNeeded,
    takeStaged: () => null,
    removeFiles: ({ paths }) => {
      for (const path of paths) texts.delete(path);
      return null;
    },
    begin: notNeeded,
    gather: notNeeded,
    learn: notNeeded,
    link: notNeeded,
    show: notNeeded,
    outline: notNeeded,
    follow: notNeeded,
    examine: notNeeded,
    audit: () => {
      analyse();
      return {
        files: [],
        skipped: [],
        fileCount: texts.size,
        lineCount: 0,
        notAsked: 0,
        known: 0,
      };
    },
    findings: ({ path }) => {
      analyse();
      life.calls.push(`findings ${path}`);
      return { path, resultId: texts.get(path) ?? 'unknown', findings: [] };
    },
    review: notNeeded,
    locks: notNeeded,
    figures: notNeeded,
    explain: notNeeded,
    fix: () => {
      throw new Error('always');
    },
  };
}

const hanging = new Error('hanging');

function create(more: Partial<SupervisorHost> = {}) {
  const life: Life = { starts: 0, calls: [] };
  const start = (): Transport => {
    life.starts++;
    let toSupervisor: (message: unknown) => void = () => undefined;
    let ended: (reason: string) => void = () => undefined;
    let dead = false;
    const post = (message: unknown): void => {
      queueMicrotask(() => toSupervisor(structuredClone(message)));
    };
    const engine = fakeEngine(life, () => {
      dead = true;
      queueMicrotask(() => ended('its thread ended'));
      throw hanging;
    });
    const dispatch = createDispatch(engine, (reply) => {
      const silent = dead || (reply.kind === 'failed' && reply.message.includes('hanging'));
      if (!silent) post(reply);
    });
    post({ kind: 'ready' });
    return {
      post: (message) => queueMicrotask(() => dispatch(structuredClone(message) as EngineCall)),
      onMessage: (handler) => {
        toSupervisor = handler;
      },
      onExit: (handler) => {
        ended = handler;
      },
      terminate: () => {
        dead = true;
      },
    };
  };
  // Real time stands for the host's clock: silence is short in these tests.
  const alarm = (ms: number, act: () => void) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  };
  return { life, supervisor: new Supervisor({ start, alarm, silence: 50, ...more }) };
}

const set = (supervisor: Supervisor, files: Record<string, string>) =>
  supervisor.call('setFiles', { files: Object.entries(files).map(([path, text]) => ({ path, text })) })
    .result;

test('starts with the first request only, and answers in order', async () => {
  const { life, supervisor } = create();
  expect(life.starts).toBe(0);
  void set(supervisor, { a: 'one' });
  const first = supervisor.call('findings', { path: 'a' }).result;
  void supervisor.call('editFile', { path: 'a', edits: [{ start: 0, end: 3, text: 'two' }] });
  const second = supervisor.call('findings', { path: 'a' }).result;
  expect([(await first).resultId, (await second).resultId]).toEqual(['one', 'two']);
  expect(life.starts).toBe(1);
});

test.each(['throw', 'die', 'hang'])(
  'a file at which the engine does "%s" is set aside; the rest goes on',
  async (fault) => {
    const told: (string | undefined)[] = [];
    const { life, supervisor } = create({ onBreakdown: (_, path) => told.push(path) });
    await supervisor.call('configure', { settings: { ...defaultSettings, minConfidence: 'low' } }).result;
    await set(supervisor, { before: 'x' });
    const { skipped } = await set(supervisor, { a: 'x', bad: fault, c: 'x' });
    expect(skipped).toEqual([{ path: 'bad', reason: expect.stringMatching(/^the engine broke down on it/) }]);
    expect(told).toEqual(['bad']);
    expect(life.starts).toBe(2);
    expect(life.calls.slice(-4)).toEqual(['configure low', 'set before', 'set a', 'set c']);
    const { findings } = await supervisor.call('findings', { path: 'bad' }).result;
    expect(findings).toMatchObject([{ rule: 'not-analysed', location: { path: 'bad' } }]);
    const review = await supervisor.call('review', { path: 'bad' }).result;
    expect(review.verdict).toMatch(/^Not analysed: the engine broke down/);
    const audit = await supervisor.call('audit', {}).result;
    expect(audit).toMatchObject({ fileCount: 3, skipped: [{ path: 'bad' }], files: [{ path: 'bad' }] });
  },
);

test('an edit that breaks the engine costs that file only, and setting it again brings it back', async () => {
  const { life, supervisor } = create();
  await set(supervisor, { a: 'x', b: 'y' });
  await supervisor.call('editFile', { path: 'a', edits: [{ start: 0, end: 1, text: 'throw' }] }).result;
  expect([...supervisor.setAside.keys()]).toEqual(['a']);
  expect((await supervisor.call('findings', { path: 'b' }).result).resultId).toBe('y');
  await set(supervisor, { a: 'well again' });
  expect((await supervisor.call('findings', { path: 'a' }).result).resultId).toBe('well again');
  expect(supervisor.setAside.size).toBe(0);
  expect(life.starts).toBe(2);
});

test('a file that breaks the engine again and again stays aside', async () => {
  const { life, supervisor } = create();
  for (let round = 0; round < 6; round++) await set(supervisor, { bad: 'throw' });
  expect(life.starts).toBe(4);
  expect(supervisor.setAside.has('bad')).toBe(true);
});

test('bytes are read again for a new engine, as they are then', async () => {
  const disk = new Map([['a', 'old']]);
  const reread = async (path: string) => new TextEncoder().encode(disk.get(path));
  const { supervisor } = create({ reread });
  await supervisor.call('setFiles', { files: [{ path: 'a', bytes: new TextEncoder().encode('old') }] })
    .result;
  disk.set('a', 'new');
  await set(supervisor, { bad: 'die' });
  expect((await supervisor.call('findings', { path: 'a' }).result).resultId).toBe('new');
});

test('a file that only breaks the analysis is found by halves and set aside', async () => {
  const { supervisor } = create();
  const files = Object.fromEntries(
    Array.from({ length: 21 }, (_, index) => [`f${index}`, index === 13 ? 'poison' : 'x']),
  );
  await set(supervisor, files);
  expect((await supervisor.call('findings', { path: 'f3' }).result).resultId).toBe('x');
  expect([...supervisor.setAside.keys()]).toEqual(['f13']);
  expect((await supervisor.call('audit', {}).result).fileCount).toBe(20);
});

test('two files that break the analysis only together fail the request, and changes go on', async () => {
  const { supervisor } = create();
  await set(supervisor, { a: 'oil', b: 'x', c: 'x', d: 'water' });
  await expect(supervisor.call('audit', {}).result).rejects.toThrow(/broke down on 'audit': .*needs two/);
  await set(supervisor, { d: 'wine' });
  expect((await supervisor.call('audit', {}).result).fileCount).toBe(4);
});

test('a breakdown without a culprit fails the request alone', async () => {
  const { supervisor } = create();
  await set(supervisor, { a: 'x' });
  await expect(supervisor.call('fix', { path: 'a', fingerprint: '', index: 0 }).result).rejects.toThrow(
    EngineFailure,
  );
  expect((await supervisor.call('findings', { path: 'a' }).result).resultId).toBe('x');
});

test('a cancelled request that has not begun is never run', async () => {
  const { life, supervisor } = create();
  void set(supervisor, { a: 'x' });
  const first = supervisor.call('findings', { path: 'a' });
  const second = supervisor.call('findings', { path: 'a' });
  second.cancel();
  await expect(second.result).rejects.toThrow(Cancelled);
  await first.result;
  await supervisor.call('audit', {}).result;
  expect(life.calls.filter((call) => call === 'findings a')).toHaveLength(1);
});

test('a file that was never given is an error of the request, not of the engine', async () => {
  const { life, supervisor } = create();
  await set(supervisor, { a: 'x' });
  await expect(supervisor.call('findings', { path: 'b' }).result).rejects.toThrow('was not given the file b');
  expect(life.starts).toBe(1);
});

test('an engine that does not start is a sentence', async () => {
  const start = (): Transport => ({
    post: () => undefined,
    onMessage: () => undefined,
    onExit: (handler) => queueMicrotask(() => handler('its file is missing')),
    terminate: () => undefined,
  });
  const { supervisor } = create({ start });
  await expect(set(supervisor, { a: 'x' })).rejects.toThrow('The engine does not start: its file is missing');
});

test('after dispose everything is cancelled', async () => {
  const { supervisor } = create();
  const asked = set(supervisor, { a: 'x' });
  supervisor.dispose();
  await expect(asked).rejects.toThrow(Cancelled);
  await expect(set(supervisor, { a: 'x' })).rejects.toThrow(Cancelled);
});

test('an engine gets prepared files first, and plain ones after it broke down on them', async () => {
  const given: (string | undefined)[] = [];
  const preparation = {
    prepare: async (files: readonly { path: string; text?: string }[]) =>
      files.map(({ path }) => ({ path, text: path === 'b' ? 'throw prepared' : 'prepared' })),
    dispose: () => given.push('disposed'),
  } as unknown as SupervisorHost['preparation'];
  const { supervisor, life } = create({ preparation });
  await set(supervisor, { a: 'plain a' });
  await set(supervisor, { b: 'plain b', c: 'plain c' });
  const texts = await Promise.all(
    ['a', 'b', 'c'].map(async (path) => (await supervisor.call('findings', { path }).result).resultId),
  );
  expect(life.starts).toBe(2);
  expect(texts[0]).toBe('plain a');
  expect(texts[2]).toBe('plain c');
  expect(supervisor.setAside.get('b')).toMatch(/a defect of the engine/);
  supervisor.dispose();
  expect(given).toEqual(['disposed']);
});
