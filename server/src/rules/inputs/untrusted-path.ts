// Rule 305: outside data decides which file is opened, sent, moved or deleted.

import type { Rule } from '../rule';
import { lesserPath } from './doubts';
import { checkUntrusted, outsideAt } from './untrusted-flow';

export const rule: Rule = {
  number: 305,
  name: 'untrusted-path',
  concern: 'inputs',
  severity: 'error',
  preview: true,
  cwe: [22],
  category: 'path-traversal',
  summary: 'Data from outside decides which file is used.',
  asks: () => outsideAt('path'),
  check(analysis, report, _isOn, options) {
    checkUntrusted(analysis, report, { kind: 'path', reaches: 'a path', lesser: lesserPath }, options);
  },
};
