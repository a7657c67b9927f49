// A worker thread: the engine, or a helper that compiles files for it. Loads the grammar from beside its own bundle,
// then answers. Whatever goes wrong is told as data or ends the thread; the other side decides what follows.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { CompileCall, CompileReply } from '../../project/compile-pool';
import { createDispatch, type EngineCall, type EngineReply } from '../../project/dispatch';
import { createEngine } from '../../project/engine';
import { compileBytes } from '../../project/preparation';
import { loadParser, type PythonParser } from '../../syntax/parser';

const port = parentPort;
if (!port) throw new Error('This file is the worker of the engine: it runs in a worker thread only.');

const post = (reply: EngineReply): void => port.postMessage(reply);

function engineWith(parser: PythonParser): (call: EngineCall) => void {
  return createDispatch(
    createEngine(parser, (name) => post({ kind: 'phase', name })),
    post,
  );
}

function helpWith(parser: PythonParser): (call: CompileCall) => void {
  return ({ id, bytes }) => {
    const packed = compileBytes(parser, bytes);
    const reply: CompileReply = { kind: 'compiled', id, packed };
    port?.postMessage(reply, packed ? [packed.buffer as ArrayBuffer] : []);
  };
}

async function start(): Promise<void> {
  const parser = await loadParser({
    runtimeWasm: readFileSync(join(__dirname, 'web-tree-sitter.wasm')),
    languageWasm: readFileSync(join(__dirname, 'tree-sitter-python.wasm')),
  });
  port?.on('message', workerData === 'helper' ? helpWith(parser) : engineWith(parser));
  post({ kind: 'ready' });
}

void start();
