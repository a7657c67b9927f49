// A SourceFile as two arrays of numbers and one list of strings: cheap to hand to another thread (the arrays'
// buffers can be transferred) and to keep in a cache. Unpacking makes views, not copies.

import type { Code, Comment, Constant, SourceFile } from './code';

/** Raised whenever the layout changes; part of the key under which packed files are kept. */
export const PACK_VERSION = 1;

/** A packed file. `words` and `bytes` own their buffers whole. */
export interface PackedFile {
  /** Header, line starts, then for each code its fields and its 32-bit columns, then comments and errors. */
  readonly words: Int32Array;
  /** For each code its parameter kinds, captures and operations; then the kinds of the constants. */
  readonly bytes: Uint8Array;
  /** Names, texts of constants, texts of comments, notes. */
  readonly strings: readonly string[];
}

const HEADER = 9;
const CODE_FIELDS = 13;
const COMMENT_FIELDS = 4;
const WORD_COLUMNS = ['slots', 'a', 'b', 'c', 'start', 'end', 'extra'] as const;
const BYTE_COLUMNS = ['parameters', 'captured', 'op'] as const;

/** Packs a file. `isShared`: threads that are given it share its numbers. */
export function packFile(file: SourceFile, isShared = false): PackedFile {
  const { names, constants, codes, comments, lineStarts, errors, notes } = file;
  let wordCount = HEADER + lineStarts.length + COMMENT_FIELDS * comments.length + 2 * errors.length;
  let byteCount = constants.length;
  for (const code of codes) {
    wordCount += CODE_FIELDS;
    for (const column of WORD_COLUMNS) wordCount += code[column].length;
    for (const column of BYTE_COLUMNS) byteCount += code[column].length;
  }
  const make = (size: number) => (isShared ? new SharedArrayBuffer(size) : new ArrayBuffer(size));
  const words = new Int32Array(make(4 * wordCount));
  const bytes = new Uint8Array(make(byteCount));
  const counts = [codes, names, constants, comments, errors, notes].map((list) => list.length);
  words.set([PACK_VERSION, file.length, ...counts, lineStarts.length]);
  words.set(lineStarts, HEADER);
  let word = HEADER + lineStarts.length;
  let byte = 0;
  for (const code of codes) {
    const { slots, parameters, op, extra } = code;
    words.set([code.kind, code.name, code.parent, code.flags, code.base, code.length], word);
    words.set([code.nameStart, code.nameEnd, code.docstring], word + 6);
    words.set([slots.length, parameters.length, op.length, extra.length], word + 9);
    word += CODE_FIELDS;
    for (const column of WORD_COLUMNS) {
      words.set(code[column], word);
      word += code[column].length;
    }
    for (const column of BYTE_COLUMNS) {
      bytes.set(code[column], byte);
      byte += code[column].length;
    }
  }
  for (const comment of comments) {
    words.set([comment.start, comment.end, comment.line, comment.alone ? 1 : 0], word);
    word += COMMENT_FIELDS;
  }
  for (const error of errors) {
    words.set([error.start, error.end], word);
    word += 2;
  }
  for (const constant of constants) bytes[byte++] = constant.kind;
  const texts = [...constants, ...comments].map((each) => each.text);
  return { words, bytes, strings: [...names, ...texts, ...notes] };
}

/** Unpacks a file; the result's columns are views into the packed arrays. Undefined for another version. */
export function unpackFile(packed: PackedFile): SourceFile | undefined {
  const { words, bytes, strings } = packed;
  if (words[0] !== PACK_VERSION) return undefined;
  const [, length = 0, codeCount = 0, nameCount = 0, constantCount = 0, commentCount = 0, errorCount = 0] =
    words;
  const [noteCount = 0, lineCount = 0] = words.subarray(7, HEADER);
  const reader = new Reader(words, bytes, HEADER);
  const lineStarts = reader.words(lineCount);
  const codes = repeat(codeCount, () => readCode(reader));
  const texts = strings.slice(nameCount);
  const comments = repeat(commentCount, (i): Comment => {
    const [start = 0, end = 0, line = 0, alone] = reader.words(COMMENT_FIELDS);
    return { start, end, line, alone: alone === 1, text: texts[constantCount + i] ?? '' };
  });
  const errors = repeat(errorCount, () => {
    const [start = 0, end = 0] = reader.words(2);
    return { start, end };
  });
  const kinds = reader.bytes(constantCount);
  const constants = Array.from(kinds, (kind, i): Constant => ({ kind, text: texts[i] ?? '' }));
  return {
    length: length,
    names: strings.slice(0, nameCount),
    constants,
    codes,
    comments,
    lineStarts,
    errors,
    notes: strings.slice(strings.length - noteCount),
  };
}

function readCode(reader: Reader): Code {
  const at = reader.skip(CODE_FIELDS);
  const field = (index: number): number => reader.allWords[at + index]!;
  const slots = field(9);
  const size = field(11);
  return {
    kind: field(0),
    name: field(1),
    parent: field(2),
    flags: field(3),
    base: field(4),
    length: field(5),
    nameStart: field(6),
    nameEnd: field(7),
    docstring: field(8),
    slots: reader.words(slots),
    a: reader.words(size),
    b: reader.words(size),
    c: reader.words(size),
    start: reader.words(size),
    end: reader.words(size),
    extra: reader.words(field(12)),
    parameters: reader.bytes(field(10)),
    captured: reader.bytes(slots),
    op: reader.bytes(size),
  };
}

/** Hands out views of the packed arrays one after the other. */
class Reader {
  private byte = 0;

  constructor(
    readonly allWords: Int32Array,
    private readonly allBytes: Uint8Array,
    private word: number,
  ) {}

  /** The place of so many words, which are passed over. */
  skip(count: number): number {
    this.word += count;
    return this.word - count;
  }

  words(count: number): Int32Array {
    this.word += count;
    return this.allWords.subarray(this.word - count, this.word);
  }

  bytes(count: number): Uint8Array {
    this.byte += count;
    return this.allBytes.subarray(this.byte - count, this.byte);
  }
}

function repeat<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}
