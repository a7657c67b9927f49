// Packs the extension into airlock.vsix and checks what went in.
//   node scripts/package.mjs [--if-stale]
// Knows nothing of how the bundles are made.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf } from './archive.mjs';
import { filesUnder, hashOf, makeReady, root } from './ready.mjs';

/** The packed extension. */
export const vsix = join(root, 'airlock.vsix');

const stamp = join(root, 'dist', '.packed');
const sources = [
  'dist',
  'package.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'media',
  'syntaxes',
  '.vscodeignore',
];
const capKiB = 3000;

/** Every file that may be in the package; whatever else is found there is an error. */
const allowed = [
  '[Content_Types].xml',
  'extension.vsixmanifest',
  'extension/package.json',
  'extension/readme.md',
  'extension/changelog.md',
  'extension/LICENSE.txt',
  'extension/media/icon.png',
  'extension/syntaxes/airlock-directives.injection.json',
  'extension/dist/client.node.js',
  'extension/dist/client.web.js',
  'extension/dist/server.node.js',
  'extension/dist/server.web.js',
  'extension/dist/engine-worker.node.js',
  'extension/dist/engine-worker.web.js',
  'extension/dist/web-tree-sitter.wasm',
  'extension/dist/tree-sitter-python.wasm',
  'extension/dist/third-party-notices.txt',
  'extension/dist/example.py',
  ...['review', 'findings', 'preview', 'baseline'].map((step) => `extension/media/walkthrough/${step}.md`),
];

/** The pages of the rules, as the build made them. */
function rulePages() {
  return readdirSync(join(root, 'dist', 'rules')).map((name) => `extension/dist/rules/${name}`);
}

/** Sections of the README that speak to who has the checkout; the rest is the extension's. */
const notForUsers = ['Try it', 'Licence'];

/** The README for the editor's list of extensions: no section on the checkout, no link to a file that is not there. */
export function extensionReadme(readme) {
  const [head, ...sections] = readme.split(/^(?=## )/m);
  const kept = sections.filter(
    (section) => !notForUsers.some((title) => section.startsWith(`## ${title}\n`)),
  );
  return [head, ...kept]
    .join('')
    .replace(/\[([^\]]+)\]\((?!https?:|#)[^)]+\)/g, '$1')
    .replace(/<!-- .*? -->\n/g, '');
}

function sourceHash() {
  return hashOf(filesUnder(sources).filter((file) => !file.startsWith('dist/.')));
}

/** Packs, unless airlock.vsix already holds exactly these files. Throws with a sentence for the user. */
export function packExtension({ ifStale = false } = {}) {
  const wanted = sourceHash();
  if (ifStale && existsSync(vsix) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const vsce = join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const readme = join(root, '.build', 'extension-readme.md');
  mkdirSync(join(root, '.build'), { recursive: true });
  writeFileSync(readme, extensionReadme(readFileSync(join(root, 'README.md'), 'utf8')));
  const flags = [
    '--readme-path',
    '.build/extension-readme.md',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    vsix,
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, [vsce, 'package', ...flags], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NO_UPDATE_NOTIFIER: '1' },
  });
  if (status !== 0) throw new Error(`vsce could not pack the extension:\n${stdout}${stderr}`);
  writeFileSync(stamp, wanted);
}

/** What is wrong with the packed file: too large, something missing, something that must not ship. */
export function packageProblems() {
  const problems = [];
  const size = statSync(vsix).size / 1024;
  if (size >= capKiB) problems.push(`airlock.vsix has ${size.toFixed(0)} KiB; it must stay under ${capKiB}.`);
  const entries = entriesOf(readFileSync(vsix));
  const names = new Set(entries.keys());
  const wanted = [...allowed, ...rulePages()];
  for (const name of names) if (!wanted.includes(name)) problems.push(`${name} must not be in airlock.vsix.`);
  for (const name of wanted) if (!names.has(name)) problems.push(`${name} is missing from airlock.vsix.`);
  for (const [name, bytes] of entries) {
    if (/\.js$/.test(name) && bytes.includes('sourceMappingURL='))
      problems.push(`${name} names a source map.`);
  }
  return problems;
}

if (process.argv[1] === import.meta.filename) {
  try {
    makeReady();
    packExtension({ ifStale: process.argv.includes('--if-stale') });
    const problems = packageProblems();
    for (const problem of problems) console.error(problem);
    if (problems.length > 0) process.exitCode = 1;
    else console.log(`airlock.vsix: ${(statSync(vsix).size / 1024).toFixed(0)} KiB`);
  } catch (error) {
    console.error(`package: ${error.message}`);
    process.exitCode = 1;
  }
}
