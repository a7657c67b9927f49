import { describe, expect, test } from 'vitest';
import {
  findLineStarts,
  lineAt,
  moveLineStarts,
  offsetAt,
  positionAt,
  rangeOf,
} from '../../../server/src/text/line-index';

describe('line index', () => {
  test('knows the three line breaks of Python', () => {
    expect([...findLineStarts('a\nb\r\nc\rd')]).toEqual([0, 2, 5, 7]);
    expect([...findLineStarts('\r\r\n\n')]).toEqual([0, 1, 3, 4]);
    expect([...findLineStarts('')]).toEqual([0]);
    expect([...findLineStarts('no break')]).toEqual([0]);
  });

  test('does not take form feeds or Unicode separators for line breaks', () => {
    expect([...findLineStarts('a\fb\u2028c\u0085d\vE')]).toEqual([0]);
  });

  test('grows over many short lines', () => {
    const starts = findLineStarts('\n'.repeat(10_000));
    expect(starts.length).toBe(10_001);
    expect(starts[10_000]).toBe(10_000);
  });

  test('finds lines, clamped to the text', () => {
    const starts = findLineStarts('ab\ncd\n');
    expect([0, 1, 2, 3, 5, 6, 99, -1].map((offset) => lineAt(starts, offset))).toEqual([
      0, 0, 0, 1, 1, 2, 2, 0,
    ]);
  });

  test('counts columns in UTF-16 code units', () => {
    const text = 'x\n😀y = 1';
    const starts = findLineStarts(text);
    expect(positionAt(starts, text.indexOf('y'))).toEqual({ line: 1, character: 2 });
    expect(rangeOf(starts, { start: 0, end: 4 })).toEqual({
      start: { line: 0, character: 0 },
      end: { line: 1, character: 2 },
    });
  });

  test('goes from positions back to offsets', () => {
    const text = 'ab\r\ncd\ne';
    const starts = findLineStarts(text);
    for (let offset = 0; offset <= text.length; offset++) {
      expect(offsetAt(starts, positionAt(starts, offset), text.length)).toBe(offset);
    }
  });

  test('clamps positions to the line and to the text', () => {
    const text = 'ab\r\ncd';
    const starts = findLineStarts(text);
    expect(offsetAt(starts, { line: 0, character: 99 }, text.length, text)).toBe(2);
    expect(offsetAt(starts, { line: 0, character: 99 }, text.length)).toBe(4);
    expect(offsetAt(starts, { line: 9, character: 0 }, text.length)).toBe(6);
    expect(offsetAt(starts, { line: -1, character: 5 }, text.length)).toBe(0);
    expect(offsetAt(starts, { line: 1, character: -3 }, text.length)).toBe(4);
  });

  test('moves line starts with an edit, whatever it tears apart', () => {
    const pieces = ['', 'x', '\n', '\r', '\r\n', 'ab\nc', '\n\r'];
    const texts = ['', 'a', 'a\nb\r\nc\rd', '\r\n\r\n', '\n\n\nend\n', 'one\r\ntwo\n\rthree\r'];
    for (const text of texts) {
      for (let start = 0; start <= text.length; start++) {
        for (let end = start; end <= text.length; end++) {
          for (const piece of pieces) {
            const after = text.slice(0, start) + piece + text.slice(end);
            const moved = moveLineStarts(findLineStarts(text), after, start, end, after.length - text.length);
            expect([...moved], JSON.stringify([text, start, end, piece])).toEqual([...findLineStarts(after)]);
          }
        }
      }
    }
  });
});
