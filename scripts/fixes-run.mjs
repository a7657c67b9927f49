// What `fixes.mjs` bundles and runs: audits a project, applies its fixes one by one, and compares.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { createEngine } from '../server/src/project/engine';
import { defaultSettings } from '../server/src/project/settings';
import { filesBelow, nodeParser } from './python-files.mjs';

const words = process.argv.slice(2);
const valued = new Set(['--rule', '--save']);
const folders = words.filter((word, at) => !word.startsWith('--') && !valued.has(words[at - 1]));
const given = (name) => (words.includes(name) ? words[words.indexOf(name) + 1] : undefined);

async function main() {
  const parser = await nodeParser();
  let broken = 0;
  for (const folder of folders) broken += tryFolder(parser, folder);
  process.exitCode = broken > 0 ? 1 : 0;
}

/** Tries all fixes of one project; how many broke a promise. */
function tryFolder(parser, folder) {
  const engine = createEngine(parser);
  const minConfidence = words.includes('--low') ? 'low' : 'medium';
  engine.configure({ settings: { ...defaultSettings, minConfidence, preview: true } });
  const files = filesBelow(folder).map((path) => ({ path, bytes: readFileSync(path) }));
  engine.setFiles({ files });
  const result = engine.audit({});
  const before = result.files.flatMap(({ findings }) => findings);
  const counts = new Map();
  let broken = 0;
  for (const finding of before) {
    if (given('--rule') && !given('--rule').split(',').includes(finding.rule)) continue;
    const { path, range } = finding.location;
    const place = `${relative(folder, path)}:${range.start.line + 1}`;
    const count = counts.get(finding.rule) ?? { findings: 0, withFix: 0, fixes: 0, broken: 0 };
    counts.set(finding.rule, count);
    count.findings++;
    if (finding.fixes.length > 0) count.withFix++;
    for (let index = 0; index < finding.fixes.length; index++) {
      const { problems, text, original } = tryFix(parser, engine, before, finding, index);
      const { title } = finding.fixes[index];
      count.fixes++;
      if (problems.length > 0) {
        count.broken++;
        broken++;
      }
      if (problems.length > 0 || !words.includes('--quiet')) {
        process.stdout.write(`${place} ${finding.rule}: ${title}\n`);
        for (const problem of problems) process.stdout.write(`    BROKEN: ${problem}\n`);
      }
      if (words.includes('--diff') && text !== undefined) process.stdout.write(differenceOf(original, text));
      if (given('--save') && text !== undefined) save(folder, place, finding.rule, index, text);
    }
  }
  const after = engine.audit({}).files.flatMap(({ findings }) => findings);
  if (nameAll(after).join() !== nameAll(before).join()) {
    process.stdout.write(
      `${basename(folder)}: BROKEN: after all fixes were taken back, the findings differ\n`,
    );
    broken++;
  }
  process.stdout.write(`${basename(folder)}: ${files.length} files, ${result.lineCount} lines\n`);
  for (const [rule, count] of counts) {
    const { findings, withFix, fixes, broken: failed } = count;
    process.stdout.write(`  ${rule}: ${findings} findings, ${withFix} with a fix, ${fixes} fixes`);
    process.stdout.write(failed > 0 ? `, ${failed} BROKEN\n` : '\n');
  }
  return broken;
}

/** Applies one fix, compares, and takes it back. */
function tryFix(parser, engine, before, finding, index) {
  const { fingerprint } = finding;
  const { path } = finding.location;
  const changes = engine.fix({ path, fingerprint, index });
  if (!changes) return { problems: ['it is offered and gives no edits'] };
  const problems = [];
  if (changes.length !== 1 || changes[0].path !== path) problems.push('it changes other files than its own');
  const { edits } = changes[0];
  const original = decoded(path);
  const text = applied(original, edits);
  problems.push(...compareTexts(parser, original, text, edits));
  // One after the other, from the end, so that none moves the next.
  engine.editFile({ path, edits: [...edits].reverse() });
  const after = engine.audit({}).files.flatMap(({ findings }) => findings);
  problems.push(...compareFindings(before, after, finding));
  if (!after.some((each) => each.location.path === path && each.fingerprint === fingerprint)) {
    if (engine.fix({ path, fingerprint, index })) problems.push('it can be applied again');
  }
  let shift = 0;
  const back = edits.map((edit) => {
    const start = edit.start + shift;
    shift += edit.text.length - (edit.end - edit.start);
    return { start, end: start + edit.text.length, text: original.slice(edit.start, edit.end) };
  });
  engine.editFile({ path, edits: back.reverse() });
  return { problems, text, original };
}

const texts = new Map();

function decoded(path) {
  if (!texts.has(path)) texts.set(path, readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  return texts.get(path);
}

function applied(text, edits) {
  return edits.reduceRight(
    (done, edit) => done.slice(0, edit.start) + edit.text + done.slice(edit.end),
    text,
  );
}

/** What a fix does to the text besides its purpose. */
function compareTexts(parser, original, text, edits) {
  const problems = [];
  if (text === original) return ['it changes nothing'];
  for (let k = 1; k < edits.length; k++)
    if (edits[k].start < edits[k - 1].end) problems.push('its edits overlap');
  const [one, other] = [parser.compile(original), parser.compile(text)];
  if (other.errors.length > one.errors.length) problems.push('what it leaves does not parse');
  const comments = (file, of) => file.comments.map(({ start, end }) => of.slice(start, end)).join('\n');
  if (comments(one, original) !== comments(other, text)) problems.push('it changes comments');
  const lost = manyLinedStrings(original).filter((string) => !text.includes(string));
  if (lost.length > 0) problems.push(`it changes a string: ${JSON.stringify(lost[0].slice(0, 60))}`);
  const ends = (of) => [/\r\n/, /(^|[^\r])\n/, /\r([^\n]|$)/].map((kind) => kind.test(of)).join();
  if (ends(original) !== ends(text)) problems.push('it changes the kind of line ends');
  if (/[^\n\r]$/.test(original) !== /[^\n\r]$/.test(text)) problems.push('it changes the end of the file');
  const tails = (of) => of.split('\n').filter((line) => /[ \t]\r?$/.test(line)).length;
  if (tails(text) > tails(original)) problems.push('it leaves white space at the end of a line');
  return problems;
}

function manyLinedStrings(text) {
  return [...text.matchAll(/('''|""")(?:\\[\s\S]|(?!\1)[\s\S])*\1/g)]
    .map(([string]) => string)
    .filter((string) => string.includes('\n'));
}

const nameOf = ({ location, fingerprint }) => `${location.path} ${fingerprint}`;
const nameAll = (findings) => findings.map(nameOf).sort();
/** A finding whose line a fix rewrote has another fingerprint, and the same words. */
const wordsOf = ({ location, rule, symbol, message }) => `${location.path} ${rule} ${symbol} ${message}`;

function compareFindings(before, after, finding) {
  const problems = [];
  const gone = before.filter((each) => !nameAll(after).includes(nameOf(each)));
  const added = after.filter((each) => !nameAll(before).includes(nameOf(each)));
  const like = (list) =>
    list.filter((each) => each.rule === finding.rule && each.location.path === finding.location.path).length;
  if (like(after) >= like(before)) problems.push('its finding is still there');
  for (const each of added) {
    const same = gone.findIndex((one) => one !== finding && wordsOf(one) === wordsOf(each));
    if (same >= 0) gone.splice(same, 1);
    else problems.push(`it adds line ${each.location.range.start.line + 1} ${each.rule}: ${each.message}`);
  }
  return problems;
}

/** The lines that changed with three around them, between the first and the last that differ. */
function differenceOf(original, text) {
  const [one, other] = [original.split('\n'), text.split('\n')];
  let head = 0;
  while (head < one.length && one[head] === other[head]) head++;
  let tail = 0;
  while (tail < one.length - head && tail < other.length - head && one.at(-1 - tail) === other.at(-1 - tail))
    tail++;
  const shown = (list, sign) => list.slice(head, list.length - tail).map((line) => `${sign}${line}\n`);
  const around = (from, to) => one.slice(Math.max(0, from), to).map((line) => ` ${line}\n`);
  return [
    `@@ line ${head + 1}\n`,
    ...around(head - 3, head),
    ...shown(one, '-'),
    ...shown(other, '+'),
    ...around(one.length - tail, one.length - tail + 3),
  ].join('');
}

function save(folder, place, rule, index, text) {
  const to = given('--save');
  mkdirSync(to, { recursive: true });
  const name = `${basename(folder)}_${place.replace(/[/:]/g, '_')}_${rule}_${index}.py`;
  writeFileSync(join(to, name), text);
}

void main();
