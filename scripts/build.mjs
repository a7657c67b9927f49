// Bundles everything that ships into dist/, and copies the grammars and the pages of the rules beside it.
//   node scripts/build.mjs [--installed]
// `--installed` says that npm has just installed from the lockfile. A bundle whose source is missing is an error.
// Knows nothing of packing or testing.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { nodeOptions, packageFolder } from './bundle-options.mjs';
import { root, sourceHash, writeBuildStamp, writeInstallStamp } from './ready.mjs';
import { writeRulePages } from './rule-pages.mjs';

const require = createRequire(import.meta.url);

const node = nodeOptions();

/** Options of a bundle that runs in a web worker; the Node branches of dependencies are never taken there. */
const worker = {
  platform: 'browser',
  format: 'iife',
  target: 'es2022',
  external: ['node:*', 'fs', 'fs/promises', 'module', 'path', 'url'],
};

const bundles = [
  { out: 'client.node.js', source: 'client/src/main.node.ts', options: { ...node, external: ['vscode'] } },
  {
    out: 'client.web.js',
    source: 'client/src/main.web.ts',
    options: { ...worker, format: 'cjs', external: ['vscode'] },
  },
  { out: 'server.node.js', source: 'server/src/lsp/main.node.ts', options: node },
  { out: 'server.web.js', source: 'server/src/lsp/main.web.ts', options: worker },
  { out: 'engine-worker.node.js', source: 'server/src/host/node/engine-worker.ts', options: node },
  { out: 'engine-worker.web.js', source: 'server/src/host/web/engine-worker.ts', options: worker },
  { out: 'cli.js', source: 'server/src/cli/main.ts', options: node },
];

const copies = [
  ['web-tree-sitter', 'web-tree-sitter.wasm'],
  ['tree-sitter-python', 'tree-sitter-python.wasm'],
];

async function build() {
  const esbuild = require('esbuild');
  const dist = join(root, 'dist');
  mkdirSync(dist, { recursive: true });
  const results = await Promise.all(
    bundles.map(({ out, source, options }) =>
      esbuild.build({
        entryPoints: [join(root, source)],
        outfile: join(dist, out),
        bundle: true,
        minify: true,
        keepNames: true,
        legalComments: 'none',
        metafile: true,
        logLevel: 'warning',
        absWorkingDir: root,
        ...options,
      }),
    ),
  );
  for (const [name, file] of copies) {
    copyFileSync(join(packageFolder(name), file), join(dist, file));
  }
  // What the walkthrough opens.
  copyFileSync(join(root, 'examples', 'workspace', 'inventory.py'), join(dist, 'example.py'));
  writeRulePages(join(root, 'docs', 'rules'), join(dist, 'rules'));
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  writeFileSync(join(dist, 'third-party-notices.txt'), notices(inputs));
}

/** The licences of the packages that went into the bundles, and of those whose wasm is copied. */
function notices(inputs) {
  const folders = new Set(copies.map(([name]) => packageFolder(name)));
  for (const input of inputs) {
    const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (folder) folders.add(join(root, folder));
  }
  const texts = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`;
    texts.set(`${name} ${version}`, text);
  }
  const parts = [...texts].sort(([one], [other]) => (one < other ? -1 : 1));
  return `Airlock contains the following works of others.\n${parts
    .map(([title, text]) => `\n${'-'.repeat(72)}\n${title}\n\n${text}\n`)
    .join('')}`;
}

if (process.argv.includes('--installed')) writeInstallStamp();
try {
  rmSync(join(root, 'dist', '.stamp'), { force: true });
  const sources = sourceHash();
  await build();
  writeBuildStamp(sources);
} catch (error) {
  process.stderr.write(`build: ${error.errors ? 'see above' : error.message}\n`);
  process.exitCode = 1;
}
