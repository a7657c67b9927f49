// The tables behind the values: equality by id, joins, bounds.
import { describe, expect, it } from 'vitest';
import { bottom, Domain, Type } from '../../../../server/src/flow/values/domain';
import { Intern } from '../../../../server/src/flow/values/intern';
import { components } from '../../../../server/src/flow/values/order';
import { Patterns } from '../../../../server/src/flow/values/patterns';
import { ShapeKind } from '../../../../server/src/flow/values/shapes';
import { ConstantKind } from '../../../../server/src/syntax/code';

describe('interned lists', () => {
  it('give equal lists one id, in order of appearance, over growth', () => {
    const table = new Intern();
    for (let k = 0; k < 20_000; k++) expect(table.id([k, k % 7, -k])).toBe(k);
    for (let k = 0; k < 20_000; k += 37) expect(table.id([k, k % 7, -k])).toBe(k);
    expect(table.id([])).toBe(20_000);
    expect(table.size).toBe(20_001);
  });
});

describe('values', () => {
  it('join: constants add up to eight, then what the texts have in common is left', () => {
    const domain = new Domain();
    let value: number = bottom;
    for (let k = 0; k < 8; k++) value = domain.join(value, domain.text(`file-${k}.txt`));
    expect(domain.known.constantsOf(domain.knownOf[value]!)).toHaveLength(8);
    value = domain.join(value, domain.text('file-9.txt'));
    expect(domain.known.constantsOf(domain.knownOf[value]!)).toBeNull();
    expect(domain.known.prefix(domain.knownOf[value]!)).toBe('file-');
    expect(domain.known.suffix(domain.knownOf[value]!)).toBe('.txt');
  });

  it('join commutes and is idempotent', () => {
    const domain = new Domain();
    const one = domain.text('a');
    const two = domain.constant({ kind: ConstantKind.Integer, text: '1' });
    const list = domain.container(ShapeKind.List, [['i:0', one]], two);
    for (const [x, y] of [
      [one, two],
      [one, list],
      [two, list],
    ] as const) {
      expect(domain.join(x, y)).toBe(domain.join(y, x));
      expect(domain.join(domain.join(x, y), y)).toBe(domain.join(x, y));
    }
  });

  it('keeps sixteen keys and puts others into the rest', () => {
    const domain = new Domain();
    let value = domain.container(ShapeKind.Dict, [], bottom);
    for (let k = 0; k < 40; k++) value = domain.withMember(value, `s:${k}`, domain.text(`${k}`));
    expect(domain.shape(value)!.keys.length).toBeLessThanOrEqual(17);
    expect(domain.shape(value)!.rest).not.toBe(bottom);
  });

  it('flattens deep nesting', () => {
    const domain = new Domain();
    let value = domain.text('a');
    for (let k = 0; k < 50; k++) value = domain.container(ShapeKind.List, [['i:0', value]], bottom);
    expect(domain.shape(value)!.depth).toBeLessThanOrEqual(5);
    expect(domain.types[value]).toBe(Type.Container);
  });
});

describe('patterns', () => {
  const patterns = new Patterns();
  it.each([
    ['[a-z]+', true, true],
    ['^[A-Za-z0-9_.-]{1,30}$', false, true],
    ['\\A(?:a|b)\\Z', false, true],
    ['^(?!-)[a-z-]+$', false, true],
    ['^a|b$', false, false],
    ['^[^a]+$', false, false],
    ['^.*$', false, false],
    ['[a-z]+$', false, false],
    ['^[a-z ;]+$', false, false],
    ['^\\S+$', false, false],
    ['^[a-z]+', false, false],
  ])('%s', (pattern, whole, safe) => expect(patterns.isSafe(pattern, whole, false)).toBe(safe));
});

describe('the order of functions', () => {
  it('has what is called before what calls, and circles together', () => {
    const calls: Record<number, number[]> = { 0: [1], 1: [2, 3], 2: [1], 3: [], 4: [4] };
    expect(components([0, 1, 2, 3, 4], (node) => calls[node]!)).toEqual([[3], [1, 2], [0], [4]]);
  });

  it('does not recurse', () => {
    const count = 200_000;
    const chain = components(
      Array.from({ length: count }, (_, k) => k),
      (node) => (node + 1 < count ? [node + 1] : []),
    );
    expect(chain[0]).toEqual([count - 1]);
  });
});
