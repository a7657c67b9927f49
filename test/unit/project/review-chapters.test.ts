// What a review says of a file beside findings: one program for each chapter, with what must and must not be said.
import { expect, it } from 'vitest';
import { createEngine } from '../../../server/src/project/engine';
import { parser } from '../flow/example';

/** The statements of a review, as `Title/list: text [lines]`. */
function chaptersOf(text: string, others: Readonly<Record<string, string>> = {}): string {
  const engine = createEngine(parser);
  const files = Object.entries({ 'a.py': text, ...others }).map(([path, each]) => ({ path, text: each }));
  engine.setFiles({ files });
  return engine
    .review({ path: 'a.py' })
    .sections.flatMap(({ title, good, noted = [], undecided }) =>
      Object.entries({ good, noted, undecided }).flatMap(([list, statements]) =>
        statements.map(({ text: words, locations }) => {
          const lines = locations.map(({ range }) => range.start.line + 1).join(' ');
          return `${title}/${list}: ${words} [${lines}]`;
        }),
      ),
    )
    .join('\n');
}

it('tells whom each handler catches and what becomes of it', () => {
  const said = chaptersOf(`import logging
LOG = logging.getLogger(__name__)

def f(g):
    try:
        g()
    except (ValueError, KeyError):
        return 1
    except Exception:
        LOG.warning('did not work')

def h(g):
    try:
        g()
    except Exception as error:
        LOG.warning('did not work: %s', error)
    try:
        g()
    except Exception:
        LOG.exception('did not work')
    try:
        g()
    except:
        pass
    try:
        g()
    except Exception:
        if g.strict:
            raise

class Own:
    def k(self, g):
        try:
            g()
        except Exception:
            self._log('did not work')
            raise
`);
  expect(said).toContain('Error handling/good: 1 handler names the exceptions it expects [7]');
  expect(said).toContain('Error handling/good: 1 handler catches everything and raises again [35]');
  expect(said).toContain(
    'undecided: 1 handler catches any exception and goes on; what it logs names neither the exception nor where it came from [9]',
  );
  expect(said).toContain('undecided: 2 handlers catch any exception, log it and go on [15 19]');
  expect(said).toContain(
    '1 handler catches any exception and does nothing: the failure leaves no trace [23]',
  );
  expect(said).not.toContain('27');
});

it('tells how what is opened is given back', () => {
  const said = chaptersOf(`import socket
from contextlib import closing

def read(path):
    with open(path) as one:
        pass
    other = open(path)
    with closing(other):
        return other.read()

def connect(address):
    return socket.create_connection(address)

class Keeper:
    def __init__(self, path):
        self.log = open(path)

def leak(path):
    return open(path).read()
`);
  expect(said).toContain('Resources/good: 2 files are opened in a `with`, which closes [5 7]');
  expect(said).toContain('Resources/noted: 1 file is kept in an attribute or a container [16]');
  expect(said).toContain('Resources/noted: 1 socket is handed to the caller [12]');
  expect(said).toContain(
    'Resources/undecided: 1 file is opened without `with`: whether every path closes was not checked [19]',
  );
});

it('names packages from elsewhere, and none of the program or the standard library', () => {
  const said = chaptersOf(
    'import os.path\nimport yaml\nfrom requests import get\nimport b\nfrom . import c\n',
    {
      'b.py': '',
      'c.py': '',
    },
  );
  expect(said).toContain(
    'Dependencies/noted: 2 packages from elsewhere, whose code was not read: `requests` and `yaml` [2 3]',
  );
});

it('names who runs the code, who counts on a lock, and the state that it guards', () => {
  const said = chaptersOf(`import threading

class Cache:
    def __init__(self):
        self._lock = threading.Lock()
        self._items = {}
        self._hits = {}
        threading.Thread(target=self._sweep).start()

    def put(self, key, value):
        with self._lock:
            self._store(key, value)
            self._hits['all'] = 1

    def get(self, key):
        with self._lock:
            return self._items.get(key)

    def _sweep(self):
        with self._lock:
            self._items.clear()

    def _store(self, key, value):
        self._items[key] = value
`);
  expect(said).toContain('Synchronization/noted: `_sweep()` runs in a thread [19]');
  expect(said).toContain('1 function is only called while `self._lock` is held: `_store()` [23]');
  expect(said).toMatch(
    /good: Each of the \d accesses of .*`_items` and `_hits` of `Cache` after construction holds `self._lock`/,
  );
  expect(said).toContain('Data handling/good: What is added to `Cache._items` is taken away again');
  expect(said).not.toMatch(/_hits.*takes anything away/);
});

it('tells where data comes from, and does not repeat an entry as unknown', () => {
  const said = chaptersOf(`import os
from flask import Flask, request
app = Flask(__name__)

@app.route('/<name>')
def show(name):
    os.system('ls ' + name)
    return request.args['x']
`);
  expect(said).toContain('Inputs/noted: 1 place reads data of a remote caller: the query string [8]');
  expect(said).toContain('`show()` is called with data of a remote caller [6]');
  expect(said).toContain(
    '1 use of a value that must not come from outside unchecked: os.system() runs it in a shell [7]',
  );
  expect(said).not.toContain('is not known');
});
