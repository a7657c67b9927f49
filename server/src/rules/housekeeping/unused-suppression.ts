// Rule 901: a suppression that silences nothing. Which ones do is known only once every rule has run and the
// suppressions are applied, so the project asks for the report; this file words it and offers to remove it.

import type { TextEdit } from '../../text/span';
import type { Report, Rule } from '../rule';
import { removalOf, removalOfName, replaceProposal, type SuppressionPlace } from './suppression-edits';

export const rule: Rule = {
  number: 901,
  name: 'unused-suppression',
  concern: 'housekeeping',
  severity: 'information',
  preview: false,
  cwe: [],
  category: 'other',
  summary: 'A suppression comment silences nothing.',
  check() {
    // Reported by the project, once it has applied the suppressions.
  },
};

/** The report on the names of one suppression that silenced nothing; `unused` are indexes into its rules. */
export function reportUnused(place: SuppressionPlace, unused: readonly number[]): Report {
  const { directive } = place;
  const names = unused.map((index) => `\`${directive.rules[index].text}\``).join(' and ');
  const all = unused.length === directive.rules.length;
  const where = directive.kind === 'ignore-file' ? 'in this file' : 'here';
  const edits: TextEdit[] = all ? [removalOf(place)] : unused.map((index) => removalOfName(directive, index));
  const title = all ? 'Remove the unused suppression' : `Remove ${names} from the suppression`;
  const span = all ? directive.span : directive.rules[unused[0]];
  return {
    file: place.file,
    start: span.start,
    end: span.end,
    message: `This suppression is not needed: ${names} reports nothing ${where}.`,
    confidence: 'high',
    symbol: '',
    fixes: [replaceProposal(title, true, edits)],
  };
}
