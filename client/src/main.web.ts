// The extension in the web: the server is a worker.

import { type ExtensionContext, Uri } from 'vscode';
import { BrowserMessageReader, BrowserMessageWriter, LanguageClient } from 'vscode-languageclient/browser';
import { start, stop } from './extension';

/** Called by the editor when the first Python document is open. */
export function activate(context: ExtensionContext): Promise<void> {
  return start(context, (_, options) => {
    const script = Uri.joinPath(context.extensionUri, 'dist', 'server.web.js').toString(true);
    let worker: Worker | undefined;
    // The transports are made here: the editor's own Worker is none to the client's `instanceof`.
    const connect = async () => {
      worker?.terminate();
      worker = new Worker(script);
      return { reader: new BrowserMessageReader(worker), writer: new BrowserMessageWriter(worker) };
    };
    context.subscriptions.push({ dispose: () => worker?.terminate() });
    return new LanguageClient('airlock', 'Airlock', connect, options);
  });
}

/** Called by the editor at its end. */
export const deactivate = stop;
