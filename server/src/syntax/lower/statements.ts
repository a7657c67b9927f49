// Simple statements: assignment in its forms, return, raise, assert, del, declarations, Python 2's print and exec.

import { Argument, BinaryOperator, CodeFlag, IfOrigin, Op } from '../code';
import { Kind } from '../grammar';
import { lowerAnnotation } from './annotations';
import { addArgument } from './calls';
import { lowerElements, lowerIndex } from './expressions';
import type { Lowering, StatementForm } from './lowering';
import { binaryOperator } from './operators';
import { lowerDeletion } from './targets';

function lowerExpressionStatement(l: Lowering, node: number): void {
  const { tree } = l;
  const first = tree.first(node);
  if (first < 0) return;
  const kind = tree.kind[first];
  if (kind === Kind.Assignment || kind === Kind.AugmentedAssignment) {
    lowerAssigned(l, first);
    return;
  }
  if (tree.next(first, node) < 0 && tree.end[first] === tree.end[node]) {
    const value = l.expression(first);
    l.emit(Op.Discard, value, -1, -1, first);
    return;
  }
  const elements = lowerElements(l, node, first);
  l.emit(Op.Discard, l.emit(Op.Tuple, -1, elements, -1, node), -1, -1, node);
}

/** Lowers an assignment of any form and returns the value assigned. */
function lowerAssigned(l: Lowering, node: number): number {
  if (l.tree.kind[node] === Kind.AugmentedAssignment) return lowerAugmented(l, node);
  const { tree } = l;
  // `a = b = v`: the value first, then the targets from left to right.
  const targets: number[] = [];
  let at = node;
  let value = -1;
  for (;;) {
    const left = tree.first(at);
    if (left < 0) break;
    let right = tree.next(left, at);
    if (right >= 0 && tree.kind[right] === Kind.Type) {
      const type = right;
      right = tree.next(type, at);
      if (right >= 0) value = l.expression(right);
      lowerAnnotated(l, at, left, type, value);
      break;
    }
    targets.push(left);
    if (right < 0) value = l.unknown(at);
    else if (tree.kind[right] === Kind.Assignment) {
      at = right;
      continue;
    } else if (tree.kind[right] === Kind.AugmentedAssignment) value = lowerAugmented(l, right);
    else value = l.expression(right);
    break;
  }
  for (let k = 0; k < targets.length && value >= 0; k++) l.target(targets[k]!, value);
  return value;
}

/** `x: T` and `self.x: T`, stored when there is a value (else -1); a name is bound even without one. */
function lowerAnnotated(l: Lowering, node: number, target: number, type: number, value: number): void {
  const { tree } = l;
  if (tree.kind[target] === Kind.Identifier && !tree.isMissing(target)) {
    const annotation = lowerAnnotation(l, type);
    const name = l.name(target);
    if (value < 0) l.scope.bind(name);
    l.emit(Op.Annotate, -1, annotation, name, node);
  } else if (tree.kind[target] === Kind.Attribute) {
    const object = tree.first(target);
    const attribute = object < 0 ? -1 : tree.next(object, target);
    if (attribute < 0) return;
    const holder = l.expression(object);
    const annotation = lowerAnnotation(l, type);
    l.emit(Op.Annotate, holder, annotation, l.name(attribute), node);
    if (value >= 0) l.emit(Op.StoreAttribute, holder, l.name(attribute), value, target);
    return;
  } else lowerAnnotation(l, type);
  if (value >= 0) l.target(target, value);
}

/** `x op= v`: the place is read once and written once, its object and index evaluated once. */
function lowerAugmented(l: Lowering, node: number): number {
  const { tree } = l;
  let target = tree.first(node);
  const token = target < 0 ? -1 : tree.next(target, node);
  if (token < 0) return l.unknown(node);
  const right = tree.next(token, node);
  const operator = binaryOperator(tree.kind[token] as Kind);
  while (tree.kind[target] === Kind.Parenthesized && tree.first(target) >= 0) target = tree.first(target);
  const operand = (): number => {
    if (right < 0) return l.unknown(node);
    const kind = tree.kind[right];
    const chained = kind === Kind.Assignment || kind === Kind.AugmentedAssignment;
    return chained ? l.bounded(right, () => lowerAssigned(l, right)) : l.expression(right);
  };
  const combine = (old: number): number => {
    const value = operand();
    return operator < 0 || value < 0
      ? l.unknown(node)
      : l.emit(Op.Binary, old, value, operator | BinaryOperator.InPlace, node);
  };
  const first = tree.first(target);
  if (tree.kind[target] === Kind.Attribute && first >= 0 && tree.next(first, target) >= 0) {
    const holder = l.expression(first);
    const name = l.name(tree.next(first, target));
    const value = combine(l.emit(Op.Attribute, holder, name, -1, target));
    l.emit(Op.StoreAttribute, holder, name, value, target);
    return value;
  }
  if (tree.kind[target] === Kind.Subscript && first >= 0) {
    const holder = l.expression(first);
    const index = lowerIndex(l, target, tree.next(first, target));
    const value = combine(l.emit(Op.Item, holder, index, -1, target));
    l.emit(Op.StoreItem, holder, index, value, target);
    return value;
  }
  const value = combine(l.expression(target));
  l.target(target, value);
  return value;
}

function lowerReturn(l: Lowering, node: number): void {
  const first = l.tree.first(node);
  const value = first < 0 ? -1 : l.expression(first);
  l.emit(Op.Return, value, -1, -1, node);
}

/** `raise E, "text"` of Python 2 raises its first element. */
function lowerRaise(l: Lowering, node: number): void {
  const { tree } = l;
  let value = -1;
  let cause = -1;
  let fromCause = false;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    if (tree.kind[child] === Kind.From) fromCause = true;
    else if (fromCause) cause = l.expression(child);
    else if (tree.kind[child] === Kind.ExpressionList && tree.first(child) >= 0) {
      for (let part = tree.first(child); part >= 0; part = tree.next(part, child)) {
        const lowered = l.expression(part);
        if (value < 0) value = lowered;
      }
    } else value = l.expression(child);
  }
  l.emit(Op.Raise, value, cause, -1, node);
}

function lowerAssert(l: Lowering, node: number): void {
  const { tree } = l;
  const condition = tree.first(node);
  if (condition < 0) return;
  const test = l.expression(condition);
  l.emit(Op.If, test, -1, IfOrigin.Assert, condition);
  l.emitAtEnd(Op.Else, -1, -1, -1, condition);
  const error = l.emit(Op.Global, l.tables.name('AssertionError'), -1, -1, node);
  const mark = l.gather();
  const message = tree.next(condition, node);
  if (message >= 0) addArgument(l, Argument.Positional, l.expression(message));
  const raised = l.emit(Op.Call, error, l.list(mark, 2), -1, node);
  l.emit(Op.Raise, raised, -1, -1, node);
  l.emitAtEnd(Op.End, -1, -1, -1, node);
}

function lowerDelete(l: Lowering, node: number): void {
  for (let child = l.tree.first(node); child >= 0; child = l.tree.next(child, node)) lowerDeletion(l, child);
}

function declaration(declare: (l: Lowering, name: number) => void): StatementForm {
  return (l, node) => {
    const { tree } = l;
    for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
      if (tree.kind[child] === Kind.Identifier && !tree.isMissing(child)) declare(l, l.name(child));
    }
  };
}

/** Python 2's print and exec statements are calls of the functions they became. */
function commandForm(name: string): StatementForm {
  return (l, node) => {
    const { tree } = l;
    if (name === 'exec') l.scope.flags |= CodeFlag.Dynamic;
    const start = tree.start[node] as number;
    const callee = l.scope.load(l.tables.name(name), start, start + name.length);
    const mark = l.gather();
    for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
      if (tree.kind[child] === Kind.Chevron) {
        addArgument(l, l.tables.name('file'), l.expressionOr(tree.first(child), child));
      } else addArgument(l, Argument.Positional, l.expression(child));
    }
    const value = l.emit(Op.Call, callee, l.list(mark, 2), -1, node);
    l.emit(Op.Discard, value, -1, -1, node);
  };
}

/** Forms of this family, by kind. */
export const statementForms: readonly (readonly [Kind, StatementForm])[] = [
  [Kind.ExpressionStatement, lowerExpressionStatement],
  [Kind.Return, lowerReturn],
  [Kind.Raise, lowerRaise],
  [Kind.Assert, lowerAssert],
  [Kind.Delete, lowerDelete],
  [Kind.Global, declaration((l, name) => l.scope.declareGlobal(name))],
  [Kind.Nonlocal, declaration((l, name) => l.scope.declareNonlocal(name))],
  [Kind.Print, commandForm('print')],
  [Kind.Exec, commandForm('exec')],
  [Kind.Break, (l, node) => l.emit(Op.Break, -1, -1, -1, node)],
  [Kind.Continue, (l, node) => l.emit(Op.Continue, -1, -1, -1, node)],
  [Kind.Block, (l, node) => l.block(node)],
  [Kind.Error, (l, node) => l.block(node)],
];
