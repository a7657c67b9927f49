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
    ).toEqual(['list', 'dict', 'dict', 'type()']);
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
