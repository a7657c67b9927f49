// Which state a function touches and how.
import { describe, expect, it } from 'vitest';
import { accessesIn } from './example';

/** Accesses of the body of a method of a class with a dict `d`, a list `l` and a number `n`. */
function touched(body: string): string[] {
  const lines = body.split('\n').map((line) => `        ${line}`);
  return accessesIn(
    `class A:\n    def __init__(self):\n        self.d = {}\n        self.l = []\n        self.n = 0\n    def m(self, k, other):\n${lines.join('\n')}\n`,
    'A.m',
  );
}

describe('kinds', () => {
  const table: [string, string[]][] = [
    ['return self.n', ['read A.n']],
    ['self.n = 1', ['write A.n']],
    ['self.n += 1', ['update A.n']],
    ['self.n = self.n + k', ['update A.n']],
    ['del self.n', ['write A.n']],
    ['self.d[k] = 1', ['mutate A.d']],
    ['self.d[k] += 1', ['index A.d', 'mutate A.d']],
    ['del self.d[k]', ['mutate A.d']],
    ['return self.d[k]', ['index A.d']],
    ['return k in self.d', ['test A.d']],
    ['if self.d: pass', ['test A.d']],
    ['return not self.d', ['test A.d']],
    ['self.l.append(k)', ['mutate A.l']],
    ['self.d.pop(k, None)', ['mutate A.d']],
    ['return self.d.get(k)', ['test A.d']],
    ['return len(self.l)', ['test A.l']],
    ['for x in self.l: print(x)', ['iterate A.l']],
    ['for x in self.d.items(): print(x)', ['iterate A.d']],
    ['for x in six.itervalues(self.d): print(x)', ['iterate A.d']],
    ['for i, x in enumerate(self.l): print(i, x)', ['iterate A.l']],
    ['for x in reversed(self.d.values()): print(x)', ['iterate A.d']],
    ['return list(six.itervalues(self.d))', ['snapshot A.d']],
    ['return [x for x in self.l]', ['iterate A.l']],
    ['return list(self.l)', ['snapshot A.l']],
    ['return sorted(self.d.items())', ['snapshot A.d']],
    ['return self.d.copy()', ['snapshot A.d']],
    ['self.l += [1]', ['update A.l']],
  ];
  for (const [body, accesses] of table) it(body, () => expect(touched(body)).toEqual(accesses));
});

describe('places', () => {
  it('are seen through locals', () => {
    expect(touched('d = self.d\nd[k] = 1')).toContain('mutate A.d');
  });
  it('include what nested elements change', () => {
    expect(touched('self.d[k].append(1)')).toContain('mutate A.d');
    expect(touched("self.d[k]['x'] = 1")).toContain('mutate A.d');
  });
  it('belong to the class that owns the field', () => {
    expect(
      accessesIn(
        `
        class A:
            def __init__(self): self.items = []
        class B(A):
            def m(self): self.items.append(1)
        `,
        'B.m',
      ),
    ).toEqual(['mutate A.items']);
  });
  it('are reached through other objects and annotations', () => {
    expect(
      accessesIn(
        `
        class A:
            def __init__(self): self.items = []
        class B:
            def __init__(self): self.a = A()
            def m(self): self.a.items.append(1)
        `,
        'B.m',
      ),
    ).toContain('mutate A.items');
    expect(
      accessesIn('class A:\n    def __init__(self): self.items = []\ndef f(a: A): a.items.append(1)', 'f'),
    ).toEqual(['mutate A.items']);
  });
  it('include class attributes through cls, self and the class', () => {
    const source = `
      class A:
          table = {}
          def m(self, k): self.table[k] = 1
          @classmethod
          def n(cls, k): cls.table[k] = 1
      def f(k): A.table[k] = 1
    `;
    for (const name of ['A.m', 'A.n', 'f']) expect(accessesIn(source, name)).toEqual(['mutate A.table']);
  });
  it('include module variables, in their module and where they are imported', () => {
    const files = {
      'home.py': 'items = []\ncount = 0\ndef f():\n    global count\n    count += 1\n    items.append(1)\n',
      'use.py':
        'import home\nfrom home import items\ndef g():\n    items.append(1)\n    home.items.clear()\n    home.count = 3\n',
    };
    expect(accessesIn(files, 'f')).toEqual(['update count', 'mutate items']);
    expect(accessesIn(files, 'g')).toEqual(['mutate items', 'mutate items', 'write count']);
  });
  it('are neither methods nor properties nor locals', () => {
    expect(
      accessesIn(
        `
        class A:
            @property
            def size(self): return 1
            def n(self): pass
            def m(self):
                x = []
                x.append(self.size)
                self.n()
        `,
        'A.m',
      ),
    ).toEqual([]);
  });
});
