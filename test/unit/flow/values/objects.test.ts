// Objects of the program: what their constructors keep, and the methods that the language calls on them.
import { describe, expect, it } from 'vitest';
import { reaches } from './example';

describe('new objects', () => {
  const before = `
import collections
from dataclasses import dataclass
from typing import NamedTuple
@dataclass
class Job:
    command: str
    owner: str = ''
@dataclass
class Nightly(Job):
    hour: int = 0
class Pair(NamedTuple):
    left: str
    right: str
Point = collections.namedtuple('Point', 'across down')
class Checked:
    def __new__(cls, command):
        os.system(command)
        return super().__new__(cls)
class Record(Unknown):
    pass
`;
  it.each([
    ['a data class', 'os.system(Job(x).command)', true],
    ['another field of it', 'os.system(Job("a", x).command)', false],
    ['by name', 'os.system(Job(owner="a", command=x).command)', true],
    ['a field of its base', 'os.system(Nightly(x, "a", 3).command)', true],
    ['a field of its own', 'os.system(Nightly("a", "b", x).hour)', true],
    ['a named tuple', 'os.system(Pair("a", x).right)', true],
    ['the other element', 'os.system(Pair("a", x).left)', false],
    ['one that a call made', 'os.system(Point("a", x).down)', true],
    ['its element by place', 'os.system(Point("a", x)[0])', false],
    ['its other field', 'os.system(Point("a", x).across)', false],
    ['__new__', 'Checked(x)', true],
    ['of a class with an unknown base', 'os.system(Record(name=x, other="a").name)', true],
    ['its other field', 'os.system(Record(name=x, other="a").other)', false],
  ])('%s', (_, body, expected) => expect(reaches(body, before)).toBe(expected));
});

describe('methods that the language calls', () => {
  const before = `
class Box:
    def __init__(self, inside, label='a'):
        self._inside = inside
        self.label = label
    @property
    def inside(self):
        return self._inside
    @inside.setter
    def inside(self, value):
        self._inside = value
    def __str__(self):
        return self._inside
    def __getitem__(self, key):
        return self._inside if key else 'b'
    def __setitem__(self, key, value):
        os.system(value)
    def __iter__(self):
        yield self._inside
    def __enter__(self):
        return self._inside
    def __exit__(self, *_): ...
    def __call__(self):
        return self._inside
class Small(Box):
    @property
    def inside(self):
        return 'small'
class Sealed:
    def __init__(self, inside):
        self._inside = inside
    def __repr__(self):
        return 'sealed'
`;
  it.each([
    ['a property', 'os.system(Box(x).inside)', true],
    ['of another field', "os.system(Box('a', x).inside)", false],
    ['an overridden property', 'os.system(Small(x).inside)', false],
    ['set', "box = Box('a')\nbox.inside = x\nos.system(box.inside)", true],
    ['set to something else', "box = Box(x)\nbox.inside = 'a'\nos.system(box.label)", false],
    ['text', 'os.system(str(Box(x)))', true],
    ['text in an f-string', "os.system(f'{Box(x)}')", true],
    ['text that says nothing', "os.system(f'{Sealed(x)}')", false],
    ['an item', 'os.system(Box(x)[1])', true],
    ['an item that is set', "Box('a')[1] = x", true],
    ['iteration', 'for y in Box(x):\n    os.system(y)', true],
    ['a context', 'with Box(x) as y:\n    os.system(y)', true],
    ['a call', 'os.system(Box(x)())', true],
  ])('%s', (_, body, expected) => expect(reaches(body, before)).toBe(expected));
});
