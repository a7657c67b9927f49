// Rule 310: outside data is written into a response header by something that does not refuse line breaks.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 310,
  name: 'untrusted-header',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [113],
  category: 'header-injection',
  summary: 'Data from outside is written into a header as it is: a line break in it starts another header.',
  asks: () => outsideAt('header'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'header', reaches: 'a header' }, options);
  },
};
