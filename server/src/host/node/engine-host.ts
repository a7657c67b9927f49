// The engine in a worker thread: where the worker's file lies, how much memory it may take, what its end means in
// words. The command line and the language server both start the engine here.

import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { CompilePool } from '../../project/compile-pool';
import type { Alarm, Transport } from '../../project/connection';
import type { Reread } from '../../project/contents';
import { Preparation } from '../../project/preparation';
import { Supervisor } from '../../project/supervisor';
import { readFile } from './files';
import { delayOptimization, helpCollection, youngGeneration } from './optimization';
import { PackedCache } from './packed-cache';

/** How the engine is hosted; all of it may be left out. */
export interface EngineHostOptions {
  /** How many threads may compile files at once; 0 for a fair share of the machine, 1 when absent. */
  readonly threads?: number;
  /** Whether a second engine, in a thread of its own, does a part of each audit. */
  readonly shares?: boolean;
  /** The folder that keeps compiled files between runs (see `cacheFolder`); none are kept when absent. */
  readonly cacheFolder?: string;
  /** Reads a file again for a new engine; from this machine's disk when absent. */
  readonly reread?: Reread;
  /** Told of each breakdown of the engine, for a log. */
  readonly onBreakdown?: (reason: string, path: string | undefined) => void;
  /** Told of each part of an audit as the engine begins it. */
  readonly onPhase?: (name: string) => void;
  /** The bundled worker; beside the running bundle when absent. */
  readonly workerFile?: string;
  /** Longest silence of a busy engine in milliseconds. */
  readonly silence?: number;
}

/** Starts nothing yet: the worker comes with the first request. Call `dispose` when done, or the process stays. */
export function createEngineHost(options: EngineHostOptions = {}): Supervisor {
  const workerFile = options.workerFile ?? join(__dirname, 'engine-worker.node.js');
  delayOptimization();
  if (options.shares) helpCollection(false);
  // Two engines share the memory, too.
  const start = () => startWorker(workerFile, 'engine', youngGeneration / (options.shares ? 2 : 1));
  return new Supervisor({
    start,
    startPartner: options.shares ? start : undefined,
    alarm,
    preparation: prepareWith(workerFile, options),
    onPhase: options.onPhase,
    reread: options.reread ?? rereadFromDisk,
    onBreakdown: options.onBreakdown,
    silence: options.silence,
  });
}

/** How many threads are a fair share of this machine. */
export function fairThreads(): number {
  return Math.min(availableParallelism(), 4);
}

function prepareWith(workerFile: string, { threads = 1, cacheFolder }: EngineHostOptions): Preparation {
  const folder = dirname(workerFile);
  const grammars = ['web-tree-sitter.wasm', 'tree-sitter-python.wasm'].map((name) => join(folder, name));
  const cache = cacheFolder && new PackedCache({ folder: cacheFolder, compilers: [workerFile, ...grammars] });
  const pool = new CompilePool(() => startWorker(workerFile, 'helper'), alarm);
  return new Preparation({ threads, cache: true }, fairThreads(), pool, cache || undefined);
}

const alarm: Alarm = (ms, act) => {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
};

async function rereadFromDisk(path: string): Promise<Uint8Array | undefined> {
  const read = await readFile(path, Number.MAX_SAFE_INTEGER);
  return 'bytes' in read ? read.bytes : undefined;
}

function startWorker(workerFile: string, role: 'engine' | 'helper', young?: number): Transport {
  // The worker's own output is taken and dropped: on standard output the language server speaks its protocol.
  const worker = new Worker(workerFile, {
    stdout: true,
    stderr: true,
    workerData: role,
    resourceLimits: {
      maxOldGenerationSizeMb: memoryLimit(),
      ...(young && { maxYoungGenerationSizeMb: young }),
    },
  });
  worker.stdout.resume();
  worker.stderr.resume();
  let reason = 'its thread ended';
  worker.on('error', (error: Error & { code?: string }) => {
    reason =
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? `it needed more than ${memoryLimit()} MB of memory`
        : String(error);
  });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (handler) => worker.on('message', handler),
    onExit: (handler) => worker.on('exit', () => handler(reason)),
    terminate: () => void worker.terminate(),
  };
}

/** In megabytes: half of what there is, but at least 1 GB and at most 4 GB. */
function memoryLimit(): number {
  const constrained = process.constrainedMemory?.() ?? 0;
  const available = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.round(Math.min(Math.max(available / 2, 2 ** 30), 2 ** 32) / 2 ** 20);
}
