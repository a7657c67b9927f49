// The web worker of the engine: waits for the two grammars as bytes, then answers requests. Fetches nothing.

import { createDispatch, type EngineCall, type EngineReply } from '../../project/dispatch';
import { createEngine } from '../../project/engine';
import { loadParser } from '../../syntax/parser';

/** The first message to the worker. */
export interface WebEngineAssets {
  readonly runtimeWasm: Uint8Array;
  readonly languageWasm: Uint8Array;
}

declare const self: {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: unknown): void;
};

const post = (reply: EngineReply): void => self.postMessage(reply);

self.onmessage = ({ data }) => {
  void loadParser(data as WebEngineAssets).then((parser) => {
    const answer = createDispatch(createEngine(parser), post);
    self.onmessage = (event) => answer(event.data as EngineCall);
    post({ kind: 'ready' });
  }, fail);
};

function fail(error: unknown): void {
  // Thrown outside the promise, so that the owner's error handler hears of it.
  setTimeout(() => {
    throw error;
  });
}
