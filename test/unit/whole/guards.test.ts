// Which lock guards which place, and which accesses do not count: seen through the table of guards.

import { describe, expect, it } from 'vitest';
import { type Guarded, unguarded } from '../../../server/src/whole/guards';
import { analyse } from '../flow/example';

/** `place: guard, without it in FUNCTION...` for every place that has a guard. */
function guardsOf(files: string | Readonly<Record<string, string>>): readonly string[] {
  const analysis = analyse(files);
  const withLock = ({ guard, suspected, accesses }: Guarded) =>
    guard || suspected || accesses.some(({ locks }) => locks.length > 0);
  expect(analysis.guards.underLocks.filter(withLock)).toEqual(analysis.guards.all.filter(withLock));
  return analysis.guards.all
    .filter(({ guard }) => guard)
    .map((guarded) => {
      const bare = unguarded(guarded).map(({ scope }) => analysis.program.scopes[scope]!.name);
      return `${guarded.place.label}: ${guarded.guard!.label}${bare.length > 0 ? `, without it in ${[...new Set(bare)].join(', ')}` : ''}`;
    });
}

describe('guards', () => {
  it('takes a container behind kept methods for the container', () => {
    const found = guardsOf(`
      import threading
      from collections import deque
      class Queue:
          def __init__(self):
              self._lock = threading.Lock()
              self._items = deque()
              self._add = self._items.append
              self._take = self._items.popleft
          def put(self, x):
              with self._lock:
                  self._add(x)
          def get(self):
              with self._lock:
                  return self._take()
          def swap(self, x):
              y = self._take()
              self._add(x)
              return y
    `);
    expect(found).toEqual(['Queue._items: self._lock, without it in swap']);
  });

  it('sees state that functions without a lock reach under another name, through a package', () => {
    const found = guardsOf({
      'store/state.py': `
        import threading
        lock = threading.Lock()
        items = {}
        def put(k, v):
            with lock:
                items[k] = v
        def take(k):
            with lock:
                return items.pop(k)
      `,
      'store/__init__.py': `
        from store.state import items as entries
      `,
      'user.py': `
        from store import entries as known
        from store.state import put
        def purge():
            known.clear()
        def idle():
            put(1, 2)
      `,
    });
    expect(found).toEqual(['items: lock, without it in purge']);
  });

  it('does not take a semaphore for several holders for a guard', () => {
    const text = (count: string) => `
      import threading
      class Pool:
          def __init__(self):
              self._slots = threading.Semaphore(${count})
              self._used = []
          def take(self, x):
              with self._slots:
                  self._used.append(x)
          def drop(self, x):
              with self._slots:
                  self._used.remove(x)
    `;
    expect(guardsOf(text('8'))).toEqual([]);
    expect(guardsOf(text('1'))).toEqual(['Pool._used: self._slots']);
    expect(guardsOf(text(''))).toEqual(['Pool._used: self._slots']);
  });

  it('leaves the fields of a threading.local alone', () => {
    const found = guardsOf(`
      import threading
      lock = threading.Lock()
      class State(threading.local):
          def __init__(self):
              self.items = []
          def add(self, x):
              with lock:
                  self.items.append(x)
          def drop(self, x):
              with lock:
                  self.items.remove(x)
          def clear(self):
              self.items.clear()
    `);
    expect(found).toEqual([]);
  });

  it('holds the lock of a subclass against its own methods alone', () => {
    const found = guardsOf(`
      import threading
      class Store:
          def __init__(self):
              self.items = {}
          def put(self, key, value):
              self.items[key] = value
      class SafeStore(Store):
          def __init__(self):
              super().__init__()
              self._lock = threading.Lock()
          def put(self, key, value):
              with self._lock:
                  self.items[key] = value
          def drop(self, key):
              with self._lock:
                  del self.items[key]
          def rename(self, key, other):
              self.items[other] = self.items.pop(key)
    `);
    expect(found).toEqual(['Store.items: self._lock, without it in rename']);
  });

  it('counts what a constructor does to state of the module', () => {
    const found = guardsOf(`
      import threading
      _lock = threading.Lock()
      _all = []
      class Job:
          def __init__(self):
              _all.append(self)
      def drop(job):
          with _lock:
              _all.remove(job)
      def clear():
          with _lock:
              _all.clear()
      def _fill():
          _all.append(None)
      _fill()
    `);
    expect(found).toEqual(['_all: _lock, without it in __init__']);
  });

  it('suspects a lock that is named for the state, or under which a decision is made', () => {
    const analysis = analyse(`
      import threading
      _started = False
      _start_lock = threading.Lock()
      class Worker:
          def __init__(self):
              self.active = {}
              self.active_lock = threading.Lock()
              self.seen = []
          def snapshot(self):
              with self.active_lock:
                  self.seen.append(1)
                  return list(self.active)
          def keys(self):
              return [key for key in self.active]
      def start():
          global _started
          with _start_lock:
              if not _started:
                  _started = True
      def loop():
          global _started
          _started = False
    `);
    const found = analysis.guards.all.flatMap(({ place, suspected }) =>
      suspected ? [`${place.label}: ${suspected.label}`] : [],
    );
    expect(found.sort()).toEqual(['Worker.active: self.active_lock', '_started: _start_lock']);
  });

  it('takes a lock named by a field that never changes for a lock of the object', () => {
    const found = guardsOf(`
      from oslo_concurrency import lockutils
      class Host:
          def __init__(self, name):
              self._name = name
              self.free = 0
          def update(self, free):
              @lockutils.synchronized(self._name)
              def _update(self, free):
                  self._set(free)
              _update(self, free)
          def _set(self, free):
              self.free = free
          def reset(self):
              with lockutils.lock(self._name):
                  self.free = 0
          def consume(self, size):
              self.free -= size
    `);
    expect(found).toEqual(['Host.free: lock(self._name), without it in consume']);
  });

  it('does not hold a lock of the same name against an object of unknown type', () => {
    const found = guardsOf(`
      import threading
      class Box:
          def __init__(self):
              self._lock = threading.Lock()
              self.items = {}
          def put(self, key, value):
              with self._lock:
                  self.items[key] = value
          def drop(self, key):
              with self._lock:
                  self.items.pop(key)
      box = Box()
      def clear(owner):
          with owner._lock:
              box.items.clear()
    `);
    expect(found).toEqual(['Box.items: self._lock']);
  });

  it("takes a lock whose name varies by such a field alone for the object's own", () => {
    const found = guardsOf(`
      from oslo_concurrency import lockutils
      class Disk:
          def __init__(self, id):
              self.id = id
              self.parts = []
          def add(self, part):
              with lockutils.lock(f'disk-{self.id}'):
                  self.parts.append(part)
          def drop(self, part):
              with lockutils.lock(f'disk-{self.id}'):
                  self.parts.remove(part)
          def clear(self):
              with lockutils.lock(f'disk-{len(self.parts)}'):
                  self.parts.clear()
    `);
    expect(found).toEqual(["Disk.parts: lock('disk-{}'), without it in clear"]);
  });

  it('takes a call of a method that changes its object for a change of the field', () => {
    const analysis = analyse(`
      import threading
      class Stats:
          def __init__(self):
              self.count = 0
          def add(self):
              self.count += 1
          def total(self):
              return self.count
      class Server:
          def __init__(self):
              self._lock = threading.Lock()
              self._stats = Stats()
          def serve(self):
              with self._lock:
                  self._stats.add()
          def show(self):
              with self._lock:
                  return self._stats.total()
          def skip(self):
              self._stats.add()
    `);
    const stats = analysis.guards.all.find(({ place }) => place.label === 'Server._stats')!;
    expect(stats.guard?.label).toBe('self._lock');
    expect(unguarded(stats).map(({ scope }) => analysis.program.scopes[scope]!.name)).toEqual(['skip']);
  });
});
