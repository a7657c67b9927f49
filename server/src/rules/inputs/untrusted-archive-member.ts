// Rule 306: an archive from outside is unpacked without a look at the names of its members.

import type { Rule } from '../rule';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 306,
  name: 'untrusted-archive-member',
  concern: 'inputs',
  severity: 'warning',
  preview: false,
  cwe: [22],
  category: 'tar-slip',
  summary: 'An archive from outside is unpacked wherever the names of its members say.',
  asks: () => outsideAt('archive'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(
      analysis,
      report,
      {
        kind: 'archive',
        reaches: 'the unpacking of an archive',
      },
      options,
    );
  },
};
