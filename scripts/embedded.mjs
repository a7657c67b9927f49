// The embedded Visual Studio Code: a built VS Code server from npm, kept in an ignored folder, opened in a browser.
// Decides how it is installed, started and ended; knows nothing of tests. Built-ins only.

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { npm, root } from './ready.mjs';

const version = '4.100.3';
const home = join(root, '.vscode-embedded');
const packageHome = join(home, 'node_modules', 'code-server');
const codeHome = join(packageHome, 'lib', 'vscode');
const serverMain = join(codeHome, 'out', 'server-main.js');
const stamp = join(home, `installed-${version}`);

/** Nothing is asked of a public gallery. */
const noGallery = JSON.stringify({
  serviceUrl: '',
  itemUrl: '',
  resourceUrlTemplate: '',
  controlUrl: '',
  recommendationsUrl: '',
});

/** The full path of a program, or undefined. */
export function which(name) {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder, name + ending);
      if (folder !== '' && existsSync(path)) return path;
    }
  }
  return undefined;
}

/** Installs the embedded editor on first use; throws with a sentence when that fails. */
export function installEmbedded() {
  if (!existsSync(stamp)) {
    process.stdout.write('Installing the embedded VS Code (once, about 300 MB) ...\n');
    rmSync(home, { recursive: true, force: true });
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'package.json'), '{ "name": "embedded-editor", "private": true }\n');
    const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    install(['install', ...quiet, '--save-exact', `code-server@${version}`], home);
    install(['install', ...quiet, '--omit=dev'], codeHome);
    writeFileSync(stamp, '');
  }
  linkRipgrep();
}

function install(args, cwd) {
  const { status } = npm(args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('the embedded VS Code could not be installed; see above');
}

/** The editor's file search needs ripgrep, which its package leaves out. */
function linkRipgrep() {
  const folder = join(codeHome, 'node_modules', '@vscode', 'ripgrep', 'bin');
  const target = join(folder, process.platform === 'win32' ? 'rg.exe' : 'rg');
  const installed = which('rg');
  if (!installed || existsSync(target)) return;
  mkdirSync(folder, { recursive: true });
  rmSync(target, { force: true });
  symlinkSync(installed, target);
}

/** A port that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function environment(extra) {
  const env = { ...process.env, EXTENSIONS_GALLERY: noGallery, ...extra };
  for (const name of [
    'CODE_SERVER_PARENT_PID',
    'NODE_OPTIONS',
    'ELECTRON_RUN_AS_NODE',
    'VSCODE_IPC_HOOK_CLI',
  ]) {
    delete env[name];
  }
  return env;
}

/**
 * Starts the editor with an extension installed from its .vsix, and resolves when it answers.
 * `stop` ends it and everything it started, and removes its data unless `dataFolder` was given. One that is to
 * `outlive` this process ends by itself, five minutes after its last window was closed.
 */
export async function startEmbedded({
  vsix,
  settings = {},
  dataFolder,
  env = {},
  forTests,
  outlive,
  log = 'ignore',
}) {
  const data = dataFolder ?? mkdtempSync(join(tmpdir(), 'airlock-editor-'));
  const extensions = join(data, 'extensions');
  mkdirSync(join(data, 'data', 'User'), { recursive: true });
  writeFileSync(join(data, 'data', 'User', 'settings.json'), JSON.stringify(settings, null, 2));
  const folders = [
    '--server-data-dir',
    data,
    '--extensions-dir',
    extensions,
    '--accept-server-license-terms',
  ];
  const installed = spawnSync(
    process.execPath,
    [serverMain, ...folders, '--install-extension', vsix, '--force'],
    {
      env: environment(env),
      encoding: 'utf8',
    },
  );
  if (installed.status !== 0) {
    throw new Error(`${vsix} could not be installed in the editor:\n${installed.stdout}${installed.stderr}`);
  }
  const listening = await freePort();
  const server = spawn(
    process.execPath,
    [
      serverMain,
      ...folders,
      ...['--host', '127.0.0.1', '--port', String(listening), '--without-connection-token'],
      ...['--telemetry-level', 'off'],
      ...(forTests ? ['--enable-smoke-test-driver'] : []),
      ...(outlive ? ['--enable-remote-auto-shutdown'] : []),
    ],
    { env: environment(env), detached: outlive || process.platform !== 'win32', stdio: ['ignore', log, log] },
  );
  if (outlive) server.unref();
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const stop = async () => {
    end(server);
    await ended;
    if (!dataFolder) rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    await answers(listening, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { port: listening, pid: server.pid, ended, stop };
}

/** Ends the server's own process group, and nothing else. */
function end(server) {
  if (server.exitCode !== null || server.signalCode !== null) return;
  try {
    if (process.platform === 'win32') server.kill();
    else process.kill(-server.pid, 'SIGKILL');
  } catch {
    server.kill('SIGKILL');
  }
}

async function answers(port, server) {
  const patience = Date.now() + 30_000;
  while (Date.now() < patience && server.exitCode === null) {
    const response = await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the embedded VS Code did not answer on port ${port}`);
}

/** The address that opens a folder, with pairs for the workbench such as `openFile`. */
export function address(port, folder, payload = []) {
  const url = new URL(`http://127.0.0.1:${port}/`);
  url.searchParams.set('folder', pathToFileURL(folder).pathname);
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
  return url.href;
}

/** A file or folder as the workbench names it in a payload. */
export function remote(port, path) {
  return `vscode-remote://127.0.0.1:${port}${pathToFileURL(path).pathname}`;
}
