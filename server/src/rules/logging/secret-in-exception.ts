// Rule 203: a secret becomes part of the text of an exception, and with it of every traceback, log and answer that shows
// one. Asks which secrets arrive in exceptions; a place that catches and hides them it does not look for.

import { LabelKind } from '../../flow/values/labels';
import { SecretEvidence } from '../../library/secret-words';
import { reportFlows } from '../flow-reports';
import type { Rule } from '../rule';
import { raisedAddresses } from './raised-addresses';
import { capitalized, originSentence, secretConfidence, secretWords } from './secret-words';

/** Deep below, exceptions are about anything that a function may be given. */
const maximumCalls = 2;

export const rule: Rule = {
  number: 203,
  name: 'secret-in-exception',
  concern: 'logging',
  severity: 'warning',
  preview: true,
  cwe: [209],
  category: 'sensitive-logging',
  summary: 'A secret becomes part of the text of an exception.',
  check(analysis, report) {
    const { values } = analysis;
    for (const found of raisedAddresses(analysis)) report(found);
    const flows = values.flows.filter((flow) => {
      const { kind, evidence } = values.origin(flow);
      return (
        flow.use.kind === 'exception' && kind === LabelKind.Secret && evidence !== SecretEvidence.Personal
      );
    });
    reportFlows(analysis, report, flows, {
      // Parsers raise exceptions about tokens all day: only what is plainly a secret counts.
      confidence: (flow) =>
        values.origin(flow).evidence === SecretEvidence.Plain
          ? secretConfidence(analysis, flow, maximumCalls)
          : 'low',
      message: (best) =>
        `${capitalized(secretWords(analysis, best))} becomes part of the text of \`${best.use.words}\`: whoever logs or shows the exception gives it away.`,
      ends: (best) => [
        originSentence(analysis, best),
        best.use.inner
          ? 'It is handed on to the exception.'
          : `It becomes part of the text of \`${best.use.words}\`.`,
      ],
    });
  },
};
