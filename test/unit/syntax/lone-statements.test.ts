// An edit at the margin of a module has the statements around it parsed alone; the rest of the module's code is moved, with
// all that it points at, and is what the text gives from scratch.
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { dumpFile } from '../../../server/src/syntax/dump';
import type { PythonParser } from '../../../server/src/syntax/parser';
import { loadTestParser } from './parser';

let parser: PythonParser;
beforeAll(async () => {
  parser = await loadTestParser();
});
afterEach(() => {
  vi.restoreAllMocks();
});

const everything = `
one = f(1, *two, k=3, **four)[1:2:3] + -x
x.y, x[0], *rest = [{1, 2}, {a: b, **c}, (d, f'{e!r:>{g}}')]
x.y += 1 if a and b or not c else d < e < g
z: int = lambda q=one: (q, rest)
x.w: str = await_
assert a, b
del x.y, x[0], z
@deco(one)
def function(a: int, b=one, *, c: str = 2) -> rest:
    def inner():
        return a, one
    return inner
@deco
class Kind(Base, meta=one):
    size = one
    def method(self):
        return [k for k in self.size]
import os, a.b, a.c as d
from . import one as two
from .m import *
if one:
    try:
        with a as b, c:
            raise X(one) from two
    except (E, F) as e:
        raise
    except G:
        pass
    else:
        g()
    finally:
        h()
elif two:
    for i, j in k:
        if i:
            break
        continue
    else:
        m()
while (n := o):
    p = n
match one:
    case [1, *r] | {'k': s}:
        t = s
`;

const around =
  '"""Doc."""\n# Callers hold the lock.\nfirst = 1\nsecond = [\n    2,\n]  # noqa\n\nthird = 3; fourth = 4\n';

/** Whether the edit has less than the whole text parsed. */
function isAlone(text: string, start: number, end: number, put: string): boolean {
  const document = parser.open(text);
  const parses = vi.spyOn(parser, 'parse');
  document.edit([{ start, end, text: put }]);
  const alone = parses.mock.calls.every(([given]) => given.length < text.length / 2);
  parses.mockRestore();
  const same = () =>
    expect(dumpFile(document.settle(), true)).toBe(dumpFile(parser.compile(document.text), true));
  same();
  // What follows rests on it.
  const at = document.text.indexOf('return inner');
  document.edit([{ start: at, end: at, text: 'x = 1; ' }]);
  same();
  document.edit([{ start: document.text.length, end: document.text.length, text: 'last = 1\n' }]);
  same();
  document.edit([{ start: 0, end: 0, text: 'if x:\n  y = (' }]);
  same();
  document.close();
  return alone;
}

const text = `${around}${everything}# The end, with lock taken.\n`;

describe('what stands behind is moved', () => {
  test.each([
    ['first = 1', '2'],
    ['first = 1', '\nmore = f(a, k=b)\n'],
    ['first = 1', '\nimport sys\n# noqa\n'],
    ['first = 1', '\ndef new():\n    def inner(): pass\n\n\nclass New:\n    pass\n'],
    ['    2,', '\n    a.b[c],'],
    ['fourth = 4', ' + third'],
    ['"""Doc."""', ' + x'],
    ['', 'x = 1\n'],
    ['', '# noqa\n'],
    ['with lock taken.', '\nx = 1'],
    ['lambda q=one: (q, rest)', '[0]'],
    ['import os', 's'],
    ['size = one', '\n    def more(self): pass'],
    ['if one:', '\n    if two: pass'],
    ['first = 1', '\n  x = 1'],
    ['"""Doc."', '""'],
  ])('after %j comes %j', (before, put) => {
    const at = text.indexOf(before) + before.length;
    expect(isAlone(text, at, at, put)).toBe(true);
  });

  test.each(['first = 1\n', '# Callers hold the lock.\n', 'second = [\n    2,\n]  # noqa\n', '    2,\n'])(
    'less %j',
    (gone) => {
      const start = text.indexOf(gone);
      expect(isAlone(text, start, start + gone.length, '')).toBe(true);
    },
  );
});

describe('all is parsed', () => {
  test.each([
    ['first = 1', ' + ('],
    ['first = 1', ' \\'],
    ['first = 1', '\n"""'],
    ['first = 1', '\nlist = [a for a in b]'],
    ['first = 1', '\ndef f[T](): pass'],
    ['first = 1', '\n@d'],
    ['fourth = 4', '\nelse: x'],
    ['first = 1', "; exec('')"],
    ['first = 1', '\nx,'],
    ['first = 1', '\nx,  # a # comment\n\n'],
    ['first = 1', '\nprint'],
    ['    2,\n]', ','],
  ])('after %j comes %j', (before, put) => {
    const at = text.indexOf(before) + before.length;
    expect(isAlone(text, at, at, put)).toBe(false);
  });

  test('when the first statement goes, which may have been the docstring', () => {
    const document = parser.open('"""One."""\n"""Two."""\n');
    document.edit([{ start: 0, end: 11, text: '' }]);
    expect(dumpFile(document.file, true)).toBe(dumpFile(parser.compile(document.text), true));
    document.edit([{ start: 0, end: 11, text: '' }]);
    expect(dumpFile(document.file, true)).toBe(dumpFile(parser.compile(document.text), true));
    document.close();
  });
});

test('a text that begins with an empty line has an end', () => {
  const document = parser.open('\nx = 1\n');
  document.edit([{ start: 6, end: 6, text: '2' }]);
  document.edit([{ start: 1, end: 7, text: '' }]);
  expect(dumpFile(document.file, true)).toBe(dumpFile(parser.compile('\n\n'), true));
  document.close();
});

test('definitions that an edit of their class leaves alone keep their code', () => {
  const document = parser.open(text);
  const at = text.indexOf('size = one');
  const method = document.file.codes.find(({ base }) => text.startsWith('def method', base));
  const { codes } = document.edit([{ start: at, end: at, text: 'more = 2\n    ' }]);
  expect(codes.includes(method!)).toBe(true);
  document.close();
});
