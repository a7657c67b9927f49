// The language server in a Node process: its connection, its files, its engine in a worker thread. Started by the
// editor's extension and by `airlock lsp --stdio` alike.

import { readFile as readText } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { createEngineHost } from '../host/node/engine-host';
import { listPythonFiles, readFile } from '../host/node/files';
import { cacheFolder } from '../host/node/packed-cache';
import type { Supervisor } from '../project/supervisor';
import type { ServerHost } from './host';
import { startServer } from './server';
import { wordsOf } from './session';

/** Serves on the channel that the process's arguments name (`--stdio`, `--node-ipc`, `--socket=`); stdio when none. */
export function startNodeServer(version: string): void {
  if (!process.argv.some((argument) => /^--(stdio|node-ipc|socket|pipe)\b/.test(argument)))
    process.argv.push('--stdio');
  const connection = createConnection(ProposedFeatures.all);
  process.on('unhandledRejection', (error) => connection.console.error(`Unexpected: ${wordsOf(error)}`));
  startServer(connection, nodeHost, version);
}

const nodeHost: ServerHost = {
  ignoresCase: process.platform === 'win32' || process.platform === 'darwin',
  isWeb: false,
  createEngine: (reread, onBreakdown): Supervisor =>
    createEngineHost({
      workerFile: join(__dirname, 'engine-worker.node.js'),
      threads: 0,
      cacheFolder: cacheFolder(),
      reread,
      onBreakdown,
    }),
  listFiles: listPythonFiles,
  readFile,
  rulePageAddress: (rule) => pathToFileURL(rulePage(rule)).href,
  readRulePage: (rule) => readText(rulePage(rule), 'utf8').catch(() => undefined),
  now: () => performance.now(),
};

/** The page of a rule, which lies beside the bundle. */
function rulePage(rule: string): string {
  return join(__dirname, 'rules', `${rule}.md`);
}
