// The files that the engine knows: their text, their lowered form, and those set aside with the reason.
// Decides what is too large or unreadable; analyses nothing.

import type { SourceFile } from '../syntax/code';
import type { PythonParser } from '../syntax/parser';
import type { TextEdit } from '../text/span';
import { decodePython } from './decode';
import type { Skipped } from './protocol';

/** A file as handed to the engine: `text` wins over `bytes`. */
export interface GivenFile {
  readonly path: string;
  readonly text?: string;
  readonly bytes?: Uint8Array;
}

/** A file that was read. */
export interface KnownFile {
  readonly path: string;
  readonly text: string;
  readonly source: SourceFile;
}

/** The engine's files by path. */
export class Sources {
  private readonly known = new Map<string, KnownFile>();
  private readonly aside = new Map<string, string>();

  constructor(private readonly parser: PythonParser) {}

  /** Reads a file; the reason when it is set aside. `maximum` is in bytes, or UTF-16 code units of an open document. */
  set(file: GivenFile, maximum: number): Skipped | null {
    this.remove(file.path);
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
    const compiled = this.parser.compile(text);
    const source = notes.length === 0 ? compiled : { ...compiled, notes: [...notes, ...compiled.notes] };
    this.known.set(file.path, { path: file.path, text, source });
    return null;
  }

  /** Applies edits, one after the other, to a file set before. Unknown files are ignored. */
  edit(path: string, edits: readonly TextEdit[], maximum: number): void {
    const file = this.known.get(path);
    if (!file) return;
    let { text } = file;
    for (const { start, end, text: replacement } of edits)
      text = text.slice(0, start) + replacement + text.slice(end);
    this.set({ path, text }, maximum);
  }

  remove(path: string): void {
    this.known.delete(path);
    this.aside.delete(path);
  }

  get(path: string): KnownFile | undefined {
    return this.known.get(path);
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

  private setAside(path: string, reason: string): Skipped {
    this.aside.set(path, reason);
    return { path, reason };
  }
}
