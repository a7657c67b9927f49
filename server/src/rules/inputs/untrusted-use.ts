// Rule 300: outside data, or data of a kind that the project names, reaches a sink that the project declares. Only kinds
// of sinks that no other rule asks for; what the kinds mean the project knows.

import type { Rule } from '../rule';
import { allOutsideAt, checkUntrusted } from './untrusted-flow';

export const rule: Rule = {
  number: 300,
  name: 'untrusted-use',
  concern: 'inputs',
  severity: 'error',
  preview: false,
  cwe: [20],
  category: 'input-validation',
  summary: 'A value that the project declares a source reaches a sink that it declares.',
  asks: ({ own }) => allOutsideAt([...(own?.kinds ?? [])]),
  check(analysis, report, _isOn, options) {
    for (const kind of analysis.library.own?.kinds ?? []) {
      checkUntrusted(
        analysis,
        report,
        { kind, reaches: `a \`${kind}\` sink`, nearby: true, believes: true },
        options,
      );
    }
  },
};
