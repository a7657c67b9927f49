// The extension in the web: the server is a worker.

import { type ExtensionContext, Uri } from 'vscode';
import { LanguageClient } from 'vscode-languageclient/browser';
import { start, stop } from './extension';

/** Called by the editor when the first Python document is open. */
export function activate(context: ExtensionContext): Promise<void> {
  return start(context, (_, options) => {
    const script = Uri.joinPath(context.extensionUri, 'dist', 'server.web.js').toString(true);
    return new LanguageClient('airlock', 'Airlock', async () => new Worker(script), options);
  });
}

/** Called by the editor at its end. */
export const deactivate = stop;
