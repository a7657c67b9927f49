// What a value is bound to: names, attributes, items, unpacking, and the same places deleted.

import { Op } from '../code';
import { Kind } from '../grammar';
import { lowerIndex } from './expressions';
import type { Lowering, TargetForm } from './lowering';

function storeName(l: Lowering, node: number, value: number): void {
  const { tree, scope } = l;
  if (tree.isMissing(node)) return;
  const start = tree.start[node] as number;
  const end = tree.end[node] as number;
  if (l.inComprehensionTarget) scope.storeInner(l.name(node), value, start, end);
  else scope.store(l.name(node), value, start, end);
}

function storeAttribute(l: Lowering, node: number, value: number): void {
  const { tree } = l;
  const object = tree.first(node);
  const holder = l.expressionOr(object, node);
  const attribute = object < 0 ? -1 : tree.next(object, node);
  if (attribute < 0 || tree.isMissing(attribute)) return;
  l.emit(Op.StoreAttribute, holder, l.name(attribute), value, node);
}

function storeItem(l: Lowering, node: number, value: number): void {
  const { tree } = l;
  const object = tree.first(node);
  const holder = l.expressionOr(object, node);
  const index = lowerIndex(l, node, object < 0 ? -1 : tree.next(object, node));
  l.emit(Op.StoreItem, holder, index, value, node);
}

/** Elements are numbered from 0; behind a star they count from the end: -2 is the last, -3 the one before it. */
function unpack(l: Lowering, node: number, value: number): void {
  const { tree } = l;
  let count = 0;
  let starAt = -1;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    if (isStar(tree.kind[child] as Kind)) starAt = count;
    count++;
  }
  let at = 0;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    const position = starAt < 0 || at < starAt ? at : at === starAt ? -1 : at - count - 1;
    const element = l.emit(Op.Unpack, value, -1, position, child);
    l.target(at === starAt ? tree.first(child) : child, element);
    at++;
  }
}

function isStar(kind: Kind): boolean {
  return kind === Kind.ListSplatPattern || kind === Kind.ListSplat;
}

function storeInside(l: Lowering, node: number, value: number): void {
  l.target(l.tree.first(node), value);
}

/** Deletes what an expression names; a list or tuple deletes each of its elements. */
export function lowerDeletion(l: Lowering, node: number): void {
  const { tree } = l;
  switch (tree.kind[node]) {
    case Kind.Identifier:
      if (!tree.isMissing(node)) {
        l.scope.delete(l.name(node), tree.start[node] as number, tree.end[node] as number);
      }
      return;
    case Kind.Attribute: {
      const object = tree.first(node);
      const holder = l.expressionOr(object, node);
      const attribute = object < 0 ? -1 : tree.next(object, node);
      if (attribute >= 0) l.emit(Op.DeleteAttribute, holder, l.name(attribute), -1, node);
      return;
    }
    case Kind.Subscript: {
      const object = tree.first(node);
      const holder = l.expressionOr(object, node);
      const index = lowerIndex(l, node, object < 0 ? -1 : tree.next(object, node));
      l.emit(Op.DeleteItem, holder, index, -1, node);
      return;
    }
    case Kind.Tuple:
    case Kind.List:
    case Kind.ExpressionList:
    case Kind.Parenthesized:
    case Kind.TuplePattern:
    case Kind.ListPattern:
    case Kind.PatternList:
      l.bounded(node, () => {
        for (let child = tree.first(node); child >= 0; child = tree.next(child, node))
          lowerDeletion(l, child);
        return -1;
      });
      return;
    default:
  }
}

/** Forms of this family, by kind. */
export const targetForms: readonly (readonly [Kind, TargetForm])[] = [
  [Kind.Identifier, storeName],
  [Kind.Attribute, storeAttribute],
  [Kind.Subscript, storeItem],
  [Kind.Tuple, unpack],
  [Kind.List, unpack],
  [Kind.TuplePattern, unpack],
  [Kind.ListPattern, unpack],
  [Kind.PatternList, unpack],
  [Kind.ExpressionList, unpack],
  [Kind.Parenthesized, storeInside],
  [Kind.AsPatternTarget, storeInside],
  [Kind.ListSplat, storeInside],
  [Kind.ListSplatPattern, storeInside],
];
