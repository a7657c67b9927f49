// Rule 315: outside data is parsed as XML by a parser that was told to follow entities, or does so by default.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 315,
  name: 'untrusted-xml',
  concern: 'inputs',
  severity: 'error',
  preview: false,
  cwe: [611, 776],
  category: 'xxe',
  summary: 'XML from outside is parsed by a parser that follows its entities.',
  asks: () => outsideAt('xml'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'xml', reaches: 'an XML parser' }, options);
  },
};
