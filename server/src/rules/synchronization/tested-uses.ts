// Uses of a field that its function has just tested for being there, and reads anew: `if self.conn: self.conn.send()`. What
// somebody else stores between the two decides what the second reading finds. Facts of one function's text.

import { handledNames, handlersAround } from '../../flow/handlers';
import type { Resolver } from '../../flow/resolver';
import type { Scope } from '../../program/program';
import { type Code, CompareOperator, ConstantKind, IfOrigin, Op, UnaryOperator } from '../../syntax/code';
import { elements } from '../../syntax/code-reader';
import { enclosing, endOf } from './lock-words';

/** A test of a field, and a later reading that counts on its answer. */
export interface TestedUse {
  /** The reading that was tested. */
  readonly test: number;
  /** The reading that is used: a method is called on it, or an element taken. */
  readonly use: number;
}

const none: readonly TestedUse[] = [];
const expecting = /(^|\.)(AttributeError|TypeError|Exception|BaseException)$/;
const leaving: ReadonlySet<Op> = new Set([Op.Return, Op.Raise, Op.Break, Op.Continue]);

/** The uses after tests of a function, each with the last test before it. */
export function testedUses(resolver: Resolver, scope: Scope): readonly TestedUse[] {
  const { code } = scope;
  const { op, a } = code;
  const { number, user } = resolver.numberings.of(scope);
  const found = new Map<number, TestedUse>();
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.If || a[at]! < 0 || code.c[at] === IfOrigin.Assert) continue;
    for (const truth of [true, false]) {
      const fields = fieldsIn(scope, number, a[at]!, truth);
      if (fields.length === 0) continue;
      for (const [from, to] of wayOf(code, at, truth)) {
        for (const field of fields) {
          for (let use = from; use < to; use++) {
            if (op[use] !== op[field] || number[use] !== number[field] || use === field) continue;
            if (isStoredBetween(scope, number, field, at, use)) break;
            if (needsIt(code, user, use) && !isExpected(scope, use)) found.set(use, { test: field, use });
          }
        }
      }
    }
  }
  return found.size === 0 ? none : [...found.values()].sort((x, y) => x.use - y.use);
}

/** The readings of fields that are something where a condition has a truth value. */
function fieldsIn(scope: Scope, number: Int32Array, condition: number, truth: boolean): readonly number[] {
  const { op, a, b, c } = scope.code;
  switch (op[condition] as Op) {
    case Op.Attribute:
    case Op.Global:
      return truth ? [condition] : [];
    case Op.Local: {
      const value = number[condition]!;
      return truth && (op[value] === Op.Attribute || op[value] === Op.Global) ? [value] : [];
    }
    case Op.Unary:
      return c[condition] === UnaryOperator.Not ? fieldsIn(scope, number, a[condition]!, !truth) : [];
    case Op.Compare: {
      const operator = c[condition] as CompareOperator;
      const other = b[condition]!;
      if (op[other] !== Op.Const || scope.file.source.constants[a[other]!]!.kind !== ConstantKind.None)
        return [];
      const isThere = operator === CompareOperator.IsNot;
      if (!isThere && operator !== CompareOperator.Is) return [];
      return isThere === truth ? fieldsIn(scope, number, a[condition]!, true) : [];
    }
    case Op.Phi:
      if (a[condition] !== IfOrigin.BooleanOperator || (c[condition] === 1) === truth) return [];
      return [...elements(scope.code, condition)].flatMap((one) => fieldsIn(scope, number, one, truth));
    default:
      return [];
  }
}

/** Where a condition is known to be true, or false: its branch, and what comes after it where the other one leaves. */
function wayOf(
  code: Code,
  condition: number,
  truth: boolean,
): readonly (readonly [from: number, to: number])[] {
  const end = endOf(code, condition);
  const other = elseOf(code, condition, end);
  const own: readonly [number, number] = truth ? [condition + 1, other] : [other, end];
  const [from, to] = truth ? [other, end] : [condition + 1, other];
  const last = to > from ? code.op[to - 1]! : -1;
  if (!leaving.has(last as Op)) return [own];
  return [own, [end, reachOf(code, condition, last === Op.Return || last === Op.Raise)]];
}

function elseOf(code: Code, condition: number, end: number): number {
  let depth = 0;
  for (let at = condition + 1; at < end; at++) {
    const one = code.op[at];
    if (one === Op.If || one === Op.Loop || one === Op.Try || one === Op.With) depth++;
    else if (one === Op.End) depth--;
    else if (one === Op.Else && depth === 0) return at;
  }
  return end;
}

/** The end of the block that a statement stands in; of what is around it where that only manages something and the
 * function is left. */
function reachOf(code: Code, statement: number, leavesFunction: boolean): number {
  const around = enclosing(code, statement);
  for (let k = around.length - 1; k >= 0; k--) {
    if (code.op[around[k]!] === Op.With && leavesFunction) continue;
    return blockEnd(code, around[k]!);
  }
  return code.op.length;
}

/** The end of a part: where the next one begins, or its bracket closes. */
function blockEnd({ op }: Code, part: number): number {
  let depth = 0;
  for (let at = part + 1; at < op.length; at++) {
    const one = op[at] as Op;
    if (one === Op.If || one === Op.Loop || one === Op.Try || one === Op.With) depth++;
    else if (one === Op.End && depth-- === 0) return at;
    else if (
      depth === 0 &&
      (one === Op.Else ||
        one === Op.Except ||
        one === Op.TryElse ||
        one === Op.Finally ||
        one === Op.LoopElse)
    )
      return at;
  }
  return op.length;
}

/** Whether a reading is of no use unless it finds an object. */
function needsIt({ op, a }: Code, user: Int32Array, use: number): boolean {
  const by = user[use]!;
  if (by < 0 || a[by] !== use) return false;
  const one = op[by] as Op;
  return (
    one === Op.Attribute ||
    one === Op.Item ||
    one === Op.Call ||
    one === Op.StoreAttribute ||
    one === Op.StoreItem
  );
}

/** Whether the function itself stores the field on the way. */
function isStoredBetween(
  { code }: Scope,
  number: Int32Array,
  field: number,
  from: number,
  to: number,
): boolean {
  const { op, a, b } = code;
  for (let at = from; at < to; at++) {
    if (op[at] === Op.StoreGlobal && op[field] === Op.Global && a[at] === a[field]) return true;
    if (op[at] !== Op.StoreAttribute && op[at] !== Op.DeleteAttribute) continue;
    if (op[field] === Op.Attribute && b[at] === b[field] && number[a[at]!] === number[a[field]!]) return true;
  }
  return false;
}

function isExpected(scope: Scope, use: number): boolean {
  return handlersAround(scope.code, use).some(({ at }) =>
    handledNames(scope, at).some((name) => expecting.test(name)),
  );
}
