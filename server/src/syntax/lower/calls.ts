// Calls and their arguments, class bases included: positional, keyword, unpacked.

import { Argument, CodeFlag, Op } from '../code';
import { Kind } from '../grammar';
import type { ExpressionForm, Lowering } from './lowering';

const DYNAMIC: ReadonlySet<string> = new Set(['locals', 'exec', 'eval', 'vars']);

/** Gathers pairs (keyword name or `Argument` mark, value) of an argument list. */
export function gatherArguments(l: Lowering, node: number): void {
  const { tree } = l;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    switch (tree.kind[child]) {
      case Kind.KeywordArgument: {
        const keyword = tree.first(child);
        if (keyword < 0) break;
        const value = l.expressionOr(tree.next(keyword, child), child);
        addArgument(l, l.name(keyword), value);
        break;
      }
      case Kind.ListSplat:
      case Kind.ListSplatPattern:
        addArgument(l, Argument.Star, l.expressionOr(tree.first(child), child));
        break;
      case Kind.DictionarySplat:
      case Kind.DictionarySplatPattern:
        addArgument(l, Argument.DoubleStar, l.expressionOr(tree.first(child), child));
        break;
      default:
        addArgument(l, Argument.Positional, l.expression(child));
    }
  }
}

/** Gathers one argument. */
export function addArgument(l: Lowering, keyword: number, value: number): void {
  l.add(keyword);
  l.add(value);
}

function lowerCall(l: Lowering, node: number): number {
  const { tree } = l;
  const callee = tree.first(node);
  if (callee < 0) return l.unknown(node);
  if (tree.kind[callee] === Kind.Identifier && DYNAMIC.has(l.source(callee)))
    l.scope.flags |= CodeFlag.Dynamic;
  const value = l.expression(callee);
  const list = tree.next(callee, node);
  const mark = l.gather();
  if (list >= 0) {
    if (tree.kind[list] === Kind.ArgumentList) gatherArguments(l, list);
    else addArgument(l, Argument.Positional, l.expression(list));
  }
  return l.emit(Op.Call, value, l.list(mark, 2), -1, node);
}

/** Forms of this family, by kind. */
export const callForms: readonly (readonly [Kind, ExpressionForm])[] = [[Kind.Call, lowerCall]];
