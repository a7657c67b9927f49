// Gives an expression a name of its own: its text moves into an assignment before another statement, and the name
// stands where it was.

import type { TextEdit } from '../text/span';
import type { FixContext } from './build';

/** Edits that assign the text of `data.start..data.end` to `data.target` on a line of its own before the line of
 * `data.before`, and put `data.name` in its place. */
export function hoist(
  data: Readonly<Record<string, unknown>>,
  { text }: FixContext,
): readonly TextEdit[] | null {
  const { start, end, name, target, before } = data;
  if (typeof start !== 'number' || typeof end !== 'number' || typeof before !== 'number') return null;
  if (typeof name !== 'string' || typeof target !== 'string') return null;
  const expression = text.slice(start, end);
  if (/[\r\n]/.test(expression)) return null;
  const lineStart = Math.max(text.lastIndexOf('\n', before - 1), text.lastIndexOf('\r', before - 1)) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, before))![0];
  // Something else stands before it on its line (`if x: self.y = 1`): there is no line of its own to put it on.
  const lead = text.slice(lineStart + indent.length, before);
  if (lead !== '' && lead !== '@') return null;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = indent === '' ? `${newline}${newline}${newline}` : newline;
  return [
    { start: lineStart, end: lineStart, text: `${indent}${target} = ${expression}${gap}` },
    { start, end, text: name },
  ];
}
