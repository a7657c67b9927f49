// The files that the engine knows: their text, their lowered form, and those set aside with the reason.
// Decides what is too large or unreadable; analyses nothing.

import type { SourceFile } from '../syntax/code';
import type { Document } from '../syntax/document';
import { bytesOfFile, fileOfBytes } from '../syntax/packed-bytes';
import type { PythonParser } from '../syntax/parser';
import { fileOfShared, type SharedFile, shareFile } from '../syntax/shared-file';
import type { TextEdit } from '../text/span';
import { decodePython } from './decode';
import type { Skipped } from './protocol';

/** A file as handed to the engine: `text` wins over `bytes`. `packed` is what the bytes compile to, if that is known. */
export interface GivenFile {
  readonly path: string;
  readonly text?: string;
  readonly bytes?: Uint8Array;
  readonly packed?: Uint8Array;
  /** What another engine compiled the bytes to; they may be missing where nobody asks for the text. */
  readonly shared?: SharedFile;
  /** This engine has compiled the bytes ahead. */
  readonly isAhead?: boolean;
}

/** What a file was compiled to ahead, for other engines. `packed`: for keeping. */
export interface CompiledFile {
  readonly shared: SharedFile;
  readonly packed?: Uint8Array;
}

/** A file that was read. */
export interface KnownFile {
  readonly path: string;
  readonly text: string;
  readonly source: SourceFile;
}

const mostOpen = 8;

/** The engine's files by path. */
export class Sources {
  private readonly known = new Map<string, KnownFile>();
  /** Files that were edited, with their trees. */
  private readonly open = new Map<string, Document>();
  private readonly aside = new Map<string, string>();
  /** Files compiled and not set yet. */
  private readonly ahead = new Map<string, SourceFile>();

  constructor(private readonly parser: PythonParser) {}

  /** Reads a file; the reason when it is set aside. `maximum` is in bytes, or UTF-16 code units of an open document. */
  set(file: GivenFile, maximum: number): Skipped | null {
    this.remove(file.path);
    const ready = file.shared ? fileOfShared(file.shared) : file.isAhead && this.takeAhead(file.path);
    if (ready) {
      this.known.set(file.path, new UndecodedFile(file.path, file.bytes ?? new Uint8Array(), ready));
      return null;
    }
    if (!file.bytes && (file.shared || file.isAhead))
      throw new Error(`The file ${file.path} was compiled for another engine.`);
    const size = file.text?.length ?? file.bytes?.length ?? 0;
    if (size > maximum) {
      const limit = Math.floor(maximum / 1024);
      return this.setAside(file.path, `larger than the limit of ${limit} KiB (setting max-file-size)`);
    }
    let text = file.text;
    let notes: readonly string[] = [];
    if (text === undefined) {
      const decoded = decodePython(file.bytes ?? new Uint8Array());
      if ('reason' in decoded) return this.setAside(file.path, decoded.reason);
      text = decoded.text;
      notes = decoded.notes;
    }
    const compiled =
      file.text === undefined ? this.compiled(text, file.packed) : this.opened(file.path, text);
    this.known.set(file.path, { path: file.path, text, source: withNotes(compiled, notes) });
    return null;
  }

  /** Compiles a file that will be set, for this engine and others; null when it will be set aside. */
  compileAhead(
    { path, text: open, bytes, packed }: GivenFile,
    maximum: number,
    keeps: boolean,
  ): CompiledFile | null {
    if (!bytes || open !== undefined || bytes.length > maximum) return null;
    const decoded = decodePython(bytes);
    if ('reason' in decoded) return null;
    const { text, notes } = decoded;
    const compiled = this.compiled(text, packed);
    const [shared, own] = shareFile(withNotes(compiled, notes));
    this.ahead.set(path, own);
    return keeps && !packed ? { shared, packed: bytesOfFile(compiled) } : { shared };
  }

  /** Applies edits, one after the other, to a file set before. Unknown files are ignored. The code of the version
   * before is moved, not copied: only the newest one is to be read. */
  edit(path: string, edits: readonly TextEdit[], maximum: number): void {
    const file = this.known.get(path);
    if (!file) return;
    const document = this.open.get(path) ?? this.openDocument(file);
    const source = document.edit(edits);
    if (source.length > maximum) this.set({ path, text: document.text }, maximum);
    else this.known.set(path, { path, text: document.text, source });
  }

  /** Parses broken text of edited files afresh, so that the outcome depends on the text alone. Paths that changed. */
  settle(): readonly string[] {
    const changed: string[] = [];
    for (const [path, document] of this.open) {
      const file = this.known.get(path);
      const source = document.settle();
      if (!file || source === file.source) continue;
      this.known.set(path, { path, text: document.text, source });
      changed.push(path);
    }
    return changed;
  }

  remove(path: string): void {
    this.known.delete(path);
    this.aside.delete(path);
    this.open.get(path)?.close();
    this.open.delete(path);
  }

  get(path: string): KnownFile | undefined {
    return this.known.get(path);
  }

  /** Whether a file was read or set aside. */
  has(path: string): boolean {
    return this.known.has(path) || this.aside.has(path);
  }

  /** Why a file was set aside, or undefined. */
  reason(path: string): string | undefined {
    return this.aside.get(path);
  }

  /** All files that were read, in no particular order. */
  files(): IterableIterator<KnownFile> {
    return this.known.values();
  }

  /** All files set aside, by path. */
  skipped(): readonly Skipped[] {
    return [...this.aside]
      .map(([path, reason]) => ({ path, reason }))
      .sort((x, y) => (x.path < y.path ? -1 : 1));
  }

  private takeAhead(path: string): SourceFile | undefined {
    const source = this.ahead.get(path);
    this.ahead.delete(path);
    return source;
  }

  /** What was packed elsewhere is taken if it can be read and speaks of a text of this length. */
  private compiled(text: string, packed: Uint8Array | undefined): SourceFile {
    const source = packed && fileOfBytes(packed);
    return source?.length === text.length ? source : this.parser.compile(text);
  }

  /** An open document is parsed with its tree kept, so that its first edit is cheap already. */
  private opened(path: string, text: string): SourceFile {
    return this.openDocument({ path, text }).file;
  }

  private openDocument(file: Pick<KnownFile, 'path' | 'text'>): Document {
    // Trees are large: only the files edited last keep theirs.
    const [oldest] = this.open.keys();
    if (oldest !== undefined && this.open.size >= mostOpen) {
      this.open.get(oldest)?.close();
      this.open.delete(oldest);
    }
    const document = this.parser.open(file.text);
    this.open.set(file.path, document);
    return document;
  }

  private setAside(path: string, reason: string): Skipped {
    this.aside.set(path, reason);
    return { path, reason };
  }
}

/** A file whose text hardly anybody asks for. */
class UndecodedFile implements KnownFile {
  private decoded: string | undefined;

  constructor(
    readonly path: string,
    private readonly bytes: Uint8Array,
    readonly source: SourceFile,
  ) {}

  get text(): string {
    if (this.decoded === undefined) {
      const decoded = decodePython(this.bytes);
      this.decoded = 'reason' in decoded ? '' : decoded.text;
    }
    return this.decoded;
  }
}

function withNotes(source: SourceFile, notes: readonly string[]): SourceFile {
  return notes.length === 0 ? source : { ...source, notes: [...notes, ...source.notes] };
}
