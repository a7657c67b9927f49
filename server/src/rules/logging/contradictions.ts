// Branches that no value gets to: what stands under `else` after `if n == 0` and `elif n > 0`, where n is a length. Looks
// at comparisons of one value with whole numbers in the tests around a place, and at nothing else that a test may ask.

import { dottedName } from '../../flow/function-facts';
import type { Resolver } from '../../flow/resolver';
import type { Scope } from '../../program/program';
import { CompareOperator, ConstantKind, Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';

/** One comparison that came out one way. */
interface Fact {
  readonly operator: number;
  readonly limit: number;
  readonly holds: boolean;
}

/** Whether the tests around an instruction can't all come out as they must for it to run. */
export function isContradicted(resolver: Resolver, scope: Scope, place: number): boolean {
  const around = testsAround(scope, place);
  if (around.length < 2) return false;
  const facts = new Map<string, Fact[]>();
  for (const { test, holds } of around) {
    const found = comparison(resolver, scope, test);
    if (found === null) continue;
    const list = facts.get(found.subject) ?? [];
    facts.set(found.subject, list);
    list.push({ operator: found.operator, limit: found.limit, holds });
  }
  return [...facts].some(([subject, list]) => list.length > 1 && !hasValue(subject, list));
}

/** The tests of `if` and `elif` around an instruction, with the way that leads to it. */
export function testsAround({ code }: Scope, place: number): readonly { test: number; holds: boolean }[] {
  const { op, a } = code;
  const open: { test: number; holds: boolean }[] = [];
  for (let at = 0; at < place; at++) {
    switch (op[at] as Op) {
      case Op.If:
        open.push({ test: a[at]!, holds: true });
        break;
      case Op.Loop:
      case Op.Try:
      case Op.With:
        open.push({ test: -1, holds: true });
        break;
      case Op.Else:
        open[open.length - 1]!.holds = false;
        break;
      case Op.End:
        open.pop();
        break;
      default:
    }
  }
  return open.filter(({ test }) => test >= 0);
}

function comparison(
  resolver: Resolver,
  scope: Scope,
  test: number,
): { readonly subject: string; readonly operator: number; readonly limit: number } | null {
  const { op, a, b, c } = scope.code;
  const { constants } = scope.file.source;
  if (op[test] !== Op.Compare || op[b[test]!] !== Op.Const || c[test]! > CompareOperator.GreaterEqual)
    return null;
  const { kind, text } = constants[a[b[test]!]!]!;
  const limit = kind === ConstantKind.Integer ? Number(text) : Number.NaN;
  return Number.isSafeInteger(limit)
    ? { subject: subjectOf(resolver, scope, a[test]!), operator: c[test]!, limit }
    : null;
}

/** What is compared: a value by its number, the length of one by that of the value. */
function subjectOf(resolver: Resolver, scope: Scope, value: number): string {
  const { op, a } = scope.code;
  const { number } = resolver.numberings.of(scope);
  if (op[value] !== Op.Call) return String(number[value]!);
  const given = positional(scope.code, value, 0);
  const isLength = given >= 0 && op[given] === Op.Local && dottedName(scope, a[value]!) === 'len';
  return isLength ? `len ${number[given]!}` : String(number[value]!);
}

function hasValue(subject: string, facts: readonly Fact[]): boolean {
  const isLength = subject.startsWith('len ');
  const between = isLength ? [-1, 0, 1] : [-1, -0.5, 0, 0.5, 1];
  const candidates = facts.flatMap(({ limit }) => between.map((step) => limit + step));
  return candidates.some(
    (value) =>
      (!isLength || value >= 0) &&
      facts.every(({ operator, limit, holds }) => compares(value, operator, limit) === holds),
  );
}

function compares(value: number, operator: number, limit: number): boolean {
  switch (operator as CompareOperator) {
    case CompareOperator.Equal:
      return value === limit;
    case CompareOperator.NotEqual:
      return value !== limit;
    case CompareOperator.Less:
      return value < limit;
    case CompareOperator.LessEqual:
      return value <= limit;
    case CompareOperator.Greater:
      return value > limit;
    default:
      return value >= limit;
  }
}
