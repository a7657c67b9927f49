import { describe, expect, it } from 'vitest';
import { type Directive, parseDirectives } from '../../../server/src/syntax/directives';
import { findLogicalLines } from '../../../server/src/syntax/logical-lines';
import { editDistance, nearestWord } from '../../../server/src/text/distance';

/** The directives of one comment; `text` begins with its `#`. */
function read(text: string, start = 10): Directive[] {
  const comment = { start, end: start + text.length, line: 0, alone: true, text: text.slice(1) };
  return parseDirectives({ comments: [comment] });
}

const one = (text: string) => read(text)[0];

describe('parseDirectives', () => {
  it('reads rules with their spans, and the reason', () => {
    const text = '#airlock:ignore[ secret-in-log,untrusted-command ] -- because';
    const directive = one(text);
    expect(directive).toMatchObject({
      kind: 'ignore',
      reason: 'because',
      span: { start: 10, end: 10 + text.length },
    });
    const rules = directive.kind === 'ignore' ? directive.rules : [];
    expect(rules.map(({ start, end }) => text.slice(start - 10, end - 10))).toEqual([
      'secret-in-log',
      'untrusted-command',
    ]);
  });

  it.each([
    ['# airlock: ignore-file[a] generated', { kind: 'ignore-file', reason: 'generated' }],
    ['# airlock: ignore', { kind: 'ignore', rules: [], reason: '' }],
    ['# airlock: ignore[]', { kind: 'ignore', rules: [] }],
    ['# airlock: ignore[a', { kind: 'ignore', rules: [{ text: 'a' }] }],
    ['# airlock: guarded-by(self.locks[f(1)]) more', { kind: 'guarded-by', expression: 'self.locks[f(1)]' }],
    ['# airlock: requires( cls._lock )', { kind: 'requires', expression: 'cls._lock' }],
    ['# airlock: requires', { kind: 'requires', expression: '' }],
    ['# airlock: atomic-ok(one writer (main))', { kind: 'atomic-ok', reason: 'one writer (main)' }],
    ['# airlock: thread-confined', { kind: 'thread-confined' }],
    ['# Airlock: trusted', { kind: 'trusted' }],
    ['# airlock: secret', { kind: 'secret' }],
    ['# airlock: ignores[a]', { kind: 'unknown', word: { text: 'ignores' }, hasArgument: true }],
    ['# nosec', { kind: 'foreign', tool: 'bandit', codes: [] }],
    ['# nosec: b602, B605 - fine', { kind: 'foreign', tool: 'bandit', codes: ['B602', 'B605'] }],
    ['# noqa: E501,S602', { kind: 'foreign', tool: 'ruff', codes: ['S602'] }],
  ])('%s', (text, expected) => {
    expect(one(text)).toMatchObject(expected);
  });

  it.each(['# noqa', '# noqa: E501', '# an airlock: sealed', '# nosecond', '#', '# caller holds the lock'])(
    'finds nothing in %s',
    (text) => {
      expect(read(text)).toEqual([]);
    },
  );

  it('reads several in one comment and keeps a number sign in a reason', () => {
    const kinds = read('# type: ignore # airlock: ignore[a] see #12 # nosec B602').map((each) =>
      each.kind === 'ignore' ? `${each.kind} ${each.reason}` : each.kind,
    );
    expect(kinds).toEqual(['ignore see #12', 'foreign']);
  });
});

describe('findLogicalLines', () => {
  const spans = (text: string) => {
    const count = text.split(/\r\n|\r|\n/).length;
    const { first, last } = findLogicalLines(text, count);
    return Array.from(first, (start, line) => `${start}-${last[line]}`).join(' ');
  };

  it.each([
    ['a\nb\n', '0-0 1-1 2-2'],
    ['f(\n1,\n)\nb', '0-2 0-2 0-2 3-3'],
    ['x = """\n(\n"""\nb', '0-2 0-2 0-2 3-3'],
    ['x = 1 + \\\n2\nb', '0-1 0-1 2-2'],
    ["x = '(' # (\nb", '0-0 1-1'],
    ['f(\r\n1)\r\nb', '0-1 0-1 2-2'],
    ['x = "a\\\nb"\nc', '0-1 0-1 2-2'],
    [')\nb', '0-0 1-1'],
    ["r'\\'\n(\n)", '0-0 1-2 1-2'],
  ])('%j', (text, expected) => {
    expect(spans(text)).toBe(expected);
  });

  it('does not let a bracket that is never closed swallow the file', () => {
    expect(spans('x = (\ny\ndef f():\n  pass\n')).toBe('0-1 0-1 2-2 3-3 4-4');
    const { first } = findLogicalLines(`x = (\n${'y\n'.repeat(1000)}`, 1002);
    expect(first[900]).toBe(900);
  });
});

describe('nearestWord', () => {
  it('counts insertions, deletions, replacements and swaps', () => {
    expect(editDistance('ingore', 'ignore')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });

  it('names one that is near, none that is far or one of two alike', () => {
    const words = ['ignore', 'ignore-file', 'requires', 'secret'];
    expect(nearestWord('ignore_file', words)).toBe('ignore-file');
    expect(nearestWord('SECRET', words)).toBe('secret');
    expect(nearestWord('trusted', words)).toBeUndefined();
    expect(nearestWord('cat', ['bat', 'rat'])).toBeUndefined();
  });
});
