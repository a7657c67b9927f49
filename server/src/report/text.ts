// The outcome of an audit for people in a terminal. One line for each finding, in the form that editors and
// terminals make clickable, its steps below it, and what was looked at, or not, at the end.

import type { AuditResult, Skipped } from '../project/protocol';
import type { Finding, Severity } from '../rules/finding';
import { countOf, knownWords, notAskedWords, placeOf, type ShowPath } from './wording';

/** How to print. */
export interface TextOptions {
  readonly showPath: ShowPath;
  readonly color: boolean;
  /** How many rules were not asked because they are in preview, where the user did not decide so; 0 when absent. */
  readonly notAsked?: number;
}

const styles = { error: '31', warning: '33', information: '36', dim: '2', bold: '1' } as const;

/** The whole report, ending with a line break. */
export function auditToText(result: AuditResult, options: TextOptions): string {
  const files = result.files.filter(({ findings }) => findings.length > 0);
  const parts = files.map(({ findings }) => findings.map((each) => findingToText(each, options)).join(''));
  return [...parts, summaryToText(result, options)].join('\n');
}

/** One finding with its steps, each on a line of its own. */
export function findingToText(finding: Finding, options: TextOptions): string {
  const { showPath } = options;
  const place = paint(placeOf(finding.location, showPath), 'bold', options);
  const severity = paint(finding.severity, finding.severity satisfies Severity, options);
  // Medium and high are what an audit shows anyway; what is less sure must not look the same.
  const doubts = [finding.confidence === 'low' ? 'low confidence' : '', finding.preview ? 'preview' : ''];
  const words = doubts.filter((word) => word !== '').join(', ');
  const mark = words === '' ? '' : paint(`(${words}) `, 'dim', options);
  const head = `${place} ${severity} ${finding.rule} ${mark}${finding.message}\n`;
  const steps = finding.steps.map(({ location, message }) => {
    return `    ${paint(placeOf(location, showPath), 'dim', options)} ${message}\n`;
  });
  return head + steps.join('');
}

/** What was looked at and what was not. */
export function summaryToText(result: AuditResult, options: TextOptions): string {
  const found = result.files.reduce((sum, { findings }) => sum + findings.length, 0);
  const affected = result.files.filter(({ findings }) => findings.length > 0).length;
  const outcome =
    found === 0 ? 'No findings' : `${countOf(found, 'finding')} in ${countOf(affected, 'file')}`;
  const looked = `${outcome}. Looked at ${countOf(result.fileCount, 'file')} with ${countOf(result.lineCount, 'line')}.\n`;
  return looked + knownWords(result) + skippedToText(result.skipped, options) + notAskedToText(options);
}

function skippedToText(skipped: readonly Skipped[], { showPath }: TextOptions): string {
  if (skipped.length === 0) return '';
  const lines = skipped.map(({ path, reason }) => `    ${showPath(path)}: ${reason}\n`);
  return `Not analysed, or only in part (${skipped.length}):\n${lines.join('')}`;
}

function notAskedToText(options: TextOptions): string {
  if (!options.notAsked) return '';
  const pronoun = options.notAsked === 1 ? 'it' : 'them';
  return `${paint(notAskedWords(options.notAsked, `--preview asks ${pronoun}, too.`), 'dim', options)}\n`;
}

function paint(text: string, style: keyof typeof styles, { color }: TextOptions): string {
  return color ? `\u001b[${styles[style]}m${text}\u001b[0m` : text;
}
