// Rule 322: outside data becomes a key or a value of the session, which later code believes.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 322,
  name: 'untrusted-in-session',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [501],
  category: 'trust-boundary',
  summary: 'Data from outside is kept where later code takes it for checked.',
  asks: () => outsideAt('session'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'session', reaches: 'a trusted store' }, options);
  },
};
