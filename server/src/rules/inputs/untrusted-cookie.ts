// Rule 311: outside data becomes a cookie, which later requests bring back as if the server had said it.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 311,
  name: 'untrusted-cookie',
  concern: 'inputs',
  severity: 'information',
  preview: true,
  cwe: [20],
  category: 'cookie-injection',
  summary: 'Data from outside becomes the name or the value of a cookie.',
  asks: () => outsideAt('cookie'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'cookie', reaches: 'a cookie' }, options);
  },
};
