// What `bench.mjs` bundles and runs: reads the folders, times the parser alone and the engine in turns, prints ratios.

import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import { Numberings } from '../server/src/flow/numberings';
import { loadLibrary } from '../server/src/library/load';
import { Program } from '../server/src/program/program';
import { createEngine } from '../server/src/project/engine';
import { defaultSettings } from '../server/src/project/settings';
import { rules } from '../server/src/rules/registry';
import { loadParser } from '../server/src/syntax/parser';
import { Analysis } from '../server/src/whole/analysis';

const root = process.env.AIRLOCK_ROOT;
const words = process.argv.slice(2);
const roundsAt = words.indexOf('--rounds');
const rounds = roundsAt < 0 ? 3 : Number(words[roundsAt + 1]);
const folders = words.filter((_, index) => roundsAt < 0 || (index !== roundsAt && index !== roundsAt + 1));
const sizes = [500, 5_000, 20_000];

const wasm = (name) => readFileSync(join(root, 'node_modules', name, `${name}.wasm`));
function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.name.endsWith('.py') ? [path] : [];
  });
}

function timed(work) {
  const start = performance.now();
  const result = work();
  return [performance.now() - start, result];
}

/** The least disturbed round: other work on the machine only ever adds. */
function best(list) {
  return Math.min(...list);
}

function table(head, rows) {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const line = (row) =>
    row.map((cell, k) => (k === 0 ? cell.padEnd(widths[k]) : cell.padStart(widths[k]))).join('  ');
  process.stdout.write(`${[line(head), ...rows.map(line)].join('\n')}\n\n`);
}

const ratio = (time, parse) => (time / parse).toFixed(2);
const milliseconds = (time) => `${time.toFixed(time < 10 ? 1 : 0)} ms`;

async function main() {
  const compiler = await loadParser({
    runtimeWasm: wasm('web-tree-sitter'),
    languageWasm: wasm('tree-sitter-python'),
  });
  const bare = new Parser();
  bare.setLanguage(await Language.load(wasm('tree-sitter-python')));
  const parseAll = (texts) => {
    for (const text of texts) bare.parse(text)?.delete();
  };
  for (const folder of folders) {
    const files = filesBelow(folder).map((path) => ({ path, bytes: readFileSync(path) }));
    const texts = files.map(({ bytes }) => bytes.toString('utf8'));
    benchAudit(folder, files, texts, compiler, parseAll);
  }
  const texts = folders.flatMap(filesBelow).map((path) => readFileSync(path, 'utf8'));
  benchKeystroke(texts, compiler, parseAll);
}

/** One folder: the whole audit and its phases in parts of a bare parse, and what stays in memory. */
function benchAudit(folder, files, texts, compiler, parseAll) {
  const times = new Map();
  const note = (phase, time) => times.set(phase, [...(times.get(phase) ?? []), time]);
  let lines = 0;
  let held = 0;
  let findings = 0;
  for (let round = 0; round < rounds; round++) {
    note('bare parse', timed(() => parseAll(texts))[0]);
    globalThis.gc();
    const before = memory();
    const engine = createEngine(compiler);
    engine.configure({ settings: { ...defaultSettings, maxFileSize: 64_000_000 } });
    note(
      'whole audit',
      timed(() => {
        engine.setFiles({ files });
        const result = engine.audit({});
        lines = result.lineCount;
        findings = result.files.reduce((sum, file) => sum + file.findings.length, 0);
      })[0],
    );
    globalThis.gc();
    held = memory() - before;
    engine.removeFiles({ paths: files.map(({ path }) => path) });
    benchPhases(files, texts, compiler, note);
  }
  const parse = best(times.get('bare parse'));
  process.stdout.write(`${basename(folder)}: ${files.length} files, ${lines} lines, ${findings} findings\n`);
  table(
    ['phase', 'time', 'of a bare parse'],
    [...times]
      .map(([phase, list]) => [phase, best(list)])
      .filter(([phase, time]) => !phase.startsWith('  rule') || time > parse / 50)
      .map(([phase, time]) => [phase, milliseconds(time), ratio(time, parse)]),
  );
  process.stdout.write(`memory after the audit: ${(held / 1e6).toFixed(0)} MB, `);
  process.stdout.write(`${(((held / lines) * 1000) / 1024).toFixed(0)} KiB for 1,000 lines\n\n`);
}

function memory() {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function benchPhases(files, texts, compiler, note) {
  const [lowering, sources] = timed(() => texts.map((text, k) => [files[k].path, compiler.compile(text)]));
  note('parse and lower', lowering);
  const [resolving, analysis] = timed(() => {
    const made = new Analysis(new Program(sources), loadLibrary().library, new Numberings());
    void made.calls;
    return made;
  });
  note('number and resolve', resolving);
  note('entry locks', timed(() => analysis.entryLocks)[0]);
  note('guards', timed(() => analysis.guards)[0]);
  let all = 0;
  for (const rule of rules) {
    const [time] = timed(() =>
      rule.check(
        analysis,
        () => {},
        () => true,
      ),
    );
    note(`  rule ${rule.name}`, time);
    all += time;
  }
  note('rules', all);
}

/** From a keystroke to the file's findings, in parts of a full parse of the file. */
function benchKeystroke(texts, compiler, parseAll) {
  const rows = [];
  for (const size of sizes) {
    const text = fileOf(texts, size);
    if (text === null) continue;
    const engine = createEngine(compiler);
    engine.configure({ settings: { ...defaultSettings, maxFileSize: 64_000_000 } });
    const path = 'typed.py';
    engine.setFiles({ files: [{ path, text }] });
    engine.findings({ path });
    const body = placeInBody(text);
    const parses = [];
    const inBody = [];
    const newName = [];
    for (let round = 0; round < rounds * 5; round++) {
      parses.push(timed(() => parseAll([text]))[0]);
      inBody.push(typed(engine, path, body, '1'));
      newName.push(typed(engine, path, 0, `v${round} = 1\n`));
    }
    const parse = best(parses);
    const lines = text.split('\n').length;
    rows.push([
      `${lines} lines`,
      milliseconds(parse),
      milliseconds(best(inBody)),
      ratio(best(inBody), parse),
      milliseconds(best(newName)),
      ratio(best(newName), parse),
    ]);
  }
  process.stdout.write('Keystroke to findings\n');
  table(['file', 'full parse', 'in a body', 'of a parse', 'a new name', 'of a parse'], rows);
}

/** Types a text and takes it back; the time for the first. */
function typed(engine, path, at, text) {
  const [time] = timed(() => {
    engine.editFile({ path, edits: [{ start: at, end: at, text }] });
    engine.findings({ path });
  });
  engine.editFile({ path, edits: [{ start: at, end: at + text.length, text: '' }] });
  engine.findings({ path });
  return time;
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

/** Behind the last number of a statement in a function near the middle. */
function placeInBody(text) {
  const middle = text.length >> 1;
  const match = /\n {8}\w+ = \w[^\n]*[a-z0-9]\n/g;
  match.lastIndex = middle;
  const found = match.exec(text) ?? /\n {4}\w+ = [^\n]*[a-z0-9]\n/.exec(text);
  return found ? found.index + found[0].length - 1 : middle;
}

void main();
