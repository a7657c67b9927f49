// What module names and imports mean, over the layouts that projects have.
import { describe, expect, it } from 'vitest';
import { shown } from '../flow/example';

const target = 'class Thing: pass\ndef make(): return Thing()\n';

describe('packages', () => {
  it('are found below src/, from a test folder beside it', () => {
    expect(
      shown({
        'src/pkg/__init__.py': '',
        'src/pkg/core.py': target,
        'tests/test_core.py': 'from pkg.core import make\nshow(make())',
      }),
    ).toEqual(['a Thing']);
  });
  it('resolve absolute, relative and parent imports', () => {
    expect(
      shown({
        'pkg/__init__.py': '',
        'pkg/core.py': target,
        'pkg/sub/__init__.py': '',
        'pkg/sub/one.py': 'from ..core import make\nfrom .. import core\nshow(make())\nshow(core.Thing)',
        'pkg/sub/two.py': 'from . import one\nimport pkg.core\nshow(one)\nshow(pkg.core.make)',
      }),
    ).toEqual(['a Thing', 'class Thing', 'module pkg/sub/one.py', 'function make']);
  });
  it('re-export through __init__, under another name, and by star', () => {
    expect(
      shown({
        'pkg/__init__.py': 'from .core import make as build\nfrom pkg.core import *',
        'pkg/core.py': target,
        'use.py': 'import pkg\nfrom pkg import build, Thing\nshow(build())\nshow(Thing)\nshow(pkg.build)',
      }),
    ).toEqual(['a Thing', 'class Thing', 'function make']);
  });
  it('offer their submodules as attributes', () => {
    expect(
      shown({
        'pkg/__init__.py': '',
        'pkg/core.py': target,
        'use.py': 'import pkg.core as c\nimport pkg.core\nshow(c.make)\nshow(pkg.core)',
      }),
    ).toEqual(['function make', 'module pkg/core.py']);
  });
  it('without __init__ work by from, relative and plain imports', () => {
    expect(
      shown({
        'space/part/core.py': target,
        'space/part/near.py': 'from .core import make\nfrom . import core\nshow(make())\nshow(core)',
        'space/use.py': 'from space.part.core import make\nshow(make())',
        'use.py': 'import space.part.core\nshow(space.part.core.make)',
      }),
    ).toEqual(['a Thing', 'module space/part/core.py', 'a Thing', 'function make']);
  });
  it('import each other in a cycle', () => {
    expect(
      shown({
        'pkg/__init__.py': '',
        'pkg/a.py': 'from pkg.b import g\ndef f(): return g\nclass A: pass\nshow(f())',
        'pkg/b.py': 'from pkg.a import f, A\ndef g(): return A()\nshow(g())\nshow(f)',
      }),
    ).toEqual(['function g', 'a A', 'function f']);
  });
  it('that re-export from each other in a circle answer nothing, and end', () => {
    expect(
      shown({
        'pkg/__init__.py': '',
        'pkg/a.py': 'from pkg.b import *\nfrom pkg.b import x\nshow(x)\nshow(y)',
        'pkg/b.py': 'from pkg.a import *\nfrom pkg.a import x',
      }),
    ).toEqual(['', 'y']);
  });
});

describe('names', () => {
  it('beginning with an underscore are not taken by star, unless __all__ has them', () => {
    expect(
      shown({
        'a.py': '_x = [1]\n',
        'b.py': '__all__ = ["_x"]\n_x = [1]\n',
        'use_a.py': 'from a import *\nshow(_x)',
        'use_b.py': 'from b import *\nshow(_x)',
      }),
    ).toEqual(['_x', 'list']);
  });
  it('of a module that a library also has mean the nearer one', () => {
    expect(
      shown({
        'app/queue.py': 'class Mine: pass',
        'app/use.py': 'import queue\nshow(queue.Mine)',
        'other/use.py': 'import queue\nshow(queue.Queue)',
      }),
    ).toEqual(['class Mine', 'queue.Queue']);
  });
  it('imported inside a function or under a condition are known', () => {
    expect(
      shown({
        'pkg/__init__.py': '',
        'pkg/core.py': target,
        'pkg/use.py': `
          try:
              from pkg.core import make
          except ImportError:
              make = None
          def f():
              from pkg.core import Thing
              show(Thing())
          show(make())
        `,
      }),
    ).toEqual(['a Thing', 'a Thing']);
  });
  it('of the same file in two folders mean the one beside', () => {
    expect(
      shown({
        'one/helper.py': 'class One: pass',
        'one/use.py': 'from helper import *\nshow(One)',
        'two/helper.py': 'class Two: pass',
        'two/use.py': 'from helper import *\nshow(Two)',
      }),
    ).toEqual(['class One', 'class Two']);
  });
});
