// The builders of edits on texts of odd form: what they change, and where they say no.
import { describe, expect, it } from 'vitest';
import { buildFix } from '../../../server/src/fixes/build';
import { parser } from '../flow/example';

/** The text after the fix; null when there is none. What it leaves must parse. */
function fixed(text: string, kind: string, data: Record<string, unknown>): string | null {
  const edits = buildFix({ kind, title: '', safe: false, data }, { path: 'a.py', text });
  if (!edits) return null;
  let out = text;
  for (const { start, end, text: put } of [...edits].reverse())
    out = out.slice(0, start) + put + out.slice(end);
  expect(parser.compile(out).errors).toEqual([]);
  return out;
}

const spanOf = (text: string, part: string): [number, number] => {
  const start = text.indexOf(part);
  return [start, start + part.length];
};

describe('with-lock', () => {
  const make = (text: string) => {
    const [start] = spanOf(text, 'm.acquire()');
    const block = {
      object: [start, start + 1],
      take: [start, start + 'm.acquire()'.length],
      give: spanOf(text, 'm.release()'),
    };
    return fixed(text, 'with-lock', { blocks: [block] });
  };
  it('makes the pair a block', () => {
    expect(make('def f():\n    m.acquire()\n    a()\n\n    b()\n    m.release()\n    c()\n')).toBe(
      'def f():\n    with m:\n        a()\n\n        b()\n    c()\n',
    );
  });
  it('indents as the block around it, and keeps line ends', () => {
    expect(make('def f():\r\n  m.acquire()\r\n  a()\r\n  m.release()\r\n')).toBe(
      'def f():\r\n  with m:\r\n    a()\r\n',
    );
    expect(make('def f():\n\tm.acquire()\n\ta()\n\tm.release()\n')).toBe('def f():\n\twith m:\n\t\ta()\n');
  });
  it('leaves no line break behind at the end of a file that has none', () => {
    expect(make('def f():\n    m.acquire()\n    a()\n    m.release()')).toBe(
      'def f():\n    with m:\n        a()',
    );
  });
  it('keeps comments, and strings of several lines', () => {
    expect(make("def f():\n    m.acquire()  # now\n    # why\n    a('''\nx\n''')\n    m.release()\n")).toBe(
      "def f():\n    with m:  # now\n        # why\n        a('''\nx\n''')\n",
    );
    expect(make('def f():\n    m.acquire()\n    a()\n    m.release()  # done\n')).toBe(null);
  });
  it('says no to what is not a pair of lines', () => {
    expect(make('def f():\n    m.acquire(); a()\n    b()\n    m.release()\n')).toBe(null);
    expect(make('def f():\n    m.acquire()\n    # nothing\n    m.release()\n')).toBe(null);
    expect(make('def f():\n    m.acquire()\n    if x:\n        a()\n        m.release()\n')).toBe(null);
  });
});

describe('hoist', () => {
  const make = (text: string, target: string, before: string) => {
    const [start, end] = spanOf(text, /Lock\(\s*\)/.exec(text)![0]);
    return fixed(text, 'hoist', { start, end, name: target, target, before: text.indexOf(before) });
  };
  it('puts the expression before a statement', () => {
    expect(
      make('class A:\n    def f(s):\n        s.x = 1\n        with Lock():\n            a()\n', 's.l', 's.x'),
    ).toBe(
      'class A:\n    def f(s):\n        s.l = Lock()\n        s.x = 1\n        with s.l:\n            a()\n',
    );
  });
  it('puts it before a definition and its decorators', () => {
    expect(make('import x\n\n\n@d\ndef f():\n    with Lock():\n        a()\n', '_l', 'd\ndef')).toBe(
      'import x\n\n\n_l = Lock()\n\n\n@d\ndef f():\n    with _l:\n        a()\n',
    );
  });
  it('says no where there is no line of its own', () => {
    expect(
      make('class A:\n    def f(s): s.x = 1\n    def g(s):\n        with Lock(): a()\n', 's.l', 's.x'),
    ).toBe(null);
    expect(make('def f(a, b): return 1\ndef g():\n    with Lock(\n    ): a()\n', '_l', 'def f')).toBe(null);
  });
});

describe('repeat-test', () => {
  const make = (text: string) => fixed(text, 'repeat-test', { condition: text.indexOf('ready') });
  it('makes a loop of the test', () => {
    expect(make('def f():\n    if ready:\n        c.wait()\n')).toBe(
      'def f():\n    while ready:\n        c.wait()\n',
    );
    expect(make('def f():\n    if (ready):\n        c.wait()\n')).toBe(
      'def f():\n    while (ready):\n        c.wait()\n',
    );
  });
  it('says no to a clause, and to a test that does not begin there', () => {
    expect(make('def f():\n    if x:\n        a()\n    elif ready:\n        c.wait()\n')).toBe(null);
    expect(make('def f():\n    if not ready:\n        c.wait()\n')).toBe(null);
  });
});

describe('hold-instead', () => {
  const make = (text: string) => fixed(text, 'hold-instead', { condition: text.indexOf('m:') });
  it('makes a block of the loop', () => {
    expect(make('def f():\n    while m:\n        a()\n    b()\n')).toBe(
      'def f():\n    with m:\n        a()\n    b()\n',
    );
  });
  it('says no where the loop is left or begun again, or has an end of its own', () => {
    expect(make('def f():\n    while m:\n        if a():\n            break\n')).toBe(null);
    expect(make('def f():\n    while m: break\n')).toBe(null);
    expect(make('def f():\n    while m:\n        a()\n    else:\n        b()\n')).toBe(null);
  });
});
