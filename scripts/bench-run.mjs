// What `bench.mjs` bundles and runs: reads the folders, times the parser alone and the engine in turns, prints ratios.
// All of it runs in a worker thread with the memory of the product's own, the bare parse as well as the audit.

import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { basename } from 'node:path';
import { isMainThread, Worker } from 'node:worker_threads';
import { Language, Parser } from 'web-tree-sitter';
import { createEngineHost } from '../server/src/host/node/engine-host';
import { delayOptimization, helpCollection, youngGeneration } from '../server/src/host/node/optimization';
import { createEngine } from '../server/src/project/engine';
import { defaultSettings } from '../server/src/project/settings';
import { auditTogether } from '../server/src/project/shared-audit';
import { SharedCompiling } from '../server/src/project/shared-compiling';
import { filesBelow, nodeParser, wasm } from './python-files.mjs';

const _root = process.env.AIRLOCK_ROOT;
const words = process.argv.slice(2);
const roundsAt = words.indexOf('--rounds');
const rounds = roundsAt < 0 ? 3 : Number(words[roundsAt + 1]);
const all = words.includes('--all');
const alone = words.includes('--alone');
const keystrokes = words.includes('--keystrokes');
const folders = words.filter(
  (word, index) => !word.startsWith('--') && (roundsAt < 0 || index !== roundsAt + 1),
);
const settings = { ...defaultSettings, maxFileSize: 64_000_000, preview: all };
const sizes = [500, 5_000, 20_000];

/** Milliseconds on the clock and of CPU time (of all threads of the process) that some work takes, and its result. */
function timed(work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const result = work();
  const wall = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1000, result };
}

/** The least disturbed round: other work on the machine only ever adds. */
function least(list) {
  return {
    wall: Math.min(...list.map(({ wall }) => wall)),
    cpu: Math.min(...list.map(({ cpu }) => cpu)),
  };
}

function table(head, rows) {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (row) =>
    row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join('  ');
  process.stdout.write(`${[line(head), ...rows.map(line)].join('\n')}\n\n`);
}

const minimum = (list) => Math.min(...list);
const ratio = (time, parse) => (time / parse).toFixed(2);
const milliseconds = (time) => `${time.toFixed(time < 10 ? 1 : 0)} ms`;

/** Starts this very file as the product starts its engine. */
function startWorker() {
  delayOptimization();
  const resourceLimits = { maxOldGenerationSizeMb: 4096, maxYoungGenerationSizeMb: youngGeneration };
  new Worker(__filename, { argv: words, resourceLimits });
}

async function main() {
  const compiler = await nodeParser();
  const bare = new Parser();
  bare.setLanguage(await Language.load(wasm('tree-sitter-python')));
  const parseAll = (texts) => {
    for (const text of texts) bare.parse(text)?.delete();
  };
  for (const folder of folders) {
    const files = filesBelow(folder).map((path) => ({ path, bytes: readFileSync(path) }));
    const texts = files.map(({ bytes }) => bytes.toString('utf8'));
    // Who types has had the folder audited before.
    if (keystrokes) auditAlone(files, compiler);
    else await benchAudit(folder, files, texts, compiler, parseAll);
  }
  const texts = folders.flatMap(filesBelow).map((path) => readFileSync(path, 'utf8'));
  if (!alone) benchKeystroke(texts, compiler, parseAll);
}

/** One folder: the whole audit and its phases in parts of a bare parse, what stays in memory, and two workers. */
async function benchAudit(folder, files, texts, compiler, parseAll) {
  const parses = [];
  const audits = [];
  const phases = new Map();
  let outcome;
  let figures;
  let held = 0;
  // The first round warms both sides up and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const parse = timed(() => parseAll(texts));
    globalThis.gc();
    const before = memory();
    const marks = [];
    const engine = createEngine(compiler, (name) => marks.push([name, performance.now()]));
    engine.configure({ settings });
    marks.push(['parse and lower', performance.now()]);
    const audit = timed(() => {
      engine.setFiles({ files });
      return engine.audit({});
    });
    marks.push(['', performance.now()]);
    outcome = audit.result;
    globalThis.gc();
    held = memory() - before;
    if (round === rounds) figures = engine.figures({});
    // Also keeps the engine alive until its memory was counted.
    engine.removeFiles({ paths: files.map(({ path }) => path) });
    if (round === 0) continue;
    parses.push(parse);
    audits.push(audit);
    marks.slice(0, -1).forEach(([name, since], k) => {
      phases.set(name, [...(phases.get(name) ?? []), marks[k + 1][1] - since]);
    });
  }
  const parse = least(parses);
  const audit = least(audits);
  const findings = outcome.files.reduce((sum, file) => sum + file.findings.length, 0);
  const load = loadavg()[0].toFixed(1);
  process.stdout.write(
    `${basename(folder)}: ${files.length} files, ${outcome.lineCount} lines, ${findings} findings, `,
  );
  process.stdout.write(`load of the machine ${load}\n`);
  process.stdout.write(
    `${all ? 'all rules' : 'rules that speak by default'}; values followed through ${figures.followed} of ${figures.functions} functions\n`,
  );
  table(
    ['phase, after one audit to warm up', 'time', 'of a bare parse', 'by CPU time'],
    [
      ['bare parse', milliseconds(parse.wall), '1.00', '1.00'],
      ['whole audit', milliseconds(audit.wall), ratio(audit.wall, parse.wall), ratio(audit.cpu, parse.cpu)],
      ...[...phases]
        .map(([name, list]) => [name, Math.min(...list)])
        .filter(([, time]) => time > parse.wall / 50)
        .map(([name, time]) => [`  ${name}`, milliseconds(time), ratio(time, parse.wall), '']),
    ],
  );
  process.stdout.write(`memory after the audit: ${(held / 1e6).toFixed(0)} MB, `);
  process.stdout.write(`${(((held / outcome.lineCount) * 1000) / 1024).toFixed(0)} KiB for 1,000 lines\n\n`);
  if (!alone) await benchWorkers(files, compiler, parse);
}

function memory() {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The same audit by worker threads, from the first file handed over to the result, side by side. */
async function benchWorkers(files, compiler, parse) {
  const hosts = [1, 2].map((threads) =>
    createEngineHost({
      threads,
      shares: threads > 1,
      workerFile: process.env.AIRLOCK_WORKER,
      silence: 3_600_000,
    }),
  );
  const times = [[], []];
  const works = [[], []];
  try {
    for (const host of hosts) await host.call('configure', { settings }).result;
    for (let round = 0; round <= rounds; round++) {
      for (const [k, host] of hosts.entries()) {
        // The product has one of them in a process.
        helpCollection(k === 0);
        const cpu = process.cpuUsage();
        const since = performance.now();
        const given = slices(files).map((some) => host.call('setFiles', { files: some }).result);
        await Promise.all(given);
        await host.call('audit', {}).result;
        if (round === 0) continue;
        times[k].push(performance.now() - since);
        const { user, system } = process.cpuUsage(cpu);
        works[k].push((user + system) / 1000);
      }
    }
  } finally {
    for (const host of hosts) host.dispose();
  }
  const [one, two] = times.map(minimum);
  const [workOfOne, workOfTwo] = works.map(minimum);
  const steps = [];
  const alone = [];
  for (let round = 0; round <= rounds; round++) {
    helpCollection(true);
    alone.push(timed(() => auditAlone(files, compiler)));
    helpCollection(false);
    steps.push(await inTurns(files, compiler));
  }
  helpCollection(true);
  const path = leastPath(steps.slice(1));
  const quicker = (time, base) => `${(base / time).toFixed(2)} times`;
  table(
    ['workers', 'time', 'of a bare parse', 'CPU time of all threads', 'as quick as one'],
    [
      ['one', milliseconds(one), ratio(one, parse.wall), milliseconds(workOfOne), ''],
      ['two', milliseconds(two), ratio(two, parse.wall), milliseconds(workOfTwo), quicker(two, one)],
      [
        'two, in turns',
        milliseconds(path.time),
        ratio(path.time, parse.cpu),
        '',
        quicker(path.time, least(alone.slice(1)).cpu),
      ],
    ],
  );
  process.stdout.write(
    'In turns: CPU time of what two workers do, measured on one thread; of one and the other by step: ',
  );
  process.stdout.write(`${path.words(parse.cpu)}\n\n`);
}

const slices = (files) => {
  const all = [];
  for (let at = 0; at < files.length; at += 64) all.push(files.slice(at, at + 64));
  return all;
};

function auditAlone(files, compiler) {
  const engine = createEngine(compiler);
  engine.configure({ settings });
  engine.setFiles({ files });
  engine.audit({});
}

/** What two workers do, measured on one thread: the CPU time of their way to the result, as if each had a core of its
 * own, and what each spends on which step. */
async function inTurns(files, compiler) {
  const engines = [0, 1].map(() => createEngine(compiler));
  for (const engine of engines) engine.configure({ settings });
  const steps = new Map();
  const answers = [];
  const free = [0, 0];
  let now = 0;
  const asks = engines.map((engine, side) => async (method, params) => {
    // What crosses threads is copied, and that counts.
    const answer = timed(() => structuredClone(engine[method](structuredClone(params))));
    if (!steps.has(method)) steps.set(method, [0, 0]);
    steps.get(method)[side] += answer.cpu;
    free[side] = Math.max(now, free[side]) + answer.cpu;
    await new Promise((arrive) => answers.push({ at: free[side], arrive }));
    return answer.result;
  });
  let isOver = false;
  const audit = auditInTurns(asks, files).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await new Promise(setImmediate);
    answers.sort((one, other) => one.at - other.at);
    const first = answers.shift();
    if (!first) continue;
    now = first.at;
    first.arrive();
  }
  await audit;
  return { time: now, steps: [...steps] };
}

async function auditInTurns(asks, files) {
  const compiling = new SharedCompiling(asks.map((ask) => (params) => ask('compile', params)));
  const compiled = await compiling.compile(files, false);
  await Promise.all(asks.map((ask, side) => ask('setFiles', { files: compiled.for(side) })));
  return auditTogether(asks);
}

function leastPath(rounds) {
  const best = rounds.reduce((one, other) => (other.time < one.time ? other : one));
  return {
    time: best.time,
    words: (parse) =>
      best.steps
        .map(([name, sides]) => `${name} ${sides.map((side) => ratio(side, parse)).join(' and ')}`)
        .join(', '),
  };
}

/** From a keystroke in the body of a function to the file's findings, in parts of a full parse of the file: at first, when
 * somebody has typed for a while, and for names that make the analysis anew. */
function benchKeystroke(texts, compiler, parseAll) {
  const rows = [];
  for (const size of sizes) {
    const text = fileOf(texts, size);
    if (text === null) continue;
    const engine = createEngine(compiler);
    engine.configure({ settings });
    const path = 'typed.py';
    engine.setFiles({ files: [{ path, text }] });
    engine.findings({ path });
    const bodies = placesInBodies(text);
    const times = (count, at, words) =>
      Array.from({ length: count }, (_, k) => typed(engine, path, at, words(k)));
    const digit = () => '1';
    const first = median(bodies.flatMap((at) => times(1, at, digit)));
    for (const at of bodies) times(4, at, digit);
    const parse = minimum(Array.from({ length: rounds * 5 }, () => timed(() => parseAll([text])).wall));
    const inBody = median(bodies.map((at) => minimum(times(rounds * 2, at, digit))));
    const newName = minimum(times(rounds * 5, 0, (k) => `v${k} = 1\n`));
    const lines = text.split('\n').length;
    rows.push([
      `${lines} lines`,
      milliseconds(parse),
      ...[first, inBody, newName].flatMap((time) => [milliseconds(time), ratio(time, parse)]),
    ]);
  }
  process.stdout.write(
    'Keystroke to findings: median of the first edits at 5 places, then of the least at each after 25; a new name\n',
  );
  const ofParse = 'of a parse';
  table(['file', 'full parse', 'at first', ofParse, 'typing', ofParse, 'a new name', ofParse], rows);
}

const median = (list) => [...list].sort((one, other) => one - other)[list.length >> 1];

/** Types a text and takes it back; the time for the first. */
function typed(engine, path, at, text) {
  const { wall } = timed(() => {
    engine.editFile({ path, edits: [{ start: at, end: at, text }] });
    engine.findings({ path });
  });
  engine.editFile({ path, edits: [{ start: at, end: at + text.length, text: '' }] });
  engine.findings({ path });
  return wall;
}

/** Real files one after the other until there are so many lines; null when there are too few. */
function fileOf(texts, size) {
  const parts = [];
  let lines = 0;
  for (const text of texts) {
    if (text.includes('\r') || text.length > 200_000 || text.includes('"""\\')) continue;
    parts.push(text);
    lines += text.split('\n').length;
    if (lines >= size) return `${parts.join('\n').split('\n').slice(0, size).join('\n')}\n`;
  }
  return null;
}

/** Behind the last words of five assignments in functions, spread over the text. */
function placesInBodies(text) {
  const lines = text.split('\n');
  const places = [];
  let start = 0;
  for (const [k, line] of lines.entries()) {
    if (/^ {4,}\w+ = \w.*[a-z0-9]$/.test(line) && isInFunction(lines, k)) places.push(start + line.length);
    start += line.length + 1;
  }
  if (places.length === 0) return [text.length >> 1];
  return [1, 3, 5, 7, 9].map((tenth) => places[Math.floor((tenth * places.length) / 10)]);
}

/** Whether the innermost definition around a line is a function. */
function isInFunction(lines, at) {
  let indent = lines[at].search(/\S/);
  for (let k = at - 1; k >= 0 && indent > 0; k--) {
    const own = lines[k].search(/\S/);
    if (own < 0 || own >= indent) continue;
    if (/^\s*(async )?def /.test(lines[k])) return true;
    if (/^\s*class /.test(lines[k])) return false;
    indent = own;
  }
  return false;
}

if (isMainThread) startWorker();
else void main();
