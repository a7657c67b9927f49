import { describe, expect, it } from 'vitest';
import { decodePython } from '../../../server/src/project/decode';

const bytes = (text: string) => new TextEncoder().encode(text);
const latin = (text: string) => Uint8Array.from(text, (unit) => unit.charCodeAt(0));

describe('decodePython', () => {
  it('reads UTF-8 without a cookie and drops a byte order mark', () => {
    expect(decodePython(bytes("x = '€'\n"))).toEqual({ text: "x = '€'\n", notes: [] });
    expect(decodePython(Uint8Array.of(0xef, 0xbb, 0xbf, 0x78))).toEqual({ text: 'x', notes: [] });
  });

  it('follows the coding comment of the first or second line', () => {
    const text = "# -*- coding: latin-1 -*-\nname = 'é\x80'\n";
    expect(decodePython(latin(text))).toEqual({ text, notes: [] });
    const second = "#!/usr/bin/python\n# vim: set fileencoding=iso_8859_1 :\nname = 'é'\n";
    expect(decodePython(latin(second))).toEqual({ text: second, notes: [] });
  });

  it('does not look for a coding comment below code', () => {
    const decoded = decodePython(latin("import os\n# coding: latin-1\nname = 'é'\n"));
    expect(decoded).toMatchObject({ notes: [expect.stringContaining('line 3')] });
  });

  it('reads Windows-1252, UTF-16, and what TextDecoder knows by the names Python has for it', () => {
    const euro = decodePython(Uint8Array.from([...bytes('# coding: cp1252\n'), 0x80]));
    expect(euro).toEqual({ text: '# coding: cp1252\n€', notes: [] });
    const wide = decodePython(Uint8Array.of(0xff, 0xfe, 0x78, 0, 0x0a, 0));
    expect(wide).toMatchObject({ text: 'x\n', notes: [expect.stringContaining('UTF-16')] });
    const japanese = decodePython(Uint8Array.from([...bytes('# coding: cp932\n'), 0x82, 0xa0]));
    expect(japanese).toEqual({ text: '# coding: cp932\nあ', notes: [] });
  });

  it('tolerates invalid bytes and unknown encodings, and says so', () => {
    expect(decodePython(latin("a = 1\nb = 'é'\n"))).toMatchObject({
      text: "a = 1\nb = '\ufffd'\n",
      notes: [expect.stringContaining('line 2')],
    });
    expect(decodePython(bytes('# coding: klingon\nx = 1\n'))).toMatchObject({
      notes: [expect.stringContaining("'klingon'")],
    });
    expect(decodePython(bytes("# coding: ascii\nx = '€'\n"))).toMatchObject({
      notes: [expect.stringContaining('line 2')],
    });
  });

  it('sets a binary file aside', () => {
    expect(decodePython(Uint8Array.of(0x7f, 0x45, 0, 1))).toMatchObject({
      reason: expect.stringContaining('NUL'),
    });
  });

  it('answers for any bytes', () => {
    let state = 1;
    for (let round = 0; round < 300; round++) {
      const random = Uint8Array.from({ length: round % 40 }, () => {
        state = (Math.imul(state, 1103515245) + 12345) >>> 0;
        return state >>> 24;
      });
      const decoded = decodePython(random);
      expect('text' in decoded || 'reason' in decoded).toBe(true);
    }
  });
});
