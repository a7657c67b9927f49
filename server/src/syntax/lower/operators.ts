// Operators: arithmetic and comparison, and those that evaluate an operand only sometimes. The latter become
// If brackets joined by a Phi, so that whoever reads guards sees them in `and`, `or`, a ternary and a < b < c.

import { BinaryOperator, CompareOperator, IfOrigin, Op, UnaryOperator } from '../code';
import { Kind } from '../grammar';
import type { ExpressionForm, Lowering } from './lowering';

/** The binary operator of a token, or of the token of an augmented assignment; -1 for another token. */
export function binaryOperator(token: Kind): BinaryOperator | -1 {
  switch (token) {
    case Kind.Plus:
    case Kind.PlusEqual:
      return BinaryOperator.Add;
    case Kind.Minus:
    case Kind.MinusEqual:
      return BinaryOperator.Subtract;
    case Kind.Star:
    case Kind.StarEqual:
      return BinaryOperator.Multiply;
    case Kind.Slash:
    case Kind.SlashEqual:
      return BinaryOperator.Divide;
    case Kind.DoubleSlash:
    case Kind.DoubleSlashEqual:
      return BinaryOperator.FloorDivide;
    case Kind.Percent:
    case Kind.PercentEqual:
      return BinaryOperator.Modulo;
    case Kind.DoubleStar:
    case Kind.DoubleStarEqual:
      return BinaryOperator.Power;
    case Kind.At:
    case Kind.AtEqual:
      return BinaryOperator.MatrixMultiply;
    case Kind.ShiftLeft:
    case Kind.ShiftLeftEqual:
      return BinaryOperator.LeftShift;
    case Kind.ShiftRight:
    case Kind.ShiftRightEqual:
      return BinaryOperator.RightShift;
    case Kind.Ampersand:
    case Kind.AmpersandEqual:
      return BinaryOperator.And;
    case Kind.Bar:
    case Kind.BarEqual:
      return BinaryOperator.Or;
    case Kind.Caret:
    case Kind.CaretEqual:
      return BinaryOperator.Xor;
    default:
      return -1;
  }
}

function compareOperator(token: Kind): CompareOperator {
  switch (token) {
    case Kind.NotEqual:
      return CompareOperator.NotEqual;
    case Kind.Less:
      return CompareOperator.Less;
    case Kind.LessEqual:
      return CompareOperator.LessEqual;
    case Kind.Greater:
      return CompareOperator.Greater;
    case Kind.GreaterEqual:
      return CompareOperator.GreaterEqual;
    case Kind.In:
      return CompareOperator.In;
    case Kind.NotIn:
      return CompareOperator.NotIn;
    case Kind.Is:
      return CompareOperator.Is;
    case Kind.IsNot:
      return CompareOperator.IsNot;
    default:
      return CompareOperator.Equal;
  }
}

/** `a + b + c + ...` leans left as deep as it is long: the spine is walked down, then lowered upwards. */
function lowerBinary(l: Lowering, node: number): number {
  const { tree } = l;
  let spine = node;
  let length = 0;
  for (;;) {
    const left = tree.first(spine);
    if (left < 0 || tree.kind[left] !== Kind.Binary) break;
    spine = left;
    length++;
  }
  // The nodes of the spine follow one another: the left operand is the first child, unless an error comes between.
  const nodes: number[] = [];
  for (let at = node; nodes.length <= length; at = tree.first(at)) nodes.push(at);
  let value = l.expressionOr(tree.first(spine), spine);
  for (let i = nodes.length - 1; i >= 0; i--) {
    const current = nodes[i] as number;
    const token = tree.next(tree.first(current), current);
    const operator = token < 0 ? -1 : binaryOperator(tree.kind[token] as Kind);
    const right = token < 0 ? -1 : tree.next(token, current);
    if (operator < 0 || right < 0) {
      value = l.unknown(current);
      continue;
    }
    const operand = l.expression(right);
    value = l.emit(Op.Binary, value, operand, operator, current);
  }
  return value;
}

function lowerUnary(l: Lowering, node: number): number {
  const { tree } = l;
  const token = tree.first(node);
  if (token < 0) return l.unknown(node);
  const operand = l.expressionOr(tree.next(token, node), node);
  const kind = tree.kind[token];
  const operator =
    kind === Kind.Minus
      ? UnaryOperator.Minus
      : kind === Kind.Plus
        ? UnaryOperator.Plus
        : UnaryOperator.Invert;
  return l.emit(Op.Unary, operand, -1, operator, node);
}

function lowerNot(l: Lowering, node: number): number {
  const operand = l.expressionOr(l.tree.first(node), node);
  return l.emit(Op.Unary, operand, -1, UnaryOperator.Not, node);
}

/** `a and b and c`: the brackets nest, so that c is read under both conditions; one Phi joins all operands. */
function lowerBoolean(l: Lowering, node: number): number {
  const { tree } = l;
  const operator = operatorOf(l, node);
  const operands: number[] = [];
  let at = node;
  for (;;) {
    const left = tree.first(at);
    if (left < 0) break;
    const token = tree.next(left, at);
    const right = token < 0 ? -1 : tree.next(token, at);
    if (right >= 0) operands.push(right);
    if (tree.kind[left] === Kind.Boolean && operatorOf(l, left) === operator) {
      at = left;
      continue;
    }
    operands.push(left);
    break;
  }
  const either = operator === Kind.Or;
  const mark = l.gather();
  for (let i = operands.length - 1; i >= 0; i--) {
    const operand = operands[i] as number;
    const value = l.expression(operand);
    l.add(value);
    if (i === 0) break;
    l.emit(Op.If, value, -1, IfOrigin.BooleanOperator, operand);
    if (either) l.emitAtEnd(Op.Else, -1, -1, -1, operand);
  }
  for (let i = 1; i < operands.length; i++) l.emitAtEnd(Op.End, -1, -1, -1, node);
  return l.emit(Op.Phi, IfOrigin.BooleanOperator, l.list(mark), either ? 1 : 0, node);
}

function operatorOf(l: Lowering, node: number): Kind {
  const { tree } = l;
  const left = tree.first(node);
  const token = left < 0 ? -1 : tree.next(left, node);
  return token < 0 ? Kind.And : (tree.kind[token] as Kind);
}

function lowerComparison(l: Lowering, node: number): number {
  const { tree } = l;
  let operand = tree.first(node);
  if (operand < 0) return l.unknown(node);
  let start = tree.start[operand] as number;
  let left = l.expression(operand);
  let token = tree.next(operand, node);
  let open = 0;
  const mark = l.gather();
  let value = left;
  while (token >= 0) {
    operand = tree.next(token, node);
    if (operand < 0) break;
    const right = l.expression(operand);
    const end = tree.end[operand] as number;
    value = l.scope.emit(Op.Compare, left, right, compareOperator(tree.kind[token] as Kind), start, end);
    l.add(value);
    left = right;
    token = tree.next(operand, node);
    if (token < 0) break;
    l.scope.emit(Op.If, value, -1, IfOrigin.ChainedComparison, start, end);
    start = tree.start[operand] as number;
    open++;
  }
  if (open === 0) {
    l.drop(mark);
    return value;
  }
  for (; open > 0; open--) l.emitAtEnd(Op.End, -1, -1, -1, node);
  return l.emit(Op.Phi, IfOrigin.ChainedComparison, l.list(mark), 0, node);
}

function lowerConditional(l: Lowering, node: number): number {
  const { tree } = l;
  const consequence = tree.first(node);
  const condition = consequence < 0 ? -1 : tree.next(consequence, node);
  const alternative = condition < 0 ? -1 : tree.next(condition, node);
  if (condition < 0) return l.expressionOr(consequence, node);
  const test = l.expression(condition);
  l.emit(Op.If, test, -1, IfOrigin.Ternary, condition);
  const mark = l.gather();
  l.add(l.expression(consequence));
  l.emitAtEnd(Op.Else, -1, -1, -1, condition);
  l.add(l.expressionOr(alternative, node));
  l.emitAtEnd(Op.End, -1, -1, -1, node);
  return l.emit(Op.Phi, IfOrigin.Ternary, l.list(mark), 0, node);
}

/** Forms of this family, by kind. */
export const operatorForms: readonly (readonly [Kind, ExpressionForm])[] = [
  [Kind.Binary, lowerBinary],
  [Kind.Unary, lowerUnary],
  [Kind.Not, lowerNot],
  [Kind.Boolean, lowerBoolean],
  [Kind.Comparison, lowerComparison],
  [Kind.Conditional, lowerConditional],
];
