// Rule 304: outside data becomes the text of a template instead of one of its values.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 304,
  name: 'untrusted-template',
  concern: 'inputs',
  severity: 'error',
  preview: false,
  cwe: [1336, 94],
  category: 'template-injection',
  summary: 'Data from outside is compiled as a template: whoever sends it runs code in the template engine.',
  asks: () => outsideAt('template'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'template', reaches: 'the text of a template' }, options);
  },
};
