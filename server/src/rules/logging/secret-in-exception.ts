// Rule 203: a secret becomes part of the text of an exception, and with it of every traceback, log and answer that shows
// one. Asks which secrets arrive in exceptions; a place that catches and hides them it does not look for.

import { LabelKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { SecretEvidence } from '../../library/secret-words';
import type { Analysis } from '../../whole/analysis';
import type { Confidence } from '../finding';
import { reportFlows } from '../flow-reports';
import type { Rule } from '../rule';
import { messageText } from './message-text';
import { raisedAddresses } from './raised-addresses';
import { capitalized, originSentence, secretConfidence, secretWords } from './secret-words';

/** Deep below, exceptions are about anything that a function may be given. */
const maximumCalls = 1;

/** Who is told that what he gave is refused, learns nothing new, and what is refused opens nothing. */
const refuses =
  /\b(in)?valid\b|\bmust\b|\bshould\b|\bmissing\b|\brequired?s?\b|\bempty\b|\bunsupported\b|\bunknown\b|\bexpect(s|ed)?\b|\bmalformed\b|\bwrong\b|\bbad\b|\bnot (a|an|found|in|one|allowed|supported|recogni[sz]ed)\b|\btoo (long|short)\b|\bcannot (be|contain)\b|\bgreater than\b|\bduplicate|\balready\b|\bis not\b|\bgot\b|\bno such\b|\bdoes(n't| not) (exist|match)\b/i;

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
      confidence: (flow) => confidenceOf(analysis, flow),
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

/** Parsers raise exceptions about tokens all day: only what is plainly a secret counts, and only where the exception
 * says of it something else than that it is refused. */
function confidenceOf(analysis: Analysis, flow: Flow): Confidence {
  const { evidence } = analysis.values.origin(flow);
  if (evidence !== SecretEvidence.Plain) return 'low';
  const { use } = flow;
  const said = messageText(analysis, use.scope, use.at);
  const within = use.inner === null ? '' : messageText(analysis, use.inner.scope, use.inner.at);
  return refuses.test(said) || refuses.test(within) ? 'low' : secretConfidence(analysis, flow, maximumCalls);
}
