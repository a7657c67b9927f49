// Rule 314: a structure from outside, not merely a text, becomes a part of a query that knows operators.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 314,
  name: 'untrusted-nosql',
  concern: 'inputs',
  severity: 'error',
  preview: false,
  cwe: [943],
  category: 'nosql-injection',
  summary: 'A structure from outside becomes a query: its operators are run too.',
  asks: () => outsideAt('nosql'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'nosql', reaches: 'a query' }, options);
  },
};
