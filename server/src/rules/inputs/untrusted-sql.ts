// Rule 302: outside data becomes part of an SQL statement's text instead of one of its parameters.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 302,
  name: 'untrusted-sql',
  concern: 'inputs',
  severity: 'error',
  preview: true,
  cwe: [89],
  category: 'sql-injection',
  summary: 'Data from outside becomes part of the text of an SQL statement.',
  asks: () => outsideAt('sql'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(
      analysis,
      report,
      { kind: 'sql', reaches: 'the text of an SQL statement', nearby: true },
      options,
    );
  },
};
