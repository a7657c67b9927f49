// The type statement, and what the grammar takes for one: it reads `type(self).count = 1`, where the builtin is called,
// as a type alias too. Those are told apart here.

import { Argument, Op } from '../code';
import { Kind } from '../grammar';
import { lowerAnnotation, lowerTypeParameters } from './annotations';
import { addArgument } from './calls';
import type { ExpressionForm, Lowering, StatementForm } from './lowering';

/** `type X[T] = ...` binds X to the type expression. */
function lowerTypeAlias(l: Lowering, node: number): void {
  const { tree } = l;
  const left = tree.first(node);
  const right = left < 0 ? -1 : tree.next(left, node);
  let name = left < 0 ? -1 : tree.first(left);
  if (name < 0 || right < 0) return;
  if (tree.kind[name] !== Kind.Identifier && tree.kind[name] !== Kind.GenericType) {
    lowerAssignmentToCall(l, node, name, right);
    return;
  }
  const mark = l.scope.openInner();
  if (tree.kind[name] === Kind.GenericType) {
    const list = tree.childOf(name, Kind.TypeParameter);
    if (list >= 0) lowerTypeParameters(l, list, mark);
    name = tree.first(name);
  }
  const value = lowerAnnotation(l, right);
  l.scope.closeInner(mark);
  l.target(name, value);
}

/** `type(self).count = 1`: what seems to be the target lacks the callee, which the statement begins with. */
function lowerAssignmentToCall(l: Lowering, node: number, left: number, right: number): void {
  const { tree } = l;
  let target = left;
  if (tree.kind[target] === Kind.ConstrainedType) {
    const type = tree.first(target);
    target = type < 0 ? -1 : tree.first(type);
  }
  for (let spine = target; spine >= 0; spine = tree.first(spine)) {
    tree.start[spine] = tree.start[node] as number;
    const kind = tree.kind[spine];
    if (kind === Kind.Parenthesized || kind === Kind.Tuple) tree.kind[spine] = Kind.TypeCall;
    else if (kind === Kind.Attribute || kind === Kind.Subscript || kind === Kind.Call) continue;
    break;
  }
  const value = lowerAnnotation(l, right, false);
  l.target(target, value);
}

/** The parentheses after a `type` that the grammar took for a keyword. */
function lowerTypeCall(l: Lowering, node: number): number {
  const { tree } = l;
  const start = tree.start[node] as number;
  const callee = l.scope.load(l.tables.name('type'), start, start + 'type'.length);
  const mark = l.gather();
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    addArgument(l, Argument.Positional, l.expression(child));
  }
  return l.emit(Op.Call, callee, l.list(mark, 2), -1, node);
}

/** Statement forms of this family, by kind. */
export const typeAliasForms: readonly (readonly [Kind, StatementForm])[] = [[Kind.TypeAlias, lowerTypeAlias]];

/** Expression forms of this family, by kind. */
export const typeCallForms: readonly (readonly [Kind, ExpressionForm])[] = [[Kind.TypeCall, lowerTypeCall]];
