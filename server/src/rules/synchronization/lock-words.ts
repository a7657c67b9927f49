// Small questions that several lock rules ask of the code: a constant argument, a statement's text position, who
// encloses an instruction. Facts of one scope only.

import type { Scope } from '../../program/program';
import { type Code, Op } from '../../syntax/code';

/** The instructions that enclose an instruction, innermost last: openings (If, Loop, Try, With) and, for the part in
 * which the instruction lies, the part's own instruction (Else, Except, Finally...) instead of the opening. */
export function enclosing(code: Code, at: number): readonly number[] {
  const open: number[] = [];
  for (let k = 0; k < at; k++) {
    switch (code.op[k] as Op) {
      case Op.If:
      case Op.Loop:
      case Op.Try:
      case Op.With:
        open.push(k);
        break;
      case Op.Else:
      case Op.LoopElse:
      case Op.Except:
      case Op.TryElse:
      case Op.Finally:
        open[open.length - 1] = k;
        break;
      case Op.End:
        open.pop();
        break;
      default:
    }
  }
  return open;
}

/** The instruction that opens the bracket of a part, -1 when there is none. */
export function openingOf({ op }: Code, part: number): number {
  if (op[part] !== Op.Else) return part;
  for (let at = part - 1, depth = 0; at >= 0; at--) {
    if (op[at] === Op.End) depth++;
    else if (op[at] === Op.If || op[at] === Op.Loop || op[at] === Op.Try || op[at] === Op.With) {
      if (depth === 0) return at;
      depth--;
    }
  }
  return -1;
}

/** The End that closes the bracket opened at (or whose part begins at) an instruction. */
export function endOf(code: Code, opening: number): number {
  let depth = 0;
  for (let at = opening + 1; at < code.op.length; at++) {
    switch (code.op[at] as Op) {
      case Op.If:
      case Op.Loop:
      case Op.Try:
      case Op.With:
        depth++;
        break;
      case Op.End:
        if (depth === 0) return at;
        depth--;
        break;
      default:
    }
  }
  return code.op.length;
}

/** The instructions that a condition is made of, in order. */
export function partsOf({ start, end }: Code, condition: number): readonly number[] {
  const found: number[] = [];
  for (let at = 0; at < condition; at++)
    if (start[at]! >= start[condition]! && end[at]! <= end[condition]!) found.push(at);
  return found;
}

/** The name of the attribute or variable that a call calls, '' when it is neither. */
export function calleeName(scope: Scope, call: number): string {
  const { op, a, b, slots } = scope.code;
  const { names } = scope.file.source;
  const callee = a[call]!;
  if (op[callee] === Op.Attribute) return names[b[callee]!]!;
  if (op[callee] === Op.Global || op[callee] === Op.Captured) return names[a[callee]!]!;
  return op[callee] === Op.Local ? names[slots[a[callee]!]!]! : '';
}

/** The scope of the function that encloses a scope at top level: the outermost def, or the scope itself. */
export function outermostFunction(scopes: readonly Scope[], scope: Scope): Scope {
  let current = scope;
  for (let outer = scope; outer.parent >= 0; outer = scopes[outer.parent]!) current = outer;
  return current;
}

/** Whether an instruction's value is used by nothing but an expression statement. */
export function isDiscarded(code: Code, user: Int32Array, at: number): boolean {
  const by = user[at]!;
  return by >= 0 && code.op[by] === Op.Discard;
}
