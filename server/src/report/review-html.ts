// A review as the body of an HTML page, for a webview under a strict content security policy: no script, no
// style attribute, no address that loads anything. Every analysed text is escaped. Links to places are for the
// host to follow: their address names the line, their data attributes the whole place.

import type { Review, Statement } from '../project/protocol';
import type { Finding, Location } from '../rules/finding';
import { isFinding, layOutReview, linesOf } from './review';
import { type AdviceOf, confidenceWords, lineNumber, mendingOf, piecesOf, type ShowPath } from './wording';

/** How the page is written. */
export interface ReviewHtmlOptions {
  readonly showPath: ShowPath;
  /** The address of a place; `airlock-line:12` when absent. */
  readonly link?: (location: Location) => string;
  /** The address of the page of a rule, if there is one. */
  readonly ruleLink?: (rule: string) => string | undefined;
  /** What a rule's page says in short on how to mend what it finds. */
  readonly adviceOf?: AdviceOf;
}

/** The content of `<body>`. */
export function reviewToHtml(review: Review, options: ReviewHtmlOptions): string {
  const path = options.showPath(review.path);
  const { shortTitle, verdict, facts, parts } = layOutReview(review, path);
  const link = linkWriter(review, options);
  const html = [`<h1>${escapeHtml(shortTitle)}</h1>`, `<p class="verdict">${messageToHtml(verdict)}</p>`];
  html.push(`<p class="facts">${escapeHtml(`${path}, ${facts}`)}</p>`);
  for (const part of parts) {
    const title = escapeHtml(part.title);
    html.push(part.folded ? `<details><summary>${title}</summary>` : `<section><h2>${title}</h2>`);
    if (part.intro) html.push(`<p>${messageToHtml(part.intro)}</p>`);
    for (const list of part.lists) {
      if (list.title) html.push(`<h3>${escapeHtml(list.title)}</h3>`);
      html.push('<ul>');
      for (const item of list.items) {
        html.push(isFinding(item) ? defectToHtml(item, link, options) : statementToHtml(item, link));
      }
      html.push('</ul>');
    }
    html.push(part.folded ? '</details>' : '</section>');
  }
  return `${html.join('\n')}\n`;
}

type WriteLink = (location: Location, word?: string) => string;

function linkWriter(review: Review, { showPath, link }: ReviewHtmlOptions): WriteLink {
  return (location, word = 'line ') => {
    const line = lineNumber(location);
    const address = link?.(location) ?? `airlock-line:${line}`;
    const elsewhere = location.path === review.path ? '' : ` of ${showPath(location.path)}`;
    const column = location.range.start.character + 1;
    const data = `data-path="${escapeHtml(location.path)}" data-line="${line}" data-column="${column}"`;
    return `<a href="${escapeHtml(address)}" ${data}>${escapeHtml(`${word}${line}${elsewhere}`)}</a>`;
  };
}

function statementToHtml(statement: Statement, link: WriteLink): string {
  const { text } = statement;
  const { lines: locations, more } = linesOf(statement);
  if (locations.length === 0) return `<li>${messageToHtml(text)}</li>`;
  const [first, ...others] = locations;
  const links = [
    link(first, others.length > 0 ? 'lines ' : 'line '),
    ...others.map((each) => link(each, '')),
  ];
  return `<li>${messageToHtml(text.replace(/[.:]$/, ''))}: ${links.join(', ')}${more}.</li>`;
}

function defectToHtml(finding: Finding, link: WriteLink, { ruleLink, adviceOf }: ReviewHtmlOptions): string {
  const { severity, stepsKind } = finding;
  const address = ruleLink?.(finding.rule);
  const name = escapeHtml(finding.rule);
  const rule = address === undefined ? name : `<a href="${escapeHtml(address)}">${name}</a>`;
  const list = stepsKind === 'path' ? 'ol' : 'ul';
  const steps = finding.steps.map(
    ({ location, message }) => `<li>${link(location)}: ${messageToHtml(message)}</li>`,
  );
  const fixes = mendingOf(finding, adviceOf).map((words) => `<p class="fix">${messageToHtml(words)}</p>`);
  return [
    `<li class="defect ${severity}">`,
    `<strong>${rule}</strong> (${severity}, ${confidenceWords(finding)}), `,
    `${link(finding.location)}: ${messageToHtml(finding.message)}`,
    steps.length > 0 ? `<${list}>${steps.join('')}</${list}>` : '',
    ...fixes,
    '</li>',
  ].join('');
}

function messageToHtml(message: string): string {
  return piecesOf(message)
    .map(({ text, code }) => (code ? `<code>${escapeHtml(text)}</code>` : escapeHtml(text)))
    .join('');
}

/** Text that HTML shows as it is, between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (unit) => entities[unit]);
}
