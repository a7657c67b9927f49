// Rule 316: outside data is read by a format whose texts name code to run.

import type { Rule } from '../rule';
import { safeLoadFixes } from './safe-load-fix';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 316,
  name: 'untrusted-deserialization',
  concern: 'inputs',
  severity: 'error',
  preview: false,
  cwe: [502],
  category: 'deserialization',
  summary: 'Data from outside is turned into objects by a format that can run code.',
  asks: () => outsideAt('deserialization'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(
      analysis,
      report,
      {
        kind: 'deserialization',
        reaches: 'a format that can run code',
        nearby: true,
        fixes: safeLoadFixes,
      },
      options,
    );
  },
};
