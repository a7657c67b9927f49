// The worker thread of the engine: loads the grammar from beside its own bundle, then answers requests. Whatever
// goes wrong is told as data or ends the thread; the supervisor on the other side decides what follows.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { createDispatch, type EngineCall, type EngineReply } from '../../project/dispatch';
import { createEngine } from '../../project/engine';
import { loadParser } from '../../syntax/parser';

const port = parentPort;
if (!port) throw new Error('This file is the worker of the engine: it runs in a worker thread only.');

const post = (reply: EngineReply): void => port.postMessage(reply);

async function start(): Promise<void> {
  const parser = await loadParser({
    runtimeWasm: readFileSync(join(__dirname, 'web-tree-sitter.wasm')),
    languageWasm: readFileSync(join(__dirname, 'tree-sitter-python.wasm')),
  });
  const answer = createDispatch(createEngine(parser), post);
  port?.on('message', (call: EngineCall) => answer(call));
  post({ kind: 'ready' });
}

void start();
