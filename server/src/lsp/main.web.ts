// The entry of the language server in a web worker. It has no disk: files and its own parts come from the client.

import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { version } from '../../package.json';
import { createWebEngineHost } from '../host/web/engine-host';
import { readFromClient } from './client-files';
import { startServer } from './server';

declare const self: DedicatedWorkerGlobalScope;

const connection = createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self));

startServer(
  connection,
  {
    ignoresCase: false,
    isWeb: true,
    createEngine: (reread, onBreakdown) => createWebEngineHost({ asset: readAsset, reread, onBreakdown }),
    listFiles: async () => ({ files: [], skipped: [], ignored: [] }),
    readFile: async () => ({ reason: 'there is no disk' }),
    rulePageAddress: () => undefined,
    readRulePage: async (rule) => {
      const read = await readFromClient(connection, `dist:rules/${rule}.md`, Number.MAX_SAFE_INTEGER);
      return 'bytes' in read ? new TextDecoder().decode(read.bytes) : undefined;
    },
    now: () => performance.now(),
  },
  version,
);

async function readAsset(name: string): Promise<Uint8Array> {
  const read = await readFromClient(connection, `dist:${name}`, Number.MAX_SAFE_INTEGER);
  if ('bytes' in read) return read.bytes;
  throw new Error(`The extension's file ${name} could not be read: ${read.reason}`);
}
