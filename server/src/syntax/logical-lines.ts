// Which physical lines belong to one statement line of Python: open brackets, long strings and a backslash carry
// it on. Reads the text alone, so it also answers for text that does not parse. Only suppressions need it.

/** For every physical line, the first and last physical line of the logical line it belongs to. From 0. */
export interface LogicalLines {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

// Longer ones come from a bracket that was never closed.
const longest = 400;

const token =
  /[rbuft]{0,2}("""|''')|[rbuft]{0,2}(["'])|(#[^\r\n]*)|([([{])|([)\]}])|(\\(?:\r\n|\r|\n))|(\r\n|\r|\n)/gi;

/** Groups the physical lines of a text. */
export function findLogicalLines(text: string, lineCount: number): LogicalLines {
  const first = Int32Array.from({ length: lineCount }, (_, line) => line);
  const last = Int32Array.from(first);
  let line = 0;
  let start = 0;
  let depth = 0;
  const close = (end: number) => {
    const tooLong = end - start > longest;
    for (let each = start; each <= end && each < lineCount && !tooLong; each++) {
      first[each] = start;
      last[each] = end;
    }
    start = end + 1;
  };
  token.lastIndex = 0;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [whole, long, short, , open, shut, joined, broken] = match;
    if (long) {
      const end = longStringEnd(text, token.lastIndex, long);
      line += lineBreaks(text, token.lastIndex, end);
      token.lastIndex = end;
    } else if (short) {
      const end = shortStringEnd(text, token.lastIndex, short);
      line += lineBreaks(text, token.lastIndex, end);
      token.lastIndex = end;
    } else if (open) {
      depth++;
    } else if (shut) {
      depth = Math.max(0, depth - 1);
    } else if (joined) {
      line++;
    } else if (broken) {
      if (depth > 0 && startsDefinition(text, match.index + whole.length)) depth = 0;
      if (depth === 0) close(line);
      line++;
    }
  }
  close(Math.max(line, start));
  return { first, last };
}

function longStringEnd(text: string, from: number, quote: string): number {
  for (let index = from; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text.startsWith(quote, index)) return index + 3;
  }
  return text.length;
}

function shortStringEnd(text: string, from: number, quote: string): number {
  for (let index = from; index < text.length; index++) {
    const unit = text[index];
    if (unit === quote) return index + 1;
    if (unit === '\n' || unit === '\r') return index;
    if (unit !== '\\') continue;
    index++;
    if (text[index] === '\r' && text[index + 1] === '\n') index++;
  }
  return text.length;
}

function lineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let index = from; index < to; index++) {
    if (text[index] === '\n' || (text[index] === '\r' && text[index + 1] !== '\n')) count++;
  }
  return count;
}

function startsDefinition(text: string, at: number): boolean {
  return /^(?:def|class|async def|import|from)\s/.test(text.slice(at, at + 12));
}
