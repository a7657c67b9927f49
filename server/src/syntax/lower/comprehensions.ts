// Comprehensions and generator expressions: loops around a Collect. Their variables get slots of their own in the
// enclosing scope; the first iterable is evaluated outside, where those are not visible yet.

import { IfOrigin, LoopKind, Op, ScopeKind } from '../code';
import { Kind } from '../grammar';
import type { ExpressionForm, Lowering } from './lowering';

const enum Builds {
  List,
  Set,
  Dictionary,
  Generator,
}

function comprehension(builds: Builds): ExpressionForm {
  return (l, node) => lowerComprehension(l, node, builds);
}

function lowerComprehension(l: Lowering, node: number, builds: Builds): number {
  const { tree } = l;
  const body = tree.first(node);
  const outermost = tree.childOf(node, Kind.ForInClause);
  if (body < 0 || outermost < 0) return l.unknown(node);
  const first = lowerIterable(l, outermost);
  const value = l.emit(Op.Comprehension, -1, -1, builds, node);
  const visible = l.scope.openInner();
  if (l.scope.kind === ScopeKind.Class) l.scope.hidden++;
  for (let clause = outermost; clause >= 0; clause = tree.next(clause, node)) {
    if (tree.kind[clause] === Kind.ForInClause) declareTargets(l, tree.first(clause), visible);
  }
  let open = 0;
  for (let clause = outermost; clause >= 0; clause = tree.next(clause, node)) {
    if (tree.kind[clause] === Kind.ForInClause) {
      const iterable = clause === outermost ? first : lowerIterable(l, clause);
      lowerLoopHead(l, clause, iterable);
    } else if (tree.kind[clause] === Kind.IfClause) {
      const condition = tree.first(clause);
      const test = l.expressionOr(condition, clause);
      l.emit(Op.If, test, -1, IfOrigin.ComprehensionFilter, condition < 0 ? clause : condition);
    } else continue;
    open++;
  }
  lowerBody(l, body, value, builds);
  for (; open > 0; open--) l.emitAtEnd(Op.End, -1, -1, -1, node);
  if (l.scope.kind === ScopeKind.Class) l.scope.hidden--;
  l.scope.closeInner(visible);
  return value;
}

function lowerBody(l: Lowering, body: number, container: number, builds: Builds): void {
  const { tree } = l;
  if (builds !== Builds.Dictionary) {
    const element = l.expression(body);
    l.emit(Op.Collect, container, element, -1, body);
    return;
  }
  const keyNode = tree.first(body);
  const key = l.expressionOr(keyNode, body);
  const element = l.expressionOr(keyNode < 0 ? -1 : tree.next(keyNode, body), body);
  l.emit(Op.Collect, container, element, key, body);
}

/** `for x in a, b` (Python 2) iterates over a tuple. */
function lowerIterable(l: Lowering, clause: number): number {
  const { tree } = l;
  const target = tree.first(clause);
  const iterable = target < 0 ? -1 : tree.next(target, clause);
  if (iterable < 0) return l.unknown(clause);
  if (tree.next(iterable, clause) < 0) return l.expression(iterable);
  const mark = l.gather();
  for (let child = iterable; child >= 0; child = tree.next(child, clause)) l.add(l.expression(child));
  return l.emit(Op.Tuple, -1, l.list(mark), -1, clause);
}

function lowerLoopHead(l: Lowering, clause: number, iterable: number): void {
  const { tree, text } = l;
  const isAsync = text.startsWith('async', tree.start[clause]);
  l.emit(Op.Loop, iterable, -1, isAsync ? LoopKind.AsyncComprehension : LoopKind.Comprehension, clause);
  const target = tree.first(clause);
  const element = l.emit(Op.Element, iterable, -1, isAsync ? 1 : 0, target < 0 ? clause : target);
  l.inComprehensionTarget = true;
  l.target(target, element);
  l.inComprehensionTarget = false;
}

/** Makes the names of a target visible inside; a name used by two clauses is one variable. */
function declareTargets(l: Lowering, target: number, visible: number): void {
  if (target < 0) return;
  const { tree } = l;
  const stop = tree.past[target] as number;
  for (let node = target; node < stop; ) {
    const kind = tree.kind[node] as Kind;
    if (kind === Kind.Identifier && !tree.isMissing(node)) l.scope.addInner(l.name(node), visible);
    // What is indexed or dotted is no variable of the comprehension.
    node = kind === Kind.Subscript || kind === Kind.Attribute ? (tree.past[node] as number) : node + 1;
  }
}

/** Forms of this family, by kind. */
export const comprehensionForms: readonly (readonly [Kind, ExpressionForm])[] = [
  [Kind.ListComprehension, comprehension(Builds.List)],
  [Kind.SetComprehension, comprehension(Builds.Set)],
  [Kind.DictionaryComprehension, comprehension(Builds.Dictionary)],
  [Kind.GeneratorExpression, comprehension(Builds.Generator)],
];
