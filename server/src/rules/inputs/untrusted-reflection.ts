// Rule 320: outside data names what code is used: an attribute, a module, a class.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 320,
  name: 'untrusted-reflection',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [470],
  category: 'reflection',
  summary: 'Data from outside names the attribute, module or class that is used.',
  asks: () => outsideAt('reflection'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'reflection', reaches: 'a name that is looked up' }, options);
  },
};
