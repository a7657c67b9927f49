// Wraps values in a quoting function, and imports its module where it is not imported yet.

import type { TextEdit } from '../text/span';
import type { FixContext } from './build';

/** `data`: `spans` to wrap, `quote` as the module calls it, `importAt`: the offset of an import before which the new
 * one goes, -1 for none needed, -2 where there is no place for it. */
export function quoteArgument(
  data: Readonly<Record<string, unknown>>,
  { text }: FixContext,
): readonly TextEdit[] | null {
  const { spans, quote, importAt } = data;
  if (!Array.isArray(spans) || typeof quote !== 'string' || typeof importAt !== 'number') return null;
  const edits: TextEdit[] = [];
  for (const { start, end } of spans as readonly { start: number; end: number }[]) {
    edits.push({ start, end: start, text: `${quote}(` }, { start: end, end, text: ')' });
  }
  if (importAt !== -1) {
    const edit = importEdit(text, importAt);
    if (edit === null) return null;
    edits.push(edit);
  }
  return edits;
}

/** An import among the neighbours of the one at this offset: in the order of the alphabet where they are in order. */
function importEdit(text: string, near: number): TextEdit | null {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  let at = near < 0 ? -1 : text.lastIndexOf('\n', near - 1) + 1;
  if (at < 0 || !/^(import|from)\s/.test(text.slice(at))) return null;
  for (;;) {
    const line = /^import ([\w.]+)[^\r\n]*\r?\n/.exec(text.slice(at, at + 300));
    if (line === null || line[1]! > 'shlex') break;
    at += line[0].length;
  }
  return { start: at, end: at, text: `import shlex${newline}` };
}
