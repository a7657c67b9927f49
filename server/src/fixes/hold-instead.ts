// Turns `while lock:` into `with lock:`, where the loop was meant to hold the lock.

import type { TextEdit } from '../text/span';
import type { FixContext } from './build';

/** The edit for the `while` whose condition begins at `data.condition`; null where none stands right before it. */
export function holdInstead(
  data: Readonly<Record<string, unknown>>,
  { text }: FixContext,
): readonly TextEdit[] | null {
  const { condition } = data;
  if (typeof condition !== 'number') return null;
  const found = /(^|[\r\n])([ \t]*)while[ \t]+$/.exec(text.slice(0, condition));
  if (!found) return null;
  const start = found.index + found[1]!.length + found[2]!.length;
  const indent = found[2]!;
  // A break or continue of the loop would lose its loop.
  const body = text.slice(condition).split(/\r\n|\r|\n/);
  for (let line = 1; line < body.length; line++) {
    const each = body[line]!;
    if (each.trim() === '') continue;
    if (!each.startsWith(indent) || !/^[ \t]/.test(each.slice(indent.length))) break;
    if (/^[ \t]*(break|continue)\b/.test(each)) return null;
  }
  return [{ start, end: start + 'while'.length, text: 'with' }];
}
