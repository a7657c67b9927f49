// Rule 307: outside data decides the address that the server sends a request to. What only stands behind a host that is fixed
// is told apart, at low confidence.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 307,
  name: 'untrusted-url',
  concern: 'inputs',
  severity: 'error',
  preview: true,
  cwe: [918],
  category: 'ssrf',
  summary: 'Data from outside decides where a request of the server goes.',
  asks: () => outsideAt('url'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(
      analysis,
      report,
      {
        kind: 'url',
        reaches: 'the address of a request',
        says: [
          'decides the whole address of a request of the server',
          'decides a part of the address of a request, behind a fixed host',
        ],
        partial: 'low',
        faint: /^the (URL|(Host|Referer|Origin) header|request's (environment|host))$/,
      },
      options,
    );
  },
};
