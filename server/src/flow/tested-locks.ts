// Which locks the outcome of a condition proves to be held: `if lock.acquire(False):` in the shapes that people write,
// through `not`, `and`, `or`, comparisons with a truth value, and a variable that was False before.

import type { Code, SourceFile } from '../syntax/code';
import { CompareOperator, ConstantKind, IfOrigin, Op, UnaryOperator } from '../syntax/code';
import { elements } from '../syntax/code-reader';

/** What numbering knows so far. */
export interface TestedFacts {
  readonly source: SourceFile;
  readonly code: Code;
  readonly number: Int32Array;
  /** Value number of an acquire that may fail -> value number of what it acquires. */
  readonly tested: ReadonlyMap<number, number>;
  readonly phis: readonly (readonly number[])[];
}

const maximumDepth = 6;

/** Value numbers of the locks held when the value at an instruction is true, or when it is false. */
export function heldWhen(
  facts: TestedFacts,
  value: number,
  outcome: boolean,
  depth = maximumDepth,
): readonly number[] {
  const { code, number, tested } = facts;
  if (depth === 0 || value < 0) return [];
  const shared = number[value]!;
  const lock = tested.get(shared);
  if (lock !== undefined) return outcome ? [lock] : [];
  const at = code.op[value] === Op.Phi ? value : shared;
  const { op, a, c } = code;
  if (at < 0) return [];
  if (at >= op.length) return outcome ? ofVariable(facts, at) : [];
  switch (op[at] as Op) {
    case Op.Unary:
      return c[at] === UnaryOperator.Not ? heldWhen(facts, a[at]!, !outcome, depth - 1) : [];
    case Op.Compare:
      return ofComparison(facts, at, outcome, depth);
    case Op.Phi: {
      // All operands of an `and` are true when it is; all operands of an `or` are false when it is.
      const isOr = c[at] === 1;
      if (isOr === outcome || a[at] !== IfOrigin.BooleanOperator) return [];
      return [...elements(code, at)].flatMap((one) => heldWhen(facts, one, outcome, depth - 1));
    }
    default:
      return [];
  }
}

/** `lock.acquire(False) is True`, `== False` and the like. */
function ofComparison(facts: TestedFacts, at: number, outcome: boolean, depth: number): readonly number[] {
  const { source, code } = facts;
  const { op, a, b, c } = code;
  const right = b[at]!;
  if (op[right] !== Op.Const) return [];
  const { kind } = source.constants[a[right]!]!;
  const isTrue = kind === ConstantKind.True;
  if (!isTrue && kind !== ConstantKind.False) return [];
  const same = c[at] === CompareOperator.Is || c[at] === CompareOperator.Equal;
  if (!same && c[at] !== CompareOperator.IsNot && c[at] !== CompareOperator.NotEqual) return [];
  return heldWhen(facts, a[at]!, (isTrue === same) === outcome, depth - 1);
}

/** A variable that is true only where the acquire succeeded: every other store to it is False or None. */
function ofVariable({ source, code, tested, phis }: TestedFacts, number: number): readonly number[] {
  const first = code.op.length + code.slots.length;
  let found = -1;
  for (const one of number < first ? [] : phis[number - first]!) {
    const lock = tested.get(one);
    if (lock !== undefined && (found === -1 || found === lock)) {
      found = lock;
      continue;
    }
    if (one < 0 || one >= code.op.length || code.op[one] !== Op.Const) return [];
    const { kind } = source.constants[code.a[one]!]!;
    if (kind !== ConstantKind.False && kind !== ConstantKind.None) return [];
  }
  return found === -1 ? [] : [found];
}
