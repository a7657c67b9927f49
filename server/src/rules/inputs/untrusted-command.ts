// Rule 301: outside data becomes a command, unquoted and unchecked.

import type { Rule } from '../rule';
import { quoteFixes } from './quote-fix';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 301,
  name: 'untrusted-command',
  concern: 'inputs',
  severity: 'error',
  preview: false,
  cwe: [78],
  category: 'command-injection',
  summary: 'Data from outside reaches a shell or decides which program runs.',
  asks: () => outsideAt('command'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(
      analysis,
      report,
      {
        kind: 'command',
        reaches: 'a command',
        nearby: true,
        fixes: quoteFixes,
      },
      options,
    );
  },
};
