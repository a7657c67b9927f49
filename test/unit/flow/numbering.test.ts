// Value numbers of one scope: equal pure expressions share one, locals carry theirs, merges make phis.
import { describe, expect, it } from 'vitest';
import { EqualExpressions } from '../../../server/src/flow/equal-expressions';
import { type Numbering, numberValues } from '../../../server/src/flow/numbering';
import { type Code, Op } from '../../../server/src/syntax/code';
import { positional } from '../../../server/src/syntax/code-reader';
import { ColumnMemory } from '../../../server/src/syntax/column-memory';
import { parser, python } from './example';

/** The numbers of the arguments of the calls `n(x)` in the function `f`, phis spelled out. */
function numbers(text: string): (number | string)[] {
  const { code, numbering } = functionOf(text);
  const found: (number | string)[] = [];
  for (let at = 0; at < code.op.length; at++) {
    if (code.op[at] === Op.Call) found.push(words(numbering, numbering.number[positional(code, at, 0)]!));
  }
  return found;
}

function functionOf(text: string): { code: Code; numbering: Numbering } {
  const source = parser.compile(python(text));
  const code = source.codes.find((one) => source.names[one.name] === 'f')!;
  return { code, numbering: numberValues(source, code, new ColumnMemory(1024), new EqualExpressions()) };
}

function words(numbering: Numbering, number: number): number | string {
  const phi = number - numbering.count - numbering.slotCount;
  if (phi >= 0)
    return `phi(${numbering.phis[phi]!.map((one) => (one === number ? 'itself' : words(numbering, one))).join()})`;
  return number >= numbering.count ? `argument ${number - numbering.count}` : number;
}

describe('numbers', () => {
  it('are shared by equal names, attributes and items', () => {
    const [one, two, three] = numbers('def f(a):\n    n(a.b[0])\n    x = a.b\n    n(x[0])\n    n(a.c[0])\n');
    expect(two).toBe(one);
    expect(three).not.toBe(one);
  });
  it('of parameters are their arguments until they are stored', () => {
    expect(numbers('def f(a, b):\n    n(b)\n    b = a\n    n(b)\n')).toEqual(['argument 1', 'argument 0']);
  });
  it('of calls are their own', () => {
    const [one, two] = numbers('def f(a):\n    x = n(a)\n    n(x)\n    n(x)\n').slice(1);
    expect(one).toBe(two);
  });
  it('join at merges, the earlier first', () => {
    expect(numbers('def f(a, b, c):\n    if c:\n        a = b\n    n(a)\n')).toEqual([
      'phi(argument 0,argument 1)',
    ]);
    expect(numbers('def f(a, b, c):\n    if c:\n        a = b\n        return\n    n(a)\n')).toEqual([
      'argument 0',
    ]);
    expect(numbers('def f(a, b, c):\n    n(a if c else b)\n    n(a or b)\n')).toEqual([
      'phi(argument 0,argument 1)',
      'phi(argument 0,argument 1)',
    ]);
  });
  it('at the head of a loop know what its body stores', () => {
    expect(numbers('def f(a, b, c):\n    while c:\n        n(a)\n        a = b\n    n(a)\n')).toEqual([
      'phi(argument 0,argument 1)',
      'phi(argument 0,argument 1)',
    ]);
    expect(numbers('def f(a, c):\n    while c:\n        a = a\n        n(a)\n')).toEqual([
      'phi(argument 0,itself)',
    ]);
  });
  it('in handlers know every store of the body, after a try what its ends have', () => {
    const text =
      'def f(a, b, c):\n    try:\n        a = b\n        a = c\n    except E:\n        n(a)\n        return\n    finally:\n        n(a)\n    n(a)\n';
    const [handler, last, after] = numbers(text);
    expect(handler).toBe('phi(argument 0,argument 1,argument 2)');
    expect(last).toContain('argument 1');
    expect(after).toContain('argument 2');
  });
  it('of names that were deleted or never stored are unknown', () => {
    const { code, numbering } = functionOf('def f(a):\n    del a\n    return a\n');
    const load = code.op.lastIndexOf(Op.Local);
    expect(numbering.number[load]).toBe(load);
  });
  it('are not joined beyond eight alternatives', () => {
    const stores = Array.from({ length: 20 }, (_, k) => `        a = b.x${k}\n`).join('');
    const [loop] = numbers(`def f(a, b, c):\n    while c:\n${stores}    n(a)\n`);
    expect(String(loop).split(',').length).toBe(8);
  });
});

describe('control', () => {
  it('does not arrive behind return, raise, continue and break', () => {
    const { code, numbering } = functionOf(
      'def f(a):\n    while a:\n        if a.b:\n            break\n            x()\n        continue\n        x()\n    raise a\n    x()\n',
    );
    const calls = Array.from(code.op, (op, at) => (op === Op.Call ? numbering.reached[at] : -1));
    expect(calls.filter((one) => one >= 0)).toEqual([0, 0, 0]);
  });
});
