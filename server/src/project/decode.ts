// From the bytes of a Python file to its text, as Python itself would choose the encoding: byte order mark,
// then the coding comment of PEP 263, then UTF-8. Any bytes give an answer: a text, perhaps with notes on what
// was not clean, or the reason why the file is set aside. Knows nothing of paths or of reading files.

/** The text of a file without its byte order mark, and what the user should know about the reading. */
export interface DecodedText {
  readonly text: string;
  /** In words for the user, without a full stop; empty when the file was clean. */
  readonly notes: readonly string[];
}

/** A file that is not text. */
export interface Undecodable {
  /** In words for the user, without a full stop. */
  readonly reason: string;
}

type ByteDecoder = (bytes: Uint8Array) => string;

/** Decodes the bytes of a Python source file. */
export function decodePython(bytes: Uint8Array): DecodedText | Undecodable {
  if (startsWith(bytes, 0xff, 0xfe) && !startsWith(bytes, 0xff, 0xfe, 0, 0))
    return decodeUtf16(bytes, 'utf-16le');
  if (startsWith(bytes, 0xfe, 0xff)) return decodeUtf16(bytes, 'utf-16be');
  const nul = bytes.indexOf(0);
  if (nul >= 0) return { reason: `a binary file: it holds a NUL byte at offset ${nul}` };
  if (startsWith(bytes, 0xef, 0xbb, 0xbf)) return decodeUtf8(bytes.subarray(3), []);

  const declared = declaredEncoding(bytes);
  if (declared === undefined) return decodeUtf8(bytes, []);
  const name = encodingName(declared);
  if (name === 'utf-8') return decodeUtf8(bytes, []);
  if (name === 'ascii') return decodeAscii(bytes);
  const decoder = ownDecoders[name] ?? decoderFor(name);
  if (decoder) return { text: decoder(bytes), notes: [] };
  return decodeUtf8(bytes, [
    `the coding comment names '${declared}', which Airlock does not know, so UTF-8 was taken instead`,
  ]);
}

function startsWith(bytes: Uint8Array, ...prefix: number[]): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, index) => bytes[index] === byte);
}

function decodeUtf16(bytes: Uint8Array, label: string): DecodedText {
  const text = new TextDecoder(label).decode(bytes);
  return { text, notes: ['it is UTF-16, which Python does not accept as source'] };
}

function decodeUtf8(bytes: Uint8Array, notes: readonly string[]): DecodedText {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), notes };
  } catch {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    const line = lineOf(text, text.indexOf('\ufffd'));
    return {
      text,
      notes: [
        ...notes,
        `line ${line} holds bytes that are not UTF-8, and no coding comment names another encoding`,
      ],
    };
  }
}

function decodeAscii(bytes: Uint8Array): DecodedText {
  const first = bytes.findIndex((byte) => byte > 0x7f);
  const { text } = decodeUtf8(bytes, []);
  if (first < 0) return { text, notes: [] };
  const line = lineOf(decodeLatin1(bytes.subarray(0, first + 1)), first);
  return { text, notes: [`the coding comment says ASCII, but line ${line} holds other characters`] };
}

// TextDecoder's "latin1" is Windows-1252; Python's is the real one, in which a byte is its code point.
function decodeLatin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let start = 0; start < bytes.length; start += 8192) {
    // Spread out as arguments, each byte would cost an object.
    pieces.push(Reflect.apply(String.fromCharCode, null, bytes.subarray(start, start + 8192)));
  }
  return pieces.join('');
}

// Some releases of Node decode Windows-1252 as if it were Latin-1.
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

function decodeWindows1252(bytes: Uint8Array): string {
  return decodeLatin1(bytes).replace(/[\x80-\x9f]/g, (unit) => windows1252[unit.charCodeAt(0) - 0x80]);
}

const ownDecoders: Readonly<Record<string, ByteDecoder>> = {
  'iso-8859-1': decodeLatin1,
  'windows-1252': decodeWindows1252,
};

function decoderFor(name: string): ByteDecoder | undefined {
  try {
    const decoder = new TextDecoder(name);
    return (bytes) => decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, Math.max(offset, 0)).split(/\r\n|\r|\n/).length;
}

const codingComment = /^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)/;

/** Whether there is a number sign in the first two lines, as far as a coding comment is looked for. */
function firstLinesComment(bytes: Uint8Array): boolean {
  const end = Math.min(bytes.length, 1024);
  let lines = 0;
  for (let at = 0; at < end; at++) {
    const byte = bytes[at];
    if (byte === 0x23) return true;
    // A carriage return and the line feed behind it count twice, so up to four.
    if ((byte === 0x0a || byte === 0x0d) && ++lines === 4) return false;
  }
  return false;
}

function declaredEncoding(bytes: Uint8Array): string | undefined {
  // Nearly all files say nothing of the kind, which a look at the bytes shows.
  if (!firstLinesComment(bytes)) return undefined;
  const [first = '', second = ''] = decodeLatin1(bytes.subarray(0, 1024)).split(/\r\n|\r|\n/, 2);
  const inFirst = codingComment.exec(first)?.[1];
  if (inFirst) return inFirst;
  const secondCounts = /^[ \t\f]*(#|$)/.test(first);
  return secondCounts ? codingComment.exec(second)?.[1] : undefined;
}

/** Python's name of an encoding in the form that TextDecoder knows, as far as the two differ. */
function encodingName(declared: string): string {
  const name = declared.toLowerCase().replaceAll('_', '-');
  if (/^(utf-?8|u8|cp65001)(-|$)/.test(name)) return 'utf-8';
  if (/^(us-)?ascii$|^646$|^ansi-x3/.test(name)) return 'ascii';
  if (/^(iso-?8859-1|iso-latin-1|latin-?1|l1|8859|cp819)(-(unix|dos|mac))?$/.test(name)) return 'iso-8859-1';
  const windows = /^(?:cp|windows-?)(125\d|874)$/.exec(name);
  if (windows) return `windows-${windows[1]}`;
  const iso = /^(?:iso-?8859|latin)-?(\d+)$/.exec(name);
  if (iso) return name.startsWith('latin') ? `latin${iso[1]}` : `iso-8859-${iso[1]}`;
  const aliases: Readonly<Record<string, string>> = {
    cp932: 'shift_jis',
    sjis: 'shift_jis',
    'shift-jis': 'shift_jis',
    cp936: 'gbk',
    cp949: 'euc-kr',
    cp950: 'big5',
    cp866: 'ibm866',
    eucjp: 'euc-jp',
    euckr: 'euc-kr',
    'mac-roman': 'macintosh',
  };
  return aliases[name] ?? name;
}
