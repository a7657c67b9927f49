// Which files were read only in part, and what was left out of them, in words: for the end of an audit, where
// findings of low confidence may be hidden but silence would mislead.

import { lineAt } from '../text/line-index';
import type { ProjectFile } from './positions';
import type { Skipped } from './protocol';

/** The parts of a file that were left out: at most one line for the text that does not parse, and one for each note. */
export function partsLeftOut({ path, source }: ProjectFile): Skipped[] {
  const skipped = source.notes.map((reason) => ({ path, reason: reason.replace(/\.$/, '') }));
  const [first, ...others] = source.errors;
  if (first) {
    const line = lineAt(source.lineStarts, first.start) + 1;
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    skipped.push({ path, reason: `analysed without what is not valid Python 3: line ${line}${more}` });
  }
  return skipped;
}
