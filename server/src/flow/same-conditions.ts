// Branches of one function that hang on the same condition: what is taken under `if wanted:` and given back under another
// `if wanted:` is taken and given back together. Conditions are the same when they ask one value in one way, and nothing
// in the function stores that value anew.

import type { Scope } from '../program/program';
import { CompareOperator, ConstantKind, Op } from '../syntax/code';

/** What a condition asks, and which answer makes it true. */
interface Question {
  /** Value number asked, and how. */
  readonly about: string;
  readonly answer: boolean;
}

/** The outcome of other conditions, given that the one with which an `if` opens is true; null for those that ask something
 * else. Null for the whole where its value may change. */
export function outcomesGiven(
  scope: Scope,
  number: Int32Array,
  condition: number,
): ((other: number) => boolean | null) | null {
  const known = questionOf(scope, number, condition);
  if (!known) return null;
  return (other) => {
    const asked = questionOf(scope, number, other);
    return asked?.about === known.about ? asked.answer === known.answer : null;
  };
}

function questionOf(scope: Scope, number: Int32Array, condition: number): Question | null {
  const { op, a, b, c } = scope.code;
  let at = condition;
  let answer = true;
  while (op[at] === Op.Unary && c[at] === 0) {
    answer = !answer;
    at = a[at]!;
  }
  let kind = 'truth';
  if (op[at] === Op.Compare && (c[at] === CompareOperator.Is || c[at] === CompareOperator.IsNot)) {
    if (!isNone(scope, b[at]!)) return null;
    if (c[at] === CompareOperator.Is) answer = !answer;
    kind = 'none';
    at = a[at]!;
  }
  if (!isStable(scope, number, at)) return null;
  return { about: `${kind}:${number[at]}`, answer };
}

function isNone({ code: { op, a }, file }: Scope, value: number): boolean {
  return op[value] === Op.Const && file.source.constants[a[value]!]!.kind === ConstantKind.None;
}

/** A variable, whose number tells what is in it, or a field that this function does not store. */
function isStable({ code: { op, a, b } }: Scope, number: Int32Array, value: number): boolean {
  if (op[value] === Op.Local) return true;
  if (op[value] !== Op.Attribute || op[a[value]!] !== Op.Local) return false;
  return number[value]! >= 0 && !op.some((one, at) => one === Op.StoreAttribute && b[at] === b[value]);
}
