// Between the client's URIs and the engine's keys. A URI goes back to the client exactly as it came; inside, one
// file has one key, however its URI was spelled. Pure text work; knows no file system.

import { keyOfPath } from '../host/paths';

/** The canonical key of a URI: a path for `file:` URIs, the decoded URI for all others. */
export function keyOfUri(uri: string): string {
  const parts = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(.*)$/i.exec(uri);
  if (!parts) return keyOfPath(decode(uri));
  const scheme = parts[1].toLowerCase();
  const authority = decode(parts[2] ?? '');
  const path = decode(parts[3]);
  if (scheme !== 'file')
    return `${scheme}:${parts[2] === undefined ? '' : `//${authority}`}${path}${decode(parts[4])}`;
  if (authority !== '' && authority.toLowerCase() !== 'localhost') return keyOfPath(`//${authority}${path}`);
  return keyOfPath(/^\/[A-Za-z]:/.test(path) ? path.slice(1) : path);
}

/** A URI for a key that the client never named. */
export function uriOfKey(key: string): string {
  if (isPathKey(key)) {
    if (key.startsWith('//')) return `file:${encode(key)}`;
    return key.startsWith('/') ? `file://${encode(key)}` : `file:///${encode(key)}`;
  }
  const parts = /^([a-z][a-z0-9+.-]*:(?:\/\/[^/]*)?)(.*)$/.exec(key);
  return parts ? parts[1] + encode(parts[2]) : encode(key);
}

/** True for keys of files on a disk, false for those of other schemes. */
export function isPathKey(key: string): boolean {
  return key.startsWith('/') || /^[a-z]:(\/|$)/.test(key);
}

/** Remembers how the client spells each file, and on systems that ignore case, which spelling came first. */
export class UriTable {
  private readonly uris = new Map<string, string>();
  private readonly spellings = new Map<string, string>();

  constructor(private readonly ignoresCase: boolean) {}

  /** The key of a URI that the client sent. */
  keyOf(uri: string): string {
    const key = this.canonical(keyOfUri(uri));
    if (!this.uris.has(key)) this.uris.set(key, uri);
    return key;
  }

  /** The one spelling of a key, whichever came first. */
  canonical(key: string): string {
    if (!this.ignoresCase) return key;
    const folded = key.toLowerCase();
    const known = this.spellings.get(folded);
    if (known === undefined) this.spellings.set(folded, key);
    return known ?? key;
  }

  /** The client's own URI of a key, or one made for it. */
  uriOf(key: string): string {
    return this.uris.get(key) ?? uriOfKey(key);
  }

  /** Takes this spelling from now on: the client opened the document by it. */
  adopt(uri: string): string {
    const key = this.keyOf(uri);
    this.uris.set(key, uri);
    return key;
  }
}

// A `%` that starts no escape, or escapes that are not UTF-8, stay as they are.
function decode(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

function encode(path: string): string {
  return path
    .split('/')
    .map((part, index) => (index === 0 && /^[a-z]:$/.test(part) ? part : encodeURIComponent(part)))
    .join('/');
}
