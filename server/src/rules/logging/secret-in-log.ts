// Rule 201: a secret is written to a log. Asks which secrets arrive at log calls, reports one finding a call, and
// offers to write stars in the secret's place.

import { LabelKind, StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { SecretEvidence } from '../../library/secret-words';
import type { Analysis } from '../../whole/analysis';
import type { Confidence } from '../finding';
import { lowest, reportFlows } from '../flow-reports';
import { nameAt } from '../flow-words';
import type { Rule } from '../rule';
import { maskFixes } from './mask-fix';

export const rule: Rule = {
  number: 201,
  name: 'secret-in-log',
  concern: 'logging',
  severity: 'error',
  preview: false,
  cwe: [532],
  category: 'sensitive-logging',
  summary: 'A password, token, key or other secret is written to a log.',
  check(analysis, report) {
    const flows = analysis.values.flows.filter(
      (flow) => flow.use.kind === 'log' && analysis.values.origin(flow).kind === LabelKind.Secret,
    );
    reportFlows(analysis, report, flows, {
      confidence: (flow) => confidenceOf(analysis, flow),
      message: (best, group) => messageOf(analysis, best, group),
      ends: (best) => endsOf(analysis, best),
      fixes: (group) => maskFixes(analysis, group),
    });
  },
};

const confidences: Readonly<Record<SecretEvidence, Confidence>> = {
  [SecretEvidence.None]: 'low',
  [SecretEvidence.Weak]: 'low',
  [SecretEvidence.Likely]: 'medium',
  [SecretEvidence.Plain]: 'high',
};
const maximumCalls = 5;

function messageOf(analysis: Analysis, best: Flow, group: readonly Flow[]): string {
  const secret = secretWords(analysis, best);
  const call = nameAt(analysis, best.use.scope, best.use.at);
  const others = new Set(group.map((flow) => secretWords(analysis, flow)));
  others.delete(secret);
  const also =
    others.size > 0 ? `, and so ${others.size > 1 ? 'do' : 'does'} ${[...others].sort().join(', ')}` : '';
  return `${capitalized(secret)} reaches the log: \`${call}\` ${best.use.inner ? 'has it written' : 'writes it'} out${also}.`;
}

function endsOf(analysis: Analysis, best: Flow): readonly [string, string] {
  const root = analysis.values.origin(best);
  const call = nameAt(analysis, best.use.scope, best.use.at);
  return [
    root.at < 0
      ? `The parameter \`${root.words}\` holds a secret, as its name says.`
      : `${capitalized(secretWords(analysis, best))} is read here.`,
    best.use.inner ? `\`${call}\` hands it on to the log.` : `\`${call}\` writes it to the log.`,
  ];
}

/** "the secret `admin_password`", or what a library call gives. */
function secretWords(analysis: Analysis, flow: Flow): string {
  const { words } = analysis.values.origin(flow);
  return words.includes(' ') && !words.includes('(')
    ? words
    : `the secret \`${words.replace(/ \(.*$/, '')}\``;
}

function confidenceOf(analysis: Analysis, flow: Flow): Confidence {
  const { file } = analysis.program.scopes[flow.use.scope]!;
  if (file.isTest) return 'low';
  const evidence = confidences[analysis.values.origin(flow).evidence];
  const calls = analysis.values
    .path(flow)
    .filter(({ step }) => step === StepKind.Passed || step === StepKind.Returned);
  // Over that many calls, some step of the way is likely not to hold for the values in question.
  if (calls.length > maximumCalls) return 'low';
  return lowest(evidence, flow.use.cap);
}

function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
