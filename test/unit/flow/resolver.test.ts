// What expressions denote: classes and their order, members, calls, parameters, and the shapes around them.
import { describe, expect, it } from 'vitest';
import { shown } from './example';

describe('classes', () => {
  it('look up methods in the order that Python computes', () => {
    expect(
      shown(`
        class D:
            def m(self): return [1]
        class C:
            def m(self): return {}
        class B(D): pass
        class A(B, C): pass
        show(A().m())
      `),
    ).toEqual(['list']);
    expect(
      shown(`
        class D:
            def m(self): return [1]
        class B(D): pass
        class C(D):
            def m(self): return {}
        class A(B, C): pass
        show(A().m())
      `),
    ).toEqual(['dict']);
  });
  it('reach the next class by super, with and without arguments', () => {
    expect(
      shown(`
        class Base:
            def m(self): return [1]
        class Child(Base):
            def m(self):
                show(super().m())
                show(super(Child, self).m())
      `),
    ).toEqual(['list', 'list']);
  });
  it('inherit fields and class attributes', () => {
    expect(
      shown(`
        class Base:
            table = {}
            def __init__(self): self.items = []
        class Child(Base):
            def m(self):
                show(self.items)
                show(self.table)
                show(Child.table)
                show(type(self))
      `),
    ).toEqual(['list', 'dict', 'dict', 'class Child']);
  });
  it('bind class methods, static methods and properties', () => {
    expect(
      shown(`
        class A:
            @classmethod
            def make(cls): return cls()
            @staticmethod
            def plain(x): return [x]
            @property
            def view(self): return {}
            @view.setter
            def view(self, value): pass
            def m(self):
                show(A.make())
                show(self.plain(1))
                show(self.view)
                show(self.m)
      `),
    ).toEqual(['a A', 'list', 'dict', 'method A.m']);
  });
  it('take the types of dataclass fields from annotations and factories', () => {
    expect(
      shown(`
        import threading
        from dataclasses import dataclass, field
        class Part: pass
        @dataclass
        class A:
            part: Part
            items: list = field(default_factory=list)
            lock: threading.Lock = field(default_factory=threading.Lock)
            other = field(default_factory=dict)
            def m(self):
                show(self.part)
                show(self.items)
                show(self.lock)
                show(self.other)
      `),
    ).toEqual(['a Part', 'list', 'threading.Lock', 'dict']);
  });
  it('may name each other or themselves as bases', () => {
    expect(
      shown(`
        class A(B):
            def m(self): return [1]
        class B(A): pass
        class C(C): pass
        show(A().m())
        show(C())
        show(B().m())
      `),
    ).toEqual(['list', 'a C', 'list']);
  });
  it('call instances by __call__ and enter them by __enter__', () => {
    expect(
      shown(`
        class A:
            def __call__(self): return [1]
            def __enter__(self): return {}
        show(A()())
        with A() as x:
            show(x)
      `),
    ).toEqual(['list', 'dict']);
  });
});

describe('functions', () => {
  it('return what all their ways return', () => {
    expect(shown('def f(x):\n    if x: return [1]\n    return {}\nshow(f(1))')).toEqual(['list | dict']);
  });
  it('are followed through closures, partial and getattr', () => {
    expect(
      shown(`
        import functools
        class A:
            def m(self): return [1]
        def outer():
            thing = A()
            def inner():
                show(thing)
                return thing
            return inner
        show(outer()())
        show(functools.partial(outer().__call__))
        show(functools.partial(outer)()())
        show(getattr(A(), 'm')())
      `),
    ).toEqual(['a A', '', 'a A', 'list', 'a A']);
  });
  it('give their parameters the arguments of their callers', () => {
    expect(
      shown({
        'a.py': `
          from b import use
          class A: pass
          use(A(), key=[1])
        `,
        'b.py': `
          def use(thing, key=None):
              show(thing)
              show(key)
        `,
      }),
    ).toEqual(['a A', 'list']);
  });
  it('believe annotations first', () => {
    expect(
      shown(`
        from typing import Optional
        class A: pass
        def use(x: 'Optional[A]', y: A | None, z: "A") -> A:
            show(x)
            show(y)
            show(z)
        show(use(1, 2, 3))
      `),
    ).toEqual(['a A', 'a A', 'a A', 'a A']);
  });
  it('that call themselves or return themselves end', () => {
    expect(
      shown(`
        def f(x): return f(x)
        def deco(fn): return deco(fn)
        @deco
        def g(): return g
        def h(x):
            x = h(x)
            return x
        show(f(1))
        show(g())
        show(h(1))
      `),
    ).toEqual(['', 'function g', '']);
  });
  it('unpack the tuples of others', () => {
    expect(shown('def f(): return [1], {}\na, b = f()\nshow(a)\nshow(b)')).toEqual(['list', 'dict']);
  });
  it('hand over what a context manager yields', () => {
    expect(
      shown(`
        import contextlib
        class A: pass
        @contextlib.contextmanager
        def opened(): yield A()
        with opened() as x:
            show(x)
      `),
    ).toEqual(['a A']);
  });
});

describe('locals', () => {
  it('join at merges, loops and handlers', () => {
    expect(
      shown(`
        def f(c):
            x = [1]
            if c:
                x = {}
            show(x)
            for y in c:
                show(x)
                x = 'a'
            show(x)
            try:
                x = 3
            except E:
                show(x)
            else:
                show(x)
      `),
    ).toEqual(['list | dict', 'list | dict | str', 'list | dict | str', 'list | dict | str | int', 'int']);
  });
  it('of the body are known in the else of a try whose handlers leave', () => {
    expect(
      shown(
        'def f(c):\n    try:\n        x = [1]\n    except E:\n        return\n    else:\n        show(x)',
      ),
    ).toEqual(['list']);
  });
  it('assigned to themselves keep their value', () => {
    expect(shown('def f(x):\n    a = [1]\n    while x:\n        a = a\n        show(a)')).toEqual(['list']);
  });
  it('are not taken from code that control never reaches', () => {
    expect(shown('def f(c):\n    x = [1]\n    if c:\n        raise E\n        x = {}\n    show(x)')).toEqual([
      'list',
    ]);
  });
});

describe('members that others have', () => {
  it('are found in subclasses, and in what they mix in', () => {
    expect(
      shown(`
        class Part: pass
        class Base:
            maker = None
            def use(self):
                show(self.hook())
                show(self.maker())
                show(self.abstract())
                show(self.part)
            def abstract(self): raise NotImplementedError
            @property
            def part(self): raise NotImplementedError
        class Mixin:
            def use(self): show(self.hook())
            def other(self): show(super().hook())
        class Child(Mixin, Base):
            maker = Part
            def abstract(self): return Part()
            @property
            def part(self): return Part()
        class Last(Child):
            def hook(self): return [1]
        class Root:
            def hook(self): return {}
        class Mixed(Mixin, Root): pass
      `),
    ).toEqual(['list', 'a Part', 'a Part', 'a Part', 'dict | list', 'dict']);
  });
  it('come from the class of an object, or a class made of a base', () => {
    expect(
      shown(`
        class A:
            def __new__(cls):
                self = super().__new__(cls)
                show(self)
                return self
            def copy(self): show(type(self)())
        B = type('B', (A,), {})
        show(B())
        class C(type('D', (A,), {})):
            def use(self): show(self.copy)
      `),
    ).toEqual(['a A', 'a A', 'a A', 'method A.copy']);
  });
  it('are those of what the overridden method is given, and of defaults', () => {
    expect(
      shown(`
        class Part: pass
        class Base:
            def take(self, part, name=''): pass
        class Child(Base):
            def take(self, part, name=''):
                show(part)
                show(name)
        def use(base: Base): base.take(Part())
        def gather(*parts, **named):
            show(parts)
            show(named)
      `),
    ).toEqual(['a Part', 'str', 'tuple', 'dict']);
  });
  it('are those of the classes that a value is tested for', () => {
    expect(
      shown(`
        class A: pass
        class B: pass
        def use(x, y):
            if isinstance(x, (A, B)): show(x)
            assert isinstance(y.part, A)
            show(y.part)
            show(y)
            if isinstance(y, (str, type)): show(y.lower)
            show(y.part)
      `),
    ).toEqual(['a A | a B', 'a A', 'str', 'str.lower', 'a A']);
  });
  it('are not taken for those of types that have none of that name', () => {
    expect(
      shown(`
        def use(key):
            x = {}
            show(x[key])
            show(x.get(key))
            show(x.items)
            show((1, 2).queryset)
            show('a'.lower)
            show('abc'[0])
      `),
    ).toEqual(['', '', 'dict.items', '', 'str.lower', 'str']);
  });
});
