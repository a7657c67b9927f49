// The worker's side of the engine's door: takes requests one by one, names the file before work on it starts (so
// that a crash has a culprit), and answers with data only. Knows neither threads nor how the engine is made.

import type { EngineMethod, EngineRequests } from './protocol';
import type { GivenFile } from './sources';

/** The engine's methods as the dispatch calls them. */
export type EngineMethods = {
  [M in EngineMethod]: (params: EngineRequests[M]['params']) => EngineRequests[M]['result'];
};

/** What the supervisor sends. */
export interface EngineCall {
  readonly id: number;
  readonly method: EngineMethod;
  readonly params: EngineRequests[EngineMethod]['params'];
}

/** What the worker sends: ready once, the file or the phase it turns to, and an answer or a failure for each call. */
export type EngineReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'phase'; readonly name: string }
  | { readonly kind: 'answer'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string };

/** Answers one call after the other. After a failure the engine's state is not to be trusted: the supervisor
 * starts a new one, so nothing is repaired here. */
export function createDispatch(
  engine: EngineMethods,
  post: (reply: EngineReply) => void,
): (call: EngineCall) => void {
  const markFile = (path: string): void => post({ kind: 'file', path });
  return (call) => {
    try {
      post({ kind: 'answer', id: call.id, result: perform(engine, call, markFile) });
    } catch (error) {
      post({ kind: 'failed', id: call.id, message: wordsOf(error) });
    }
  };
}

function perform(engine: EngineMethods, call: EngineCall, markFile: (path: string) => void): unknown {
  if (call.method === 'setFiles') {
    const { files, staged } = call.params as EngineRequests['setFiles']['params'];
    const skipped = files.flatMap((file) => {
      if (!isCompiled(file)) markFile(file.path);
      return engine.setFiles({ files: [file], staged }).skipped;
    });
    return { skipped };
  }
  if (call.method === 'compile') {
    const { files, keeps } = call.params as EngineRequests['compile']['params'];
    return files.flatMap((file) => {
      markFile(file.path);
      return engine.compile({ files: [file], keeps });
    });
  }
  // Questions look at every file, so the file they ask about is not to blame for their end.
  if (call.method === 'editFile') markFile((call.params as EngineRequests['editFile']['params']).path);
  const method = engine[call.method] as (params: unknown) => unknown;
  return method.call(engine, call.params);
}

function isCompiled({ shared, isAhead }: GivenFile): boolean {
  return shared !== undefined || isAhead === true;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return (error.stack ?? `${error.name}: ${error.message}`).split('\n').slice(0, 12).join('\n');
}
