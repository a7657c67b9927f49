// The name by which a finding is known again after the file has changed: rule, symbol and the normalized text of
// its lines, with a counter among equals. Line numbers, indentation, spacing and Airlock's own comments are not
// part of it, so moving, reindenting or suppressing code keeps it.

import type { SourceFile } from '../syntax/code';
import { hashText } from '../text/hash';
import type { Span } from '../text/span';

/** What a fingerprint is made of. */
export interface Fingerprinted {
  /** Counters among equals are kept per path. */
  readonly path: string;
  readonly rule: string;
  readonly symbol: string;
  readonly file: { readonly text: string; readonly source: SourceFile };
  /** The finding's absolute UTF-16 span. */
  readonly span: Span;
}

/** The fingerprints of findings given in source order, one for each. */
export function fingerprintsOf(items: readonly Fingerprinted[]): string[] {
  const seen = new Map<string, number>();
  return items.map(({ path, rule, symbol, file, span }) => {
    const content = [rule, symbol, normalizedLines(file.text, file.source, span)].join('\n');
    const key = `${path}\n${content}`;
    const count = seen.get(key) ?? 0;
    seen.set(key, count + 1);
    return hashText(count === 0 ? content : `${content}\n${count}`);
  });
}

// A line may be as long as the file: what stands further away than this from the start of the span is left out.
const before = 300;
const after = 700;

/** The text of the lines a span begins and ends on, without comments that suppress, with all white space dropped. */
export function normalizedLines(text: string, source: SourceFile, span: Span): string {
  const start = lineStartBefore(text, span.start, span.start - before);
  const latest = span.start + after;
  const end = lineEndAfter(text, Math.min(span.end, latest), latest);
  let kept = '';
  let from = start;
  const { comments } = source;
  for (let index = firstEndingAfter(comments, start); index < comments.length; index++) {
    const comment = comments[index];
    if (comment.start >= end) break;
    kept += text.slice(from, Math.max(comment.start, from));
    from = Math.max(from, Math.min(comment.end, end));
  }
  kept += text.slice(from, end);
  // A finding on a comment of its own line is known by that comment.
  return kept.replace(/\s+/g, '') || text.slice(start, end).trim();
}

function firstEndingAfter(comments: readonly Span[], offset: number): number {
  let low = 0;
  let high = comments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (comments[middle].end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lineStartBefore(text: string, offset: number, least: number): number {
  let start = Math.min(offset, text.length);
  while (start > 0 && start > least && text[start - 1] !== '\n' && text[start - 1] !== '\r') start--;
  return start;
}

function lineEndAfter(text: string, offset: number, most: number): number {
  let end = Math.min(offset, text.length);
  while (end < text.length && end < most && text[end] !== '\n' && text[end] !== '\r') end++;
  return end;
}
