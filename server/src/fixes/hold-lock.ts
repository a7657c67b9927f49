// Puts `with LOCK:` around the statement of an access. A simple statement is moved in whole; a compound one (its line
// ends with a colon) is taken with its block.

import { findLogicalLines } from '../syntax/logical-lines';
import type { TextEdit } from '../text/span';
import type { FixContext } from './build';
import { insideStrings, type Line, splitLines, withoutQuoted } from './line-blocks';

/** Edits that hold `data.lock` around the statement at `data.start`. */
export function holdLock(
  data: Readonly<Record<string, unknown>>,
  { text }: FixContext,
): readonly TextEdit[] | null {
  const { start, lock } = data;
  if (typeof start !== 'number' || typeof lock !== 'string') return null;
  const lines = splitLines(text);
  const logical = findLogicalLines(text, lines.length);
  const line = lines.findIndex((one) => start >= one.start && start < one.next);
  if (line < 0) return null;
  const first = logical.first[line]!;
  let last = logical.last[line]!;
  const indent = indentOf(lines[first]!.text);
  const head = withoutQuoted(text.slice(lines[first]!.start, lines[last]!.next)).trimEnd();
  if (/^\s*(elif|else|except|finally|case)\b/.test(lines[first]!.text)) return null;
  if (head.endsWith(':')) last = blockEnd(lines, logical.first, last, indent);
  const unit = indent.includes('\t') ? '\t' : '    ';
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const edits: TextEdit[] = [
    { start: lines[first]!.start, end: lines[first]!.start, text: `${indent}with ${lock}:${newline}` },
  ];
  const strings = insideStrings(first, last, lines);
  for (let each = first; each <= last; each++) {
    if (lines[each]!.text.trim() === '' || strings.has(each)) continue;
    edits.push({ start: lines[each]!.start, end: lines[each]!.start, text: unit });
  }
  return merge(edits);
}

function indentOf(line: string): string {
  return /^[ \t]*/.exec(line)![0];
}

function blockEnd(lines: readonly Line[], startOf: Int32Array, head: number, indent: string): number {
  let end = head;
  for (let each = head + 1; each < lines.length; each++) {
    const { text } = lines[each]!;
    // The indentation of blank lines, comments and the inside of a statement means nothing.
    if (text.trim() === '' || text.trimStart().startsWith('#')) continue;
    if (startOf[each] !== each) {
      end = each;
      continue;
    }
    if (indentOf(text).length <= indent.length && !/^\s*(elif|else|except|finally)\b.*:/.test(text)) break;
    if (indentOf(text).length < indent.length) break;
    end = each;
  }
  return end;
}

/** Joins edits at the same offset, in order. */
function merge(edits: readonly TextEdit[]): TextEdit[] {
  const merged: TextEdit[] = [];
  for (const edit of edits) {
    const before = merged[merged.length - 1];
    if (before && before.start === edit.start)
      merged[merged.length - 1] = { ...before, text: before.text + edit.text };
    else merged.push(edit);
  }
  return merged;
}
