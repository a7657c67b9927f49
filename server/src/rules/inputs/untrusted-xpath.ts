// Rule 313: outside data becomes part of an XPath expression instead of one of its variables.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 313,
  name: 'untrusted-xpath',
  concern: 'inputs',
  severity: 'error',
  preview: true,
  cwe: [643],
  category: 'xpath-injection',
  summary: 'Data from outside becomes part of an XPath expression.',
  asks: () => outsideAt('xpath'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'xpath', reaches: 'an XPath expression' }, options);
  },
};
