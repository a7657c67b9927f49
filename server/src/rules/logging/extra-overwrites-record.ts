// Rule 225: a key of `extra` that the record has itself, so that the log call raises instead of logging. Looks at mappings
// that are written in the call, or kept in a variable just before.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Rule } from '../rule';
import { keywordArgument, literalMapping } from './literals';
import { standardCalls } from './standard-calls';

export const rule: Rule = {
  number: 225,
  name: 'extra-overwrites-record',
  concern: 'logging',
  severity: 'error',
  preview: true,
  cwe: [],
  category: 'logging-misuse',
  summary: 'A key of `extra` that the log record has itself: the call raises a KeyError.',
  check(analysis, report) {
    for (const { scope, at, isTyped, path } of standardCalls(analysis)) {
      const extra = keywordArgument(scope, at, 'extra');
      if (extra < 0 || /Adapter/.test(path)) continue;
      const made = madeBy(analysis, scope, extra);
      for (const [key, value] of literalMapping(scope, made) ?? []) {
        if (!reserved.has(key)) continue;
        report({
          ...analysis.program.span(scope, value),
          message: `\`extra\` may not have a key \`${key}\`: the log record has one of that name, and the call raises a KeyError.`,
          confidence: isTyped ? 'high' : 'medium',
          symbol: scope.qualifiedName,
        });
      }
    }
  },
};

/** What a record has when it is made, and what formatting adds. */
const reserved = new Set(
  'name msg args levelname levelno pathname filename module exc_info exc_text stack_info lineno funcName created msecs relativeCreated thread threadName processName process message asctime'.split(
    ' ',
  ),
);

/** The instruction whose value an argument is, when it is a variable that was given one thing. */
function madeBy({ resolver }: Analysis, scope: Scope, value: number): number {
  if (scope.code.op[value] !== Op.Local) return value;
  const number = resolver.numberings.of(scope).number[value]!;
  return number >= 0 && number < scope.code.op.length ? number : value;
}
