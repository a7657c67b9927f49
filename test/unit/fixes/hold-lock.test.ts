// Taking a lock around a statement: what is moved, and where the fix says no.
import { describe, expect, it } from 'vitest';
import { buildFix } from '../../../server/src/fixes/build';
import { parser } from '../flow/example';

/** The text with the lock held around what stands at the marks `@`: an access each; `~` marks what must not run
 * under the lock. Null when there is no fix. */
function held(marked: string, keyword = 'with'): string | null {
  let text = '';
  const accesses: number[] = [];
  const stops: number[] = [];
  for (const unit of marked) {
    if (unit === '@') accesses.push(text.length);
    else if (unit === '~') stops.push(text.length);
    else text += unit;
  }
  const sections = [...text.matchAll(/with (?=self\._lock)/g)].map(({ index }) => index + 'with '.length);
  const groups = [{ accesses, sections, stops, lock: 'self._lock', keyword }];
  const proposal = { kind: 'hold-lock', title: '', safe: false, data: { groups } };
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
  it('takes the whole statement of a clause', () => {
    expect(held('def f(self):\n    if x:\n        a()\n    elif @self.n:\n        b()\n    c()\n')).toBe(
      'def f(self):\n    with self._lock:\n        if x:\n            a()\n        elif self.n:\n            b()\n    c()\n',
    );
    expect(held('def f(self):\n    try:\n        a()\n    except @self.n:\n        b()\n')).toBe(
      'def f(self):\n    with self._lock:\n        try:\n            a()\n        except self.n:\n            b()\n',
    );
    expect(held('def f(self, case):\n    a()\n    case = @self.n\n')).toBe(
      'def f(self, case):\n    a()\n    with self._lock:\n        case = self.n\n',
    );
  });
  it('covers what belongs together', () => {
    expect(held('def f(self):\n    x = @self.n\n    a()\n\n    @self.n = x + 1\n    b()\n')).toBe(
      'def f(self):\n    with self._lock:\n        x = self.n\n        a()\n\n        self.n = x + 1\n    b()\n',
    );
    expect(
      held(
        'def f(self):\n    if a:\n        @self.n.pop()\n    else:\n        b()\n        for x in @self.n:\n            c()\n    d()\n',
      ),
    ).toBe(
      'def f(self):\n    with self._lock:\n        if a:\n            self.n.pop()\n        else:\n            b()\n            for x in self.n:\n                c()\n    d()\n',
    );
    expect(held('def f(self):\n    if @self.n:\n        a()\n        @self.n.pop()\n')).toBe(
      'def f(self):\n    with self._lock:\n        if self.n:\n            a()\n            self.n.pop()\n',
    );
  });
  it('widens a section beside it or between', () => {
    expect(held('def f(self):\n    with self._lock:\n        a()\n\n    @self.n += 1\n    b()\n')).toBe(
      'def f(self):\n    with self._lock:\n        a()\n\n        self.n += 1\n    b()\n',
    );
    expect(held('def f(self):\n  @self.n += 1\n  # why\n  with self._lock:\n    a()\n  b()\n')).toBe(
      'def f(self):\n  with self._lock:\n    self.n += 1\n    # why\n    a()\n  b()\n',
    );
    expect(
      held(
        'def f(self):\n    @self.n += 1\n    if a:\n        with self._lock:\n            b()\n    @self.n += 1\n',
      ),
    ).toBe(
      'def f(self):\n    with self._lock:\n        self.n += 1\n        if a:\n            b()\n        self.n += 1\n',
    );
  });
  it('takes the test of what a section read', () => {
    expect(
      held(
        'def f(self):\n    with self._lock:\n        x = self.n\n    if x > 1:\n        a()\n        @self.n = x\n    b()\n',
      ),
    ).toBe(
      'def f(self):\n    with self._lock:\n        x = self.n\n        if x > 1:\n            a()\n            self.n = x\n    b()\n',
    );
  });
  it('holds the lock of a coroutine', () => {
    expect(held('async def f(self):\n    if @self.n:\n        await a()\n', 'async with')).toBe(
      'async def f(self):\n    async with self._lock:\n        if self.n:\n            await a()\n',
    );
  });
  it('indents as the block around it', () => {
    expect(held('def f(self):\n  if a:\n    @self.n += 1\n')).toBe(
      'def f(self):\n  if a:\n    with self._lock:\n      self.n += 1\n',
    );
  });
  it('says no where the lock must not be held', () => {
    expect(held('def f(self):\n    x = @self.n\n    ~a()\n    @self.n = x + 1\n')).toBe(null);
    expect(held('def f(self):\n    for x in @self.n:\n        ~yield x\n')).toBe(null);
    expect(held('def f(self):\n    @self.n += 1\n    ~a()\n')).not.toBe(null);
  });
  it('says no where the text has another form', () => {
    expect(held('def f(self): @self.n += 1\n')).toBe(null);
    expect(
      held('def f(self):\n    @self.n += 1\n    with self._lock, b:\n        a()\n    @self.n += 1\n'),
    ).toBe(null);
    expect(
      held('def f(self):\n    @self.n += 1\n    with self._lock:  # why\n        a()\n    @self.n += 1\n'),
    ).toBe(null);
    expect(held(`def f(self):\n    @self.n += 1\n${'    a()\n'.repeat(50)}    @self.n += 1\n`)).toBe(null);
  });
});
