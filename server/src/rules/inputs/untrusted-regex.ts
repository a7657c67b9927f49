// Rule 317: outside data becomes a regular expression, unescaped.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 317,
  name: 'untrusted-regex',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [730],
  category: 'regex-injection',
  summary: 'Data from outside is compiled as a regular expression, which can be made to run for hours.',
  asks: () => outsideAt('regex'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'regex', reaches: 'a regular expression' }, options);
  },
};
