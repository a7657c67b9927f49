// Rule 202: data about a person is written to a log. Asks which values with a name that says so arrive at log calls.

import { LabelKind } from '../../flow/values/labels';
import { SecretEvidence } from '../../library/secret-words';
import { lowest, reportFlows } from '../flow-reports';
import { nameAt } from '../flow-words';
import type { Rule } from '../rule';

export const rule: Rule = {
  number: 202,
  name: 'personal-data-in-log',
  concern: 'logging',
  severity: 'information',
  preview: true,
  cwe: [532],
  category: 'sensitive-logging',
  summary: 'Data about a person (an address, a card number, a date of birth) is written to a log.',
  asks: () => [{ sink: 'log', labels: [LabelKind.Secret], bounds: { evidence: [SecretEvidence.Personal] } }],
  check(analysis, report) {
    const { values } = analysis;
    const flows = values.flows.filter((flow) => {
      const { kind, evidence } = values.origin(flow);
      return flow.use.kind === 'log' && kind === LabelKind.Secret && evidence === SecretEvidence.Personal;
    });
    reportFlows(analysis, report, flows, {
      confidence: (flow) =>
        analysis.program.scopes[flow.use.scope]!.file.isTest || flow.use.unread
          ? 'low'
          : lowest('medium', flow.use.cap),
      message: (best) =>
        `\`${values.origin(best).words}\` is data about a person, and \`${nameAt(analysis, best.use.scope, best.use.at)}\` writes it to the log.`,
      ends: (best) => [
        `\`${values.origin(best).words}\` is data about a person, as its name says.`,
        `\`${nameAt(analysis, best.use.scope, best.use.at)}\` ${best.use.inner ? 'hands it on' : 'writes it'} to the log.`,
      ],
    });
  },
};
