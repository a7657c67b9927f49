// An open document after any edits is what its text gives from scratch.
import { beforeAll, describe, expect, test } from 'vitest';
import { dumpFile } from '../../../server/src/syntax/dump';
import type { PythonParser } from '../../../server/src/syntax/parser';
import type { TextEdit } from '../../../server/src/text/span';
import { fixtureNames, numbersFrom, readFixture } from './fixtures';
import { checkInvariants } from './invariants';
import { loadTestParser } from './parser';

let parser: PythonParser;
beforeAll(async () => {
  parser = await loadTestParser();
});

const PIECES = [
  'x',
  '\n',
  '    ',
  ' ',
  'def g(a):\n    return a\n',
  '(',
  ')',
  '"',
  '"""',
  'if x:\n',
  'class A:\n    pass\n',
  '#',
  '\r',
  '\r\n',
  '😀',
  'nonlocal q\n',
  'global q\n',
  'q = 1\n',
  'lambda q: q',
  ' async ',
  ':',
  '@d\n',
  '# noqa',
];

function apply(text: string, edits: readonly TextEdit[]): string {
  return edits.reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text);
}

describe('random edits', () => {
  test.each(fixtureNames)('of %s', (name) => {
    const numbers = numbersFrom(name.length * 7919);
    const original = readFixture(name);
    const document = parser.open(original);
    for (let round = 0; round < 25; round++) {
      const edits: TextEdit[] = [];
      let text = document.text;
      for (let count = 1 + numbers(2); count > 0; count--) {
        const start = numbers(text.length + 1);
        const end = Math.min(text.length, start + (numbers(3) === 0 ? numbers(20) : 0));
        const edit = { start, end, text: numbers(4) === 0 ? '' : (PIECES[numbers(PIECES.length)] as string) };
        edits.push(edit);
        text = apply(text, [edit]);
      }
      const edited = document.edit(edits);
      expect(document.text).toBe(text);
      checkInvariants(edited, text);
      expect(dumpFile(document.settle(), true)).toBe(dumpFile(parser.compile(text), true));
      if (numbers(2) === 0) document.replace(original);
    }
    document.close();
  });
});

describe('an edit', () => {
  const text =
    'import os\n\n\ndef first(a):\n    return os, a\n\n\ndef second(b):\n    def inner():\n        return b\n    return inner\n';

  test('keeps the code of the definitions it leaves alone', () => {
    const document = parser.open(text);
    const before = [...document.file.codes];
    const at = text.indexOf('a\n');
    const after = document.edit([{ start: at, end: at + 1, text: 'a + 1' }]).codes;
    expect(after[1]).not.toBe(before[1]);
    expect(after[2]).toBe(before[2]);
    expect(after[3]).toBe(before[3]);
    expect(after[2]?.base).toBe(text.indexOf('def second') + 4);
    document.close();
  });

  test('asks again what the names of kept code mean', () => {
    const nested = 'def outer():\n    def kept():\n        return name\n\n    return kept\n';
    const document = parser.open(nested);
    const kept = document.file.codes[2];
    const at = nested.indexOf('    return kept');
    const op = [...kept!.op];
    document.edit([{ start: at, end: at, text: '    name = 1\n' }]);
    // Whoever has the old code still sees what it meant.
    expect([...kept!.op]).toEqual(op);
    expect(dumpFile(document.file)).toContain('Captured name out 1 slot 1');
    document.edit([{ start: at, end: at + 13, text: '' }]);
    expect(dumpFile(document.file)).not.toContain('Captured');
    document.close();
  });

  test('renumbers kept code when definitions come or go before it', () => {
    const document = parser.open(text);
    const kept = document.file.codes[2];
    const at = text.indexOf('\n\n\ndef first');
    document.edit([{ start: at, end: at, text: '\n\nclass New:\n    def method(self): pass\n' }]);
    expect(document.file.codes[4]).toBe(kept);
    expect(dumpFile(document.file, true)).toBe(dumpFile(parser.compile(document.text), true));
    document.close();
  });

  test('before the text, behind it and of everything', () => {
    const document = parser.open(text);
    for (const edit of [
      { start: 0, end: 0, text: '# noqa\n' },
      { start: document.text.length + 7, end: 9999, text: '\nx = 1' },
      { start: 0, end: 9999, text: '' },
      { start: 0, end: 0, text },
    ]) {
      document.edit([edit]);
      expect(dumpFile(document.file, true)).toBe(dumpFile(parser.compile(document.text), true));
    }
    document.close();
  });

  test('leaves no trace in the tables in the long run', () => {
    const document = parser.open(text);
    for (let i = 0; i < 3000; i++) {
      document.edit([
        {
          start: 0,
          end: i === 0 ? 0 : `name${i - 1} = 'text ${i - 1}'\n`.length,
          text: `name${i} = 'text ${i}'\n`,
        },
      ]);
    }
    expect(document.file.names.length + document.file.constants.length).toBeLessThan(1500);
    document.close();
  });
});
