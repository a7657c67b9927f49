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
export function insideStrings(first: number, last: number, lines: readonly Line[]): ReadonlySet<number> {
  const inside = new Set<number>();
  const text = lines
    .slice(first, last + 1)
    .map((line) => line.text)
    .join('\n');
  let line = first;
  let counted = 0;
  for (const match of text.matchAll(quoted)) {
    for (; counted < match.index; counted++) if (text[counted] === '\n') line++;
    for (; counted < match.index + match[0].length; counted++) if (text[counted] === '\n') inside.add(++line);
  }
  return inside;
}

/** A string, long or short, or a comment: whichever begins first. */
const quoted = /('''|""")(?:\\[\s\S]|(?!\1)[\s\S])*(?:\1|$)|(["'])(?:\\.|(?!\2)[^\n])*\2?|#[^\n]*/g;

/** A statement's text without what its strings and comments say. */
export function withoutQuoted(text: string): string {
  return text.replace(quoted, (found) => (found.startsWith('#') ? '' : '""'));
}
