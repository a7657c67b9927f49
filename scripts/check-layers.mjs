// The shape of the source: rooms import downwards only, no import cycles, small files, documented exports,
// no clock, random or mutable module state in the core.
//   node scripts/check-layers.mjs
// Reads text, not types: it relies on the formatter having laid the files out.

import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesUnder, root } from './ready.mjs';

/** Rooms of server/src from the bottom up; rooms of one list are beside each other. */
const layers = [
  ['text'],
  ['syntax'],
  ['program'],
  ['library'],
  ['flow'],
  ['whole'],
  ['rules'],
  ['fixes'],
  ['project'],
  ['report'],
  ['host'],
  ['lsp', 'cli'],
];
const core = new Set(
  layers
    .slice(
      0,
      layers.findIndex(([name]) => name === 'host'),
    )
    .flat(),
);
const depth = new Map(layers.flatMap((names, index) => names.map((name) => [name, index])));

const sizeCap = 20_000;
const ninetyPercentCap = 12_000;
const medianCap = 4_000;

/** What the core may not contain, found line by line after comments and strings are blanked. */
const forbidden = [
  [/\bMath\.random\b/, 'no random in the core'],
  [/\bnew Date\b|\bDate\.now\b|\bperformance\.now\b/, 'no clock in the core'],
  [/\bconsole\./, 'no console in the core'],
  [/^(export )?(let|var) /, 'no mutable module state in the core'],
  [
    // An empty container that is not declared read-only is there to be filled.
    /^(export )?const \w+(: (?![Rr]eadonly)[^=]+)? = (new (Map|Set|WeakMap|WeakSet|Array)(<[^=]*>)?\(\)|\[\]|\{\});/,
    'no mutable module state in the core',
  ],
];

/** Source with comments and the insides of string literals blanked, line structure kept. */
function blanked(source) {
  return source.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g,
    (match) => match.replace(/[^\n]/g, ' '),
  );
}

/** The modules that a source names in import and export declarations and dynamic imports. */
function importsOf(source) {
  const found = [];
  const pattern =
    /^(?:import|export)(\s+type)?\b[^'";]*?\bfrom\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm;
  for (const match of source.matchAll(pattern)) {
    found.push({ specifier: match[2] ?? match[3] ?? match[4], typeOnly: match[1] !== undefined });
  }
  return found;
}

/** The file of the checkout that a relative import means, or undefined for a package. */
function resolveImport(from, specifier, known) {
  if (!specifier.startsWith('.')) return undefined;
  const base = join(dirname(from), specifier).split('\\').join('/');
  return [base, `${base}.ts`, `${base}/index.ts`].find((path) => known.has(path)) ?? base;
}

function roomOf(file) {
  return /^server\/src\/([^/]+)\//.exec(file)?.[1];
}

/** Why `from` may not import `to`, or undefined. */
function objection(from, to) {
  if (from.startsWith('client/')) {
    if (!to.startsWith('server/') || /^server\/src\/(lsp|project|report)\//.test(to)) return undefined;
    return 'the client may know only what server/src/lsp, project and report declare';
  }
  if (to === 'server/package.json' && !core.has(roomOf(from))) return undefined;
  if (!to.startsWith('server/src/')) return 'the server imports only from server/src';
  const [lower, upper] = [depth.get(roomOf(to)), depth.get(roomOf(from))];
  if (lower === undefined || upper === undefined) return undefined;
  return lower > upper ? `${roomOf(from)}/ lies below ${roomOf(to)}/` : undefined;
}

/** Import cycles, as one path each: the strongly connected parts of the graph with more than one file. */
function cycles(graph) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const found = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!index.has(next)) visit(next);
      if (stack.includes(next)) low.set(node, Math.min(low.get(node), low.get(next)));
    }
    if (low.get(node) !== index.get(node)) return;
    const part = stack.splice(stack.indexOf(node));
    if (part.length > 1 || graph.get(node)?.includes(node)) found.push(part);
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}

/** Line numbers of exported declarations without a doc comment; overloads need only the first, a `rule` none. */
function undocumentedExports(source) {
  const lines = source.split('\n');
  const missing = [];
  let documented = '';
  lines.forEach((line, index) => {
    const match =
      /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|const enum|const|class|interface|type|enum) ([\w$]+)/.exec(
        line,
      );
    // What a rule is stands at the top of its file and on its page.
    if (!match || match[1] === 'rule') return;
    const hasDoc = /\*\/\s*$/.test(lines[index - 1] ?? '');
    if (hasDoc) documented = match[1];
    else if (documented !== match[1]) missing.push(index + 1);
  });
  return missing;
}

/** Everything wrong with the shape of these files, given as path to text. */
export function findProblems(texts) {
  const problems = [];
  const graph = new Map();
  for (const [file, source] of texts) {
    const size = Buffer.byteLength(source);
    if (size > sizeCap)
      problems.push(`${file}: ${size} bytes; no file may be over ${sizeCap}. Split it by idea.`);
    const imports = importsOf(source)
      .map(({ specifier, typeOnly }) => ({ typeOnly, target: resolveImport(file, specifier, texts) }))
      .filter(({ target }) => target !== undefined);
    // Types are gone when the code runs, so they may point at each other; the layers hold for them too.
    graph.set(
      file,
      imports.filter(({ target, typeOnly }) => !typeOnly && texts.has(target)).map(({ target }) => target),
    );
    for (const { target } of imports) {
      const reason = objection(file, target);
      if (reason) problems.push(`${file}: imports ${target}, but ${reason}.`);
    }
    const room = roomOf(file);
    if (room && !depth.has(room)) problems.push(`${file}: ${room}/ is no room of server/src.`);
    for (const line of undocumentedExports(source))
      problems.push(`${file}:${line}: the export has no doc comment.`);
    if (!/^(\/\/ |\/\*)/.test(source)) problems.push(`${file}:1: a file opens by saying what it decides.`);
    if (!core.has(room)) continue;
    blanked(source)
      .split('\n')
      .forEach((line, index) => {
        for (const [pattern, reason] of forbidden) {
          if (pattern.test(line)) problems.push(`${file}:${index + 1}: ${reason}.`);
        }
      });
  }
  for (const part of cycles(graph)) problems.push(`import cycle: ${part.sort().join(', ')}`);
  return problems;
}

/** What is wrong with the sizes of all files together. */
export function findSizeProblems(sizes) {
  const sorted = [...sizes].sort((one, other) => one - other);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const problems = [];
  if (at(0.5) > medianCap)
    problems.push(`the median file has ${at(0.5)} bytes; at most ${medianCap} are allowed.`);
  if (at(0.9) > ninetyPercentCap) {
    problems.push(
      `one file in ten has over ${at(0.9) - 1} bytes; nine in ten must be under ${ninetyPercentCap}.`,
    );
  }
  return problems;
}

function main() {
  const files = filesUnder(['server/src', 'client/src']).filter(
    (file) => /\.tsx?$/.test(file) && !file.includes('.generated.'),
  );
  const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
  const problems = [
    ...findProblems(texts),
    ...findSizeProblems(files.map((file) => statSync(join(root, file)).size)),
  ];
  for (const problem of problems) console.log(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log(`${files.length} source files keep to their layers.`);
}

if (process.argv[1] === import.meta.filename) main();
