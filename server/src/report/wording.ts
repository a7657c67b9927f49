// Words and figures that every report shares: places as people count them, counts with their nouns, paths as they
// are shown. Knows no format.

import type { Finding, Location } from '../rules/finding';

/** How a report shows the canonical key of a file: mostly relative to where the audit was started. */
export type ShowPath = (path: string) => string;

/** Line of a location, from 1. */
export function lineNumber(location: Location): number {
  return location.range.start.line + 1;
}

/** `path:line:column`, both from 1, the column in UTF-16 units as editors count. */
export function placeOf(location: Location, showPath: ShowPath): string {
  return `${showPath(location.path)}:${lineNumber(location)}:${location.range.start.character + 1}`;
}

/** `1 file`, `12,345 files`. */
export function countOf(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A number with commas between thousands, the same in every locale. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** How sure a finding is, and whether its rule is in preview, as a phrase: `medium confidence, preview`. */
export function confidenceWords({ confidence, preview }: Pick<Finding, 'confidence' | 'preview'>): string {
  return `${confidence} confidence${preview ? ', preview' : ''}`;
}

/** What it means that a rule is in preview, as a sentence. */
export const previewWords = 'This rule is in preview: it was not measured to be right often enough yet.';

/** How many rules were not asked because they are in preview, in a sentence; `how` tells how to ask them. */
export function notAskedWords(count: number, how: string): string {
  return `${countOf(count, 'rule')} in preview ${count === 1 ? 'was' : 'were'} not asked; ${how}`;
}

/** A piece of a message: analysed code in backticks, or plain words. */
export interface MessagePiece {
  readonly text: string;
  readonly code: boolean;
}

/**
 * Splits a message at its code: what stands in backticks, calls such as `close()` and attributes of `self`. A
 * backtick without a partner is a plain character.
 */
export function piecesOf(message: string): MessagePiece[] {
  const pieces: MessagePiece[] = [];
  let from = 0;
  for (const match of message.matchAll(/`([^`]+)`|(?<![\w.])(?:[A-Za-z_][\w.]*\(\)|self(?:\.\w+)+)/g)) {
    if (match.index > from) pieces.push({ text: message.slice(from, match.index), code: false });
    pieces.push({ text: match[1] ?? match[0], code: true });
    from = match.index + match[0].length;
  }
  if (from < message.length) pieces.push({ text: message.slice(from), code: false });
  return pieces;
}

/** How many findings the baseline leaves out, in a line; nothing when it leaves none out. */
export function knownWords({ known }: { readonly known: number }): string {
  if (known === 0) return '';
  return `The baseline leaves out ${countOf(known, 'known finding')}.\n`;
}

/** What the page of a rule says in short on how to mend what it finds; undefined when it says nothing short. */
export type AdviceOf = (rule: string) => string | undefined;

/** What can be done about a finding: the fixes it offers, or else the advice of its rule. */
export function mendingOf({ rule, fixes }: Finding, adviceOf: AdviceOf | undefined): readonly string[] {
  if (fixes.length > 0) return fixes.map(({ title }) => `Fix: ${title}`);
  const advice = adviceOf?.(rule);
  return advice === undefined ? [] : [`How to fix: ${advice}`];
}
