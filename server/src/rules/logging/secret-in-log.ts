// Rule 201: a secret is written to a log. Asks which secrets arrive at log calls, reports one finding a call, and
// offers to write stars in the secret's place.

import { LabelKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { SecretEvidence } from '../../library/secret-words';
import type { Analysis } from '../../whole/analysis';
import { reportFlows } from '../flow-reports';
import { nameAt } from '../flow-words';
import type { Rule } from '../rule';
import { loggedArguments } from './logged-arguments';
import { loggedFailures } from './logged-failures';
import { maskFixes } from './mask-fix';
import { messageText } from './message-text';
import { masksItsLogs, secretDoubts } from './secret-doubts';
import { capitalized, originSentence, plainSecrets, secretConfidence, secretWords } from './secret-words';
import { isLeftToCall, runnersOf, unhiddenCommands } from './unhidden-commands';

export const rule: Rule = {
  number: 201,
  name: 'secret-in-log',
  concern: 'logging',
  severity: 'error',
  preview: false,
  cwe: [532],
  category: 'sensitive-logging',
  summary: 'A password, token, key or other secret is written to a log.',
  asks: () => [{ sink: 'log', labels: [LabelKind.Secret], bounds: plainSecrets }],
  check(analysis, report) {
    const runners = runnersOf(analysis);
    const commands = [...unhiddenCommands(analysis, runners)];
    const told = new Set(commands.map(([, call]) => call));
    const flows = analysis.values.flows.filter((flow) => {
      const { kind, evidence } = analysis.values.origin(flow);
      const isSecret = kind === LabelKind.Secret && evidence !== SecretEvidence.Personal;
      return flow.use.kind === 'log' && isSecret && !isLeftToCall(analysis, flow, runners, told);
    });
    const passed = [
      ...loggedArguments(analysis),
      ...commands.map(([found]) => found),
      ...loggedFailures(analysis),
    ];
    const isMasked = (flows.length > 0 || passed.length > 0) && masksItsLogs(analysis);
    for (const found of passed) report(isMasked ? { ...found, confidence: 'low' } : found);
    const doubts = secretDoubts(analysis);
    reportFlows(analysis, report, flows, {
      confidence: (flow) =>
        isMasked || isRefused(analysis, flow) || doubts.hold(flow) ? 'low' : secretConfidence(analysis, flow),
      message: (best, group) => messageOf(analysis, best, group),
      ends: (best) => endsOf(analysis, best),
      fixes: (group) => maskFixes(analysis, group),
    });
  },
};

/** A constructor that says that it was given no valid one: what it was given is blank, or no key at all. */
function isRefused(analysis: Analysis, flow: Flow): boolean {
  const { scope, at, inner } = flow.use;
  if (analysis.values.origin(flow).at >= 0 || analysis.program.scopes[scope]!.name !== '__init__')
    return false;
  return inner === null && /\binvalid\b|\bnot (a )?valid\b/i.test(messageText(analysis, scope, at));
}

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
  const call = nameAt(analysis, best.use.scope, best.use.at);
  return [
    originSentence(analysis, best),
    best.use.inner ? `\`${call}\` hands it on to the log.` : `\`${call}\` writes it to the log.`,
  ];
}
