// Rule 309: outside data becomes part of a page as it is, so that its marks are read as HTML.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 309,
  name: 'untrusted-html',
  concern: 'inputs',
  severity: 'error',
  preview: true,
  cwe: [79],
  category: 'xss',
  summary: 'Data from outside becomes part of a page without being escaped.',
  asks: () => outsideAt('html'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(
      analysis,
      report,
      { kind: 'html', reaches: 'a page', faint: /^the (Host|Origin) header$/ },
      options,
    );
  },
};
