// Taking a lock around a statement: what is moved, and where the fix says no.
import { describe, expect, it } from 'vitest';
import { buildFix } from '../../../server/src/fixes/build';
import { parser } from '../flow/example';

/** The text with the lock held around the statement at the mark `@`; null when there is no fix. */
function held(marked: string): string | null {
  const start = marked.indexOf('@');
  const text = marked.replace('@', '');
  const proposal = { kind: 'hold-lock', title: '', safe: false, data: { start, lock: 'self._lock' } };
  const edits = buildFix(proposal, { path: 'a.py', text });
  if (!edits) return null;
  let out = text;
  for (const { start: from, end, text: put } of [...edits].reverse())
    out = out.slice(0, from) + put + out.slice(end);
  expect(parser.compile(out).errors).toEqual([]);
  return out;
}

describe('hold-lock', () => {
  it('moves a simple statement in', () => {
    expect(held('def f(self):\n    @self.n += 1\n    g()\n')).toBe(
      'def f(self):\n    with self._lock:\n        self.n += 1\n    g()\n',
    );
  });
  it('moves a statement of several lines in, whichever of them is meant', () => {
    expect(held('def f(self):\n    g(1,\n      @self.n,\n      2)\n')).toBe(
      'def f(self):\n    with self._lock:\n        g(1,\n          self.n,\n          2)\n',
    );
  });
  it('takes a compound statement with its block and its further clauses', () => {
    expect(
      held(
        'def f(self):\n    if @self.n:\n        a()\n\n    elif b:\n        c()\n    else:\n        d()\n    e()\n',
      ),
    ).toBe(
      'def f(self):\n    with self._lock:\n        if self.n:\n            a()\n\n        elif b:\n            c()\n        else:\n            d()\n    e()\n',
    );
  });
  it('leaves the inside of strings alone', () => {
    expect(held("def f(self):\n    @self.n = '''a\nb\n  c'''\n    g()\n")).toBe(
      "def f(self):\n    with self._lock:\n        self.n = '''a\nb\n  c'''\n    g()\n",
    );
    expect(
      held("def f(self):\n    for x in @self.n:\n        y = '''\nb\n'''\n        z(y)\n    g()\n"),
    ).toBe(
      "def f(self):\n    with self._lock:\n        for x in self.n:\n            y = '''\nb\n'''\n            z(y)\n    g()\n",
    );
  });
  it('sees through number signs in strings and comments behind colons', () => {
    expect(held("def f(self):\n    if @self.n == '#':\n        a()\n    b()\n")).toBe(
      "def f(self):\n    with self._lock:\n        if self.n == '#':\n            a()\n    b()\n",
    );
    expect(held("def f(self):\n    if @self.n:  # why '\n        a()\n    b()\n")).toBe(
      "def f(self):\n    with self._lock:\n        if self.n:  # why '\n            a()\n    b()\n",
    );
  });
  it('keeps comments at the margin from ending a block', () => {
    expect(held('def f(self):\n    for x in @self.n:\n# note\n        a()\n    b()\n')).toBe(
      'def f(self):\n    with self._lock:\n        for x in self.n:\n    # note\n            a()\n    b()\n',
    );
  });
  it('keeps tabs and line breaks as they are', () => {
    expect(held('def f(self):\r\n\t@self.n += 1\r\n')).toBe(
      'def f(self):\r\n\twith self._lock:\r\n\t\tself.n += 1\r\n',
    );
  });
  it('says no where a clause cannot be moved', () => {
    expect(held('def f(self):\n    if x:\n        a()\n    elif @self.n:\n        b()\n')).toBe(null);
    expect(held('def f(self):\n    try:\n        a()\n    except @self.n:\n        b()\n')).toBe(null);
  });
});
