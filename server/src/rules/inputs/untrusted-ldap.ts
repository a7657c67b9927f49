// Rule 312: outside data becomes part of an LDAP filter or a distinguished name.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 312,
  name: 'untrusted-ldap',
  concern: 'inputs',
  severity: 'error',
  preview: false,
  cwe: [90],
  category: 'ldap-injection',
  summary: 'Data from outside becomes part of an LDAP filter or name.',
  asks: () => outsideAt('ldap'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'ldap', reaches: 'an LDAP query' }, options);
  },
};
