// The extension where Node runs: the server is a process of its own.

import type { ExtensionContext } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { start, stop } from './extension';

/** Called by the editor when the first Python document is open. */
export function activate(context: ExtensionContext): Promise<void> {
  return start(context, (_, options) => {
    const module = context.asAbsolutePath('dist/server.node.js');
    return new LanguageClient('airlock', 'Airlock', { module, transport: TransportKind.ipc }, options);
  });
}

/** Called by the editor at its end. */
export const deactivate = stop;
