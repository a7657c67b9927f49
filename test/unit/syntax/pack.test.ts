import { beforeAll, expect, test } from 'vitest';
import { dumpFile } from '../../../server/src/syntax/dump';
import { packFile, unpackFile } from '../../../server/src/syntax/pack';
import type { PythonParser } from '../../../server/src/syntax/parser';
import { fixtureNames, readFixture } from './fixtures';
import { loadTestParser } from './parser';

let parser: PythonParser;
beforeAll(async () => {
  parser = await loadTestParser();
});

test.each([...fixtureNames, ''])('a packed file comes back the same: %s', (name) => {
  const file = parser.compile(name === '' ? '' : readFixture(name));
  const packed = structuredClone(packFile(file));
  const back = unpackFile(packed);
  expect(back).toEqual(file);
  expect(back && dumpFile(back, true)).toBe(dumpFile(file, true));
});

test('notes come back', () => {
  const file = parser.compile(`x = ${'('.repeat(5000)}1${')'.repeat(5000)}`);
  expect(file.notes).toHaveLength(1);
  expect(unpackFile(packFile(file))?.notes).toEqual(file.notes);
});

test('the buffers can be handed over', () => {
  const file = parser.compile(readFixture('scoping'));
  const packed = packFile(file);
  const moved = structuredClone(packed, { transfer: [packed.words.buffer, packed.bytes.buffer] });
  expect(packed.words).toHaveLength(0);
  expect(unpackFile(moved)).toEqual(file);
});

test('another version is refused', () => {
  const packed = packFile(parser.compile('x = 1'));
  packed.words[0] = 0;
  expect(unpackFile(packed)).toBeUndefined();
});
