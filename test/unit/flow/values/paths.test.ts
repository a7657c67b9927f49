// Ways that a value takes: containers, objects, calls, closures, files.
import { describe, expect, it } from 'vitest';
import { flows, reaches } from './example';

describe('containers', () => {
  it.each([
    ['a key', "d = {'a': x, 'b': 'c'}\nos.system(d['a'])", true],
    ['another key', "d = {'a': x, 'b': 'c'}\nos.system(d['b'])", false],
    ['a key that was set again', "d = {'a': x}\nd['a'] = 'b'\nos.system(d['a'])", false],
    ['a key that is not known', "d = {'a': x}\nos.system(d[request.args['k']])", true],
    ['an index', "l = ['a', x]\nos.system(l[0])", false],
    ['an index that is', "l = ['a', x]\nos.system(l[1])", true],
    ['what was appended', 'l = []\nl.append(x)\nos.system(l[0])', true],
    ['what moved up', "l = ['a', x, 'b']\nl.pop(0)\nos.system(l[1])", false],
    ['what moved up, the other', "l = ['a', x, 'b']\nl.pop(0)\nos.system(l[0])", true],
    ['the last one is gone', "l = ['a', x]\nl.pop()\nos.system(l[0])", false],
    ['a tuple', "a, b = 'a', x\nos.system(a)", false],
    ['a loop over values', "for y in {'a': x}.values():\n    os.system(y)", true],
    ['a loop over keys', "for y in {'a': x}:\n    os.system(y)", false],
    ['a comprehension', "os.system(' '.join([y.strip() for y in [x]]))", true],
    ['update', "d = {}\nd.update({'a': x})\nos.system(d['a'])", true],
    ['two in one', "d = {'a': {'b': x, 'c': 'd'}}\nos.system(d['a']['c'])", false],
    ['pop', "d = {'a': x}\nos.system(d.pop('a', ''))", true],
  ])('%s', (_, body, expected) => expect(reaches(body)).toBe(expected));
});

describe('texts', () => {
  it.each([
    ['concatenation', "os.system('a ' + x)", true],
    ['percent', "os.system('a %s' % x)", true],
    ['named percent of another', "os.system('a %(b)s' % {'b': 'c', 'x': x})", false],
    ['format', "os.system('a {}'.format(x))", true],
    ['format of a member', "os.system('a {0[b]}'.format({'b': 'c', 'x': x}))", false],
    ['an f-string', "os.system(f'a {x}')", true],
    ['augmented', "c = 'a '\nc += x\nos.system(c)", true],
    ['quoted', "os.system(f'a {shlex.quote(x)}')", false],
    ['quoted in one of two places', "os.system(f'a {shlex.quote(x)} {x}')", true],
    ['a length', "os.system('a %d' % len(x))", false],
    ['a number', "os.system('a %s' % int(x))", false],
    ['slices and changes of case', 'os.system(x[1:].upper().strip())', true],
    ['encoding', 'os.system(x.encode())', true],
    ['or', "os.system(x or 'a')", true],
    ['another value of and', "os.system(x and 'a')", false],
  ])('%s', (_, body, expected) => expect(reaches(body)).toBe(expected));
});

describe('commands', () => {
  it.each([
    ['an argument', "import subprocess\nsubprocess.run(['ls', x])", false],
    ['the program', "import subprocess\nsubprocess.run([x, '-l'])", true],
    ['behind sh -c', "import subprocess\nsubprocess.run(['sh', '-c', x])", true],
    ['behind sudo', "import subprocess\nsubprocess.run(['sudo', '-n', x])", true],
    ['behind sudo and a program', "import subprocess\nsubprocess.run(['sudo', 'ls', x])", false],
    ['a split text', "import subprocess\nsubprocess.run(('ls ' + x).split())", false],
    ['a split text of its own', 'import subprocess\nsubprocess.run(shlex.split(x))', true],
    ['shell=False', "import subprocess\nsubprocess.run(['ls', x], shell=False)", false],
    ['a list and a shell', "import subprocess\nsubprocess.run(['ls ' + x], shell=True)", true],
    ['separate arguments', "os.execlp('ls', 'ls', x)", false],
  ])('%s', (_, body, expected) => expect(reaches(body)).toBe(expected));

  it('through a helper whose shell argument decides', () => {
    const helper = 'import subprocess\ndef run(c, shell=True):\n    subprocess.call(c, shell=shell)\n';
    expect(reaches("run('ls ' + x)", helper)).toBe(true);
  });
});

describe('calls', () => {
  it('go into a function and come back', () => {
    expect(reaches('os.system(same(x))', 'def same(y):\n    return y\n')).toBe(true);
    expect(reaches('os.system(other(x))', "def other(y):\n    return 'a'\n")).toBe(false);
    expect(reaches('run(1, x)', 'def run(a, b):\n    os.system(b)\n')).toBe(true);
    expect(reaches('run(x, 1)', 'def run(a, b):\n    os.system(b)\n')).toBe(false);
    expect(reaches('run(b=x, a=1)', 'def run(a, b):\n    os.system(b)\n')).toBe(true);
    expect(reaches('run(*[1, x])', 'def run(a, b):\n    os.system(b)\n')).toBe(true);
    expect(reaches('run(*[x, 1])', 'def run(a, b):\n    os.system(b)\n')).toBe(false);
    expect(reaches("run(**{'b': x})", 'def run(a=1, b=2):\n    os.system(b)\n')).toBe(true);
    expect(reaches('run(a=x)', 'def run(**k):\n    os.system(k["a"])\n')).toBe(true);
    expect(reaches('run(a=x, b=1)', 'def run(**k):\n    os.system(k["b"])\n')).toBe(false);
  });

  it('keep the parts of what they return apart', () => {
    const pair = "def pair(y):\n    return {'a': y, 'b': 'c'}\n";
    expect(reaches("os.system(pair(x)['a'])", pair)).toBe(true);
    expect(reaches("os.system(pair(x)['b'])", pair)).toBe(false);
  });

  it('take a part of what they are given', () => {
    const part = "def part(y):\n    os.system(y['a'])\n";
    expect(reaches("part({'a': x, 'b': 'c'})", part)).toBe(true);
    expect(reaches("part({'a': 'c', 'b': x})", part)).toBe(false);
  });

  it('change what they are given', () => {
    expect(reaches("d = {}\nfill(d, x)\nos.system(d['a'])", "def fill(d, y):\n    d['a'] = y\n")).toBe(true);
  });

  it('happen under a condition on a parameter', () => {
    const run = 'def run(y, dry):\n    if dry:\n        return\n    os.system(y)\n';
    expect(reaches('run(x, True)', run)).toBe(false);
    expect(reaches('run(x, False)', run)).toBe(true);
  });

  it('end in recursion', () => {
    const loop = 'def loop(y, n):\n    if n:\n        return loop(y, n - 1)\n    return y\n';
    expect(reaches('os.system(loop(x, 3))', loop)).toBe(true);
  });
});

describe('objects', () => {
  const job =
    'class Job:\n    def __init__(self, a, b):\n        self.a = a\n        self.b = b\n    def run(self):\n        os.system(self.a)\n';
  it('keep fields apart', () => {
    expect(reaches("Job(x, 'b').run()", job)).toBe(true);
    expect(reaches("Job('a', x).run()", job)).toBe(false);
    expect(reaches("j = Job(x, 'b')\nj.a = 'c'\nj.run()", job)).toBe(false);
  });

  it('carry over from one method to another', () => {
    const found = flows(`
      import os
      from flask import request
      class Page:
          def read(self):
              self.name = request.args['x']
          def run(self):
              os.system(self.name)
    `);
    expect(found).toEqual(['the query string => self.name']);
  });
});

describe('files', () => {
  it('a flow goes through three of them', () => {
    const found = flows({
      'app/views.py':
        'from flask import request\nfrom app import jobs\ndef v():\n    jobs.start(request.args["x"])\n',
      'app/jobs.py': 'from app.tools import call\ndef start(name):\n    call("run " + name)\n',
      'app/tools.py': 'import os\ndef call(command):\n    os.system(command)\n',
    });
    expect(found).toEqual(['the query string => "run " + name']);
  });
});

describe('closures and lambdas', () => {
  it('see the variables around them', () => {
    expect(reaches('def inner():\n    os.system(x)\ninner()')).toBe(true);
  });
});
