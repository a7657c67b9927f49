// The outcome of an audit as Markdown: a list of findings by file, for a pull request or a ticket. All analysed
// text is escaped, so that a name in the code cannot become markup.

import type { AuditResult } from '../project/protocol';
import type { Finding, Location } from '../rules/finding';
import {
  type AdviceOf,
  confidenceWords,
  countOf,
  knownWords,
  lineNumber,
  mendingOf,
  piecesOf,
  type ShowPath,
} from './wording';

/** The report, ending with a line break. */
export function auditToMarkdown(result: AuditResult, showPath: ShowPath): string {
  const files = result.files.filter(({ findings }) => findings.length > 0);
  const count = files.reduce((sum, { findings }) => sum + findings.length, 0);
  const outcome =
    count === 0 ? 'No findings' : `${countOf(count, 'finding')} in ${countOf(files.length, 'file')}`;
  const looked = `Looked at ${countOf(result.fileCount, 'file')} with ${countOf(result.lineCount, 'line')}.`;
  const parts = [`# Airlock audit\n\n${outcome}. ${looked} ${knownWords(result)}`.trimEnd().concat('\n')];
  for (const { path, findings } of files) {
    const items = findings.map((finding) =>
      findingToMarkdown(finding, (location) => linkTo(location, showPath)),
    );
    parts.push(`## ${escapeMarkdown(showPath(path))}\n\n${items.join('')}`);
  }
  if (result.skipped.length > 0) {
    const items = result.skipped.map(
      ({ path, reason }) => `- ${escapeMarkdown(showPath(path))}: ${escapeMarkdown(reason)}\n`,
    );
    parts.push(`## Not analysed, or only in part\n\n${items.join('')}`);
  }
  return parts.join('\n');
}

/** One finding as a list item, its steps as a list below it. */
export function findingToMarkdown(
  finding: Finding,
  link: (location: Location) => string,
  adviceOf?: AdviceOf,
): string {
  const { severity } = finding;
  const head = `- **${finding.rule}** (${severity}, ${confidenceWords(finding)}), ${link(finding.location)}: `;
  const steps = finding.steps.map(({ location, message }, index) => {
    const mark = finding.stepsKind === 'path' ? `${index + 1}.` : '-';
    return `    ${mark} ${link(location)}: ${messageToMarkdown(message)}\n`;
  });
  const fixes = mendingOf(finding, adviceOf).map((words) => `    - ${messageToMarkdown(words)}\n`);
  return `${head}${messageToMarkdown(finding.message)}\n${steps.join('')}${fixes.join('')}`;
}

/** A message with its code spans kept and everything else escaped. */
export function messageToMarkdown(message: string): string {
  return piecesOf(message)
    .map(({ text, code }) => (code ? `\`${text.replace(/\s+/g, ' ')}\`` : escapeMarkdown(text)))
    .join('');
}

/** Text that Markdown shows as it is. An underscore within a word means nothing there. */
export function escapeMarkdown(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*{}[\]<>#|~&!]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\$&');
}

/** A path as the target of a Markdown link. */
export function linkTarget(path: string): string {
  return encodeURI(path).replace(/[()#?]/g, (unit) => `%${unit.charCodeAt(0).toString(16)}`);
}

function linkTo(location: Location, showPath: ShowPath): string {
  const line = lineNumber(location);
  return `[line ${line}](${linkTarget(showPath(location.path))}#L${line})`;
}
