// The files that an engine was given, kept so that a new engine can be given the same. Open documents are kept
// as text with their edits applied; files from disk are asked for again, so their bytes are not held twice.

import type { TextEdit } from '../text/span';

/** A file as `setFiles` takes it. */
export interface FileContent {
  readonly path: string;
  readonly text?: string;
  readonly bytes?: Uint8Array;
}

/** Reads a file's bytes again; undefined when it is gone. */
export type Reread = (path: string) => Promise<Uint8Array | undefined>;

/** Keeps what a new engine needs to be where the old one was. */
export class Contents {
  private readonly files = new Map<string, FileContent>();

  constructor(private readonly reread: Reread | undefined) {}

  set(file: FileContent): void {
    // Deleted first, so that a replay follows the order in which the engine last heard of the files.
    this.files.delete(file.path);
    const onDisk = file.text === undefined && this.reread !== undefined;
    this.files.set(file.path, onDisk ? { path: file.path } : file);
  }

  edit(path: string, edits: readonly TextEdit[]): void {
    const text = this.files.get(path)?.text;
    if (text === undefined) return;
    this.files.set(path, { path, text: edits.reduce(applyEdit, text) });
  }

  remove(path: string): void {
    this.files.delete(path);
  }

  has(path: string): boolean {
    return this.files.has(path);
  }

  paths(): readonly string[] {
    return [...this.files.keys()];
  }

  /** The content of a file as it should be now, or undefined when it is gone. */
  async load(path: string): Promise<FileContent | undefined> {
    const file = this.files.get(path);
    if (!file || file.text !== undefined || file.bytes) return file;
    const bytes = await this.reread?.(path);
    return bytes ? { path, bytes } : undefined;
  }
}

function applyEdit(text: string, edit: TextEdit): string {
  return text.slice(0, edit.start) + edit.text + text.slice(edit.end);
}
