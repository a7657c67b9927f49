// The engine's host with real threads that misbehave: each end is noticed and told in words.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createEngineHost } from '../../../server/src/host/node/engine-host';

const worker = `
const { parentPort } = require('node:worker_threads');
console.log('this must not reach standard output');
parentPort.on('message', ({ id, method, params }) => {
  for (const { path, text } of params.files ?? []) {
    parentPort.postMessage({ kind: 'file', path });
    if (text === 'exit') process.exit(3);
    if (text === 'throw') throw new Error('out of order');
    if (text === 'hang') for (;;);
  }
  parentPort.postMessage({ kind: 'answer', id, result: { skipped: [], resultId: method, findings: [] } });
});
parentPort.postMessage({ kind: 'ready' });
`;

let folder = '';
let workerFile = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'airlock-host-'));
  workerFile = join(folder, 'worker.js');
  writeFileSync(workerFile, worker);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['exit', /its thread ended/],
  ['throw', /out of order/],
  ['hang', /no sign of life/],
])('a thread that does "%s" is replaced', async (fault, reason) => {
  const told: string[] = [];
  const engine = createEngineHost({ workerFile, silence: 400, onBreakdown: (why) => told.push(why) });
  try {
    const files = [
      { path: 'good', text: 'x' },
      { path: 'bad', text: fault },
    ];
    const { skipped } = await engine.call('setFiles', { files }).result;
    expect(skipped).toEqual([{ path: 'bad', reason: expect.stringMatching(reason) }]);
    expect(told).toEqual([expect.stringMatching(reason)]);
    expect((await engine.call('findings', { path: 'good' }).result).resultId).toBe('findings');
  } finally {
    engine.dispose();
  }
});

test('a worker that is not there is a sentence', async () => {
  const engine = createEngineHost({ workerFile: join(folder, 'missing.js'), silence: 2000 });
  await expect(engine.call('audit', {}).result).rejects.toThrow(/^The engine does not start: .*missing\.js/);
  engine.dispose();
});
