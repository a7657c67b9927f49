// Rule 303: outside data is evaluated, compiled or executed.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 303,
  name: 'untrusted-code',
  concern: 'inputs',
  severity: 'error',
  preview: false,
  cwe: [94, 95],
  category: 'code-injection',
  summary: 'Data from outside is run as code.',
  asks: () => outsideAt('code'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'code', reaches: 'code that is run', nearby: true }, options);
  },
};
