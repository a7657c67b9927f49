// What containers hold: elements, values and keys from what is put in, annotations, copies, views and results.
import { describe, expect, it } from 'vitest';
import { shown } from './example';

describe('a container in a field', () => {
  it('holds what the methods of its class put in', () => {
    expect(
      shown(`
        class Part: pass
        class Name: pass
        class A:
            def __init__(self):
                self.parts = {}
                self.names = []
            def put(self, key):
                self.parts[key] = Part()
                self.names.append(Name())
            def use(self, key):
                show(self.parts[key])
                show(self.parts.get(key))
                show(self.parts.pop(key, None))
                show(self.names[0])
                for name in self.names: show(name)
                for part in self.parts.values(): show(part)
                for key, part in self.parts.items(): show(part)
                for number, name in enumerate(self.names): show(name)
                for part in list(self.parts.values()): show(part)
      `),
    ).toEqual(['a Part', 'a Part', 'a Part', 'a Name', 'a Name', 'a Part', 'a Part', 'a Name', 'a Part']);
  });
  it('holds what subclasses put in, and what a nested function does', () => {
    expect(
      shown(`
        class Part: pass
        class Base:
            def __init__(self): self.parts = []
            def use(self):
                for part in self.parts: show(part)
        class Child(Base):
            def fill(self):
                def later():
                    self.parts.append(Part())
                return later
      `),
    ).toEqual(['a Part']);
  });
  it('is made of others', () => {
    expect(
      shown(`
        from collections import defaultdict
        class Part: pass
        class A:
            def __init__(self):
                self.by_name = defaultdict(Part)
                self.lists = defaultdict(list)
                self.tables = {}
            def use(self, key):
                self.lists[key].append(Part())
                self.tables.setdefault(key, {})[key] = Part()
                show(self.by_name[key])
                for part in self.lists[key]: show(part)
                show(self.tables[key])
                show(self.tables[key][key])
      `),
    ).toEqual(['a Part', 'a Part', 'dict', 'a Part']);
  });
  it('is told by its annotation', () => {
    expect(
      shown(`
        from typing import Dict, List, Optional, Tuple
        class Part: pass
        class A:
            parts: Dict[str, 'Part']
            def __init__(self, pairs: List[Tuple[str, Part]], one: 'Optional[List[Part]]'):
                self.pairs: Dict[str, List[Part]] = {}
                show(self.parts['x'])
                for name, part in pairs: show(part)
                for part in one: show(part)
                for part in self.pairs['x']: show(part)
                local: list[Part] = []
                show(local[0])
      `),
    ).toEqual(['a Part', 'a Part', 'a Part', 'a Part', 'a Part']);
  });
  it('keeps what stands under constant keys apart', () => {
    expect(
      shown(`
        class A: pass
        class B: pass
        table = {'a': A(), 'b': B()}
        pair = (A(), B())
        def use(key):
            show(table['a'])
            show(table[key])
            show(pair[1])
            first, second = pair
            show(second)
            made = dict(a=A(), b=B())
            show(made['b'])
      `),
    ).toEqual(['a A', 'a A | a B', 'a B', 'a B', 'a B']);
  });
});

describe('results', () => {
  it('hold what functions return and yield', () => {
    expect(
      shown(`
        from typing import Iterator
        class Part: pass
        def made(): return [Part() for _ in range(3)]
        def given():
            for part in made(): yield part
        def more(): yield from given()
        def told() -> Iterator[Part]: ...
        for part in made(): show(part)
        for part in given(): show(part)
        for part in more(): show(part)
        for part in told(): show(part)
        show(next(given()))
        show(sorted(made(), key=len)[0])
        for a, b in zip(made(), made()): show(b)
      `),
    ).toEqual(['a Part', 'a Part', 'a Part', 'a Part', 'a Part', 'a Part', 'a Part']);
  });
  it('are handed to parameters, and objects are walked by their own methods', () => {
    expect(
      shown(`
        class Part: pass
        class Parts:
            def __init__(self): self._parts = [Part()]
            def __iter__(self): return iter(self._parts)
            def __getitem__(self, key): return self._parts[key]
        class Named(list['Part']): pass
        def use(parts, own):
            for part in parts: show(part)
            for part in own: show(part)
            show(own[0])
        use([Part()], Parts())
        for part in Named(): show(part)
      `),
    ).toEqual(['a Part', 'a Part', 'a Part', 'a Part']);
  });
  it('that hold themselves end', () => {
    expect(
      shown(`
        class Part: pass
        def walk(parts):
            parts = parts + [p for p in walk(parts)]
            for part in parts: show(part)
            return parts
        walk([Part()])
        x = []
        x.append(x)
        show(x[0][0][0])
      `),
    ).toEqual(['list', 'a Part']);
  });
});
