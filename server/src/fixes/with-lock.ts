// Turns `x.acquire()` ... `x.release()` in one block into `with x:`: the first line becomes the head, the last goes,
// what is between moves in. Answers null where the two are not statements on lines of their own.

import type { TextEdit } from '../text/span';
import type { FixContext } from './build';
import { insideStrings } from './line-blocks';
import { StatementRuns } from './statement-runs';

/** Edits for all of `data.blocks`: the statements `take` and `give` and the lock's text `object` of each; null when
 * one of them does not have the form. */
export function withLock(
  data: Readonly<Record<string, unknown>>,
  { text, runs = new StatementRuns(text) }: FixContext,
): readonly TextEdit[] | null {
  if (!Array.isArray(data.blocks)) return null;
  const edits: TextEdit[] = [];
  for (const block of data.blocks) {
    const more = oneBlock(block as Readonly<Record<string, unknown>>, runs);
    if (!more) return null;
    edits.push(...more);
  }
  return edits;
}

function oneBlock(data: Readonly<Record<string, unknown>>, runs: StatementRuns): readonly TextEdit[] | null {
  const object = pair(data.object);
  const take = pair(data.take);
  const give = pair(data.give);
  if (!object || !take || !give) return null;
  const { lines, text } = runs;
  const first = runs.lineOf(take[0]);
  const last = runs.lineOf(give[0]);
  if (first < 0 || last <= first + 1) return null;
  // The head may keep a comment behind it; the last line goes whole.
  if (lines[first]!.text.replace(/#.*$/, '').trim() !== text.slice(take[0], take[1])) return null;
  if (lines[last]!.text.trim() !== text.slice(give[0], give[1])) return null;
  if (runs.indentOf(first) !== runs.indentOf(last)) return null;
  const unit = runs.unitOf(first);
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
  edits.push(withoutLine(runs, last));
  return edits;
}

/** Takes a line away; at the end of a file without a last line break, with the break before it. */
function withoutLine({ lines, text }: StatementRuns, line: number): TextEdit {
  const { start, next } = lines[line]!;
  if (next <= text.length) return { start, end: next, text: '' };
  const before = lines[line - 1]!;
  return { start: before.start + before.text.length, end: text.length, text: '' };
}

function pair(value: unknown): readonly [number, number] | null {
  return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'number'
    ? [value[0], value[1]]
    : null;
}
