// Any text gives well-formed code: hostile nesting, cut-off files, random bytes. Both walks see the same tree.
import { beforeAll, describe, expect, test } from 'vitest';
import { Op } from '../../../server/src/syntax/code';
import { dumpFile } from '../../../server/src/syntax/dump';
import type { PythonParser } from '../../../server/src/syntax/parser';
import { fixtureNames, numbersFrom, readFixture } from './fixtures';
import { checkInvariants } from './invariants';
import { loadTestParser } from './parser';

let parser: PythonParser;
let byCursor: PythonParser;
beforeAll(async () => {
  parser = await loadTestParser();
  byCursor = await loadTestParser(false);
});

const MANY = 200_000;

const NESTED: Readonly<Record<string, string>> = {
  parentheses: `x = ${'('.repeat(MANY)}1${')'.repeat(MANY)}`,
  'open parentheses': '('.repeat(50_000),
  calls: `${'f('.repeat(50_000)}${')'.repeat(50_000)}`,
  attributes: `a${'.b'.repeat(50_000)}`,
  negations: `${'not '.repeat(MANY)}x`,
  lambdas: `${'lambda: '.repeat(50_000)}1`,
  subscripts: `a${'[0]'.repeat(50_000)}`,
  ternaries: `${'a if b else '.repeat(20_000)}c`,
  comprehensions: `${'['.repeat(5000)}x${' for x in y]'.repeat(5000)}`,
  targets: `${'('.repeat(5000)}a,${'),'.repeat(5000)} = b`,
  patterns: `match x:\n case ${'['.repeat(5000)}a${']'.repeat(5000)}:\n  pass\n`,
  annotations: `x: ${'a['.repeat(5000)}b${']'.repeat(5000)}`,
  deletions: `del ${'('.repeat(5000)}a${')'.repeat(5000)}`,
  functions: `${Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}def f(a=1):`).join('\n')} pass\n`,
  classes: `${Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}class A(b):`).join('\n')} pass\n`,
};

const LONG: Readonly<Record<string, string>> = {
  sum: `x = 1${' + 1'.repeat(50_000)}`,
  conjunction: `x = a${' and a'.repeat(5000)}`,
  comparison: `x = a${' < b'.repeat(5000)}`,
  'adjacent strings': `x = "a"${' "b"'.repeat(50_000)}`,
  'elif chain': `if x: pass\n${'elif y: pass\n'.repeat(5000)}`,
  assignment: `${'a = '.repeat(20_000)}1`,
  decorators: `${'@a\n'.repeat(20_000)}def f(): pass`,
  union: `x: a${' | b'.repeat(20)}`,
};

describe('nesting', () => {
  test.each(Object.keys(NESTED))('of %s is cut off, and said to be', (name) => {
    const text = NESTED[name] as string;
    const file = parser.compile(text);
    checkInvariants(file, text);
    if (file.errors.length === 0) expect(file.notes[0]).toContain('Nesting deeper than');
  });

  test.each(Object.keys(LONG))('is not what a long %s is', (name) => {
    const text = LONG[name] as string;
    const file = parser.compile(text);
    checkInvariants(file, text);
    expect(file.notes).toEqual([]);
    expect(file.codes[0]?.op.includes(Op.Unknown)).toBe(false);
  });
});

describe('cut-off text', () => {
  test.each(fixtureNames)('of %s at every length', (name) => {
    const text = readFixture(name);
    for (let end = 0; end < text.length; end += 7) {
      const part = text.slice(0, end);
      checkInvariants(parser.compile(part), part);
    }
  });
});

const WORDS =
  'def |class |if |else:|(|)|[|]|{|}|"|\'|f"|"""|:|\n|\n    |\n        | |x|lambda |for |in |async |await |yield |match |case |*|**|=|==|:=|->|@|.|,|import |from |try:|except|finally:|with |as |global |nonlocal |del |print |exec |`|\\|\0|\ud800|😀|\ufeff|\r|not |and |1|1j|0x|type |_|%|...'.split(
    '|',
  );

describe('random text', () => {
  test('of words and signs of Python', () => {
    const numbers = numbersFrom(1);
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: numbers(60) }, () => WORDS[numbers(WORDS.length)]).join('');
      checkInvariants(parser.compile(text), text);
    }
  });

  test('of any code units', () => {
    const numbers = numbersFrom(2);
    for (let round = 0; round < 2000; round++) {
      const units = Array.from({ length: numbers(200) }, () => numbers(numbers(3) === 0 ? 65536 : 256));
      const text = String.fromCharCode(...units);
      checkInvariants(parser.compile(text), text);
    }
  });
});

describe('a text that takes the parser too many steps', () => {
  test('is left out, and said to be, until an edit mends it', async () => {
    const impatient = await loadTestParser(true, (length) => (length > 4000 ? 0 : 1000));
    const text = 'x = 1\n'.repeat(2000);
    const file = impatient.compile(text);
    expect(file.notes[0]).toContain('The file is left out');
    expect(file.errors).toEqual([{ start: 0, end: text.length }]);
    const document = impatient.open(text);
    expect(document.file.notes).toEqual(file.notes);
    expect(document.edit([{ start: 0, end: 0, text: 'y' }]).notes).toEqual(file.notes);
    expect(document.edit([{ start: 600, end: 99999, text: '' }]).notes).toEqual([]);
    expect(document.edit([{ start: 0, end: 0, text }]).notes).toEqual(file.notes);
    document.close();
  });
});

describe('both ways to read a tree', () => {
  test('are in use', () => {
    expect(parser.readsHeap).toBe(true);
    expect(byCursor.readsHeap).toBe(false);
  });

  test.each(fixtureNames)('give the same code of %s', (name) => {
    const text = readFixture(name);
    for (const part of [text, text.slice(0, text.length >> 1), `(${text}`, text.replaceAll('\n', '\r\n')]) {
      expect(dumpFile(parser.compile(part), true)).toBe(dumpFile(byCursor.compile(part), true));
    }
  });
});
