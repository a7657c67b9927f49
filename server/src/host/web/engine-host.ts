// The engine in a web worker made from bytes: the extension's own files reach the server as data, so no address
// of theirs has to be reachable from here. The twin of host/node/engine-host.

import type { Transport } from '../../project/connection';
import type { Reread } from '../../project/contents';
import { Supervisor } from '../../project/supervisor';
import type { WebEngineAssets } from './engine-worker';

/** What the engine needs where there is no disk. */
export interface WebEngineOptions {
  /** Bytes of a file of the extension's `dist` folder. */
  readonly asset: (name: string) => Promise<Uint8Array>;
  readonly reread?: Reread;
  readonly onBreakdown?: (reason: string, path: string | undefined) => void;
}

/** Starts nothing yet: the worker comes with the first request. */
export function createWebEngineHost(options: WebEngineOptions): Supervisor {
  return new Supervisor({
    start: () => startWorker(options.asset),
    alarm: (ms, act) => {
      const timer = setTimeout(act, ms);
      return () => clearTimeout(timer);
    },
    reread: options.reread,
    onBreakdown: options.onBreakdown,
  });
}

function startWorker(asset: WebEngineOptions['asset']): Transport {
  let worker: Worker | undefined;
  let onMessage: (message: unknown) => void = () => undefined;
  let onExit: (reason: string) => void = () => undefined;
  let terminated = false;
  const open = async (): Promise<void> => {
    const [script, runtimeWasm, languageWasm] = await Promise.all(
      ['engine-worker.web.js', 'web-tree-sitter.wasm', 'tree-sitter-python.wasm'].map(asset),
    );
    if (terminated) return;
    const url = URL.createObjectURL(new Blob([script as BlobPart], { type: 'text/javascript' }));
    worker = new Worker(url);
    URL.revokeObjectURL(url);
    worker.onmessage = (event) => onMessage(event.data);
    worker.onerror = (event) => {
      // Not passed on: an error of the engine is not the end of the server.
      event.preventDefault();
      worker?.terminate();
      onExit(event.message || 'its worker ended');
    };
    const assets: WebEngineAssets = { runtimeWasm, languageWasm };
    worker.postMessage(assets);
  };
  open().catch((error: unknown) => onExit(String(error)));
  return {
    post: (message) => worker?.postMessage(message),
    onMessage: (handler) => {
      onMessage = handler;
    },
    onExit: (handler) => {
      onExit = handler;
    },
    terminate: () => {
      terminated = true;
      worker?.terminate();
    },
  };
}
