// The edit that silences one finding: a directive at the end of the statement's last line, where no string and no
// continued line can swallow it. Decides the place and the words; the reason is the user's to write.

import { findLogicalLines } from '../syntax/logical-lines';
import { lineEnd, offsetAt } from './documents';

/** Where and what to insert; the reason follows `text`. */
export interface SuppressionInsert {
  readonly line: number;
  /** Column in UTF-16 code units. */
  readonly character: number;
  /** Ends with a space, ready for the reason. */
  readonly text: string;
}

/** Places the directive for a finding of `rule` that starts on `line`, from 0. */
export function placeSuppression(text: string, line: number, rule: string): SuppressionInsert {
  const lineCount = text.split(/\r\n|\r|\n/).length;
  const inside = Math.min(line, lineCount - 1);
  const last = findLogicalLines(text, lineCount).last[inside] ?? inside;
  const start = offsetAt(text, { line: last, character: 0 });
  const content = text.slice(start, lineEnd(text, start));
  const gap = content === '' || /\s{2}$/.test(content) ? '' : content.endsWith(' ') ? ' ' : '  ';
  return { line: last, character: content.length, text: `${gap}# airlock: ignore[${rule}] ` };
}
