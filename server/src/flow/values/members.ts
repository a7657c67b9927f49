// The members of plain values, by what a call of them gives. Tables only.

/** Methods whose result is a text made of the receiver. */
export const sameText: ReadonlySet<string> = new Set(
  (
    'strip lstrip rstrip lower upper title capitalize swapcase casefold expandtabs zfill ljust rjust center encode ' +
    'decode translate removeprefix removesuffix format_map tostring to_bytes'
  ).split(' '),
);
/** Methods that cut a text into parts. */
export const splitting: ReadonlySet<string> = new Set([
  'split',
  'rsplit',
  'splitlines',
  'partition',
  'rpartition',
]);
/** Methods that answer yes or no. */
export const truthTests: ReadonlySet<string> = new Set(
  'startswith endswith isdigit isalnum isalpha isdecimal isnumeric isspace isupper islower isidentifier istitle issubset issuperset isdisjoint has_key'.split(
    ' ',
  ),
);
/** Methods that answer with a number. */
export const counting: ReadonlySet<string> = new Set([
  'count',
  'find',
  'rfind',
  'index',
  'rindex',
  'bit_length',
  'total_seconds',
]);

const members = new Set(
  'get keys values items update copy append extend pop setdefault sort index hex find join'.split(' '),
);

/** Whether texts or plain containers have a member of this name. */
export function isPlainMember(name: string): boolean {
  return (
    sameText.has(name) ||
    splitting.has(name) ||
    truthTests.has(name) ||
    counting.has(name) ||
    members.has(name) ||
    name === 'format' ||
    name === 'replace'
  );
}
