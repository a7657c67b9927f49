// `npm test`: makes the checkout ready and runs every part, or those named.
//   npm test                       everything
//   npm test -- unit cli           these parts
//   npm test -- unit -t "words"    only tests whose names contain these words, in vitest and in the editor
//   npm test -- unit FILE          what else is no part goes to vitest
// Ends with "N passed, N failed". Built-ins only until everything is installed.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeReady, root } from './ready.mjs';

const vitestParts = ['unit', 'pages', 'protocol', 'cli', 'grammar', 'tools'];
const parts = ['check', ...vitestParts, 'package', 'editor'];

/** Runs vitest's projects in one go, and counts each part; a part without tests has failed. */
function runVitest(selected, rest) {
  const report = join(root, '.build', 'vitest.json');
  mkdirSync(join(root, '.build'), { recursive: true });
  rmSync(report, { force: true });
  spawnSync(
    process.execPath,
    [
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      ...selected.flatMap((part) => ['--project', part]),
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
      ...rest,
    ],
    { cwd: root, stdio: 'inherit' },
  );
  let files;
  try {
    files = JSON.parse(readFileSync(report, 'utf8')).testResults;
  } catch {
    return selected.map((name) => ({ name, passed: 0, failed: 1, note: 'vitest gave no report' }));
  }
  return selected.map((name) => {
    const own = files.filter((file) => file.name.split('\\').join('/').includes(`/test/${name}/`));
    const tests = own.flatMap((file) => file.assertionResults);
    const passed = tests.filter((test) => test.status === 'passed').length;
    const failedTests = tests.filter((test) => test.status === 'failed').length;
    const brokenFiles = own.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some(isFailed),
    );
    if (tests.length === 0 && brokenFiles.length === 0) {
      return { name, passed: 0, failed: 1, note: 'no tests ran' };
    }
    return { name, passed, failed: failedTests + brokenFiles.length };
  });
}

function isFailed(test) {
  return test.status === 'failed';
}

async function runPackage() {
  const { packageProblems, packExtension } = await import('./package.mjs');
  packExtension({ ifStale: true });
  const problems = packageProblems();
  for (const problem of problems) process.stdout.write(`     ${problem}\n`);
  return { passed: problems.length === 0 ? 1 : 0, failed: problems.length };
}

async function runPart(name, run) {
  process.stdout.write(`\n== ${name}\n`);
  try {
    return { name, ...(await run()) };
  } catch (error) {
    process.stdout.write(`FAIL ${error.message}\n`);
    return { name, passed: 0, failed: 1 };
  }
}

async function main() {
  const given = process.argv.slice(2);
  const named = parts.filter((part) => given.includes(part));
  const rest = given.filter((argument) => !parts.includes(argument));
  const selected = named.length > 0 ? named : parts;
  makeReady();

  const results = [];
  if (selected.includes('check')) {
    const { runChecks } = await import('./checks.mjs');
    results.push(await runPart('check', runChecks));
  }
  const own = vitestParts.filter((part) => selected.includes(part));
  if (own.length > 0) results.push(...runVitest(own, rest));
  if (selected.includes('package')) results.push(await runPart('package', runPackage));
  if (selected.includes('editor')) {
    const { runEditor } = await import('./editor.mjs');
    if (rest.includes('-t')) process.env.AIRLOCK_ONLY = rest[rest.indexOf('-t') + 1];
    results.push(await runPart('editor', runEditor));
  }

  process.stdout.write('\n');
  for (const { name, passed, failed, note } of results) {
    process.stdout.write(
      `${name.padEnd(10)} ${passed} passed, ${failed} failed${note ? ` (${note})` : ''}\n`,
    );
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  process.stdout.write(`\n${sum('passed')} passed, ${sum('failed')} failed\n`);
  if (sum('failed') > 0 || sum('passed') === 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  process.stdout.write(`test: ${error.message}\n\n0 passed, 1 failed\n`);
  process.exitCode = 1;
}
