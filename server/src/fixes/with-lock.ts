// Turns `x.acquire()` ... `x.release()` in one block into `with x:`: the first line becomes the head, the last goes,
// what is between moves in. Answers null where the two are not statements on lines of their own.

import type { TextEdit } from '../text/span';
import type { FixContext } from './build';
import { insideStrings, splitLines } from './line-blocks';

/** Edits for all of `data.blocks`: the statements `take` and `give` and the lock's text `object` of each; null when
 * one of them does not have the form. */
export function withLock(
  data: Readonly<Record<string, unknown>>,
  context: FixContext,
): readonly TextEdit[] | null {
  if (!Array.isArray(data.blocks)) return null;
  const edits: TextEdit[] = [];
  for (const block of data.blocks) {
    const more = oneBlock(block as Readonly<Record<string, unknown>>, context);
    if (!more) return null;
    edits.push(...more);
  }
  return edits;
}

function oneBlock(data: Readonly<Record<string, unknown>>, { text }: FixContext): readonly TextEdit[] | null {
  const object = pair(data.object);
  const take = pair(data.take);
  const give = pair(data.give);
  if (!object || !take || !give) return null;
  const lines = splitLines(text);
  const lineOf = (offset: number) => lines.findIndex((one) => offset >= one.start && offset < one.next);
  const first = lineOf(take[0]);
  const last = lineOf(give[0]);
  if (first < 0 || last <= first + 1) return null;
  for (const [line, [start, end]] of [
    [first, take],
    [last, give],
  ] as const) {
    if (lines[line]!.text.replace(/#.*$/, '').trim() !== text.slice(start, end)) return null;
  }
  const head = lines[first]!;
  const indent = /^[ \t]*/.exec(head.text)![0];
  const unit = indent.includes('\t') ? '\t' : '    ';
  const edits: TextEdit[] = [
    { start: take[0], end: take[1], text: `with ${text.slice(object[0], object[1])}:` },
  ];
  const strings = insideStrings(first + 1, last - 1, lines);
  let moved = 0;
  for (let each = first + 1; each < last; each++) {
    const line = lines[each]!;
    if (strings.has(each) || line.text.trim() === '') continue;
    if (!line.text.trimStart().startsWith('#')) moved++;
    edits.push({ start: line.start, end: line.start, text: unit });
  }
  if (moved === 0) return null;
  edits.push({ start: lines[last]!.start, end: Math.min(lines[last]!.next, text.length), text: '' });
  return edits;
}

function pair(value: unknown): readonly [number, number] | null {
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'number'
    ? [value[0], value[1]]
    : null;
}
