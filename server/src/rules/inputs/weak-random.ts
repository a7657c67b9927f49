// Rule 382: a number that can be predicted serves as a secret: a token, a password, a session's name. Numbers for
// anything else (delays, samples, games) are no defect.

import type { Root } from '../../flow/values/labels';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { FixProposal } from '../finding';
import type { Rule } from '../rule';
import { calleePath } from './callee-path';
import { checkWeak, weakFlows } from './weak-secret';

export const rule: Rule = {
  number: 382,
  name: 'weak-random',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [330, 338],
  category: 'weak-random',
  summary: 'A predictable random number serves as a secret.',
  asks: () => weakFlows('predictable'),
  check(analysis, report) {
    checkWeak(analysis, report, {
      weakness: 'predictable',
      message: (made, use) =>
        `${made} can be predicted from earlier values, and what it gives serves as ${use}. Use the secrets module.`,
      fixes: systemRandom,
    });
  },
};

/** `random.choice(...)` of the operating system's generator. */
function systemRandom(analysis: Analysis, { scope: scopeId, at }: Root): readonly FixProposal[] {
  const scope = analysis.program.scopes[scopeId]!;
  const { op, a, b } = scope.code;
  const callee = op[at] === Op.Call ? a[at]! : -1;
  if (op[callee] !== Op.Attribute || !/^random\.\w+$/.test(calleePath(analysis, scope, at))) return [];
  const name = scope.file.source.names[b[callee]!]!;
  const start = analysis.program.span(scope, callee).end - name.length;
  const edits = [{ start, end: start, text: 'SystemRandom().' }];
  return [{ kind: 'replace', title: "Take the operating system's generator", safe: true, data: { edits } }];
}
