// Rule 319: outside data becomes the format of `str.format`, whose fields can read attributes of the arguments.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 319,
  name: 'untrusted-format',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [134],
  category: 'format-string',
  summary: 'Data from outside is the format: its fields read attributes of what is formatted.',
  asks: () => outsideAt('format'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'format', reaches: 'a format' }, options);
  },
};
