// A program whose files hand outside data and secrets to each other, and edits that change what flows: statements put in
// and taken out at the indentation that stands there, names of parameters changed, arguments swapped.

import type { TextEdit } from '../../../server/src/text/span';
import type { Random } from './programs';

/** Files by path; outside data and secrets pass from one to the other through calls, fields, names and containers. */
export const flowPrograms: Readonly<Record<string, string>> = {
  'app/__init__.py': '',
  'app/views.py': `import logging
import os

from flask import Flask, request

from app import runner
from app.store import Store, settings

app = Flask(__name__)
LOG = logging.getLogger(__name__)
store = Store('main')


@app.route('/run')
def run():
    host = request.args.get('host', '')
    runner.ping(host)
    return 'done'


@app.route('/keep')
def keep():
    store.put(request.args['name'])
    settings['last'] = request.args['name']
    return 'kept'


@app.route('/again')
def again():
    last = store.last()
    os.system(last)
    return last


@app.route('/login/<user>')
def login(user):
    password = request.form['password']
    found = store.check(user, password)
    LOG.info('login of %s', found)
    return 'in'


def report(line, level=None):
    LOG.warning(line)
    return line
`,
  'app/runner.py': `import os
import shlex
import subprocess

from app.store import settings


def ping(host):
    command = build('ping -c 1', host)
    execute(command)
    return command


def build(first, last):
    return first + ' ' + last


def execute(command, quiet=False):
    if quiet:
        return None
    os.system(command)
    return command


def checked(name):
    if not name.isalnum():
        raise ValueError(name)
    return name


def fail(reason):
    raise RuntimeError(reason)


def repeat(times):
    if times > 0:
        last = repeat(times - 1)
        return last
    return settings.get('last')


class Job:
    def __init__(self, line):
        self.line = line
        self.done = False

    def start(self):
        subprocess.call(self.line, shell=True)
        self.done = True

    def text(self):
        return shlex.quote(self.line)


def logged(function):
    def inner(*arguments):
        settings['seen'] = arguments[0]
        found = function(*arguments)
        return found

    return inner


@logged
def decorated(line):
    os.system(line)
    return line


def later(value):
    quoted = shlex.quote(value)
    run = lambda: os.system(value)
    settings['later'] = quoted
    return run


def counted(lines):
    total = 0
    last = None

    def add(line, mark=True):
        nonlocal total, last
        total += 1
        last = line
        if mark:
            execute(last)
        return total

    for line in lines:
        add(line)
    decorated(last)
    later(lines[0])()
    return add


def start_all(lines):
    for line in lines:
        job = Job(line)
        job.start()
`,
  'app/store.py': `import logging

LOG = logging.getLogger(__name__)
settings = {}
token = 'none'


class Base:
    def __init__(self, name):
        self.name = name
        self.items = []
        self.current = None

    def put(self, item):
        self.items.append(item)
        self.current = item

    def last(self):
        return self.current

    def show(self):
        LOG.info('items %s', self.items)
        return self.items


class Store(Base):
    def __init__(self, name):
        Base.__init__(self, name)
        self.passwords = {}
        self.handle = None

    def check(self, user, password):
        self.passwords[user] = password
        self.remember(password)
        return self.describe(user)

    def remember(self, value):
        self.secret = value

    def describe(self, user):
        return user

    def tell(self):
        LOG.debug('store %s', self.secret)
        return self.secret

    def close(self):
        self.handle.close()


def set_token(value):
    global token
    token = value
    return token
`,
  'app/main.py': `import sys

from app import runner
from app.store import Store, set_token
from app.views import report, store


def main(arguments):
    for argument in arguments:
        handle(argument, arguments)
    set_token(arguments[0])
    tell()


def handle(argument, arguments):
    pair = {'name': argument, 'kind': 1}
    runner.start_all([pair['name']])
    report(pair['kind'])
    runner.counted(arguments)


def tell():
    other = Store('other')
    other.put(store.tell())
    report(other.show())
    return other


def outer():
    seen = sys.argv[1]

    def inner(extra):
        runner.execute(seen)
        return extra

    return inner('x')


main(sys.argv[1:])
`,
};

const statements = [
  "host = request.args.get('q')",
  'os.system(host)',
  'os.system(command)',
  'LOG.info("value %s", password)',
  'LOG.info("value %s", self.current)',
  'LOG.debug(token)',
  'import os',
  'last = shlex.quote(last)',
  'command = shlex.quote(command)',
  'line = int(line)',
  'name = runner.checked(name)',
  'runner.execute(self.current)',
  'self.current = password',
  'self.secret = None',
  'self.secret = token',
  'self.handle.write(self.current)',
  'self.current.seek(0)',
  'settings["last"] = line',
  'settings["last"] = None',
  'value = settings.get("last")',
  'password = getpass.getpass()',
  'secret = os.environ["SECRET"]',
  'return password',
  'return None',
  'return self.secret',
  'return command',
  'return request.args',
  'fail("now")',
  'runner.fail("now")',
  'raise ValueError(line)',
  'repeat(3)',
  'build(command, command)',
  'print(host)',
  'pass',
  'run = lambda: os.system(total)',
  'key = lambda found=True: last',
  'nonlocal seen',
  'seen = token',
  'last = line',
  'total = value',
  'def extra(mark=False): return execute(last)',
  'extra(mark=True)',
  'add(total, mark=False)',
  'return add',
  'function(value)',
  'x = 1',
  'for line in lines: execute(line)',
  'Job(line).start()',
  'if not host.isalnum(): return None',
  'if quiet: return last',
  'report(self.show())',
  'report(line, level=token)',
  'subprocess.call([command, "x"])',
  'subprocess.run(["sh", "-c", self.line])',
  'store.put(value)',
  'store.items[0].flush()',
  'items = [password, host]',
  'pair = {"password": value, "name": name}',
];

const swaps: readonly (readonly [string, string])[] = [
  ['host', 'password'],
  ['password', 'host'],
  ['command', 'token'],
  ['line', 'secret'],
  ['value', 'password'],
  ['user', 'password'],
  ['item', 'secret'],
  ['current', 'secret'],
  ['secret', 'current'],
  ['None', 'request.args'],
  ['shlex.quote', 'str'],
  ['os.system', 'print'],
  ['print', 'os.system'],
  ['return ', 'x = '],
  ['True', 'False'],
  ['argument', 'password'],
  ['self.', 'store.'],
  ['1', '2'],
  ['lambda', 'lambda x=None'],
  ['mark', 'last'],
  ['total', 'last'],
];

/** An edit that leaves most definitions as they are. */
export function flowEdit(random: Random, text: string): TextEdit {
  const lines = text.split('\n');
  const starts = [0];
  for (const line of lines) starts.push(starts[starts.length - 1]! + line.length + 1);
  const inner = lines.flatMap((line, index) => (/^ {4}/.test(line) ? [index] : []));
  if (inner.length === 0) return { start: 0, end: 0, text: '\n' };
  const line = random.pick(inner);
  const content = lines[line]!;
  const indent = /^ */.exec(content)![0];
  const start = starts[line]!;
  const opens = content.trimEnd().endsWith(':');
  switch (random.below(6)) {
    case 0:
      return opens ? { start, end: start, text: '' } : { start, end: start + content.length + 1, text: '' };
    case 1:
    case 2:
      return { start, end: start, text: `${indent}${random.pick(statements)}\n` };
    case 3:
      return opens
        ? { start, end: start, text: '' }
        : { start: start + indent.length, end: start + content.length, text: random.pick(statements) };
    default: {
      const [from, to] = random.pick(swaps);
      const at = text.indexOf(from, random.below(text.length));
      return at < 0 ? { start, end: start, text: '' } : { start: at, end: at + from.length, text: to };
    }
  }
}
