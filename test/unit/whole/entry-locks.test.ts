// What a function is entered with, which functions only construct, and which lock guards what.
import { describe, expect, it } from 'vitest';
import { accessesIn, analyse, guardsOf, heldHere, scopeNamed } from '../flow/example';

const head = `
import threading
class A:
    def __init__(self):
        self._lock = threading.Lock()
        self.items = []
`;

/** A class with a lock and a list, and further methods. */
function withLock(methods: string): string {
  const lines = methods.split('\n').filter((line) => line.trim() !== '');
  const indent = Math.min(...lines.map((line) => /^ */.exec(line)![0].length));
  return `${head}${lines.map((line) => `    ${line.slice(indent)}`).join('\n')}\n`;
}

describe('entry locks', () => {
  it('are what all callers hold', () => {
    const source = withLock(`
      def one(self):
          with self._lock: self._help()
      def two(self):
          with self._lock: self._help()
      def _help(self): here()
    `);
    expect(heldHere(source)).toEqual(['self._lock']);
    expect(heldHere(`${source}    def three(self): self._help()\n`)).toEqual(['']);
  });
  it('come to an end where classes are bases of each other', () => {
    const source = `
import threading
class A(B):
    def __init__(self): self._lock = threading.Lock()
    def step(self): pass
    def go(self):
        with self._lock: self.step()
class B(A):
    def step(self): here()
    def go(self):
        with self._lock: self.step()
`;
    expect(() => heldHere(source)).not.toThrow();
  });
  it('go through chains and recursion', () => {
    expect(
      heldHere(
        withLock(`
          def one(self):
              with self._lock: self._help(3)
          def _help(self, n):
              self._deep()
              if n: self._help(n - 1)
          def _deep(self): here()
        `),
      ),
    ).toEqual(['self._lock']);
  });
  it('are those of set-up where a function has no other caller that is known', () => {
    const source = withLock(`
      def initialize(self): self._begin()
      def _begin(self):
          with self._lock: self._commit()
      def _commit(self): here()
    `);
    expect(heldHere(`${source}def other(x):\n    x._commit()\n`)).toEqual(['self._lock']);
  });
  it('are empty for functions that escape as values', () => {
    for (const leak of [
      'register(self._help)',
      'self.callback = self._help',
      "self.table['x'] = self._help",
      'return self._help',
      'return [self._help]',
      'f = self._help; threading.Thread(target=f).start()',
    ]) {
      const source = withLock(`
        def one(self):
            with self._lock: self._help()
        def two(self): ${leak}
        def _help(self): here()
      `);
      expect([leak, ...heldHere(source)]).toEqual([leak, '']);
    }
  });
  it('are empty for nested functions that run elsewhere', () => {
    expect(
      heldHere(
        withLock(`
          def one(self):
              def work(): here()
              with self._lock:
                  work()
              threading.Thread(target=work).start()
        `),
      ),
    ).toEqual(['']);
  });
  it('are kept by nested functions that are only called', () => {
    expect(
      heldHere(
        withLock(`
          def one(self):
              def work(): here()
              with self._lock:
                  work()
        `),
      ),
    ).toEqual(['self._lock']);
  });
  it('are empty for overriding methods and special methods', () => {
    expect(
      heldHere(`
        import threading
        lock = threading.Lock()
        class Base:
            def hook(self): pass
        class Child(Base):
            def hook(self): here()
            def __len__(self): here()
        def run(child: Child):
            with lock:
                child.hook()
                child.__len__()
      `),
    ).toEqual(['', '']);
  });
  it('see the read of a property as a call', () => {
    expect(
      heldHere(
        withLock(`
          @property
          def _size(self): here()
          def one(self):
              with self._lock: return self._size
        `),
      ),
    ).toEqual(['self._lock']);
  });
  it('leave out callers in tests', () => {
    expect(
      heldHere({
        'app.py': withLock(`
          def one(self):
              with self._lock: self._help()
          def _help(self): here()
        `),
        'test_app.py': 'from app import A\ndef test(): A()._help()\n',
      }),
    ).toEqual(['self._lock']);
  });
});

describe('construction', () => {
  it('takes in private helpers of __init__ alone', () => {
    const analysis = analyse(
      withLock(`
        def _fill(self): self._more()
        def _more(self): pass
        def _both(self): pass
        def start(self): self._both()
        def __post_init__(self):
            self._fill()
            self._both()
      `),
    );
    const flag = (name: string) => analysis.construction[scopeNamed(analysis, name).id];
    expect(['A.__init__', 'A._fill', 'A._more', 'A._both', 'A.start'].map(flag)).toEqual([1, 1, 1, 0, 0]);
  });
  it('and objects just made are nobody else’s yet', () => {
    expect(
      accessesIn(
        'class A:\n    def __init__(self): self.x = 1\ndef f():\n    a = A()\n    a.x = 2\n    return a\n',
        'f',
      ),
    ).toEqual([]);
  });
});

describe('guards', () => {
  it('need a covered write and two functions', () => {
    const add = 'def add(self, x):\n          with self._lock: self.items.append(x)';
    const look = 'def look(self):\n          with self._lock: return self.items[0]';
    expect(guardsOf(withLock(`\n      ${add}`))).toEqual([]);
    expect(guardsOf(withLock(`\n      ${add}\n      ${look}`))).toEqual(['A.items: self._lock']);
    expect(guardsOf(withLock(`\n      ${look}\n      ${look.replace('look', 'peek')}`))).toEqual([]);
  });
  it('are never locks that differ from call to call', () => {
    expect(
      guardsOf(`
        from oslo_concurrency import lockutils
        class A:
            def __init__(self): self.items = {}
            def one(self, k):
                with lockutils.lock('x-%s' % k): self.items[k] = 1
            def two(self, k):
                with lockutils.lock('x-%s' % k): self.items[k] = 2
      `),
    ).toEqual([]);
  });
  it('go to the lock that covers more', () => {
    expect(
      guardsOf(
        withLock(`
          def one(self, x):
              with self._lock: self.items.append(x)
          def two(self, x):
              with self._lock, self._other: self.items.append(x)
          def three(self, x):
              with self._lock, self._other: self.items.append(x)
          def four(self): self._other = threading.Lock()
        `),
      ),
    ).toEqual(['A.items: self._lock']);
  });
});
