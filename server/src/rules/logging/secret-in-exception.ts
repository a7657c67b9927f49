// Rule 203: a secret becomes part of the text of an exception, and with it of every traceback, log and answer that shows
// one. Asks which secrets arrive in exceptions; a place that catches and hides them it does not look for.

import { LabelKind, StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { SecretEvidence } from '../../library/secret-words';
import { Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Confidence } from '../finding';
import { reportFlows } from '../flow-reports';
import type { Rule } from '../rule';
import { messageText, refuses } from './message-text';
import { raisedAddresses } from './raised-addresses';
import { type SecretDoubts, secretDoubts } from './secret-doubts';
import { capitalized, originSentence, secretConfidence, secretWords } from './secret-words';
import { isInSettledHandler } from './settled-failures';

/** Deep below, exceptions are about anything that a function may be given. */
const maximumCalls = 1;

/** Where a secret is kept, is none. */
const namesPlaces = /\b(file|path|directory|folder|variable|environment|named?|option|setting)\b/i;

export const rule: Rule = {
  number: 203,
  name: 'secret-in-exception',
  concern: 'logging',
  severity: 'warning',
  preview: false,
  cwe: [209],
  category: 'sensitive-logging',
  summary: 'A secret becomes part of the text of an exception.',
  asks: () => [
    {
      sink: 'exception',
      labels: [LabelKind.Secret],
      bounds: { evidence: [SecretEvidence.Plain], entries: 0, calls: maximumCalls },
    },
  ],
  check(analysis, report) {
    const { values } = analysis;
    for (const found of raisedAddresses(analysis)) report(found);
    const flows = values.flows.filter((flow) => {
      const { kind, evidence } = values.origin(flow);
      return (
        flow.use.kind === 'exception' && kind === LabelKind.Secret && evidence !== SecretEvidence.Personal
      );
    });
    const doubts = secretDoubts(analysis);
    reportFlows(analysis, report, flows, {
      confidence: (flow) => confidenceOf(analysis, doubts, flow),
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
function confidenceOf(analysis: Analysis, doubts: SecretDoubts, flow: Flow): Confidence {
  const { values } = analysis;
  const { evidence } = values.origin(flow);
  if (evidence !== SecretEvidence.Plain) return 'low';
  // What a function raises about what it is given, it raises about anything.
  if (flow.use.inner !== null || values.path(flow).some(({ step }) => step === StepKind.Passed)) return 'low';
  const said = messageText(analysis, flow.use.scope, flow.use.at);
  // Without a word of its own it hands on what it has: errors, or an object of another kind.
  if (said.trim() === '' || refuses.test(said) || namesPlaces.test(said)) return 'low';
  // Who is told so gave it himself.
  if (turnsDown.test(said) || isRedirect(analysis, flow) || isInSettledHandler(analysis, flow)) return 'low';
  // What is of a wrong type is no secret.
  if (/^TypeError$/.test(flow.use.words) || doubts.hold(flow)) return 'low';
  return secretConfidence(analysis, flow, maximumCalls);
}

const turnsDown = /\bcould not be (authori[sz]ed|verified|validated|recogni[sz]ed|parsed|decoded)\b/i;

/** `HTTP(302, ...)`: the answer that sends a browser on, with what it has to bring along. */
function isRedirect({ program }: Analysis, { use }: Flow): boolean {
  const { code, file } = program.scopes[use.scope]!;
  const status = use.at >= 0 && code.op[use.at] === Op.Call ? positional(code, use.at, 0) : -1;
  if (status < 0 || code.op[status] !== Op.Const) return false;
  return /^30[12378]$/.test(file.source.constants[code.a[status]!]!.text);
}
