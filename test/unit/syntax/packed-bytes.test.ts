import { beforeAll, expect, test } from 'vitest';
import { packFile, unpackFile } from '../../../server/src/syntax/pack';
import { bytesOfFile, fileOfBytes } from '../../../server/src/syntax/packed-bytes';
import type { PythonParser } from '../../../server/src/syntax/parser';
import { fixtureNames, numbersFrom, readFixture } from './fixtures';
import { loadTestParser } from './parser';

let parser: PythonParser;
beforeAll(async () => {
  parser = await loadTestParser();
});

test.each([...fixtureNames, ''])('the bytes of a file give the file: %s', (name) => {
  const file = parser.compile(name === '' ? '' : readFixture(name));
  expect(fileOfBytes(bytesOfFile(file))).toEqual(unpackFile(packFile(file)));
});

test.each([
  ['a lone surrogate', "x = '\\ud800'\n"],
  ['text beyond the first plane', "naïve = '😀'  # 😀\n"],
  ['a file of many kilobytes', `${'\n'.repeat(200_000)}x = ${'1 + '.repeat(300)}1\n`],
])('%s comes back', (_, text) => {
  const file = parser.compile(text);
  expect(fileOfBytes(bytesOfFile(file))).toEqual(unpackFile(packFile(file)));
});

test('bytes at any place of a buffer are read', () => {
  const file = parser.compile(readFixture('scoping'));
  const bytes = bytesOfFile(file);
  const buffer = new Uint8Array(bytes.length + 3);
  buffer.set(bytes, 3);
  expect(fileOfBytes(buffer.subarray(3))).toEqual(file);
});

test('damaged bytes give nothing', () => {
  const bytes = bytesOfFile(parser.compile(readFixture('scoping')));
  const next = numbersFrom(7);
  for (let round = 0; round < 300; round++) {
    const damaged = bytes.slice();
    damaged[next(damaged.length)]! ^= 1 << next(8);
    expect(fileOfBytes(damaged)).toBeUndefined();
    expect(fileOfBytes(bytes.slice(0, next(bytes.length)))).toBeUndefined();
  }
  expect(fileOfBytes(new Uint8Array(0))).toBeUndefined();
  expect(fileOfBytes(new Uint8Array(64))).toBeUndefined();
});
