// Expressions that stand for themselves: names, literals, attributes, subscripts, displays, await, yield, walrus.
// Decides no control flow.

import { CodeFlag, ConstantKind, Op } from '../code';
import { Kind } from '../grammar';
import type { ExpressionForm, Lowering } from './lowering';

/** Loads a name. */
export function lowerName(l: Lowering, node: number): number {
  if (l.tree.isMissing(node)) return l.unknown(node);
  return l.scope.load(l.name(node), l.tree.start[node] as number, l.tree.end[node] as number);
}

/** Lowers the elements of a display, an expression list or a subscript, from a given child on, to a list in extra. */
export function lowerElements(l: Lowering, node: number, from: number): number {
  const mark = l.gather();
  for (let child = from; child >= 0; child = l.tree.next(child, node)) l.add(l.expression(child));
  return l.list(mark);
}

function display(op: Op): ExpressionForm {
  return (l, node) => {
    const elements = lowerElements(l, node, l.tree.first(node));
    return l.emit(op, -1, elements, -1, node);
  };
}

function lowerDictionary(l: Lowering, node: number): number {
  const { tree } = l;
  const mark = l.gather();
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    const first = tree.first(child);
    if (first < 0) continue;
    if (tree.kind[child] === Kind.DictionarySplat) {
      const value = l.expression(first);
      l.add(-1);
      l.add(value);
    } else if (tree.kind[child] === Kind.Pair) {
      const key = l.expression(first);
      const value = l.expressionOr(tree.next(first, child), child);
      l.add(key);
      l.add(value);
    }
  }
  return l.emit(Op.Dict, -1, l.list(mark, 2), -1, node);
}

function lowerAttribute(l: Lowering, node: number): number {
  const { tree } = l;
  const object = tree.first(node);
  const value = l.expressionOr(object, node);
  const attribute = object < 0 ? -1 : tree.next(object, node);
  if (attribute < 0 || tree.isMissing(attribute)) return l.unknown(node);
  return l.emit(Op.Attribute, value, l.name(attribute), -1, node);
}

/** Lowers what stands between the brackets of a subscript; several indices, or one with a comma, are a tuple. */
export function lowerIndex(l: Lowering, node: number, first: number): number {
  const { tree } = l;
  if (first < 0) return l.unknown(node);
  const second = tree.next(first, node);
  if (second < 0 && !endsWithComma(l, tree.end[first] as number, tree.end[node] as number))
    return l.expression(first);
  const last = tree.last(node);
  const elements = lowerElements(l, node, first);
  return l.scope.emit(Op.Tuple, -1, elements, -1, tree.start[first] as number, tree.end[last] as number);
}

/** True when a comma follows the only element before the closing bracket. */
function endsWithComma(l: Lowering, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const unit = l.text.charCodeAt(i);
    if (unit === 44) return true;
    if (unit === 93 || unit === 35) return false;
  }
  return false;
}

function lowerSubscript(l: Lowering, node: number): number {
  const first = l.tree.first(node);
  const object = l.expressionOr(first, node);
  const index = lowerIndex(l, node, first < 0 ? -1 : l.tree.next(first, node));
  return l.emit(Op.Item, object, index, -1, node);
}

function lowerSlice(l: Lowering, node: number): number {
  const { tree } = l;
  const parts = [-1, -1, -1];
  let part = 0;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    if (tree.kind[child] === Kind.Colon) part++;
    else if (part < 3) parts[part] = l.expression(child);
  }
  return l.emit(Op.Slice, parts[0] as number, parts[1] as number, parts[2] as number, node);
}

function lowerYield(l: Lowering, node: number): number {
  const { tree } = l;
  l.scope.flags |= CodeFlag.Generator;
  const first = tree.first(node);
  if (first < 0) return l.emit(Op.Yield, -1, -1, -1, node);
  if (tree.kind[first] === Kind.From) {
    const iterable = l.expressionOr(tree.next(first, node), node);
    return l.emit(Op.YieldFrom, iterable, -1, -1, node);
  }
  const value = l.expression(first);
  return l.emit(Op.Yield, value, -1, -1, node);
}

function lowerAwait(l: Lowering, node: number): number {
  const value = l.expressionOr(l.tree.first(node), node);
  return l.emit(Op.Await, value, -1, -1, node);
}

function lowerStar(l: Lowering, node: number): number {
  const value = l.expressionOr(l.tree.first(node), node);
  return l.emit(Op.Star, value, -1, -1, node);
}

function lowerWalrus(l: Lowering, node: number): number {
  const { tree } = l;
  const target = tree.first(node);
  if (target < 0) return l.unknown(node);
  const value = l.expressionOr(tree.next(target, node), node);
  if (!tree.isMissing(target)) {
    l.scope.store(l.name(target), value, tree.start[target] as number, tree.end[target] as number);
  }
  return value;
}

function lowerParenthesized(l: Lowering, node: number): number {
  return l.expressionOr(l.tree.first(node), node);
}

/** `x as y` where the grammar lets it stand as an expression: the value is x, and y is bound. */
function lowerAs(l: Lowering, node: number): number {
  const first = l.tree.first(node);
  const value = l.expressionOr(first, node);
  if (first >= 0) l.target(l.tree.next(first, node), value);
  return value;
}

function literal(kind: ConstantKind): ExpressionForm {
  return (l, node) => l.constant(kind, '', node);
}

function lowerNumber(l: Lowering, node: number): number {
  const text = l.source(node);
  const last = text.charCodeAt(text.length - 1) | 32;
  if (last === 106) return l.constant(ConstantKind.Complex, text, node);
  return l.constant(l.tree.kind[node] === Kind.Float ? ConstantKind.Float : ConstantKind.Integer, text, node);
}

/** Forms of this family, by kind. */
export const expressionForms: readonly (readonly [Kind, ExpressionForm])[] = [
  [Kind.Identifier, lowerName],
  [Kind.Integer, lowerNumber],
  [Kind.Float, lowerNumber],
  [Kind.True, literal(ConstantKind.True)],
  [Kind.False, literal(ConstantKind.False)],
  [Kind.None, literal(ConstantKind.None)],
  [Kind.Ellipsis, literal(ConstantKind.Ellipsis)],
  [Kind.List, display(Op.List)],
  [Kind.ListPattern, display(Op.List)],
  [Kind.Set, display(Op.Set)],
  [Kind.Tuple, display(Op.Tuple)],
  [Kind.TuplePattern, display(Op.Tuple)],
  [Kind.ExpressionList, display(Op.Tuple)],
  [Kind.PatternList, display(Op.Tuple)],
  [Kind.Dictionary, lowerDictionary],
  [Kind.Attribute, lowerAttribute],
  [Kind.Subscript, lowerSubscript],
  [Kind.Slice, lowerSlice],
  [Kind.Yield, lowerYield],
  [Kind.Await, lowerAwait],
  [Kind.ListSplat, lowerStar],
  [Kind.ListSplatPattern, lowerStar],
  [Kind.NamedExpression, lowerWalrus],
  [Kind.Parenthesized, lowerParenthesized],
  [Kind.AsPattern, lowerAs],
];
