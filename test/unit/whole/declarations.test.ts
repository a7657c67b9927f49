// What comments declare, and what of it binds to nothing.
import { describe, expect, it } from 'vitest';
import { analyse, guardsOf, heldHere } from '../flow/example';

/** A class with a lock whose fields and methods carry comments. */
function withLock(fields: string, methods: string): string {
  const body = methods
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.slice(6))
    .join('\n');
  return `import threading\nclass A:\n    def __init__(self):\n        self._lock = threading.Lock()\n        ${fields}\n${body}\n`;
}

const broken = (source: string) => analyse(source).declarations.broken.map(({ wrong }) => wrong);

describe('declarations', () => {
  it('give a place its guard, trailing, above or over several lines', () => {
    for (const field of [
      'self.x = 0  # airlock: guarded-by(self._lock)',
      '# airlock: guarded-by(self._lock)\n        self.x = 0',
      'self.x = [\n            1,\n        ]  # airlock: guarded-by(self._lock)',
      'self.x: int = 0  # airlock: guarded-by(self._lock)',
    ]) {
      const source = withLock(field, '          def f(self): self.x = 1');
      expect([field, guardsOf(source)]).toEqual([field, ['A.x: self._lock']]);
      expect(broken(source)).toEqual([]);
    }
  });
  it('let a function start with the lock held', () => {
    for (const [head, lock] of [
      ['def f(self):  # airlock: requires(self._lock)', 'self._lock'],
      ['# airlock: requires(self._lock)\n    def f(self):', 'self._lock'],
      ['# airlock: requires(self._lock)\n    @decorated\n    def f(self):', 'self._lock'],
      ['def f(\n        self,\n    ):  # airlock: requires(self._lock)', 'self._lock'],
    ] as const) {
      const source = `${withLock('pass', '          def e(self): pass')}    ${head}\n        here()\n`;
      expect([head, heldHere(source), broken(source)]).toEqual([head, [lock], []]);
    }
    const source = withLock(
      'pass',
      `
          def f(self):  # airlock: requires(self._lock)
              self._g()
          def _g(self): here()
      `,
    );
    expect(heldHere(source)).toEqual(['self._lock']);
  });
  it('take state of one thread, and what is excused, out of sight', () => {
    const accesses = (field: string, statement: string) => {
      const source = withLock(field, `          def f(self):\n              ${statement}`);
      const place = analyse(source).guards.all.find((one) => one.place.label === 'A.x')!;
      return place.accesses.length;
    };
    expect(accesses('self.x = 0', 'self.x += 1')).toBeGreaterThan(0);
    expect(accesses('self.x = 0  # airlock: thread-confined', 'self.x += 1')).toBe(0);
    expect(accesses('self.x = 0  # airlock: atomic-ok(a statistic)', 'self.x += 1')).toBe(0);
    expect(accesses('self.x = 0', 'self.x += 1  # airlock: atomic-ok(a statistic)')).toBe(0);
    expect(accesses('self.x = 0', 'self.x += 1  # airlock: atomic-ok()')).toBeGreaterThan(0);
  });
  it('say why they declare nothing', () => {
    const field = (text: string) =>
      broken(withLock(`self.x = 0  # airlock: ${text}`, '          def f(self): pass'));
    expect(field('guarded-by(self._lokc)')).toEqual(['`A` has no `_lokc`']);
    expect(field('guarded-by(_lock)')).toEqual(['nothing is called `_lock` here']);
    expect(field("guarded-by('name')")).toEqual(["nothing takes a lock named 'name'"]);
    expect(field('guarded-by(1 + 2)')).toEqual(['`1 + 2` is not the name of a lock']);
    expect(field('guarded-by()')).toEqual(['it names no lock']);
    expect(field('requires(self._lock)')).toEqual(['it stands at no function']);
    expect(field('atomic-ok()')[0]).toContain('no reason');
    expect(broken('print(1)  # airlock: guarded-by(x)\n')[0]).toContain('no assignment');
    expect(broken('print(1)  # airlock: thread-confined\n')[0]).toContain('no assignment');
  });
  it('are not called wrong where too little is known', () => {
    const source = `
      from elsewhere import *
      from elsewhere import Base
      x = 0  # airlock: guarded-by(somewhere_lock)
      class A(Base):
          def __init__(self, lock):
              self.y = 0  # airlock: guarded-by(self.base_lock)
              self.z = 0  # airlock: guarded-by(lock)
    `;
    expect(broken(source)).toEqual([]);
  });
});
