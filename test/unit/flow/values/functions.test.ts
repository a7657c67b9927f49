// Values that travel with functions: through variables around them, partial applications, threads, decorators.
import { describe, expect, it } from 'vitest';
import { reaches } from './example';

describe('variables of enclosing functions', () => {
  it.each([
    ['read', 'def run():\n    os.system(y)\ny = x\nrun()', true],
    ['of the caller of the outer function', 'outer(x)', true],
    ['another one', "outer('a', x)", false],
    ['set anew', "def run():\n    os.system(y)\ny = 'a'\nrun()", false],
    ['returned with the function', 'os.system(later(x)())', true],
    ['in a lambda', 'os.system(late(x)())', true],
    ['filled by the inner function', 'os.system(filled(x))', true],
    ['set by the inner function', 'os.system(replaced(x))', true],
    ['through a function beside it', 'beside(x)', true],
    ['through a function that is handed over', 'handed(x)', true],
  ])('%s', (_, body, expected) => {
    const before = `
def outer(y, z=None):
    def run():
        os.system(y)
    run()
def later(y):
    def give():
        return y
    return give
def late(y):
    return lambda: y
def filled(y):
    parts = []
    def add(part):
        parts.append(part)
    add(y)
    return ' '.join(parts)
def replaced(y):
    last = ''
    def put():
        nonlocal last
        last = y
    put()
    return last
def beside(y):
    def first():
        second()
    def second():
        os.system(y)
    first()
def call(f):
    return f()
def handed(y):
    def give():
        return y
    os.system(call(give))
`;
    expect(reaches(body, before)).toBe(expected);
  });
});

describe('functions handed over', () => {
  const before = `
import functools, threading
from concurrent.futures import ThreadPoolExecutor
def run(a, b='b'):
    os.system(a)
def same(a):
    return a
def one(a):
    return 'one'
class Runner:
    def run(self, a):
        os.system(a)
`;
  it.each([
    ['a partial application', 'functools.partial(run, x)', true],
    ['of another argument', "functools.partial(run, 'a', b=x)", false],
    ['whose place is taken', "later = functools.partial(run, 'a')\nlater(x)", false],
    ['that is called with it', "later = functools.partial(run, b='c')\nlater(x)", true],
    ['a thread', 'threading.Thread(target=run, args=(x,)).start()', true],
    ['a thread with another argument', "threading.Thread(target=run, args=('a', x)).start()", false],
    ['a method in a thread', 'threading.Thread(target=Runner().run, args=(x,)).start()', true],
    ['a pool', 'with ThreadPoolExecutor() as pool:\n    pool.submit(run, x)', true],
    ['map', 'for y in map(same, [x]):\n    os.system(y)', true],
    ['map to something else', 'for y in map(one, [x]):\n    os.system(y)', false],
    ['map for its effect', 'list(map(run, [x]))', true],
    ['filter', 'for y in filter(None, [x]):\n    os.system(y)', true],
    ['unpacked behind a place', "run(*['a', x])", false],
    ['unpacked', 'run(*[x])', true],
    ['unpacked by name', "run(**{'a': x})", true],
    ['unpacked by another name', "run(**{'a': 'a', 'b': x})", false],
  ])('%s', (_, body, expected) => expect(reaches(body, before)).toBe(expected));

  it('collects arguments by place and name', () => {
    const collect = 'def second(*parts, **more):\n    os.system(parts[1])\n    os.system(more["name"])\n';
    expect(reaches("second('a', x)", collect)).toBe(true);
    expect(reaches("second(x, 'b')", collect)).toBe(false);
    expect(reaches("second('a', 'b', name=x)", collect)).toBe(true);
    expect(reaches("second('a', 'b', other=x)", collect)).toBe(false);
    const wrap = `${collect}def wrap(*parts, **more):\n    second(*parts, **more)\n`;
    expect(reaches("wrap('a', x)", wrap)).toBe(true);
    expect(reaches("wrap(x, 'b')", wrap)).toBe(false);
    expect(reaches("wrap('a', 'b', name=x)", wrap)).toBe(true);
  });
});

describe('decorators', () => {
  const before = `
import functools
def logged(f):
    @functools.wraps(f)
    def around(first, *rest):
        os.system(first)
        return f(first, *rest)
    return around
def named(name):
    def decorate(f):
        def around(*all):
            os.system(all[0])
            return f(*all)
        return around
    return decorate
def quiet(f):
    def around(*all, **more):
        return f(*all, **more)
    return around
@logged
def one(a, b=None): ...
@named('a')
def two(a, b=None): ...
@quiet
def three(a): ...
@quiet
def four(a):
    os.system(a)
`;
  it.each([
    ['what the wrapper does', 'one(x)', true],
    ['with another argument', "one('a', x)", false],
    ['a decorator with arguments', 'two(x)', true],
    ['a wrapper that only calls', 'three(x)', false],
    ['what the function does', 'four(x)', true],
  ])('%s', (_, body, expected) => expect(reaches(body, before)).toBe(expected));
});
