// The physical lines of a text, for fixes that move whole statements.

/** One physical line. */
export interface Line {
  readonly start: number;
  readonly next: number;
  readonly text: string;
}

/** The lines of a text with their offsets. */
export function splitLines(text: string): Line[] {
  const lines: Line[] = [];
  const breaks = /\r\n|\r|\n/g;
  let start = 0;
  for (let match = breaks.exec(text); match; match = breaks.exec(text)) {
    lines.push({ start, next: breaks.lastIndex, text: text.slice(start, match.index) });
    start = breaks.lastIndex;
  }
  lines.push({ start, next: text.length + 1, text: text.slice(start) });
  return lines;
}

/** Lines that begin inside a triple-quoted string: indenting them would change the string. */
export function insideStrings(
  logical: { readonly first: Int32Array },
  first: number,
  last: number,
  lines: readonly Line[],
): ReadonlySet<number> {
  const inside = new Set<number>();
  let quote = '';
  for (let each = first; each <= last; each++) {
    if (quote !== '') inside.add(each);
    if (logical.first[each] === each) quote = '';
    const marks = lines[each]!.text.match(/"""|'''/g) ?? [];
    for (const mark of marks) quote = quote === '' ? mark : quote === mark ? '' : quote;
  }
  return inside;
}
