// Backslash escapes of Python's string and bytes literals, decoded to UTF-16 text.
// A malformed escape stays as written, as Python did before it became an error. Knows no quotes or prefixes.

const SIMPLE: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const ESCAPE =
  /\\(?:(\r\n|\n|\r)|([0-7]{1,3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|N\{[^}]*\}|([\s\S]))/g;

/** The decoded content of a literal. Line breaks become \n, as Python's reader makes them. */
export function decodeEscapes(content: string, raw: boolean, bytes: boolean): string {
  const text = content.includes('\r') ? content.replace(/\r\n?/g, '\n') : content;
  if (raw || !text.includes('\\')) return text;
  return text.replace(ESCAPE, (whole, lineBreak, octal, hex, short, long, simple) => {
    if (lineBreak !== undefined) return '';
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (bytes) return simple === undefined ? whole : (SIMPLE[simple] ?? whole);
    if (short !== undefined) return String.fromCharCode(Number.parseInt(short, 16));
    if (long !== undefined) return codePoint(Number.parseInt(long, 16), whole);
    return simple === undefined ? whole : (SIMPLE[simple] ?? whole);
  });
}

function codePoint(value: number, otherwise: string): string {
  return value <= 0x10ffff ? String.fromCodePoint(value) : otherwise;
}
