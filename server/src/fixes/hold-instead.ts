// Turns `while lock:` into `with lock:`, where the loop was meant to hold the lock. Answers null where the loop is
// left, begun again or followed by an `else`: a block has none of these.

import type { TextEdit } from '../text/span';
import type { FixContext } from './build';
import { withoutQuoted } from './line-blocks';
import { StatementRuns } from './statement-runs';

/** The edit for the `while` whose condition begins at `data.condition`; null where none stands right before it. */
export function holdInstead(
  data: Readonly<Record<string, unknown>>,
  { text, runs = new StatementRuns(text) }: FixContext,
): readonly TextEdit[] | null {
  const { condition } = data;
  if (typeof condition !== 'number') return null;
  const line = runs.lineOf(condition);
  const run = runs.statementAt(line);
  if (!run || run.first !== line) return null;
  const { start } = runs.lines[line]!;
  const indent = runs.indentOf(line);
  if (!/^while[ \t]+$/.test(text.slice(start + indent.length, condition))) return null;
  const loop = withoutQuoted(text.slice(condition, runs.lines[run.last]!.next));
  if (/\b(break|continue)\b/.test(loop)) return null;
  for (let each = run.first + 1; each <= run.last; each++) {
    if (runs.indentOf(each) === indent && /^else\b/.test(runs.lines[each]!.text.trim())) return null;
  }
  return [{ start: start + indent.length, end: start + indent.length + 'while'.length, text: 'with' }];
}
