// Annotations and type expressions: `X[Y]`, `X | Y`, quoted names, and PEP 695's type parameters.
// Lowered like the expressions they are; what they mean is decided elsewhere.

import { BinaryOperator, ConstantKind, Op } from '../code';
import { Kind } from '../grammar';
import type { Lowering } from './lowering';
import { literalParts, literalText } from './strings';

/** Lowers a `type` node, or whatever stands in its place. With `quoted` false a string is just a string. */
export function lowerAnnotation(l: Lowering, node: number, quoted = true): number {
  return l.bounded(node, () => lowerType(l, node, quoted));
}

function lowerType(l: Lowering, node: number, quoted: boolean): number {
  const { tree } = l;
  switch (tree.kind[node]) {
    case Kind.Type: {
      const inner = tree.first(node);
      return inner < 0 ? l.unknown(node) : lowerAnnotation(l, inner, quoted);
    }
    case Kind.GenericType: {
      const first = tree.first(node);
      const list = first < 0 ? -1 : tree.next(first, node);
      if (list < 0) return l.unknown(node);
      const generic = l.expression(first);
      return l.emit(Op.Item, generic, lowerTypeArguments(l, list, quoted), -1, node);
    }
    case Kind.UnionType: {
      const first = tree.first(node);
      const second = first < 0 ? -1 : tree.next(first, node);
      if (second < 0) return l.unknown(node);
      const left = lowerAnnotation(l, first, quoted);
      const right = lowerAnnotation(l, second, quoted);
      return l.emit(Op.Binary, left, right, BinaryOperator.Or, node);
    }
    case Kind.MemberType: {
      const first = tree.first(node);
      const member = first < 0 ? -1 : tree.next(first, node);
      if (member < 0) return l.unknown(node);
      return l.emit(Op.Attribute, lowerAnnotation(l, first, quoted), l.name(member), -1, node);
    }
    case Kind.SplatType:
      return l.emit(Op.Star, l.expressionOr(tree.childOf(node, Kind.Identifier), node), -1, -1, node);
    case Kind.String:
      return quoted ? lowerQuoted(l, node) : l.expression(node);
    default:
      return l.expression(node);
  }
}

function lowerTypeArguments(l: Lowering, list: number, quoted: boolean): number {
  const { tree } = l;
  const first = tree.first(list);
  if (first < 0) return l.unknown(list);
  if (tree.next(first, list) < 0) return lowerAnnotation(l, first, quoted);
  const mark = l.gather();
  for (let child = first; child >= 0; child = tree.next(child, list))
    l.add(lowerAnnotation(l, child, quoted));
  return l.emit(Op.Tuple, -1, l.list(mark), -1, list);
}

const DOTTED = /^\s*[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*\s*$/u;

/** `'a.B'` in an annotation names a class; anything more complicated in quotes stays a string. */
function lowerQuoted(l: Lowering, node: number): number {
  const { tree, text } = l;
  const start = tree.start[node] as number;
  const end = tree.end[node] as number;
  const parts = literalParts(text, start, end);
  if (parts.format || parts.bytes || parts.backticks) return l.expression(node);
  const content = literalText(text, start, end);
  if (!DOTTED.test(content)) return l.constant(ConstantKind.String, content, node);
  const [first = '', ...members] = content.trim().split('.');
  let value = l.scope.load(l.tables.name(first), start, end);
  for (const member of members) value = l.emit(Op.Attribute, value, l.tables.name(member), -1, node);
  return value;
}

/** Makes PEP 695's type parameters visible as slots of the enclosing scope. `mark` is from `Scope.openInner`. */
export function lowerTypeParameters(l: Lowering, node: number, mark: number): void {
  const { tree } = l;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    const inner = tree.kind[child] === Kind.Type ? tree.first(child) : child;
    if (inner < 0) continue;
    let name = inner;
    let bound = -1;
    if (tree.kind[inner] === Kind.ConstrainedType) {
      name = tree.first(inner);
      bound = name < 0 ? -1 : tree.next(name, inner);
    }
    while (name >= 0 && tree.kind[name] !== Kind.Identifier) {
      if (tree.kind[name] !== Kind.Type && tree.kind[name] !== Kind.SplatType) name = -1;
      else
        name = tree.childOf(
          name,
          tree.kind[name] === Kind.SplatType ? Kind.Identifier : (tree.kind[name + 1] as Kind),
        );
    }
    if (name < 0 || tree.isMissing(name)) continue;
    if (bound >= 0) lowerAnnotation(l, bound);
    const slot = l.scope.addInner(l.name(name), mark);
    const value = l.unknown(name);
    l.emit(Op.StoreLocal, slot, value, -1, name);
  }
}
