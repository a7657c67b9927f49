// Values that a template hands to a filter or tag of the program's own: nothing has escaped them yet, and what the function
// declares safe nothing escapes after it. By the function's decorators and the way from its parameters.

import { decoratorNames, lastName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { isNumberParameter } from './shell-holes';

const tags =
  /(^|\.)(simple_tag|simple_block_tag|filter|inclusion_tag|assignment_tag|(app_)?template_(filter|global))$/;
/** What is a number, an id or a word of the program's own by its name. */
const harmless =
  /(^|_)(id|pk|count|num|number|size|width|height|index|level|total|percent|page|date|time|year|month|day|form|field|bound_field|request|context|csrf\w*|html|markup|widget|attrs|icon|colou?r|severity|status|state|type|kind|mode|action|method|lang(uage)?|locale)$|^[a-z]$/i;

const maximumSteps = 4;

/** Whether a value is a parameter of a template's filter or tag, or a part of one. */
export function isGivenByTemplate(analysis: Analysis, scope: Scope, value: number): boolean {
  if (!decoratorNames(analysis.program, scope).some((name) => tags.test(name))) return false;
  const { number, count, slotCount } = analysis.resolver.numberings.of(scope);
  const { op, a } = scope.code;
  let at = value;
  for (let step = 0; step < maximumSteps; step++) {
    const name = lastName(scope, at);
    if (harmless.test(name) && (step === 0 || name !== 'context')) return false;
    const made = number[at]!;
    if (made >= count) {
      const isParameter = made < count + slotCount && made - count < scope.code.parameters.length;
      return isParameter && !isNumberParameter(analysis, scope, at);
    }
    if (made < 0) return false;
    switch (op[made] as Op) {
      case Op.Attribute:
      case Op.Item:
        at = a[made]!;
        break;
      case Op.Call: {
        const callee = a[made]!;
        const isPlain = lastName(scope, callee) === 'str' && op[callee] !== Op.Attribute;
        if (isPlain) at = positional(scope.code, made, 0);
        else if (
          op[callee] === Op.Attribute &&
          /^(get|strip|title|lower|upper)$/.test(lastName(scope, callee))
        )
          at = a[callee]!;
        else return false;
        if (at < 0) return false;
        break;
      }
      default:
        return false;
    }
  }
  return false;
}
