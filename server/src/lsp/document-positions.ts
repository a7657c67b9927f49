// From UTF-16 offsets of a text to lines and columns, with the line breaks of the protocol: LF, CRLF and CR.

import type { Position } from 'vscode-languageserver';

/** Prepares a text; the answer turns an offset into its position. */
export function positionsOf(text: string): (offset: number) => Position {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\r|\n/g)) starts.push(match.index + match[0].length);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: offset - starts[low] };
  };
}
