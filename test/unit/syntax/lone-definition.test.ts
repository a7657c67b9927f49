// An edit in the body of a function has that function alone parsed, and everything else the whole text; both give what
// the text gives from scratch.
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

const text = `"""Doc."""
import os

NAMES = {
    'one': 1,
}


class Outer:
    # Callers hold the lock.
    size = 1

    @property
    def first(self):
        """Doc."""
        value = self.size  # noqa

        def inner(a=lambda: value):
            nonlocal value
            value = a
            return NAMES

        return inner
        # The end of first, with lock taken.

    class Inner:
        def second(self): return os
        async def third(self):
            if self:
                return NAMES

    def generic[T](self, x: T):
        return x


class Generic[T]:
    def typed(self):
        return 1

if os:
    def fourth():
        return 1; \

    # nosec
else:
    def fourth():
        return '''a
b'''

after = 1  # noqa
def last():
    pass
`;

/** Whether each edit of the text (`|` in `before`, replaced by `after`) has less than the whole text parsed. */
function isAlone(before: string, after: string): boolean {
  const [left, right] = before.split('|') as [string, string];
  const at = text.indexOf(left + right);
  expect(at).toBeGreaterThanOrEqual(0);
  const document = parser.open(text);
  const parses = vi.spyOn(parser, 'parse');
  const start = at + left.length;
  const file = document.edit([{ start, end: start, text: after }]);
  const alone = parses.mock.calls.every(([given]) => given.length < text.length / 2);
  parses.mockRestore();
  expect(dumpFile(document.settle(), true)).toBe(dumpFile(parser.compile(document.text), true));
  if (alone) expect(file.errors).toEqual([]);
  // What follows rests on it.
  document.edit([
    { start: document.text.indexOf('NAMES'), end: document.text.indexOf('NAMES') + 1, text: 'M' },
  ]);
  expect(dumpFile(document.settle(), true)).toBe(dumpFile(parser.compile(document.text), true));
  document.edit([{ start: 0, end: 0, text: 'def outer():\n    os = 1\n    class Outer:\n        pass\n' }]);
  expect(dumpFile(document.settle(), true)).toBe(dumpFile(parser.compile(document.text), true));
  document.close();
  return alone;
}

describe('the function is parsed alone', () => {
  test.each([
    ['value = self.size|', '1'],
    ['value = self.size|', ' + NAMES'],
    ['value = self.size|', '\n        # airlock: trusted\n'],
    ['value = self.size|', '; global os; os = 1'],
    ['return inner|', '()'],
    ['with lock taken|.', ' and held'],
    ['value = a|', '\n            x = os'],
    ['if self:|', '\n                yield 1'],
    ['return 1|; ', '2'],
    ['    pass|\n', 'x'],
    ["'''a|\nb'''", '\n"""'],
  ])('%s with %j', (before, after) => {
    expect(isAlone(before, after)).toBe(true);
  });
});

describe('more is parsed', () => {
  test.each([
    ['value = self.size|', ' + ('],
    ['value = self.size|', '\n    x = 1'],
    ['value = self.size|', '\nx = 1'],
    ['return inner|', '\n        """'],
    ['return inner|', '\n        def more(): pass'],
    ['def second(self):| return os', ' pass\n       '],
    ['    pass|\n', ' \\'],
    ['    pass|\n', '; self,'],
    ['NAMES|\n\n    def generic', ', '],
    ['    pass|\n', '\nelse: x'],
    ['|"""Doc."""\n        value', 'x = 1\n        '],
    ['def first(self|):', ', x'],
    ['def fi|rst', 's'],
    ['@prop|erty', 'x'],
    ['def generic[T](self, x: T):\n        return x|', ' + T'],
    ['def typed(self):\n        return 1|', ' + T'],
    ["'''a|\nb'''", "'''"],
    ['size = 1|', '2'],
  ])('%s with %j', (before, after) => {
    expect(isAlone(before, after)).toBe(false);
  });
});

test('what cannot be read elsewhere stays as it was until typing pauses', () => {
  const document = parser.open(`${text}\nx = [\n`);
  const errors = document.file.errors.length;
  expect(errors).toBeGreaterThan(0);
  const at = text.indexOf('self.size') + 'self.size'.length;
  const parses = vi.spyOn(parser, 'parse');
  expect(document.edit([{ start: at, end: at, text: '12' }]).errors).toHaveLength(errors);
  expect(parses.mock.calls.every(([given]) => given.length < text.length / 2)).toBe(true);
  expect(dumpFile(document.settle(), true)).toBe(dumpFile(parser.compile(document.text), true));
  document.close();
});
