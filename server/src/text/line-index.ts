// Offsets to positions and back, over the line breaks that Python knows: \n, \r\n and a lone \r.
// All offsets and columns count UTF-16 code units. Knows nothing of tree-sitter's rows, which count \n only.

import type { Position, Range, Span } from './span';

/** The absolute offset of the first unit of each line; there is always at least line 0. */
export function findLineStarts(text: string): Int32Array {
  let starts = new Int32Array(Math.max(16, (text.length >> 5) + 2));
  let count = 1;
  const length = text.length;
  const lonely = text.indexOf('\r') >= 0;
  let at = lonely ? nextBreak(text, 0) : text.indexOf('\n');
  while (at >= 0 && at < length) {
    const crlf = text.charCodeAt(at) === 13 && text.charCodeAt(at + 1) === 10;
    const next = at + (crlf ? 2 : 1);
    if (count === starts.length) {
      const grown = new Int32Array(starts.length * 2);
      grown.set(starts);
      starts = grown;
    }
    starts[count++] = next;
    at = lonely ? nextBreak(text, next) : text.indexOf('\n', next);
  }
  return starts.slice(0, count);
}

/** The line starts of a text after an edit: `start` and `end` in the text before, `shift` by how much it grew. */
export function moveLineStarts(
  before: Int32Array,
  text: string,
  start: number,
  end: number,
  shift: number,
): Int32Array {
  // One line more on either side: a break may consist of two characters.
  const first = Math.max(0, lineAt(before, start) - 1);
  const behind = lineAt(before, end) + 2;
  const from = before[first] as number;
  const isLast = behind >= before.length;
  const to = isLast ? text.length : (before[behind] as number) + shift;
  const between = findLineStarts(text.slice(from, to));
  const count = isLast ? between.length : between.length - 1;
  const rest = isLast ? 0 : before.length - behind;
  const starts = new Int32Array(first + count + rest);
  starts.set(before.subarray(0, first));
  for (let k = 0; k < count; k++) starts[first + k] = (between[k] as number) + from;
  for (let k = 0; k < rest; k++) starts[first + count + k] = (before[behind + k] as number) + shift;
  return starts;
}

function nextBreak(text: string, from: number): number {
  for (let i = from; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || unit === 13) return i;
  }
  return -1;
}

/** The line (from 0) that holds the offset; offsets beyond the text belong to the last line. */
export function lineAt(lineStarts: Int32Array, offset: number): number {
  let low = 0;
  let high = lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((lineStarts[middle] as number) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The position of an offset; a negative offset is the start of the text. */
export function positionAt(lineStarts: Int32Array, offset: number): Position {
  const line = lineAt(lineStarts, offset);
  return { line, character: Math.max(0, offset - (lineStarts[line] as number)) };
}

/** The range of positions of a span of offsets. */
export function rangeOf(lineStarts: Int32Array, span: Span): Range {
  return { start: positionAt(lineStarts, span.start), end: positionAt(lineStarts, span.end) };
}

/** The offset of a position, clamped to its line and to the text as the language server protocol asks.
 * `textLength` is in UTF-16 code units. A column inside a line break is clamped to before the break only
 * when `text` is given. */
export function offsetAt(
  lineStarts: Int32Array,
  position: Position,
  textLength: number,
  text?: string,
): number {
  if (position.line < 0) return 0;
  if (position.line >= lineStarts.length) return textLength;
  const start = lineStarts[position.line] as number;
  const next = position.line + 1 < lineStarts.length ? (lineStarts[position.line + 1] as number) : textLength;
  const end = text === undefined ? next : withoutBreak(text, start, next);
  return Math.min(start + Math.max(0, position.character), end);
}

/** The end of the line that starts at `start` and whose successor starts at `next`, before its line break. */
function withoutBreak(text: string, start: number, next: number): number {
  let end = next;
  if (end > start && text.charCodeAt(end - 1) === 10) end--;
  if (end > start && text.charCodeAt(end - 1) === 13) end--;
  return end;
}
