// Turns the `if` before a condition into `while`.

import type { TextEdit } from '../text/span';
import type { FixContext } from './build';

/** The edit for the `if` whose condition begins at `data.condition`; null where none stands right before it. */
export function repeatTest(
  data: Readonly<Record<string, unknown>>,
  { text }: FixContext,
): readonly TextEdit[] | null {
  const { condition } = data;
  if (typeof condition !== 'number') return null;
  const lineStart =
    Math.max(text.lastIndexOf('\n', condition - 1), text.lastIndexOf('\r', condition - 1)) + 1;
  const found = /^([ \t]*)if[ \t]*\(?[ \t]*$/.exec(text.slice(lineStart, condition));
  if (!found) return null;
  const start = lineStart + found[1]!.length;
  return [{ start, end: start + 2, text: 'while' }];
}
