import { beforeAll, describe, expect, test } from 'vitest';
import { Argument, type Code, Op, type SourceFile } from '../../../server/src/syntax/code';
import {
  argumentCount,
  argumentKeyword,
  argumentValue,
  bracketEnds,
  callArguments,
  classExtra,
  elements,
  entries,
  functionExtra,
  hasUnpacked,
  keyword,
  matchingEnd,
  positional,
} from '../../../server/src/syntax/code-reader';
import type { PythonParser } from '../../../server/src/syntax/parser';
import { loadTestParser } from './parser';

let parser: PythonParser;
beforeAll(async () => {
  parser = await loadTestParser();
});

function moduleOf(text: string): { file: SourceFile; code: Code; find: (op: Op) => number } {
  const file = parser.compile(text);
  const code = file.codes[0] as Code;
  return { file, code, find: (op) => code.op.indexOf(op) };
}

describe('a call', () => {
  test('gives its arguments by position and by name', () => {
    const { file, code, find } = moduleOf('f(1, *rest, 2, key=3, **more)');
    const call = find(Op.Call);
    const key = file.names.indexOf('key');
    expect(argumentCount(code, call)).toBe(5);
    expect(callArguments(code, call).map((each) => each.keyword)).toEqual([
      Argument.Positional,
      Argument.Star,
      Argument.Positional,
      key,
      Argument.DoubleStar,
    ]);
    expect(positional(code, call, 0)).toBe(argumentValue(code, call, 0));
    expect(positional(code, call, 1)).toBe(-1);
    expect(keyword(code, call, key)).toBe(argumentValue(code, call, 3));
    expect(keyword(code, call, -1)).toBe(-1);
    expect(argumentKeyword(code, call, 1)).toBe(Argument.Star);
    expect(hasUnpacked(code, call)).toBe(true);
  });

  test('without arguments has none', () => {
    const { code, find } = moduleOf('f()');
    expect(positional(code, find(Op.Call), 0)).toBe(-1);
    expect(hasUnpacked(code, find(Op.Call))).toBe(false);
  });
});

test('displays give their values', () => {
  const { code, find } = moduleOf('x = [1, 2]\ny = {1: 2, **z}\n');
  expect([...elements(code, find(Op.List))]).toEqual([0, 1]);
  expect(entries(code, find(Op.Dict)).map(([key]) => key >= 0)).toEqual([true, false]);
});

test('definitions give what they were made with', () => {
  const { code, find } = moduleOf('@d\ndef f(a, b: int = 1) -> str: pass\n@e\nclass C(B, k=v): pass\n');
  const made = functionExtra(code, find(Op.Function));
  expect(made.decorators).toHaveLength(1);
  expect(made.defaults.map((each) => each.parameter)).toEqual([1]);
  expect(made.annotations.map((each) => each.parameter)).toEqual([1]);
  expect(code.op[made.returns]).toBe(Op.Global);
  const type = classExtra(code, find(Op.Class));
  expect(type.decorators).toHaveLength(1);
  expect(type.bases.map((base) => base.keyword === Argument.Positional)).toEqual([true, false]);
});

test('brackets are paired', () => {
  const { code, find } = moduleOf(
    'try:\n  if a: b\n  else: c\nexcept E: d\nelse: e\nfinally: f\nfor x in y:\n  with z: pass\nelse: g\n',
  );
  const ends = bracketEnds(code);
  const chain = (from: number): (Op | undefined)[] => {
    const found: (Op | undefined)[] = [];
    for (let i = from; code.op[i] !== Op.End; i = ends[i] as number) found.push(code.op[i]);
    return found;
  };
  expect(chain(find(Op.Try))).toEqual([Op.Try, Op.Except, Op.TryElse, Op.Finally]);
  expect(chain(find(Op.If))).toEqual([Op.If, Op.Else]);
  expect(chain(find(Op.Loop))).toEqual([Op.Loop, Op.LoopElse]);
  for (const op of [Op.Try, Op.If, Op.Loop, Op.With]) {
    expect(ends[matchingEnd(code, ends, find(op))]).toBe(find(op));
  }
  expect(ends[find(Op.Call)]).toBeUndefined();
});
