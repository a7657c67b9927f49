// A packed file as one run of bytes, for caches and for the way between threads: numbers in as few bytes as their
// block allows, strings as JSON. Reading checks everything, so that damaged bytes give nothing rather than nonsense.

import type { SourceFile } from './code';
import { type PackedFile, packFile, unpackFile } from './pack';

/** 'AIR' and the version of this layout. */
const MAGIC = 0x41495201;
/** Numbers that share one width. */
const BLOCK = 32;
/** Magic, checksum, then the counts: words, bytes, blocks of 2 and of 4 bytes, bytes of the strings. */
const HEADER = 7;

/** The bytes of a file. They own their buffer whole, so that it can be transferred. */
export function bytesOfFile(file: SourceFile): Uint8Array {
  return encode(packFile(file));
}

/** The file that `bytesOfFile` wrote; undefined for bytes of another version, cut or damaged. */
export function fileOfBytes(bytes: Uint8Array): SourceFile | undefined {
  try {
    const packed = decode(bytes);
    return packed && unpackFile(packed);
  } catch {
    return undefined;
  }
}

function encode({ words, bytes, strings }: PackedFile): Uint8Array {
  const blocks = Math.ceil(words.length / BLOCK);
  const widths = new Uint8Array(blocks);
  const counts = [0, 0, 0, 0, 0];
  for (let block = 0; block < blocks; block++) {
    const width = widthOf(words, block * BLOCK);
    widths[block] = width;
    counts[width]!++;
  }
  const texts = new TextEncoder().encode(JSON.stringify(strings));
  const place = places(words.length, bytes.length, counts[2]!, counts[4]!, texts.length);
  const buffer = new ArrayBuffer(place.end);
  const out = new Uint8Array(buffer);
  const header = new Uint32Array(buffer, 0, HEADER);
  header.set([MAGIC, 0, words.length, bytes.length, counts[2]!, counts[4]!, texts.length]);
  const four = new Int32Array(buffer, place.four, counts[4]! * BLOCK);
  const two = new Int16Array(buffer, place.two, counts[2]! * BLOCK);
  const one = new Int8Array(buffer, place.one, counts[1]! * BLOCK);
  const next = [0, 0, 0, 0, 0];
  for (let block = 0; block < blocks; block++) {
    const width = widths[block]!;
    const into = width === 1 ? one : width === 2 ? two : four;
    into.set(words.subarray(block * BLOCK, (block + 1) * BLOCK), next[width]);
    next[width]! += BLOCK;
  }
  out.set(widths, place.widths);
  out.set(bytes, place.bytes);
  out.set(texts, place.texts);
  header[1] = checksum(buffer);
  return out;
}

function decode(given: Uint8Array): PackedFile | undefined {
  if (given.length % 4 !== 0 || given.length < 4 * HEADER) return undefined;
  const input = given.byteOffset % 4 === 0 ? given : given.slice();
  const header = new Uint32Array(input.buffer, input.byteOffset, HEADER);
  const [magic, sum, wordCount = 0, byteCount = 0, twos = 0, fours = 0, textCount = 0] = header;
  if (magic !== MAGIC) return undefined;
  const place = places(wordCount, byteCount, twos, fours, textCount);
  if (place.end !== input.length || checksum(input.buffer, input.byteOffset, input.length) !== sum)
    return undefined;
  const at = (offset: number) => input.byteOffset + offset;
  const four = new Int32Array(input.buffer, at(place.four), fours * BLOCK);
  const two = new Int16Array(input.buffer, at(place.two), twos * BLOCK);
  const one = new Int8Array(input.buffer, at(place.one), (place.widths - place.one) | 0);
  const words = new Int32Array(wordCount);
  const next = [0, 0, 0, 0, 0];
  for (let block = 0; block * BLOCK < wordCount; block++) {
    const width = input[place.widths + block]!;
    const from = width === 1 ? one : width === 2 ? two : four;
    const end = Math.min(wordCount, (block + 1) * BLOCK);
    let k = next[width]!;
    for (let word = block * BLOCK; word < end; word++) words[word] = from[k++]!;
    next[width]! += BLOCK;
  }
  const bytes = input.slice(place.bytes, place.bytes + byteCount);
  const texts = new TextDecoder().decode(input.subarray(place.texts, place.texts + textCount));
  return { words, bytes, strings: JSON.parse(texts) };
}

/** Where each part starts, in bytes: the widest numbers first, so that all are aligned. */
function places(words: number, bytes: number, twos: number, fours: number, texts: number) {
  const blocks = Math.ceil(words / BLOCK);
  const four = 4 * HEADER;
  const two = four + 4 * BLOCK * fours;
  const one = two + 2 * BLOCK * twos;
  const widths = one + BLOCK * (blocks - twos - fours);
  const first = widths + blocks;
  const second = first + bytes;
  return { four, two, one, widths, bytes: first, texts: second, end: Math.ceil((second + texts) / 4) * 4 };
}

/** Bytes that every number of a block fits in. */
function widthOf(words: Int32Array, start: number): 1 | 2 | 4 {
  const end = Math.min(words.length, start + BLOCK);
  let bits = 0;
  for (let at = start; at < end; at++) {
    const word = words[at]!;
    bits |= word < 0 ? ~word : word;
  }
  return bits < 0x80 ? 1 : bits < 0x8000 ? 2 : 4;
}

/** A sum over everything behind the first two words. */
function checksum(buffer: ArrayBufferLike, offset = 0, length = buffer.byteLength): number {
  const words = new Uint32Array(buffer, offset + 8, (length - 8) / 4);
  let sum = 0x811c9dc5;
  for (let at = 0; at < words.length; at++) sum = Math.imul(sum ^ words[at]!, 0x01000193);
  return sum >>> 0;
}
