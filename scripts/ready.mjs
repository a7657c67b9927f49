// Makes a checkout ready to run: installs when the lockfile changed, builds when a source changed.
// Built-ins only, since it runs before anything is installed, and on machines where npm runs no scripts.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the checkout. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const installStamp = join(root, 'node_modules', '.airlock-installed');
const buildStamp = join(root, 'dist', '.stamp');

/** What decides whether dist/ is up to date. */
const sources = [
  'client/src',
  'server/src',
  'docs/rules',
  'examples/workspace/inventory.py',
  'scripts/build.mjs',
  'scripts/bundle-options.mjs',
  'scripts/rule-pages.mjs',
  'package-lock.json',
];

/** Files under the given paths of the checkout, sorted, as paths relative to it. */
export function filesUnder(paths) {
  const found = [];
  const pending = paths.map((path) => join(root, path));
  while (pending.length > 0) {
    const path = pending.pop();
    if (!existsSync(path)) continue;
    try {
      for (const entry of readdirSync(path)) pending.push(join(path, entry));
    } catch {
      found.push(relative(root, path).split('\\').join('/'));
    }
  }
  return found.sort();
}

/** One hash over the names and contents of files of the checkout. */
export function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

function stampIs(stamp, value) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === value;
}

/** Notes which lockfile node_modules was installed from. */
export function writeInstallStamp() {
  writeFileSync(installStamp, hashOf(['package-lock.json']));
}

/** What dist/ would be built from now. */
export function sourceHash() {
  return hashOf(filesUnder(sources));
}

/** Notes what dist/ was built from. */
export function writeBuildStamp(hash) {
  writeFileSync(buildStamp, hash);
}

/** Runs npm with these arguments in a folder; npm's own path is used, so that no shell is needed. */
export function npm(args, options = {}) {
  const own = process.env.npm_execpath;
  const [command, first] = own?.endsWith('.js') ? [process.execPath, [own]] : ['npm', []];
  return spawnSync(command, [...first, ...args], {
    cwd: root,
    stdio: 'inherit',
    shell: command === 'npm' && process.platform === 'win32',
    ...options,
  });
}

/** Installs and builds what is missing or out of date. Throws with a sentence for the user. */
export function makeReady() {
  makeInstalled();
  makeBuilt();
}

/** Installs the dependencies when the lockfile is not the one they were installed from. */
export function makeInstalled() {
  if (!stampIs(installStamp, hashOf(['package-lock.json']))) {
    process.stdout.write('Installing dependencies (npm ci) ...\n');
    // The build follows by itself, so scripts are left out: the same on machines where npm runs none.
    const { status, error } = npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund']);
    if (status !== 0) throw new Error(`npm ci failed${error ? `: ${error.message}` : ''}; see above`);
    writeInstallStamp();
  }
}

/** Builds the bundles when a source is not the one they were built from. */
export function makeBuilt() {
  if (!stampIs(buildStamp, sourceHash())) {
    process.stdout.write('Building ...\n');
    const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs')], {
      cwd: root,
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error('the build failed; see above');
  }
}
