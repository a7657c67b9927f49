// A lowered file whose numbers several threads share: nothing of it is copied on the way from one to the other but its
// texts. Whoever holds it must not write to it.

import type { SourceFile } from './code';
import { packFile, unpackFile } from './pack';

/** A file for other threads of this process. */
export interface SharedFile {
  /** As in `PackedFile`, in memory that is shared. */
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  /** The strings as JSON in UTF-8. */
  readonly texts: Uint8Array;
}

/** The file for other threads, and the same for this one: both rest on the same numbers. */
export function shareFile(file: SourceFile): readonly [shared: SharedFile, own: SourceFile] {
  const packed = packFile(file, true);
  const { words, bytes, strings } = packed;
  const texts = new TextEncoder().encode(JSON.stringify(strings));
  return [{ words, bytes, texts }, unpackFile(packed) ?? file];
}

/** A file that another thread shares; undefined when it is of another version. */
export function fileOfShared({ words, bytes, texts }: SharedFile): SourceFile | undefined {
  return unpackFile({ words, bytes, strings: JSON.parse(new TextDecoder().decode(texts)) });
}
