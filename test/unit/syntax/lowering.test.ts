// What the dumps do not show: spans, names, docstrings, flags, line breaks and odd text.
import { beforeAll, describe, expect, test } from 'vitest';
import { type Code, CodeFlag, Op, type SourceFile } from '../../../server/src/syntax/code';
import { dumpFile } from '../../../server/src/syntax/dump';
import type { PythonParser } from '../../../server/src/syntax/parser';
import { checkInvariants } from './invariants';
import { loadTestParser } from './parser';

let parser: PythonParser;
beforeAll(async () => {
  parser = await loadTestParser();
});

/** Source text of the instructions with one of the operations, in order. */
function spansOf(text: string, ...ops: Op[]): string[] {
  const file = parser.compile(text);
  checkInvariants(file, text);
  return file.codes.flatMap((code) =>
    [...code.op.keys()]
      .filter((i) => ops.includes(code.op[i] as Op))
      .map((i) => text.slice(code.base + (code.start[i] as number), code.base + (code.end[i] as number))),
  );
}

function nameOf(file: SourceFile, code: Code, text: string): string {
  return `${file.names[code.name]}=${text.slice(code.base + code.nameStart, code.base + code.nameEnd)}`;
}

describe('spans', () => {
  test('of expressions are theirs', () => {
    expect(spansOf('x = self.lock.acquire(1)[2]', Op.Attribute)).toEqual(['self.lock', 'self.lock.acquire']);
    expect(spansOf('x = self.lock.acquire(1)[2]', Op.Call, Op.Item)).toEqual([
      'self.lock.acquire(1)',
      'self.lock.acquire(1)[2]',
    ]);
    expect(spansOf('a < b < c', Op.Compare)).toEqual(['a < b', 'b < c']);
    expect(spansOf('a and b or c', Op.Phi)).toEqual(['a and b', 'a and b or c']);
  });

  test('of stores are the target', () => {
    expect(spansOf('self.x = y[1] = 2', Op.StoreAttribute, Op.StoreItem)).toEqual(['self.x', 'y[1]']);
    expect(spansOf('self.x += 1', Op.StoreAttribute, Op.Attribute, Op.Binary)).toEqual([
      'self.x',
      'self.x += 1',
      'self.x',
    ]);
    expect(spansOf('import a.b as c, d', Op.StoreGlobal)).toEqual(['c', 'd']);
    expect(spansOf('def f(): pass', Op.StoreGlobal)).toEqual(['f']);
  });

  test('of brackets are the condition, the manager, the statement', () => {
    expect(spansOf('if a.b:\n  pass\nelif c: pass', Op.If)).toEqual(['a.b', 'c']);
    expect(spansOf('with self._lock as l, b(): pass', Op.With)).toEqual(['self._lock', 'b()']);
    expect(spansOf('for x in y: pass', Op.Loop)).toEqual(['for x in y: pass']);
    expect(spansOf('try: a\nexcept E as e: b', Op.Except)).toEqual(['except E as e: b']);
  });

  test('count UTF-16 code units, from the definition', () => {
    const text = '# 😀\r\nx = "😀"\r\ndef f(self):\r\n    self.é = "😀"; self.y = 1\r\n';
    expect(spansOf(text, Op.StoreAttribute)).toEqual(['self.é', 'self.y']);
    const file = parser.compile(text);
    expect(file.codes[1]?.base).toBe(text.indexOf('def'));
    expect(text.slice(file.codes[1]?.base)).toHaveLength((file.codes[1]?.length ?? 0) + 2);
  });

  test('of definitions leave the decorators out', () => {
    const text = '@a\n@b(1)\nasync def f(): pass\n';
    expect(spansOf(text, Op.Function)).toEqual(['async def f(): pass']);
  });
});

describe('a scope', () => {
  test('knows its name and where it stands', () => {
    const text = 'class A:\n  async def f(self): return lambda x: x\n';
    const file = parser.compile(text);
    expect(file.codes.map((code) => nameOf(file, code, text))).toEqual([
      '=',
      'A=A',
      'f=f',
      '<lambda>=lambda x: ',
    ]);
    expect(file.codes.map((code) => code.parent)).toEqual([-1, 0, 1, 2]);
  });

  test('knows what it is', () => {
    const flags = (text: string): number | undefined => parser.compile(text).codes[1]?.flags;
    expect(flags('def f(): pass')).toBe(0);
    expect(flags('async def f(): yield')).toBe(CodeFlag.Async | CodeFlag.Generator);
    expect(flags('def f(): return locals()')).toBe(CodeFlag.Dynamic);
    expect(flags('def f(): lambda: (yield)')).toBe(0);
  });

  test('has a docstring only when a plain string comes first', () => {
    const doc = (text: string): string | undefined => {
      const file = parser.compile(text);
      return file.constants[file.codes[0]?.docstring ?? -1]?.text;
    };
    expect(doc('"""Module."""\nx = 1')).toBe('Module.');
    expect(doc('# comment\n\n"a" "b"')).toBe('ab');
    expect(doc('b"bytes"')).toBeUndefined();
    expect(doc('f"{x}"')).toBeUndefined();
    expect(doc('x = 1\n"late"')).toBeUndefined();
    expect(doc('"a", "b"')).toBeUndefined();
  });
});

describe('odd text', () => {
  test('empty, blank, only a comment', () => {
    for (const text of ['', '\n', '   ', '\ufeff', '# noqa', '\r']) {
      const file = parser.compile(text);
      checkInvariants(file, text);
      expect(file.codes).toHaveLength(1);
      expect(file.errors).toEqual([]);
    }
  });

  test('a byte order mark belongs to no statement', () => {
    expect(spansOf('\ufeffx = 1\n', Op.StoreGlobal)).toEqual(['x']);
  });

  test('every line break gives the same code', () => {
    const text =
      'def f(x):\n    """Doc\n    string."""\n    if x:\n        return 1\n    # noqa\n    return (1,\n        2)\n';
    const plain = dumpFile(parser.compile(text));
    const spans = /comment .*/g;
    expect(dumpFile(parser.compile(text.replaceAll('\n', '\r\n'))).replace(spans, '')).toBe(
      plain.replace(spans, ''),
    );
  });

  test('comments end before a carriage return', () => {
    expect(parser.compile('x = 1  # noqa: E501\r\n').comments).toEqual([
      { start: 7, end: 19, line: 0, alone: false, text: ' noqa: E501' },
    ]);
  });

  test('lines are counted with lone carriage returns', () => {
    expect([...parser.compile('a = 1\rb = 2\r\nc = 3\n').lineStarts]).toEqual([0, 6, 13, 19]);
  });

  test('unpaired surrogates stay in the text', () => {
    const file = parser.compile('x = "\ud800 "\n');
    expect(file.constants[0]?.text).toBe('\ud800 ');
  });
});

describe('unreadable text', () => {
  test('is recorded, and the rest is read', () => {
    const text = 'def f():\n    use(a,\n    return x\n\ndef g(self):\n    self.x = 1\n';
    const file = parser.compile(text);
    expect(file.errors.length).toBeGreaterThan(0);
    expect(spansOf(text, Op.StoreAttribute)).toEqual(['self.x']);
  });

  test('is recorded at most 100 times', () => {
    expect(parser.compile('x = = 1\n'.repeat(1000)).errors).toHaveLength(100);
  });

  test('a missing token is recorded without width', () => {
    const { errors } = parser.compile('x = (1\n');
    expect(errors.length).toBeGreaterThan(0);
  });
});
