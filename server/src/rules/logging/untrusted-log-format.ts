// Rule 212: outside data is the format of a log call that has arguments: a `%` in it loses the record, or shows an argument
// that was not meant to be shown. Asks which outside labels arrive as the message itself.

import { LabelKind } from '../../flow/values/labels';
import { goesFar, lowest, plainWays, reportFlows } from '../flow-reports';
import { nameAt, sourceWords } from '../flow-words';
import type { Rule } from '../rule';

export const rule: Rule = {
  number: 212,
  name: 'untrusted-log-format',
  concern: 'logging',
  severity: 'warning',
  preview: true,
  cwe: [134],
  category: 'format-string',
  summary: 'Data from outside is the format of a log call that has arguments.',
  asks: () => [{ sink: 'log-format', labels: [LabelKind.Untrusted], bounds: plainWays }],
  check(analysis, report) {
    const { values } = analysis;
    const flows = values.flows.filter((flow) => {
      const { kind, trust } = values.origin(flow);
      return (
        flow.use.kind === 'log-format' &&
        flow.use.cap !== 'low' &&
        !flow.use.unread &&
        kind === LabelKind.Untrusted &&
        trust === 'remote'
      );
    });
    reportFlows(analysis, report, flows, {
      confidence: (flow) => (goesFar(analysis, flow) ? 'low' : lowest('medium', flow.use.cap)),
      message: (best) =>
        `${sourceWords(analysis, values.origin(best))} is part of the format of \`${nameAt(analysis, best.use.scope, best.use.at)}\`: a \`%\` in it loses the record.`,
      ends: (best) => [
        `${sourceWords(analysis, values.origin(best))}: whoever sends the request decides what is in it.`,
        'It becomes part of the format.',
      ],
    });
  },
};
