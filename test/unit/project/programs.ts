// A program of several files for the engine's tests, and a source of random edits that is the same in every run.

import type { TextEdit } from '../../../server/src/text/span';

/** Numbers that look random and repeat from a seed. */
export class Random {
  constructor(private state: number) {}

  /** A whole number from 0 up to but not including the limit. */
  below(limit: number): number {
    this.state = (Math.imul(this.state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.state / 2 ** 32) * limit);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  shuffle<T>(list: readonly T[]): T[] {
    const left = [...list];
    const out: T[] = [];
    while (left.length > 0) out.push(...left.splice(this.below(left.length), 1));
    return out;
  }

  /** An edit as people make them: a word typed, a line taken out, copied or put in, a lock dropped. */
  edit(text: string): TextEdit {
    const lines = text.split('\n');
    const line = this.below(lines.length);
    const start = lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0);
    const content = lines[line]!;
    const indent = /^ */.exec(content)![0];
    const end = start + content.length;
    switch (this.below(8)) {
      case 0:
        return { start, end: Math.min(end + 1, text.length), text: '' };
      case 1:
        return { start, end: start, text: `${content}\n` };
      case 2:
        return { start: end, end, text: `\n${indent}${this.pick(lineStock)}` };
      case 3:
        return { start, end, text: `${indent}${this.pick(lineStock)}` };
      case 4:
        return { start: start + indent.length, end: start + indent.length, text: '    ' };
      case 5: {
        const at = this.below(text.length + 1);
        return { start: at, end: at, text: this.pick(wordStock) };
      }
      case 6: {
        const from = this.below(text.length);
        return { start: from, end: Math.min(text.length, from + this.below(12)), text: '' };
      }
      default: {
        const word = this.pick(['_lock', 'self', 'jobs', '_run', 'return', 'None', 'with']);
        const at = text.indexOf(word, this.below(text.length));
        if (at < 0) return { start: end, end, text: '' };
        return { start: at, end: at + word.length, text: this.pick(wordStock) };
      }
    }
  }
}

const lineStock = [
  'with self._lock:',
  'self._jobs.append(1)',
  'self._help()',
  'return self._jobs',
  'def _more(self): return self._jobs.pop()',
  'x = Jobs()',
  'for job in self._jobs: print(job)',
  'global total',
  'total += 1',
  'self._lock.acquire()',
  'self._lock.release()',
  'if not self._lock.acquire(False): return',
  'self.callback = self._help',
  'import threading',
  'from jobs import *',
  'class Extra(Jobs): pass',
  '@locked',
  'self.kind: Jobs = None',
  'try:',
  'except KeyError:',
  '# airlock: ignore[field-without-its-lock] known',
  '"""',
];
const wordStock = [
  '_lock',
  '_jobs',
  '(',
  ')',
  ':',
  '"',
  '\n',
  ' ',
  'x',
  'self.',
  '_help()',
  'total',
  '0',
  ',',
];

/** Damages a text at one place. */
export function mutate(random: Random, text: string): string {
  const { start, end, text: put } = random.edit(text);
  return text.slice(0, start) + put + text.slice(end);
}

/** Files by path; each has something to find. */
export const programs: Readonly<Record<string, string>> = {
  'jobs.py': `import threading


class Jobs:
    def __init__(self, limit=3):
        self._lock = threading.Lock()
        self._ready = threading.Condition(self._lock)
        self._jobs = []
        self._limit = limit
        self._fill()

    def _fill(self):
        self._jobs.append(0)

    def add(self, job):
        with self._lock:
            self._help()
            self._jobs.append(job)
            self._ready.notify()

    def take(self):
        self._lock.acquire()
        try:
            self._help()
            return self._jobs.pop()
        finally:
            self._lock.release()

    def _help(self):
        while len(self._jobs) > self._limit:
            self._jobs.pop(0)

    @property
    def size(self):
        return len(self._jobs)

    def each(self):
        for job in self._jobs:
            print(job)
`,
  'counter.py': `import threading
from functools import wraps

total = 0
names = {}
_lock = threading.Lock()


def locked(fn):
    @wraps(fn)
    def inner(*args):
        with _lock:
            return fn(*args)
    return inner


@locked
def add(amount):
    global total
    total += amount
    names[amount] = total


def reset():
    global total
    with _lock:
        total = 0
        names.clear()


def hurry(amount):
    global total
    total += amount
    if amount in names:
        del names[amount]
`,
  'pkg/__init__.py': `from .worker import Worker, start
from jobs import Jobs
`,
  'pkg/worker.py': `import threading
import counter
from counter import names, _lock as guard
from jobs import Jobs


class Worker(Jobs):
    def __init__(self):
        super().__init__(limit=5)
        self.thread = threading.Thread(target=self._run)
        self.seen = set()

    def _run(self):
        while True:
            job = self.take()
            with self._lock:
                self.seen.add(job)
            counter.hurry(job)

    def forget(self):
        with self._lock:
            self.seen.clear()

    def look(self, job):
        if job not in self.seen:
            self.seen.add(job)
        with guard:
            names[job] = self


def start(worker: Worker):
    worker.thread.start()
    worker.add(1)
    return worker._jobs
`,
  'main.py': `from oslo_concurrency import lockutils
from pkg import Worker, start
import counter


class Service:
    def __init__(self):
        self.workers = {}

    @lockutils.synchronized('workers')
    def create(self, name):
        self.workers[name] = start(Worker())

    @lockutils.synchronized('workers')
    def drop(self, name):
        del self.workers[name]

    def each(self):
        for name in self.workers:
            self.workers[name].forget()


def run():
    service = Service()
    service.create('one')
    counter.add(3)
    service.each()
`,
};
