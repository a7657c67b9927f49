// Rule 308: outside data decides the host that a redirect leads to. A fixed beginning that names the host is enough.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 308,
  name: 'untrusted-redirect',
  concern: 'inputs',
  severity: 'warning',
  preview: false,
  cwe: [601],
  category: 'open-redirect',
  summary: 'Data from outside decides where a browser is sent.',
  asks: () => outsideAt('redirect'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(
      analysis,
      report,
      {
        kind: 'redirect',
        reaches: 'the target of a redirect',
        faint: /^the (URL|(Host|Referer|Origin) header|request's (environment|host))$/,
      },
      options,
    );
  },
};
