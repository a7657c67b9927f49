// Rule 905: a file that was not analysed, or only in part, and why. Silence about such a file would read like
// a clean bill. What was left out the project knows, so it asks for the report; this file words it.

import type { SourceFile } from '../../syntax/code';
import type { Report, Rule } from '../rule';

export const rule: Rule = {
  number: 905,
  name: 'not-analysed',
  concern: 'housekeeping',
  severity: 'information',
  preview: false,
  cwe: [],
  category: 'other',
  summary: 'A file, or a part of it, was not analysed.',
  check() {
    // Reported by the project, which knows what it set aside and what the parser could not read.
  },
};

/** The report on a file that was set aside whole. `reason` is in words, without a full stop. */
export function reportSetAside(file: number, reason: string): Report {
  const message = `This file was not analysed: ${reason.replace(/\.$/, '')}.`;
  return { file, start: 0, end: 0, message, confidence: 'high', symbol: '' };
}

/**
 * The reports on parts of a file that were left out. Their confidence is low: while somebody types, text that
 * does not parse is the rule, and the editor marks it anyway.
 */
export function reportLeftOut(file: number, source: SourceFile): Report[] {
  const reports: Report[] = source.notes.map((note) => ({
    file,
    start: 0,
    end: 0,
    message: `This file could not be read as it should be: ${note}.`,
    confidence: 'low',
    symbol: '',
  }));
  const [first, ...others] = source.errors;
  if (!first) return reports;
  const message = 'This is not valid Python 3 and was left out of the analysis.';
  reports.push({
    file,
    ...first,
    message: message + alsoLeftOut(others.length),
    confidence: 'low',
    symbol: '',
    steps: others.slice(0, 20).map((error) => ({ file, ...error, message: 'This was left out too.' })),
    stepsKind: 'places',
  });
  return reports;
}

function alsoLeftOut(count: number): string {
  if (count === 0) return '';
  return count === 1 ? ' So was 1 more place of this file.' : ` So were ${count} more places of this file.`;
}
