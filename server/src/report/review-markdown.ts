// A review as Markdown, and as plain text for a terminal. Every line number of the Markdown is a link.

import type { Review, Statement } from '../project/protocol';
import type { Finding, Location } from '../rules/finding';
import { escapeMarkdown, findingToMarkdown, linkTarget, messageToMarkdown } from './markdown';
import { isFinding, layOutReview, linesOf } from './review';
import { type AdviceOf, confidenceWords, lineNumber, mendingOf, placeOf, type ShowPath } from './wording';

/** How a review is written. */
export interface ReviewOptions {
  readonly showPath: ShowPath;
  /** The target of a link to a place; `path#L12` when absent. */
  readonly link?: (location: Location) => string;
  /** What a rule's page says in short on how to mend what it finds; told where no fix is offered. */
  readonly adviceOf?: AdviceOf;
}

/** The review as Markdown, ending with a line break. */
export function reviewToMarkdown(review: Review, options: ReviewOptions): string {
  const { showPath, adviceOf } = options;
  const { title, verdict, facts, parts } = layOutReview(review, showPath(review.path));
  const target =
    options.link ?? ((location) => `${linkTarget(showPath(location.path))}#L${lineNumber(location)}`);
  const link = (location: Location, word = 'line ') =>
    `[${word}${lineNumber(location)}${elsewhere(location, review, showPath)}](${target(location)})`;
  const blocks = [`# ${escapeMarkdown(title)}`, `**${messageToMarkdown(verdict)}**`, escapeMarkdown(facts)];
  for (const part of parts) {
    blocks.push(`## ${escapeMarkdown(part.title)}`);
    if (part.intro) blocks.push(messageToMarkdown(part.intro));
    for (const list of part.lists) {
      if (list.title) blocks.push(`### ${list.title}`);
      const items = list.items.map((item) =>
        isFinding(item) ? findingToMarkdown(item, link, adviceOf) : statementToMarkdown(item, link),
      );
      blocks.push(items.join('').trimEnd());
    }
  }
  return `${blocks.join('\n\n')}\n`;
}

function statementToMarkdown(
  statement: Statement,
  link: (location: Location, word?: string) => string,
): string {
  const { text } = statement;
  const { lines: locations, more } = linesOf(statement);
  const words = messageToMarkdown(text);
  if (locations.length === 0) return `- ${words}\n`;
  const [first, ...others] = locations;
  const links = [
    link(first, others.length > 0 ? 'lines ' : 'line '),
    ...others.map((each) => link(each, '')),
  ];
  return `- ${words.replace(/[.:]$/, '')}: ${links.join(', ')}${more}.\n`;
}

/** The review as text, ending with a line break. */
export function reviewToText(review: Review, { showPath, adviceOf }: ReviewOptions): string {
  const { title, verdict, facts, parts } = layOutReview(review, showPath(review.path));
  const blocks = [`${title}\n${'='.repeat(title.length)}`, `${verdict}\n${facts}`];
  for (const part of parts) {
    const intro = part.intro ? `\n${part.intro}` : '';
    blocks.push(`${part.title}\n${'-'.repeat(part.title.length)}${intro}`);
    for (const list of part.lists) {
      const items = list.items.map((item) =>
        isFinding(item) ? defectToText(item, showPath, adviceOf) : statementToText(item, review, showPath),
      );
      blocks.push(`${list.title ? `${list.title}:\n` : ''}${items.join('\n')}`);
    }
  }
  return `${blocks.join('\n\n')}\n`;
}

function statementToText(statement: Statement, review: Review, showPath: ShowPath): string {
  const { text } = statement;
  const { lines: locations, more } = linesOf(statement);
  if (locations.length === 0) return `  - ${text}`;
  const lines = locations.map((each) => `${lineNumber(each)}${elsewhere(each, review, showPath)}`);
  return `  - ${text.replace(/[.:]$/, '')}: ${lines.length > 1 ? 'lines' : 'line'} ${lines.join(', ')}${more}.`;
}

function defectToText(finding: Finding, showPath: ShowPath, adviceOf: AdviceOf | undefined): string {
  const { severity } = finding;
  const head = `  - ${placeOf(finding.location, showPath)} ${severity} ${finding.rule} (${confidenceWords(finding)})`;
  const steps = finding.steps.map(
    ({ location, message }) => `      ${placeOf(location, showPath)} ${message}`,
  );
  const fixes = mendingOf(finding, adviceOf).map((words) => `      ${words}`);
  return [head, `      ${finding.message}`, ...steps, ...fixes].join('\n');
}

function elsewhere(location: Location, review: Review, showPath: ShowPath): string {
  return location.path === review.path ? '' : ` of ${showPath(location.path)}`;
}
