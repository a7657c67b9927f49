// Decides at load whether the module's memory may be read directly: both walks must agree on a sample that has
// every layout in it - inline and large nodes, hidden ones, aliases, unreadable text, missing tokens.

import type { FlatTree } from './flat-tree';

/** Python, in part broken, for comparing the two walks. */
export const SAMPLE = `\
# comment: holds the lock
'''${'long text '.repeat(40)}'''
import os, a.b.c as d
from ..x import (y as z, w)
class C[T: int](Base, metaclass=M):
    '''doc'''
    @deco(1)
    async def f(self, a, /, b: int = 1, *args: list[int], c=None, **kw) -> "D":
        async with self.lock as l, m: return [x async for x in y if x and not z or q]
        print(f"a{b!r:>{width}}{{c}}", *args, **{'k': -1, **kw})${' '.repeat(300)}
        match a, b:
            case {'k': [1, *rest]} | C(x=1) if a := 2: pass
            case _: del a[1:2, ::3], b.c
        type = match = lambda x, *y: x if y else (yield)



${'\n'.repeat(40)}    try: x += 1; global g
    except* (A, B) as e: raise E from e
    finally: pass
while 1 < x <= 2 is not None not in ...:
    for i, *j in 1, 2.5j, b'\\x00' 'é😀' : print "old" % x
    else: assert x, [a for a in b]
def broken(a, b:
    x = (1 +
class
if y
    return foo(
\tself.
`;

/** True when two trees are the same in every column. */
export function sameTree(one: FlatTree, other: FlatTree): boolean {
  if (one.size !== other.size || !sameNumbers(one.comments, other.comments)) return false;
  if (!sameNumbers(one.errors, other.errors)) return false;
  for (let node = 0; node < one.size; node++) {
    if (one.kind[node] !== other.kind[node] || one.past[node] !== other.past[node]) return false;
    if (one.start[node] !== other.start[node] || one.end[node] !== other.end[node]) return false;
  }
  return true;
}

function sameNumbers(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}
