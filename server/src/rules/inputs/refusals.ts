// Whether what a call answers decides that something is refused: the branch where it is false raises or ends the request,
// or a function whose name promises a check hands the answer on.

import { lastName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { CompareOperator, IfOrigin, Op, UnaryOperator } from '../../syntax/code';
import { bracketEnds, elements, matchingEnd } from '../../syntax/code-reader';

const refusing =
  /^(abort|fail|fail_json|error|send_error|exit|die|deny|forbid|reject|HttpResponse(BadRequest|Forbidden)|HTTPException|HTTPError|Response|jsonify|add_error|set_status)$/;
const promises =
  /(^|_)(is|valid(ate|ator)?|checks?|verify|allowed|allow|safe|permitted|match(es)?|authori[sz]ed?|trusted|within)(_|$)|^(is|check|validate)[A-Z]/;

/** Whether an answer that is false refuses; with `whenTrue`, one that is true; with `anyReturn`, by any return. */
export function isRefusal(scope: Scope, call: number, whenTrue = false, anyReturn = false): boolean {
  const { code } = scope;
  const { op, a, b, c } = code;
  let value = call;
  let negated = whenTrue;
  const ends = bracketEnds(code);
  for (let at = call + 1; at < op.length; at++) {
    switch (op[at] as Op) {
      case Op.Unary:
        if (a[at] !== value || c[at] !== UnaryOperator.Not) break;
        negated = !negated;
        value = at;
        break;
      case Op.Compare: {
        if (a[at] !== value && b[at] !== value) break;
        const operator = c[at]! as CompareOperator;
        if (operator === CompareOperator.Is || operator === CompareOperator.Equal) negated = !negated;
        value = at;
        break;
      }
      case Op.Call:
        if (lastName(scope, a[at]!) === 'bool' && code.extra[b[at]! + 2] === value) value = at;
        break;
      case Op.If: {
        // The brackets of `and` and `or` are no branches: what they join is tested behind them.
        if (a[at] !== value || c[at] === IfOrigin.BooleanOperator) break;
        const next = ends[at]!;
        if (negated) return refuses(scope, at, next, anyReturn);
        return op[next] === Op.Else && refuses(scope, next, matchingEnd(code, ends, at), anyReturn);
      }
      case Op.Phi:
        // `not good or other` refuses as `not good` does, `good and other` lets through as `good` does.
        if (
          a[at] === IfOrigin.BooleanOperator &&
          (c[at] === 1) === negated &&
          elements(code, at).includes(value)
        )
          value = at;
        break;
      case Op.Return:
        if (a[at] === value && !whenTrue) return promises.test(scope.name);
        break;
      default:
    }
  }
  return false;
}

function refuses(scope: Scope, from: number, to: number, anyReturn: boolean): boolean {
  const { op, a } = scope.code;
  for (let at = from; at < to; at++) {
    if (op[at] === Op.Raise) return true;
    if (op[at] === Op.Call && refusing.test(lastName(scope, a[at]!))) return true;
    if (op[at] === Op.Return && (anyReturn || promises.test(scope.name))) return true;
  }
  return false;
}
