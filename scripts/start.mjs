// `npm start`: from a fresh clone to a review and an editor to try Airlock in.
//   npm start                          reviews the example, then opens the editor on examples/workspace
//   npm start -- FILE                  reviews this file instead, and opens it there too
//   npm start -- --no-editor [FILE]    the review only
// At a terminal the editor runs until Ctrl-C. Elsewhere it goes on by itself and ends five minutes after its last
// window was closed. Exit code 0 once the audit ran, whatever it found; 2 when it could not run.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeReady, root } from './ready.mjs';

const example = join(root, 'examples', 'workspace', 'thumbnails.py');

const nextSteps = `
Your own code: npx airlock audit FOLDER, from here. All commands: npx airlock --help
In an editor: npm start, without --no-editor; or npm run package, and install airlock.vsix in Visual Studio Code.
`;

/** Prints the review of a file; throws when the audit could not run. */
function review(file) {
  const args = [join(root, 'dist', 'cli.js'), 'audit', '--review', file];
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
  if (status !== 0 && status !== 1) throw new Error(`the audit of ${file} could not run; see above`);
}

async function openEditor(file) {
  const { address, installEmbedded, remote, startEmbedded } = await import('./embedded.mjs');
  const { vsix } = await import('./package.mjs');
  installEmbedded();
  const attended = Boolean(process.stdin.isTTY && process.stdout.isTTY);
  const dataFolder = join(root, '.vscode-embedded', 'data');
  mkdirSync(dataFolder, { recursive: true });
  const editor = await startEmbedded({
    vsix,
    dataFolder,
    settings: {
      'workbench.startupEditor': 'none',
      'telemetry.telemetryLevel': 'off',
      'git.openRepositoryInParentFolders': 'never',
      // Airlock runs nothing of the workspace, so that nobody need be asked whether to trust it.
      'security.workspace.trust.startupPrompt': 'never',
      'security.workspace.trust.banner': 'never',
    },
    outlive: !attended,
  });
  const url = address(editor.port, join(root, 'examples', 'workspace'), [
    ['openFile', remote(editor.port, file)],
  ]);
  process.stdout.write(`\nVisual Studio Code with Airlock: ${url}\n`);
  if (!attended) {
    process.stdout.write(
      `It ends five minutes after its last window was closed, or with: kill ${editor.pid}\n`,
    );
    return;
  }
  process.stdout.write('Ctrl-C ends it.\n');
  await new Promise((finish) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, finish);
    editor.ended.then(finish);
  });
  await editor.stop();
}

async function main() {
  const given = process.argv.slice(2);
  const unknown = given.find((argument) => argument.startsWith('-') && argument !== '--no-editor');
  if (unknown) throw new Error(`unknown option ${unknown}; there is only --no-editor`);
  const named = given.filter((argument) => !argument.startsWith('-'));
  if (named.length > 1) throw new Error('name one file');
  const file = named.length === 1 ? resolve(process.env.INIT_CWD ?? process.cwd(), named[0]) : example;
  if (!existsSync(file)) throw new Error(`there is no file ${file}`);
  makeReady();
  const { packExtension } = await import('./package.mjs');
  packExtension({ ifStale: true });
  review(file);
  if (given.includes('--no-editor')) process.stdout.write(nextSteps);
  else await openEditor(file);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`start: ${error.message}\n`);
  process.exitCode = 2;
}
