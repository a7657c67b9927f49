// Which files were read only in part, and what was left out of them, in words: for the end of an audit, where
// findings of low confidence may be hidden but silence would mislead.

import { lineAt } from '../text/line-index';
import type { ProjectFile } from './positions';
import type { Skipped } from './protocol';

/** The parts of a file that were left out: at most one line for the text that does not parse, and one for each note. */
export function partsLeftOut({ path, source }: ProjectFile): Skipped[] {
  const skipped = source.notes.map((reason) => ({ path, reason: reason.replace(/\.$/, '') }));
  if (source.errors.length > 0) {
    skipped.push({ path, reason: `analysed without what is not valid Python 3: ${linesInError(source)}` });
  }
  return skipped;
}

/** More lines than these say no more than that the file is another language's. */
const mostLines = 5;

/** Where the text does not parse: `line 3`, `lines 1, 6`, `lines 1, 2, 4, 5, 9 and 13 more`. */
export function linesInError({ errors, lineStarts }: ProjectFile['source']): string {
  const lines = [...new Set(errors.map(({ start }) => lineAt(lineStarts, start) + 1))];
  const named = lines.slice(0, mostLines).join(', ');
  const more = lines.length > mostLines ? ` and ${lines.length - mostLines} more` : '';
  return `${lines.length === 1 ? 'line' : 'lines'} ${named}${more}`;
}
