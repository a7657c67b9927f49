// Rule 903: a suppression that silences a finding and does not say why. The reason is what the next reader needs
// to know whether it still holds. Only its author can give it, so the fix is a place to write, never a safe one.

import type { Report, Rule } from '../rule';
import { replaceProposal, type SuppressionPlace } from './suppression-edits';

export const rule: Rule = {
  number: 903,
  name: 'suppression-without-reason',
  concern: 'housekeeping',
  severity: 'information',
  preview: false,
  cwe: [],
  category: 'other',
  summary: 'A suppression comment does not say why.',
  check() {
    // Reported by the project, which does so only for suppressions that are used.
  },
};

/** The report on a suppression without a reason. */
export function reportNoReason(place: SuppressionPlace): Report {
  const { span } = place.directive;
  const edit = { start: span.end, end: span.end, text: ' (reason: say why this is safe)' };
  return {
    file: place.file,
    start: span.start,
    end: span.end,
    message:
      'This suppression gives no reason. Write after the brackets why the finding does not matter here.',
    confidence: 'high',
    symbol: '',
    fixes: [replaceProposal('Insert a placeholder for the reason', false, [edit])],
  };
}
