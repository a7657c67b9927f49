// The layer check finds each thing it is there to find, and leaves clean source alone.

import { expect, test } from 'vitest';
import { findProblems, findSizeProblems } from '../../scripts/check-layers.mjs';

function problemsOf(files: Record<string, string>): string[] {
  return findProblems(new Map(Object.entries(files)));
}

const clean = '// Decides.\n\n/** One. */\nexport const one = 1;\n';

test('accepts imports downwards and within a room', () => {
  expect(
    problemsOf({
      'server/src/text/span.ts': clean,
      'server/src/syntax/code.ts': "// Decides.\n\nimport { one } from '../text/span';\nimport './tree';\n",
      'server/src/syntax/tree.ts': clean,
    }),
  ).toEqual([]);
});

test('refuses an import upwards, types included', () => {
  const [problem] = problemsOf({
    'server/src/text/span.ts': "// Decides.\nimport type {\n  Code,\n} from '../syntax/code';\n",
    'server/src/syntax/code.ts': clean,
  });
  expect(problem).toContain('server/src/text/span.ts: imports server/src/syntax/code.ts');
});

test('refuses cycles within a room', () => {
  expect(
    problemsOf({
      'server/src/flow/one.ts': "// Decides.\nimport './two';\n",
      'server/src/flow/two.ts': "// Decides.\nexport * from './one';\n",
    }),
  ).toEqual(['import cycle: server/src/flow/one.ts, server/src/flow/two.ts']);
});

test.each([
  ['let count = 0;', 'mutable module state'],
  ['const seen = new Map<string, number>();', 'mutable module state'],
  ['const all: string[] = [];', 'mutable module state'],
  ['const chance = () => Math.random();', 'random'],
  ['const now = () => Date.now();', 'clock'],
  ["const say = () => console.log('x');", 'console'],
])('refuses %s in the core only', (line, reason) => {
  expect(problemsOf({ 'server/src/rules/rule.ts': `// Decides.\n${line}\n` })[0]).toContain(reason);
  expect(problemsOf({ 'server/src/host/host.ts': `// Decides.\n${line}\n` })).toEqual([]);
});

test('allows module constants that cannot be filled', () => {
  const lines = 'const none: readonly string[] = [];\nconst nobody: ReadonlySet<string> = new Set();\n';
  expect(problemsOf({ 'server/src/rules/rule.ts': `// Decides.\n${lines}` })).toEqual([]);
});

test('allows types that name each other', () => {
  expect(
    problemsOf({
      'server/src/flow/one.ts': "// Decides.\nimport type { Two } from './two';\n",
      'server/src/flow/two.ts': "// Decides.\nexport type { One } from './one';\n",
    }),
  ).toEqual([]);
});

test('does not take words in comments and strings for uses', () => {
  expect(
    problemsOf({ 'server/src/rules/rule.ts': "// Math.random()\nconst text = 'console.log';\n" }),
  ).toEqual([]);
});

test('asks for a doc comment on exports, once for overloads', () => {
  const overloads = '/** Adds. */\nexport function add(a: 1): 1;\nexport function add(a: 2): 2;\n';
  expect(problemsOf({ 'server/src/text/add.ts': `// Decides.\n${overloads}` })).toEqual([]);
  expect(problemsOf({ 'server/src/text/add.ts': '// Decides.\nexport const one = 1;\n' })).toEqual([
    'server/src/text/add.ts:2: the export has no doc comment.',
  ]);
});

test('caps sizes: one file, nine in ten, the median', () => {
  const long = `// Decides.\n${'// x\n'.repeat(5000)}`;
  expect(problemsOf({ 'server/src/text/long.ts': long })[0]).toContain('no file may be over 20000');
  expect(findSizeProblems([1000, 1000, 1000])).toEqual([]);
  expect(findSizeProblems([1000, 5000, 5000])[0]).toContain('median');
  expect(findSizeProblems([1000, 1000, 1000, 13_000])[0]).toContain('nine in ten');
});
