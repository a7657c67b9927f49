// The `airlock` command: reads the command line, runs what it asks for, and ends with 0 (clean), 1 (findings) or
// 2 (could not run, with one line on standard error that says why).

import { join } from 'node:path';
import { CommanderError } from 'commander';
import { EngineFailure } from '../project/supervisor';
import { audit } from './audit';
import { baseline } from './baseline';
import { createProgram } from './commands';
import { explain } from './explain';
import { CommandFailure } from './failure';
import { locks } from './locks';
import { tolerateClosedPipe } from './output';
import { printRulePage } from './rule-page';
import { productVersion } from './version';

async function startLanguageServer(): Promise<number> {
  // Its own bundle, which runs as soon as it is loaded and until the editor goes away.
  require(join(__dirname, 'server.node.js'));
  return 0;
}

async function main(): Promise<void> {
  tolerateClosedPipe();
  const actions = { audit, baseline, explain, locks, rule: printRulePage, lsp: startLanguageServer };
  const program = createProgram(productVersion(), actions, (code) => {
    process.exitCode = code;
  });
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    process.exitCode = 2;
    const known = error instanceof CommandFailure || error instanceof EngineFailure;
    const words = known ? error.message : `unexpected failure: ${(error as Error).stack ?? error}`;
    process.stderr.write(`airlock: ${words}\n`);
  }
}

void main();
