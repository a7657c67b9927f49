// Operators: texts and lists put together, whole numbers and comparisons of constants folded, so that branches that
// never run are known. Everything else keeps the labels of its operands where they can still be read from it.

import {
  BinaryOperator,
  CompareOperator,
  type Constant,
  ConstantKind,
  UnaryOperator,
} from '../../syntax/code';
import { bottom, Type } from './domain';
import { keyOfConstant } from './keys';
import type { Pass } from './pass';
import { readAny } from './reading';
import { ShapeKind } from './shapes';
import { joinedPath, joinedText, partLabels, percentFormatted } from './text';

/** The value of a binary operation. */
export function binary(pass: Pass, left: number, right: number, operator: BinaryOperator): number {
  const { domain } = pass;
  if (operator === BinaryOperator.Modulo && (domain.types[left]! & Type.Text) !== 0)
    return percentFormatted(pass, left, right);
  if (operator === BinaryOperator.Add) {
    const x = domain.shape(left);
    const y = domain.shape(right);
    if (x !== null && x.kind !== ShapeKind.Object) return appended(pass, left, right);
    if (y !== null && y.kind !== ShapeKind.Object) {
      // What is put before a list is a list, and most likely one with something in it.
      const before = readAny(domain, left);
      const first = y.kind === ShapeKind.List && before !== bottom ? [['i:0', before] as const] : [];
      return domain.container(y.kind, first, domain.join(before, readAny(domain, right)));
    }
    const numeric = domain.types[left] === Type.Number && domain.types[right] === Type.Number;
    if (!numeric) return joinedText(pass, [left, right]);
  }
  const repeated = operator === BinaryOperator.Multiply ? repeatedText(pass, left, right) : null;
  if (repeated !== null) return repeated;
  const folded = foldedNumber(pass, left, right, operator);
  if (folded !== null) return folded;
  const labels = domain.labels.join(partLabels(pass, left), partLabels(pass, right));
  if (operator === BinaryOperator.Divide && mayBePath(domain.types[left]!, domain.types[right]!))
    return joinedPath(pass, [left, right]);
  if (
    operator === BinaryOperator.Multiply ||
    operator === BinaryOperator.Or ||
    operator === BinaryOperator.Divide
  ) {
    return domain.value(Type.Any & ~Type.Unjudged, 0, labels);
  }
  return domain.value(Type.Number, 0, operator === BinaryOperator.Modulo ? labels : 0);
}

/** `path / name`: one of both is a text, and none a number. */
function mayBePath(left: number, right: number): boolean {
  return (left === Type.Text || right === Type.Text) && left !== Type.Number && right !== Type.Number;
}

/** A slice of a constant text, null when it is not one. */
export function constantSlice(pass: Pass, value: number, slice: number): number | null {
  const { known, knownOf } = pass.domain;
  const { a, b, c } = pass.scope.code;
  const text = known.single(knownOf[value]!);
  if (text?.kind !== ConstantKind.String || c[slice]! >= 0) return null;
  const bound = (at: number) => (at < 0 ? undefined : known.single(knownOf[pass.valueOf(at)]!));
  const [from, to] = [bound(a[slice]!), bound(b[slice]!)];
  if ([from, to].some((one) => one === null || (one !== undefined && one.kind !== ConstantKind.Integer)))
    return null;
  const place = (one: Constant | null | undefined) => (one ? Number(one.text) : undefined);
  return pass.domain.text(text.text.slice(place(from), place(to)));
}

/** A list with more behind it: known indexes stay. */
function appended(pass: Pass, left: number, right: number): number {
  const { domain } = pass;
  const x = domain.shape(left)!;
  const y = domain.shape(right);
  if (x.rest === bottom && y !== null && y.rest === bottom && domain.labelsOf[right] === 0) {
    const known = x.keys.map((key, k) => [key, x.values[k]!] as const);
    return domain.container(
      x.kind,
      [...known, ...y.values.map((one, k) => [`i:${x.keys.length + k}`, one] as const)],
      bottom,
    );
  }
  return domain.withSome(left, readAny(domain, right));
}

/** `'*' * 8`. */
function repeatedText(pass: Pass, left: number, right: number): number | null {
  const { known, knownOf } = pass.domain;
  const text = known.single(knownOf[left]!);
  const count = known.single(knownOf[right]!);
  if (text?.kind !== ConstantKind.String || count?.kind !== ConstantKind.Integer) return null;
  return pass.domain.text(text.text.repeat(Math.max(0, Math.min(Number(count.text), 40))));
}

function foldedNumber(pass: Pass, left: number, right: number, operator: BinaryOperator): number | null {
  const { known, knownOf } = pass.domain;
  const x = known.single(knownOf[left]!);
  const y = known.single(knownOf[right]!);
  if (x?.kind !== ConstantKind.Integer || y?.kind !== ConstantKind.Integer) return null;
  const [p, q] = [Number(x.text), Number(y.text)];
  const results: Partial<Record<BinaryOperator, number>> = {
    [BinaryOperator.Add]: p + q,
    [BinaryOperator.Subtract]: p - q,
    [BinaryOperator.Multiply]: p * q,
    [BinaryOperator.FloorDivide]: q === 0 ? Number.NaN : Math.floor(p / q),
    [BinaryOperator.Modulo]: q === 0 ? Number.NaN : p - q * Math.floor(p / q),
  };
  const result = results[operator];
  if (result === undefined || !Number.isSafeInteger(result)) return null;
  return pass.domain.constant({ kind: ConstantKind.Integer, text: String(result) });
}

/** The value of a unary operation. */
export function unary(pass: Pass, value: number, operator: UnaryOperator): number {
  const { domain } = pass;
  if (operator !== UnaryOperator.Not) {
    const one = domain.known.single(domain.knownOf[value]!);
    if (operator === UnaryOperator.Minus && one?.kind === ConstantKind.Integer) {
      return domain.constant({ kind: ConstantKind.Integer, text: String(-Number(one.text)) });
    }
    return domain.value(Type.Number);
  }
  const truth = domain.known.truth(domain.knownOf[value]!);
  return truth === null ? domain.value(Type.Bool) : truthValue(pass, !truth);
}

function truthValue(pass: Pass, truth: boolean): number {
  return pass.domain.constant({ kind: truth ? ConstantKind.True : ConstantKind.False, text: '' });
}

/** The value of a comparison. */
export function compared(pass: Pass, left: number, right: number, operator: CompareOperator): number {
  const { domain } = pass;
  const x = domain.known.single(domain.knownOf[left]!);
  const y = domain.known.single(domain.knownOf[right]!);
  if (x === null || y === null) return domain.value(Type.Bool);
  const numbers = x.kind === ConstantKind.Integer && y.kind === ConstantKind.Integer;
  const same = x.kind === y.kind && x.text === y.text;
  switch (operator) {
    case CompareOperator.Equal:
    case CompareOperator.Is:
      return keyOfConstant(x) === null && x.kind !== ConstantKind.None
        ? domain.value(Type.Bool)
        : truthValue(pass, same);
    case CompareOperator.NotEqual:
    case CompareOperator.IsNot:
      return keyOfConstant(x) === null && x.kind !== ConstantKind.None
        ? domain.value(Type.Bool)
        : truthValue(pass, !same);
    case CompareOperator.Less:
      return numbers ? truthValue(pass, Number(x.text) < Number(y.text)) : domain.value(Type.Bool);
    case CompareOperator.Greater:
      return numbers ? truthValue(pass, Number(x.text) > Number(y.text)) : domain.value(Type.Bool);
    case CompareOperator.LessEqual:
      return numbers ? truthValue(pass, Number(x.text) <= Number(y.text)) : domain.value(Type.Bool);
    case CompareOperator.GreaterEqual:
      return numbers ? truthValue(pass, Number(x.text) >= Number(y.text)) : domain.value(Type.Bool);
    case CompareOperator.In:
    case CompareOperator.NotIn: {
      const texts = x.kind === ConstantKind.String && y.kind === ConstantKind.String;
      const isIn = operator === CompareOperator.In;
      return texts ? truthValue(pass, y.text.includes(x.text) === isIn) : domain.value(Type.Bool);
    }
    default:
      return domain.value(Type.Bool);
  }
}
