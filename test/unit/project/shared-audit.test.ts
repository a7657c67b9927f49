// Several engines that do one audit together say what one engine says, and a second engine that fails costs nothing.

import { expect, it } from 'vitest';
import type { Transport } from '../../../server/src/project/connection';
import { createDispatch, type EngineCall } from '../../../server/src/project/dispatch';
import { createEngine, type Engine } from '../../../server/src/project/engine';
import type { EngineMethod } from '../../../server/src/project/protocol';
import { defaultSettings } from '../../../server/src/project/settings';
import { type Ask, auditTogether } from '../../../server/src/project/shared-audit';
import { Supervisor } from '../../../server/src/project/supervisor';
import { rules } from '../../../server/src/rules/registry';
import { parser } from '../flow/example';
import { flowPrograms } from './flow-programs';
import { programs, Random } from './programs';

const settings = { ...defaultSettings, minConfidence: 'low' as const, preview: true };
const handedOn = {
  'pkg/caller.py': 'import pkg.callee\n\n\ndef leak(user):\n    pkg.callee.tell(user.password, print)\n',
  'pkg/callee.py':
    'import logging\n\nlog = logging.getLogger(__name__)\n\n\ndef tell(text, how):\n    how(text)\n    log.info("got %s", text)\n',
};
const files = Object.entries({ ...programs, ...handedOn, ...flowPrograms }).map(([path, text]) => ({
  path,
  bytes: new TextEncoder().encode(text),
}));

function engineWithAll(): Engine {
  const engine = createEngine(parser);
  engine.configure({ settings });
  engine.setFiles({ files });
  return engine;
}

const alone = engineWithAll().audit({});

/** Asks an engine as a thread would: everything is copied on its way. */
function asking(engine: Engine): Ask {
  return async (method, params) => {
    const ask = engine[method] as (params: unknown) => unknown;
    return structuredClone(ask.call(engine, structuredClone(params))) as never;
  };
}

it.each([1, 2, 3, 5])('%i engines together say what one says', async (count) => {
  expect(alone.files.length).toBeGreaterThan(2);
  const engines = Array.from({ length: count }, () => asking(engineWithAll()));
  expect(await auditTogether(engines)).toEqual(alone);
});

it.each([1, 2, 3, 4, 5])('says the same however long each step takes, seed %i', async (seed) => {
  const random = new Random(seed);
  const engines = Array.from({ length: 2 + (seed % 2) }, (): Ask => {
    const ask = asking(engineWithAll());
    return async (method, params) => {
      const answer = await ask(method, params);
      for (let turns = random.below(12); turns > 0; turns--) await Promise.resolve();
      return answer;
    };
  });
  expect(await auditTogether(engines)).toEqual(alone);
});

it('has rules that need no values run without them', async () => {
  const silent = {
    ...settings,
    disabled: rules.flatMap(({ name, concern }) => (isOnLocks(concern) ? [] : [name])),
  };
  const asked: string[] = [];
  const engines = [0, 1].map((): Ask => {
    const engine = engineWithAll();
    engine.configure({ settings: silent });
    const ask = asking(engine);
    return (method, params) => {
      asked.push(method);
      return ask(method, params);
    };
  });
  const one = engineWithAll();
  one.configure({ settings: silent });
  expect(await auditTogether(engines)).toEqual(one.audit({}));
  expect(asked).toContain('examine');
  expect(asked).not.toContain('outline');
});

const isOnLocks = (concern: string) => concern === 'synchronization' || concern === 'housekeeping';

it('goes on with edits after an audit in parts', async () => {
  const engine = engineWithAll();
  await auditTogether([asking(engine), asking(engineWithAll())]);
  const path = 'pkg/callee.py';
  const edits = [
    {
      start: handedOn[path].indexOf('    how(text)'),
      end: handedOn[path].indexOf('    how(text)'),
      text: '    text = "x"\n',
    },
  ];
  const other = engineWithAll();
  for (const each of [engine, other]) each.editFile({ path, edits });
  expect(engine.audit({})).toEqual(other.audit({}));
});

/** A supervisor over engines in this thread; what the second one does is up to the test. */
function supervised(second: (call: EngineCall, end: (reason: string) => void) => 'answer' | 'silence') {
  const calls: string[] = [];
  const start = (isSecond: boolean) => (): Transport => {
    let tell: (message: unknown) => void = () => undefined;
    let end: (reason: string) => void = () => undefined;
    const dispatch = createDispatch(createEngine(parser), (reply) => tell(structuredClone(reply)));
    setImmediate(() => tell({ kind: 'ready' }));
    return {
      post: (message) => {
        const call = structuredClone(message) as EngineCall;
        setImmediate(() => {
          calls.push(`${isSecond ? 'second' : 'first'} ${call.method}`);
          if (!isSecond || second(call, end) === 'answer') dispatch(call);
        });
      },
      onMessage: (handler) => {
        tell = handler;
      },
      onExit: (handler) => {
        end = handler;
      },
      terminate: () => undefined,
    };
  };
  const alarm = () => () => undefined;
  return { supervisor: new Supervisor({ start: start(false), startPartner: start(true), alarm }), calls };
}

async function auditOf(supervisor: Supervisor) {
  await supervisor.call('configure', { settings }).result;
  const slices = [files.slice(0, 3), files.slice(3)];
  await Promise.all(slices.map((some) => supervisor.call('setFiles', { files: some }).result));
  return supervisor.call('audit', {}).result;
}

it('asks both engines, part by part', async () => {
  const { supervisor, calls } = supervised(() => 'answer');
  expect(await auditOf(supervisor)).toEqual(alone);
  const ofSecond = calls.flatMap((call) => (call.startsWith('second ') ? [call.slice(7)] : []));
  expect(new Set(ofSecond.slice(1, ofSecond.indexOf('begin')))).toEqual(new Set(['compile', 'setFiles']));
  expect([...new Set(ofSecond.slice(ofSecond.indexOf('begin')))].slice(0, 6)).toEqual([
    'begin',
    'gather',
    'learn',
    'link',
    'show',
    'outline',
  ]);
  expect(ofSecond.slice(ofSecond.indexOf('outline'))).toContain('follow');
  expect(calls.at(-1)).toBe('first audit');
});

const methods: readonly EngineMethod[] = [
  'configure',
  'compile',
  'setFiles',
  'begin',
  'gather',
  'learn',
  'link',
  'outline',
  'follow',
];

it.each(methods)('does without a second engine that ends at %s', async (method) => {
  const { supervisor, calls } = supervised((call, end) => {
    if (call.method !== method) return 'answer';
    end('its thread ended');
    return 'silence';
  });
  expect(await auditOf(supervisor)).toEqual(alone);
  expect(await supervisor.call('audit', {}).result).toEqual(alone);
  expect(calls.filter((call) => call === `second ${method}`)).toHaveLength(1);
});

it('leaves a second engine behind that has not heard of every change', async () => {
  const { supervisor, calls } = supervised(() => 'answer');
  await auditOf(supervisor);
  await supervisor.call('removeFiles', { paths: ['pkg/caller.py'] }).result;
  const before = calls.length;
  await supervisor.call('audit', {}).result;
  expect(calls.slice(before)).toEqual(['first audit']);
});
