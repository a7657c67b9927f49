// What `sample.mjs` bundles and runs: audits projects and draws findings, the same ones on any machine.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { createEngine } from '../server/src/project/engine';
import { defaultSettings } from '../server/src/project/settings';
import { rules } from '../server/src/rules/registry';
import { filesBelow, nodeParser } from './python-files.mjs';

const words = process.argv.slice(2);
const valued = new Set(['--concern', '--count', '--rule']);
const folders = words.filter((word, at) => !word.startsWith('--') && !valued.has(words[at - 1]));
const given = (name) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);

const concerned = new Set(
  rules
    .filter(
      ({ concern, name }) =>
        concern === (given('--concern') ?? concern) && name === (given('--rule') ?? name),
    )
    .map(({ name }) => name),
);
const previews = new Set(rules.filter(({ preview }) => preview).map(({ name }) => name));

async function main() {
  const parser = await nodeParser();
  const found = [];
  for (const folder of folders) {
    const { lineCount, findings } = audit(parser, folder);
    found.push(...findings);
    const shown = findings.filter(({ rule }) => !previews.has(rule)).length;
    process.stderr.write(
      `${basename(folder)}: ${lineCount} lines, ${findings.length} findings, ${shown} at default\n`,
    );
  }
  const count = given('--count') ? Number(given('--count')) : found.length;
  const drawn = draw(found, count);
  const tally = new Map();
  for (const { rule } of found) tally.set(rule, (tally.get(rule) ?? 0) + 1);
  for (const [rule, all] of tally) {
    const taken = drawn.filter((each) => each.rule === rule).length;
    process.stderr.write(`  ${rule}: ${all}, drawn ${taken}\n`);
  }
  if (words.includes('--steps')) for (const each of drawn) process.stdout.write(longForm(each));
  else process.stdout.write(tableOf(drawn));
}

function audit(parser, folder) {
  const engine = createEngine(parser);
  engine.configure({ settings: { ...defaultSettings, preview: true } });
  engine.setFiles({ files: filesBelow(folder).map((path) => ({ path, bytes: readFileSync(path) })) });
  const { files, lineCount } = engine.audit({});
  const findings = files
    .flatMap((file) => file.findings)
    .filter(({ rule }) => concerned.has(rule))
    .map(({ rule, symbol, message, confidence, location, steps, fingerprint }) => ({
      rule,
      symbol,
      message,
      confidence,
      package: basename(folder),
      path: relative(folder, location.path),
      line: location.range.start.line + 1,
      key: createHash('sha256')
        .update(`${basename(folder)}/${relative(folder, location.path)} ${fingerprint}`)
        .digest('hex'),
      steps: steps.map((step) => ({
        path: relative(folder, step.location.path),
        line: step.location.range.start.line + 1,
        message: step.message,
      })),
    }));
  return { lineCount, findings };
}

/** From each rule in turn the next by hash, until there are enough: small rules whole, large ones in part. */
function draw(found, count) {
  const queues = new Map();
  for (const each of [...found].sort((x, y) => (x.key < y.key ? -1 : 1))) {
    if (!queues.has(each.rule)) queues.set(each.rule, []);
    queues.get(each.rule).push(each);
  }
  const order = rules.map(({ name }) => name).filter((name) => queues.has(name));
  const drawn = [];
  while (drawn.length < count && order.some((name) => queues.get(name).length > 0)) {
    for (const name of order) {
      const next = queues.get(name).shift();
      if (next && drawn.length < count) drawn.push(next);
    }
  }
  const place = (each) => order.indexOf(each.rule);
  return drawn.sort((x, y) => place(x) - place(y) || (x.key < y.key ? -1 : 1));
}

const cell = (text) => text.replaceAll('|', '\\|');

function tableOf(drawn) {
  const rows = drawn.map(
    (each, index) =>
      `| ${index + 1} | ${each.rule} | ${each.package} | ${each.path}:${each.line} | \`${each.symbol}\` | ${cell(each.message)} | | |\n`,
  );
  return `| # | rule | package | place | symbol | message | first | second |\n|---|---|---|---|---|---|---|---|\n${rows.join('')}`;
}

let number = 0;

function longForm(each) {
  const steps = each.steps.map(
    (step) => `      ${step.path === each.path ? '' : step.path}:${step.line} ${step.message}\n`,
  );
  return `${++number}. ${each.package} ${each.path}:${each.line} ${each.confidence} ${each.rule} [${each.symbol}] ${each.message}\n${steps.join('')}`;
}

void main();
