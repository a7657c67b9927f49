// Whether a function looks at a value before it uses it: hands it to something that checks or matches, compares it,
// asks whether it is among others. For rules that judge a use by itself, which leave such values to those that follow them.

import { lastName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { CompareOperator, Op } from '../../syntax/code';
import { callArguments } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const looks =
  /(^|_)(valid(ate|ator)?s?|checks?|check(er|ed)|verif(y|ied)|allow(ed)?|permit(ted)?|safe|sane|sanitize|require|ensure|is|match|fullmatch|search|assert|test)(_|$)|^is(alnum|alpha|digit|decimal|numeric|identifier|_safe)|[a-z]Valid|^(valid|check|verify)[A-Z]/;

/** Whether the value is checked somewhere in its function, the use itself left out. */
export function isLookedAt(analysis: Analysis, scope: Scope, value: number, use: number): boolean {
  const { number } = analysis.resolver.numberings.of(scope);
  const { op, a, b, c } = scope.code;
  const wanted = number[value]!;
  if (wanted < 0) return false;
  const isIt = (at: number) => at >= 0 && number[at] === wanted;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Compare) {
      const operator = c[at]! as CompareOperator;
      const isMember = operator === CompareOperator.In || operator === CompareOperator.NotIn;
      if (isMember && (isIt(a[at]!) || isIt(b[at]!))) return true;
    } else if (op[at] === Op.Call && at !== use && looks.test(lastName(scope, a[at]!))) {
      const callee = a[at]!;
      if (op[callee] === Op.Attribute && isIt(a[callee]!)) return true;
      if (callArguments(scope.code, at).some((argument) => isIt(argument.value))) return true;
    }
  }
  return false;
}
