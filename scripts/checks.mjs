// The checks that need no test runner: format, lint, types, layers, generated files, dependencies.
// Each is a name and what it says; `check.mjs` and `test.mjs` run them.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './ready.mjs';

const biome = join('node_modules', '@biomejs', 'biome', 'bin', 'biome');
const tsc = join('node_modules', 'typescript', 'bin', 'tsc');

/** A check that is a Node program of this checkout: it passes when the program ends with 0. */
function program(name, ...args) {
  return {
    name,
    run() {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
      return { passed: status === 0, output: `${stdout}${stderr}`.trim() };
    },
  };
}

/** Pinned versions only, and no address of the registry that one machine happened to use. */
function dependencyProblems() {
  const problems = [];
  for (const file of ['package.json', 'client/package.json', 'server/package.json']) {
    const manifest = JSON.parse(readFileSync(join(root, file), 'utf8'));
    for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
      if (!/^\d+\.\d+\.\d+$/.test(version)) problems.push(`${file}: ${name} is not pinned: ${version}`);
    }
  }
  const lockfile = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  for (const [path, entry] of Object.entries(lockfile.packages)) {
    if (/^[a-z+]+:/.test(entry.resolved ?? '')) problems.push(`package-lock.json: ${path} names a registry`);
  }
  const listed = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8');
  for (const folder of ['.', 'client', 'server']) {
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
      if (!listed.includes(`\`${name}\``))
        problems.push(`docs/dependencies.md does not say why ${name} is used`);
    }
  }
  return problems;
}

/** All checks, quick ones first. */
export const checks = [
  program('format', biome, 'format', '.'),
  program('lint', biome, 'check', '--formatter-enabled=false', '--error-on-warnings', '.'),
  ...['server', 'client', '.', 'test/e2e'].map((folder) =>
    program(`types of ${folder === '.' ? 'tests' : folder}`, tsc, '--noEmit', '-p', folder),
  ),
  program('layers', join('scripts', 'check-layers.mjs')),
  program('generated files', join('scripts', 'generate.mjs'), '--check'),
  {
    name: 'dependencies',
    run() {
      const problems = existsSync(join(root, 'docs', 'dependencies.md'))
        ? dependencyProblems()
        : ['docs/dependencies.md is missing'];
      return { passed: problems.length === 0, output: problems.join('\n') };
    },
  },
];

/** Runs the checks, printing a line for each, and returns how many passed and failed. */
export function runChecks() {
  let failed = 0;
  for (const { name, run } of checks) {
    const { passed, output } = run();
    process.stdout.write(`${passed ? 'ok  ' : 'FAIL'} ${name}\n`);
    if (passed) continue;
    failed += 1;
    process.stdout.write(`${output.replace(/^/gm, '     ')}\n`);
  }
  return { passed: checks.length - failed, failed };
}
