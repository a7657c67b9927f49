// Compound statements as brackets: if, while, for, try, with.

import { IfOrigin, LoopKind, Op } from '../code';
import { Kind } from '../grammar';
import type { Lowering, StatementForm } from './lowering';

/** An elif is an If in the Else of the one before; all of them end together. */
function lowerIf(l: Lowering, node: number): void {
  const { tree } = l;
  lowerBranch(l, node);
  let open = 1;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    if (tree.kind[child] === Kind.ElifClause) {
      l.emit(Op.Else, -1, -1, -1, child);
      lowerBranch(l, child);
      open++;
    } else if (tree.kind[child] === Kind.ElseClause) {
      l.emit(Op.Else, -1, -1, -1, child);
      lowerClause(l, child);
    }
  }
  for (; open > 0; open--) l.emitAtEnd(Op.End, -1, -1, -1, node);
}

function lowerBranch(l: Lowering, node: number): void {
  const { tree } = l;
  const condition = tree.first(node);
  const hasCondition = condition >= 0 && tree.kind[condition] !== Kind.Block;
  const test = hasCondition ? l.expression(condition) : -1;
  l.emit(Op.If, test, -1, IfOrigin.Statement, hasCondition ? condition : node);
  lowerClause(l, node);
}

/** Lowers the statements of a clause, those in unreadable text of it included. */
function lowerClause(l: Lowering, node: number): void {
  const { tree } = l;
  const stop = tree.past[node] as number;
  for (let child = node + 1; child < stop; child = tree.past[child] as number) {
    if (tree.kind[child] === Kind.Block) l.block(child);
    else if (tree.kind[child] === Kind.Error && tree.kind[node] !== Kind.If) l.statement(child);
  }
}

function lowerLoopElse(l: Lowering, node: number): void {
  const clause = l.tree.childOf(node, Kind.ElseClause);
  if (clause < 0) return;
  l.emit(Op.LoopElse, -1, -1, -1, clause);
  lowerClause(l, clause);
}

/** `while True` has no condition: nothing but a Break leaves it. */
function lowerWhile(l: Lowering, node: number): void {
  const { tree } = l;
  const condition = tree.first(node);
  l.emit(Op.Loop, -1, -1, LoopKind.While, node);
  if (condition >= 0 && tree.kind[condition] !== Kind.Block && !isTrue(l, condition)) {
    const test = l.expression(condition);
    l.emit(Op.If, test, -1, IfOrigin.LoopCondition, condition);
    l.emitAtEnd(Op.Else, -1, -1, -1, condition);
    l.emitAtEnd(Op.Break, 1, -1, -1, condition);
    l.emitAtEnd(Op.End, -1, -1, -1, condition);
  }
  l.block(tree.childOf(node, Kind.Block));
  lowerLoopElse(l, node);
  l.emitAtEnd(Op.End, -1, -1, -1, node);
}

function isTrue(l: Lowering, node: number): boolean {
  const kind = l.tree.kind[node];
  return kind === Kind.True || (kind === Kind.Integer && l.source(node) === '1');
}

function lowerFor(l: Lowering, node: number): void {
  const { tree } = l;
  const target = tree.first(node);
  const right = target < 0 ? -1 : tree.next(target, node);
  const isAsync = l.text.startsWith('async', tree.start[node]);
  const iterable = right < 0 || tree.kind[right] === Kind.Block ? l.unknown(node) : l.expression(right);
  l.emit(Op.Loop, iterable, -1, isAsync ? LoopKind.AsyncFor : LoopKind.For, node);
  const element = l.emit(Op.Element, iterable, -1, isAsync ? 1 : 0, target < 0 ? node : target);
  l.target(target, element);
  l.block(tree.childOf(node, Kind.Block));
  lowerLoopElse(l, node);
  l.emitAtEnd(Op.End, -1, -1, -1, node);
}

/** One handler's head: the lowered type, and the node that its exception is bound to, or -1. */
interface Handler {
  readonly node: number;
  readonly type: number;
  readonly alias: number;
  readonly group: boolean;
}

/** The types of the handlers are evaluated before the Try: inside, they would look like part of its body. */
function lowerTry(l: Lowering, node: number): void {
  const { tree } = l;
  const handlers: Handler[] = [];
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    if (tree.kind[child] === Kind.ExceptClause) handlers.push(lowerHandlerHead(l, child));
  }
  l.emit(Op.Try, -1, -1, -1, node);
  l.block(tree.childOf(node, Kind.Block));
  let next = 0;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    switch (tree.kind[child]) {
      case Kind.ExceptClause:
        lowerHandler(l, handlers[next++] as Handler);
        break;
      case Kind.ElseClause:
        l.emit(Op.TryElse, -1, -1, -1, child);
        lowerClause(l, child);
        break;
      case Kind.FinallyClause:
        l.emit(Op.Finally, -1, -1, -1, child);
        lowerClause(l, child);
        break;
      default:
    }
  }
  l.emitAtEnd(Op.End, -1, -1, -1, node);
}

function lowerHandlerHead(l: Lowering, node: number): Handler {
  const { tree } = l;
  const values: number[] = [];
  let group = false;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    if (tree.kind[child] === Kind.Block) break;
    if (tree.kind[child] === Kind.Star) group = true;
    else if ((tree.kind[child] as Kind) < Kind.FirstToken) values.push(child);
  }
  const first = values[0];
  if (first === undefined) return { node, type: -1, alias: -1, group };
  if (tree.kind[first] === Kind.AsPattern) {
    const type = tree.first(first);
    return { node, type: l.expressionOr(type, first), alias: type < 0 ? -1 : tree.next(type, first), group };
  }
  const second = values[1];
  if (second === undefined) return { node, type: l.expression(first), alias: -1, group };
  if (values.length === 2 && isPython2Alias(l, second)) {
    return { node, type: l.expression(first), alias: second, group };
  }
  const mark = l.gather();
  for (const value of values) l.add(l.expression(value));
  return { node, type: l.emit(Op.Tuple, -1, l.list(mark), -1, node), alias: -1, group };
}

/** `except A, e` binds e in Python 2; `except A, B` names two types in Python 3.14. Case tells them apart. */
function isPython2Alias(l: Lowering, node: number): boolean {
  if (l.tree.kind[node] !== Kind.Identifier) return l.tree.kind[node] !== Kind.Attribute;
  const first = l.text.charAt(l.tree.start[node] as number);
  return first === first.toLowerCase();
}

function lowerHandler(l: Lowering, handler: Handler): void {
  const { node, alias } = handler;
  const except = l.emit(Op.Except, handler.type, -1, handler.group ? 1 : 0, node);
  if (alias >= 0) {
    const caught = l.emit(Op.Caught, except, -1, -1, alias);
    l.target(alias, caught);
  }
  lowerClause(l, node);
}

function lowerWith(l: Lowering, node: number): void {
  const { tree } = l;
  const isAsync = l.text.startsWith('async', tree.start[node]) ? 1 : 0;
  const clause = tree.childOf(node, Kind.WithClause);
  let open = 0;
  for (let item = clause < 0 ? -1 : tree.first(clause); item >= 0; item = tree.next(item, clause)) {
    const content = tree.kind[item] === Kind.WithItem ? tree.first(item) : item;
    if (content < 0) continue;
    lowerItem(l, content, isAsync);
    open++;
  }
  l.block(tree.childOf(node, Kind.Block));
  for (; open > 0; open--) l.emitAtEnd(Op.End, -1, -1, -1, node);
}

function lowerItem(l: Lowering, item: number, isAsync: number): void {
  const { tree } = l;
  const bound = tree.kind[item] === Kind.AsPattern;
  const manager = bound ? tree.first(item) : item;
  const value = l.expressionOr(manager, item);
  const entered = l.emit(Op.With, value, -1, isAsync, manager < 0 ? item : manager);
  const alias = bound && manager >= 0 ? tree.next(manager, item) : -1;
  if (alias < 0) return;
  const result = l.emit(Op.Entered, entered, -1, -1, alias);
  l.target(alias, result);
}

/** Forms of this family, by kind. */
export const controlForms: readonly (readonly [Kind, StatementForm])[] = [
  [Kind.If, lowerIf],
  [Kind.While, lowerWhile],
  [Kind.For, lowerFor],
  [Kind.Try, lowerTry],
  [Kind.With, lowerWith],
];
