// Which members the types of Python itself have, so that a name that none of them has is not taken for one of theirs.

import type { Library } from '../library/library';

const text =
  'capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip maketrans partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper zfill';
const number =
  'as_integer_ratio bit_count bit_length conjugate denominator fromhex from_bytes hex imag is_integer numerator real to_bytes';
const sets = 'copy difference intersection isdisjoint issubset issuperset symmetric_difference union';

const members: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    str: `${text} decode`,
    bytes: `${text} decode fromhex hex`,
    bytearray: `${text} decode fromhex hex`,
    int: number,
    bool: number,
    float: number,
    complex: number,
    tuple: 'count index',
    frozenset: sets,
    set: sets,
    type: 'mro',
    list: '',
    dict: 'fromkeys',
    generator: 'send throw close next asend athrow aclose',
  }).map(([type, names]) => [type, new Set(names.split(' '))]),
);

/** Whether a type of Python itself may have a member; true for types of which nothing is known here. */
export function mayHaveMember(library: Library, type: string, name: string): boolean {
  const own = members.get(type);
  if (own === undefined || name.startsWith('__')) return true;
  return own.has(name) || library.containerTypes.get(type)?.has(name) === true;
}

/** Whether a path names a container or a plain type of Python itself: of what comes out of it, it says nothing. */
export function isBuiltinType(library: Library, path: string): boolean {
  const type = path.endsWith('()') ? path.slice(0, -2) : path;
  return members.has(type) || library.containerTypes.has(type);
}
