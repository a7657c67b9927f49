import { expect, it } from 'vitest';
import { findingsOf } from '../../../server/src/project/positions';
import { hashText } from '../../../server/src/text/hash';
import { fileOf, reportsOf } from './example';

const fingerprints = (text: string) => {
  const file = fileOf(text);
  return findingsOf(reportsOf(file, 'run'), [file]).map(({ fingerprint }) => fingerprint);
};

it('keeps a fingerprint when lines move, indentation changes or the finding is suppressed', () => {
  const [plain] = fingerprints('run(x)\n');
  expect(fingerprints('import os\n\n\nrun(x)\n')).toEqual([plain]);
  expect(fingerprints('if a:\n        run( x )\n')).toEqual([plain]);
  expect(fingerprints('run(x)  # airlock: ignore[untrusted-command] fine\n')).toEqual([plain]);
  expect(fingerprints('run(y)\n')).not.toEqual([plain]);
});

it('counts among equals', () => {
  const found = fingerprints('run(x)\nrun(x)\nrun(y)\n');
  expect(new Set(found).size).toBe(3);
  expect(found[0]).toBe(fingerprints('run(x)\n')[0]);
});

it('gives lines and columns in UTF-16 units, also after CRLF and emoji', () => {
  const file = fileOf("a = 1\r\ns = '😀'; run(s)\r\n");
  const [finding] = findingsOf(reportsOf(file, 'run'), [file]);
  expect(finding.location.range).toEqual({
    start: { line: 1, character: 10 },
    end: { line: 1, character: 13 },
  });
});

it('hashes without collisions on many near texts', () => {
  const hashes = new Set(Array.from({ length: 50_000 }, (_, index) => hashText(`line ${index}`)));
  expect(hashes.size).toBe(50_000);
  expect(hashText('airlock')).toMatch(/^[0-9a-f]{16}$/);
  const low = new Set(Array.from({ length: 20_000 }, (_, index) => hashText(`${index} x`).slice(8)));
  expect(low.size).toBeGreaterThan(19_990);
});
