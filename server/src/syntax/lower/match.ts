// The match statement as a chain of Ifs. A pattern of literals or values has a condition that can be read; the
// shape of a sequence, mapping or class is not tested here, so its condition is unknown. Captures are stored.

import { CompareOperator, ConstantKind, IfOrigin, Op, UnaryOperator } from '../code';
import { Kind } from '../grammar';
import type { Lowering, StatementForm } from './lowering';

function lowerMatch(l: Lowering, node: number): void {
  const { tree } = l;
  const subjects: number[] = [];
  let body = -1;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    if (tree.kind[child] === Kind.Block) body = child;
    else subjects.push(child);
  }
  const subject = lowerSubject(l, node, subjects);
  let open = 0;
  for (let clause = body < 0 ? -1 : tree.first(body); clause >= 0; clause = tree.next(clause, body)) {
    if (tree.kind[clause] !== Kind.CaseClause) continue;
    if (open > 0) l.emit(Op.Else, -1, -1, -1, clause);
    lowerCase(l, clause, subject);
    open++;
  }
  for (; open > 0; open--) l.emitAtEnd(Op.End, -1, -1, -1, node);
}

function lowerSubject(l: Lowering, node: number, subjects: readonly number[]): number {
  const only = subjects[0];
  if (only === undefined) return l.unknown(node);
  if (subjects.length === 1) return l.expression(only);
  const mark = l.gather();
  for (const subject of subjects) l.add(l.expression(subject));
  return l.emit(Op.Tuple, -1, l.list(mark), -1, node);
}

/** A case: the If of its pattern, the captures in it. A guard is joined to the pattern's condition like an `and`. */
function lowerCase(l: Lowering, clause: number, subject: number): void {
  const { tree } = l;
  const patterns: number[] = [];
  let guard = -1;
  for (let child = tree.first(clause); child >= 0; child = tree.next(child, clause)) {
    if (tree.kind[child] === Kind.CasePattern) patterns.push(child);
    else if (tree.kind[child] === Kind.IfClause) guard = tree.first(child);
  }
  const first = patterns[0] ?? clause;
  const test = patterns.length === 1 ? testPattern(l, first, subject) : UNKNOWN;
  const capture = (): void => {
    if (patterns.length === 1) capturePattern(l, first, subject);
    else captureSequence(l, patterns, subject);
  };
  if (guard < 0) {
    l.emit(
      Op.If,
      test === ALWAYS ? l.constant(ConstantKind.True, '', first) : test,
      -1,
      IfOrigin.MatchCase,
      first,
    );
    capture();
  } else {
    const condition = lowerGuarded(l, clause, test, capture, guard, first);
    l.emit(Op.If, condition, -1, IfOrigin.MatchCase, first);
  }
  l.block(tree.childOf(clause, Kind.Block));
}

function lowerGuarded(
  l: Lowering,
  clause: number,
  test: number,
  capture: () => void,
  guard: number,
  pattern: number,
): number {
  if (test === ALWAYS) {
    capture();
    return l.expression(guard);
  }
  const condition = test === UNKNOWN ? l.unknown(pattern) : test;
  l.emit(Op.If, condition, -1, IfOrigin.BooleanOperator, pattern);
  capture();
  const mark = l.gather();
  l.add(condition);
  l.add(l.expression(guard));
  l.emitAtEnd(Op.End, -1, -1, -1, guard);
  return l.emit(Op.Phi, IfOrigin.BooleanOperator, l.list(mark), 0, clause);
}

/** Conditions that are no value: not decidable here, and never false. */
const UNKNOWN = -1;
const ALWAYS = -2;

function testPattern(l: Lowering, node: number, subject: number): number {
  return l.bounded(node, () => testOf(l, node, subject));
}

function testOf(l: Lowering, node: number, subject: number): number {
  const { tree } = l;
  switch (tree.kind[node]) {
    case Kind.CasePattern: {
      const inner = tree.first(node);
      if (inner < 0 || tree.kind[inner] === Kind.Underscore) return ALWAYS;
      if (tree.kind[inner] !== Kind.Minus) return testPattern(l, inner, subject);
      return compare(l, node, subject, negated(l, node, tree.next(inner, node)), CompareOperator.Equal);
    }
    case Kind.AsPattern: {
      const inner = tree.first(node);
      return inner < 0 ? UNKNOWN : testPattern(l, inner, subject);
    }
    case Kind.UnionPattern:
      return testUnion(l, node, subject);
    case Kind.TuplePattern: {
      const only = tree.first(node);
      const grouped = only >= 0 && tree.next(only, node) < 0 && !hasComma(l, only, node);
      return grouped ? testPattern(l, only, subject) : UNKNOWN;
    }
    case Kind.DottedName:
      return isCapture(l, node)
        ? ALWAYS
        : compare(l, node, subject, lowerDotted(l, node), CompareOperator.Equal);
    case Kind.ClassPattern: {
      // The class is referred to, even though the test of its instances is not described.
      const name = tree.first(node);
      if (name >= 0) lowerDotted(l, name);
      return UNKNOWN;
    }
    case Kind.None:
    case Kind.True:
    case Kind.False:
      return compare(l, node, subject, l.expression(node), CompareOperator.Is);
    case Kind.Integer:
    case Kind.Float:
    case Kind.String:
    case Kind.ConcatenatedString:
      return compare(l, node, subject, l.expression(node), CompareOperator.Equal);
    default:
      return UNKNOWN;
  }
}

function compare(
  l: Lowering,
  node: number,
  subject: number,
  value: number,
  operator: CompareOperator,
): number {
  return l.emit(Op.Compare, subject, value, operator, node);
}

function negated(l: Lowering, node: number, number: number): number {
  const value = l.expressionOr(number, node);
  return l.emit(Op.Unary, value, -1, UnaryOperator.Minus, node);
}

/** `1 | 2 | "x"` is membership in a tuple; a union with any other kind of pattern is not decided. */
function testUnion(l: Lowering, node: number, subject: number): number {
  const { tree } = l;
  let decided = true;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    const kind = tree.kind[child] as Kind;
    if (kind === Kind.ClassPattern) {
      const name = tree.first(child);
      if (name >= 0) lowerDotted(l, name);
    }
    if (kind === Kind.Underscore || (kind === Kind.DottedName && isCapture(l, child))) return ALWAYS;
    if (kind !== Kind.Bar && !isValuePattern(kind)) decided = false;
  }
  if (!decided) return UNKNOWN;
  const mark = l.gather();
  let minus = false;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    const kind = tree.kind[child] as Kind;
    if (kind === Kind.Minus) minus = true;
    else if (kind < Kind.FirstToken) {
      const value = kind === Kind.DottedName ? lowerDotted(l, child) : l.expression(child);
      l.add(minus ? l.emit(Op.Unary, value, -1, UnaryOperator.Minus, child) : value);
      minus = false;
    }
  }
  const values = l.emit(Op.Tuple, -1, l.list(mark), -1, node);
  return compare(l, node, subject, values, CompareOperator.In);
}

function isValuePattern(kind: Kind): boolean {
  switch (kind) {
    case Kind.Integer:
    case Kind.Float:
    case Kind.String:
    case Kind.ConcatenatedString:
    case Kind.None:
    case Kind.True:
    case Kind.False:
    case Kind.DottedName:
    case Kind.Minus:
      return true;
    default:
      return false;
  }
}

function isCapture(l: Lowering, node: number): boolean {
  return !l.source(node).includes('.');
}

function hasComma(l: Lowering, child: number, parent: number): boolean {
  return l.text.slice(l.tree.end[child], l.tree.end[parent]).includes(',');
}

function lowerDotted(l: Lowering, node: number): number {
  const [first = '', ...members] = l
    .source(node)
    .replace(/[\s\\]+/g, '')
    .split('.');
  let value = l.scope.load(l.tables.name(first), l.tree.start[node] as number, l.tree.end[node] as number);
  for (const member of members) value = l.emit(Op.Attribute, value, l.tables.name(member), -1, node);
  return value;
}

function capturePattern(l: Lowering, node: number, value: number): void {
  l.bounded(node, () => {
    captureIn(l, node, value);
    return -1;
  });
}

function captureIn(l: Lowering, node: number, value: number): void {
  const { tree } = l;
  switch (tree.kind[node]) {
    case Kind.CasePattern:
    case Kind.UnionPattern: {
      for (let child = tree.first(node); child >= 0; child = tree.next(child, node))
        capturePattern(l, child, value);
      return;
    }
    case Kind.AsPattern: {
      const inner = tree.first(node);
      if (inner < 0) return;
      capturePattern(l, inner, value);
      l.target(tree.next(inner, node), value);
      return;
    }
    case Kind.DottedName:
      if (isCapture(l, node) && !tree.isMissing(node)) {
        l.scope.store(l.name(node), value, tree.start[node] as number, tree.end[node] as number);
      }
      return;
    case Kind.ListPattern:
    case Kind.TuplePattern: {
      const children: number[] = [];
      for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) children.push(child);
      const only = children[0];
      const grouped = tree.kind[node] === Kind.TuplePattern && children.length === 1 && only !== undefined;
      if (grouped && !hasComma(l, only, node) && splatIn(l, only) < 0) capturePattern(l, only, value);
      else captureSequence(l, children, value);
      return;
    }
    case Kind.DictPattern:
      captureMapping(l, node, value);
      return;
    case Kind.ClassPattern:
      captureClass(l, node, value);
      return;
    case Kind.SplatPattern: {
      const name = tree.childOf(node, Kind.Identifier);
      if (name >= 0) l.target(name, value);
      return;
    }
    default:
  }
}

/** The splat pattern that a case pattern consists of, or -1. */
function splatIn(l: Lowering, node: number): number {
  return l.tree.kind[node] === Kind.SplatPattern ? node : l.tree.childOf(node, Kind.SplatPattern);
}

function captureSequence(l: Lowering, children: readonly number[], value: number): void {
  const star = children.findIndex((child) => splatIn(l, child) >= 0);
  children.forEach((child, at) => {
    const position = star < 0 || at < star ? at : at === star ? -1 : at - children.length - 1;
    capturePattern(l, child, l.emit(Op.Unpack, value, -1, position, child));
  });
}

/** Keys and values alternate; a `-` before a number stands alone. What `**rest` takes is unknown but the mapping's. */
function captureMapping(l: Lowering, node: number, value: number): void {
  const { tree } = l;
  let key = -1;
  let minus = false;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    const kind = tree.kind[child] as Kind;
    if (kind === Kind.SplatPattern) capturePattern(l, child, value);
    else if (kind === Kind.CasePattern) {
      const index = key < 0 ? l.unknown(child) : key;
      capturePattern(l, child, l.emit(Op.Item, value, index, -1, child));
      key = -1;
    } else if (kind < Kind.FirstToken) {
      key = kind === Kind.DottedName ? lowerDotted(l, child) : l.expression(child);
      if (minus) key = l.emit(Op.Unary, key, -1, UnaryOperator.Minus, child);
      minus = false;
    } else if (kind === Kind.Minus) minus = true;
  }
}

function captureClass(l: Lowering, node: number, value: number): void {
  const { tree } = l;
  const name = tree.first(node);
  let at = 0;
  for (let child = name < 0 ? -1 : tree.next(name, node); child >= 0; child = tree.next(child, node)) {
    const keyword = tree.kind[child] === Kind.CasePattern ? tree.childOf(child, Kind.KeywordPattern) : -1;
    if (keyword < 0) {
      capturePattern(l, child, l.emit(Op.Unpack, value, -1, at++, child));
      continue;
    }
    const attribute = tree.first(keyword);
    if (attribute < 0) continue;
    const member = l.emit(Op.Attribute, value, l.name(attribute), -1, keyword);
    for (let part = tree.next(attribute, keyword); part >= 0; part = tree.next(part, keyword)) {
      capturePattern(l, part, member);
    }
  }
}

/** Forms of this family, by kind. */
export const matchForms: readonly (readonly [Kind, StatementForm])[] = [[Kind.Match, lowerMatch]];
