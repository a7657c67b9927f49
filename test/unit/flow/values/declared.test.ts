// What a project says of its own code: functions, parameters, attributes and variables as sources, sinks, sanitizers.
import { describe, expect, it } from 'vitest';
import { loadLibrary } from '../../../../server/src/library/load';
import { flows } from './example';

const argument = (position: number, keyword?: string) => ({ position, ...(keyword ? { keyword } : {}) });
const sink = (...places: unknown[]) => ({ kind: 'vault', arguments: places, words: 'it is kept' });
const source = { trust: 'remote', words: 'a reading' };

const library = {
  sources: {
    'a.read': source,
    'a.Meter.value': source,
    'a.LIMIT': source,
    'a.Device.poll': source,
    'a.pair': { ...source, at: [1] },
    'a.person': { ...source, kind: 'personal' },
  },
  entries: {
    'a.on_message': { ...source, parameters: ['payload'] },
    'a.Handler.receive': source,
    'a.render': { ...source, parameters: [], result: { kind: 'page', words: 'it is shown' } },
  },
  sinks: {
    'a.store': sink(argument(0, 'what')),
    'a.Safe.put': sink(argument(1, 'item')),
    'a.Safe': sink(argument(0, 'label')),
    'a.Safe.code=': sink(argument(0)),
    'a.CURRENT=': sink(argument(0)),
    'a.send': sink({ ...argument(0, 'message'), at: ['body'] }),
    'a.collect': sink('all'),
    'a.SHELF=': sink(argument(0)),
    'a.Safe.codes=': sink(argument(0)),
    'a.Safe.open': sink(argument(0)),
    'a.publish': { ...sink(argument(0)), sources: ['personal'] },
  },
  sanitizers: { 'a.check': { clears: ['vault'] }, 'a.masked': { clears: ['personal'] } },
  passthrough: { 'a.opaque': { from: [0] }, 'a.fill': { from: [1], into: 0, gives: 'none' } },
};

const code = `
LIMIT = 3
CURRENT = None
SHELF = []
def read(): ...
def store(what, where=None): ...
def send(message): ...
def collect(*items, **more): ...
def publish(what): ...
def person(): ...
def check(what): return what
def masked(what): return what
def opaque(what): return len(what)
def fill(box, what): ...
def pair(): return 'a', 'b'
class Meter:
    value = 0
class Device:
    def poll(self): return 0
class Pump(Device):
    def poll(self): return 1
class Safe:
    code = None
    codes = []
    @classmethod
    def open(cls, door): ...
    def __init__(self, label=''): self.label = label
    def put(self, key, item): ...
`;

const found = (body: string, kind = 'vault') =>
  flows({ 'a.py': `${code}\n${body}\n` }, kind, library).map((flow) => flow.split(' => ')[1]);

describe('declarations of the project', () => {
  it('has the form of the library', () => {
    expect(loadLibrary(library).problems).toEqual([]);
    expect([...loadLibrary(library).library.own!.kinds].sort()).toEqual(['page', 'vault']);
    expect(loadLibrary().library.own).toBeNull();
  });

  it.each([
    ['a function to a function', 'def f():\n    store(read())', ['read()']],
    ['by keyword', 'def f():\n    store(where=1, what=read())', ['read()']],
    ['another argument', "def f():\n    store('x', read())", []],
    ['unpacked', 'def f():\n    store(*[read()])', ['store(*[read()])']],
    ['an attribute', 'def f(meter: Meter):\n    store(meter.value)', ['meter.value']],
    ['another attribute', 'def f(meter: Meter):\n    store(meter.unit)', []],
    ['a variable', 'def f():\n    store(LIMIT)', ['LIMIT']],
    ['a method', 'def f(device: Device):\n    store(device.poll())', ['device.poll()']],
    ['a method that overrides it', 'def f():\n    store(Pump().poll())', ['Pump().poll()']],
    ['a member of a result', 'def f():\n    a, b = pair()\n    store(a)\n    store(b)', ['b']],
    ['a parameter', 'def on_message(topic, payload):\n    store(topic)\n    store(payload)', ['payload']],
    [
      'parameters of a method that overrides one',
      'class Handler:\n    def receive(self, body): ...\nclass Mine(Handler):\n    def receive(self, body):\n        store(body)',
      ['body'],
    ],
    ['a method of an object', "def f():\n    Safe().put('k', read())", ['read()']],
    ['through the class', "def f(safe):\n    Safe.put(safe, 'k', read())", ['read()']],
    ['a constructor', 'def f():\n    Safe(read())', ['read()']],
    ['a set attribute', 'def f(safe: Safe):\n    safe.code = read()', ['read()']],
    ['a set variable', 'def f():\n    global CURRENT\n    CURRENT = read()', ['read()']],
    ['a member of an argument', "def f():\n    send({'to': read(), 'body': 'x'})", []],
    ['that member', "def f():\n    send({'to': 'x', 'body': read()})", ["{'to': 'x', 'body': read()}"]],
    ['what is put into a variable', 'def f():\n    SHELF.append(read())', ['SHELF']],
    ['what a function puts there', 'def add(x):\n    SHELF.append(x)\ndef f():\n    add(read())', ['read()']],
    ['what is put into an attribute', 'def f(safe: Safe):\n    safe.codes[1] = read()', ['safe.codes']],
    [
      'through the type of a class',
      'from typing import Type\ndef f(kind: Type[Safe]):\n    kind.open(read())',
      ['read()'],
    ],
    ['all arguments', "def f():\n    collect('a', read())", ["collect('a', read())"]],
    ['handed on by a function', 'def keep(x):\n    store(x)\ndef f():\n    keep(read())', ['read()']],
    [
      'what a framework passes',
      'from flask import request\ndef f():\n    store(request.args)',
      ['request.args'],
    ],
  ])('%s', (_, body, expected) => expect(found(body)).toEqual(expected));

  it('takes a member of a result for an item and for an attribute', () => {
    const own = { ...library, sources: { 'a.form': { ...source, at: ['name'] } } };
    const body = `${code}\ndef form(): ...\ndef f():\n    a = form()\n    store(a.name)\n    store(a['name'])\n    store(a.age)\n`;
    expect(flows({ 'a.py': body }, 'vault', own)).toEqual(['a reading => a.name', "a reading => a['name']"]);
  });

  it('knows a thing of a library under each of its names', () => {
    const own = { ...library, sources: { 'django.http.request.HttpRequest.upload_id': source } };
    const body = `${code}\nfrom django.http import HttpRequest\ndef f(request: HttpRequest):\n    store(request.upload_id)\n`;
    expect(flows({ 'a.py': body }, 'vault', own)).toHaveLength(1);
  });

  it('clears', () => {
    expect(found('def f():\n    store(check(read()))')).toEqual([]);
    expect(found('def f():\n    store([check(read()), read()])')).toHaveLength(1);
  });

  it('lets through what the project says goes through', () => {
    expect(found('def f():\n    store(opaque(read()))')).toEqual(['opaque(read())']);
    expect(found('def f():\n    box = []\n    fill(box, read())\n    store(box)')).toEqual(['box']);
    expect(found('def f():\n    box = []\n    store(fill(box, read()))')).toEqual([]);
  });

  it('takes what a function returns to a sink', () => {
    expect(found('def render():\n    return read()', 'page')).toEqual(['read()']);
  });

  it('keeps kinds of data apart', () => {
    expect(found('def f():\n    publish(read())')).toEqual([]);
    expect(found('def f():\n    store(person())')).toEqual([]);
    expect(found('def f():\n    publish(person())')).toEqual(['person()']);
    expect(found('def f():\n    publish(masked(person()))')).toEqual([]);
    expect(found('def tell(x):\n    publish(masked(x))\ndef f():\n    tell(person())')).toEqual([]);
    expect(found('import os\ndef f():\n    os.system(person())', 'command')).toEqual([]);
  });
});
