// Which lock is which: by owner and field, by module variable, by name, through wrappers.
import { describe, expect, it } from 'vitest';
import { heldHere, keysHere } from './example';

function same(files: string | Record<string, string>): boolean {
  const keys = keysHere(files);
  expect(keys.length).toBeGreaterThan(1);
  for (const key of keys) expect(key).not.toBe('');
  return new Set(keys).size === 1;
}

describe('fields', () => {
  it('belong to the class that makes them, for subclasses and outsiders', () => {
    expect(
      same(`
        import threading
        class Base:
            def __init__(self): self._lock = threading.Lock()
            def m(self):
                with self._lock: here()
        class Child(Base):
            def n(self):
                with self._lock: here()
        def outside(child: Child):
            with child._lock: here()
      `),
    ).toBe(true);
  });
  it('of two classes are two locks', () => {
    expect(
      same(`
        import threading
        class A:
            def __init__(self): self._lock = threading.Lock()
            def m(self):
                with self._lock: here()
        class B:
            def __init__(self): self._lock = threading.Lock()
            def m(self):
                with self._lock: here()
      `),
    ).toBe(false);
  });
  it('may be class attributes or dataclass fields', () => {
    expect(
      heldHere(`
        import threading
        from dataclasses import dataclass, field
        class A:
            _lock = threading.Lock()
            def m(self):
                with self._lock: here()
            @classmethod
            def n(cls):
                with cls._lock: here()
        @dataclass
        class B:
            _lock: threading.Lock = field(default_factory=threading.Lock)
            def m(self):
                with self._lock: here()
      `),
    ).toEqual(['A._lock', 'A._lock', 'self._lock']);
  });
  it('are reached through locals', () => {
    expect(
      same(`
        import threading
        class A:
            def __init__(self): self._lock = threading.Lock()
            def m(self):
                lock = self._lock
                with lock: here()
                with self._lock: here()
      `),
    ).toBe(true);
  });
  it('with a name that says lock count, weakly, where the type is unknown', () => {
    expect(
      heldHere(`
        class A:
            def __init__(self, lock): self._lock = lock
            def m(self):
                with self._lock: here()
                with self._session: here()
      `),
    ).toEqual(['self._lock', '']);
  });
});

describe('module variables', () => {
  const home = 'import threading\nlock = threading.Lock()\ndef f():\n    with lock: here()\n';
  it('are one lock for all importers, under any name', () => {
    expect(
      same({
        'pkg/__init__.py': '',
        'pkg/home.py': home,
        'pkg/use.py': 'from pkg.home import lock\ndef f():\n    with lock: here()\n',
        'pkg/other.py': 'from .home import lock as guard\ndef f():\n    with guard: here()\n',
        'pkg/third.py': 'from pkg import home\ndef f():\n    with home.lock: here()\n',
        'pkg/again.py': 'from pkg.use import lock\ndef f():\n    with lock: here()\n',
        'pkg/through.py': 'from pkg import use\ndef f():\n    with use.lock: here()\n',
      }),
    ).toBe(true);
  });
  it('of the same name in two modules are two', () => {
    expect(same({ 'a.py': home, 'b.py': home })).toBe(false);
  });
});

describe('names', () => {
  it('make a lock of lockutils, in any form', () => {
    expect(
      heldHere(`
        from oslo_concurrency import lockutils
        NAME = 'jobs'
        synchronized = lockutils.synchronized_with_prefix('app-')
        @lockutils.synchronized('jobs')
        def a(): here()
        def b():
            with lockutils.lock(NAME): here()
        def c(x):
            with lockutils.lock('vol-%s' % x): here()
            with lockutils.lock(f'vol-{x}'): here()
            with lockutils.lock('vol-{}'.format(x)): here()
            with lockutils.lock('vol-' + x): here()
        @synchronized('jobs')
        def d(): here()
      `).sort(),
    ).toEqual(["'app-jobs'", "'jobs'", "'jobs'", "'vol-%s'", "'vol-{}'", "'vol-{}'", "'vol-{}'"]);
  });
});

describe('wrappers of the project', () => {
  it('are decorators that hold a lock around the function', () => {
    expect(
      heldHere(`
        import functools, threading
        _big = threading.Lock()
        def locked(fn):
            @functools.wraps(fn)
            def inner(*args, **kwargs):
                with _big:
                    return fn(*args, **kwargs)
            return inner
        def locked_by(name):
            def decorator(fn):
                def inner(*args):
                    with _big:
                        return fn(*args)
                return inner
            return decorator
        @locked
        def f(): here()
        @locked_by('x')
        def g(): here()
        @print
        def h(): here()
      `),
    ).toEqual(['_big', '_big', '']);
  });
  it('are context managers, by what they hold at the yield', () => {
    expect(
      heldHere(`
        import contextlib, threading
        class A:
            def __init__(self): self._lock = threading.Lock()
            @contextlib.contextmanager
            def opened(self):
                with self._lock:
                    yield 1
            @contextlib.contextmanager
            def plain(self):
                with self._lock:
                    pass
                yield 1
            def m(self):
                with self.opened(): here()
                with self.plain(): here()
      `),
    ).toEqual(['self._lock', '']);
  });
  it('are classes whose __enter__ acquires', () => {
    expect(
      heldHere(`
        import threading
        _big = threading.Lock()
        class Holding:
            def __enter__(self): _big.acquire()
            def __exit__(self, *a): _big.release()
        def f():
            with Holding(): here()
            held = Holding()
            with held: here()
      `),
    ).toEqual(['_big', '_big']);
  });
});

describe('other forms', () => {
  it('a condition is the lock it was made over, on an object, a class or a module', () => {
    expect(
      same(`
        import threading
        class A:
            def __init__(self):
                self._lock = threading.Lock()
                self._cond = threading.Condition(lock=self._lock)
            def m(self):
                with self._cond: here()
                with self._lock: here()
      `),
    ).toBe(true);
    expect(
      same(`
        import threading
        lock = threading.Lock()
        cond = threading.Condition(lock)
        def m():
            with cond: here()
            with lock: here()
      `),
    ).toBe(true);
    expect(
      same(`
        import threading
        class A:
            lock = threading.Lock()
            cond = threading.Condition(lock)
            def m(self):
                with self.cond: here()
                with self.lock: here()
      `),
    ).toBe(true);
  });
  it('views of a reader/writer lock are the lock', () => {
    expect(
      same(`
        from fasteners import ReaderWriterLock
        class A:
            def __init__(self): self._lock = ReaderWriterLock()
            def m(self):
                with self._lock.read_lock(): here()
                with self._lock.write_lock(): here()
      `),
    ).toBe(true);
  });
  it('a lock made on the spot, and one handed out by a function, are told apart', () => {
    expect(
      heldHere(`
        import threading
        def lock_for(name): return threading.Lock()
        def f(x):
            with threading.Lock(): here()
            with lock_for(x): here()
      `),
    ).toEqual(['a lock made here', 'lock_for()']);
  });
  it('what is no lock is not held', () => {
    expect(
      heldHere(`
        import tempfile
        class A:
            def m(self):
                with open('x') as f: here()
                with tempfile.TemporaryDirectory(): here()
      `),
    ).toEqual(['', '']);
  });
});

describe('locks of the program', () => {
  it('are told by the field that keeps them, whatever the field is called', () => {
    expect(
      keysHere(`
        import threading
        class Guard:
            def __init__(self): self._inner = threading.Lock()
            def acquire(self, blocking=True, timeout=-1):
                return self._inner.acquire(blocking, timeout)
            def release(self): self._inner.release()
            def __enter__(self): self.acquire()
            def __exit__(self, *exc): self.release()
        class Store:
            def __init__(self):
                self._lock = Guard()
                self._writes = Guard()
            def a(self):
                with self._lock: here()
            def b(self):
                self._writes.acquire()
                here()
                self._writes.release()
      `).map((key) => key.replace(/^.*:/, '')),
    ).toEqual(['_lock', '_writes']);
  });
  it('say nothing where they may come back without it', () => {
    expect(
      keysHere(`
        import threading
        class Guard:
            def __init__(self): self._inner = threading.Lock()
            def acquire(self):
                if self.mine(): return True
                return self._inner.acquire()
            def release(self): self._inner.release()
        class Store:
            def __init__(self): self._guard = Guard()
            def a(self):
                self._guard.acquire()
                here()
                self._guard.release()
      `),
    ).toEqual(['']);
  });
  it('are no pools that take a lock only while they hand something out', () => {
    expect(
      keysHere(`
        import threading
        class Pool:
            def __init__(self): self._lock, self._free = threading.Lock(), []
            def acquire(self):
                with self._lock:
                    if self._free: return self._free.pop()
                    return object()
            def release(self, one):
                with self._lock: self._free.append(one)
            def item(self):
                one = self.acquire()
                try:
                    here()
                finally:
                    self.release(one)
      `),
    ).toEqual(['']);
  });
  it('are known by their name where what they take is not known', () => {
    expect(
      keysHere(`
        class Both:
            def __init__(self, *locks): self._locks = locks
            def acquire(self):
                for lock in self._locks: lock.acquire()
            def release(self):
                for lock in self._locks: lock.release()
            def __enter__(self): self.acquire()
            def __exit__(self, *exc): self.release()
        class Store:
            def __init__(self):
                self._lock = Both()
                self._both = Both()
            def a(self):
                with self._lock: here()
            def b(self):
                with self._both: here()
      `).map((key) => key.replace(/^.*:/, '')),
    ).toEqual(['_lock', '']);
  });
  it('are not what a method of that name holds only within', () => {
    expect(
      keysHere(`
        import threading
        class Pool:
            def __init__(self): self._lock, self._free = threading.Lock(), []
            def acquire(self):
                with self._lock:
                    return self._free.pop()
            def release(self, item):
                with self._lock: self._free.append(item)
            def __enter__(self):
                with self._lock:
                    return self
            def __exit__(self, *exc): pass
            def a(self):
                self.acquire()
                here()
            def b(self):
                with self: here()
      `),
    ).toEqual(['', '']);
  });
  it('are the same by a property and by its field', () => {
    expect(
      same(`
        import threading
        class A:
            def __init__(self): self._mutex = threading.Lock()
            @property
            def lock(self): return self._mutex
            def a(self):
                with self.lock: here()
            def b(self):
                with self._mutex: here()
      `),
    ).toBe(true);
  });
  it('are the object itself where its own bracket takes its field', () => {
    expect(
      same(`
        import threading
        class A:
            def __init__(self): self._mutex = threading.Lock()
            def __enter__(self): self._mutex.acquire()
            def __exit__(self, *exc): self._mutex.release()
            def a(self):
                with self: here()
            def b(self):
                with self._mutex: here()
      `),
    ).toBe(true);
  });
});

describe('locks under constant keys', () => {
  it('are told apart by the key', () => {
    const keys = keysHere(`
      import threading
      class A:
          def __init__(self): self._locks = {'x': threading.Lock(), 'y': threading.Lock()}
          def a(self):
              with self._locks['x']: here()
          def b(self):
              with self._locks['x']: here()
          def c(self):
              with self._locks['y']: here()
    `);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[0]).not.toBe(keys[2]);
  });
});

describe('a condition over a lock made for it', () => {
  it('is the lock of its field', () => {
    expect(
      keysHere(`
        import threading
        class A:
            def __init__(self): self._cond = threading.Condition(threading.Lock())
            def a(self):
                with self._cond: here()
      `)[0],
    ).toMatch(/^field:\d+:_cond$/);
  });
});

describe('a cached function without parameters', () => {
  it('hands out one lock', () => {
    expect(
      same(`
        import functools, threading
        @functools.lru_cache(maxsize=None)
        def lock(): return threading.Lock()
        def a():
            with lock(): here()
        def b():
            with lock(): here()
      `),
    ).toBe(true);
  });
});
