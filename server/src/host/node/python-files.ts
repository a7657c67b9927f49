// Whether a file that somebody names is Python: by its name, or by what its first lines say. Folders are searched by
// the usual names alone; a file that is named may be a script without a suffix.

import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { isPythonPath } from '../paths';

/** The endings that say so, for messages. */
export const pythonNames = '.py, .pyw, .pyi, .wsgi';

const otherNames = /\.(pyi|wsgi|tac)$|(^|[\\/])(SConstruct|SConscript|wscript)$/i;
const saysPython = /^(#![^\n]*\bpython|(?:[^\n]*\n)?#[^\n]*-\*-[^\n]*\bpython)/i;
const headBytes = 512;

/** Whether a regular file is Python. What cannot be read counts as Python: its reader will say why it cannot. */
export async function isPythonFile(path: string): Promise<boolean> {
  if (isPythonPath(path) || otherNames.test(path)) return true;
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(() => null);
  if (file === null) return true;
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(headBytes), 0, headBytes, 0);
    return saysPython.test(
      Buffer.from(buffer.subarray(0, bytesRead))
        .toString('latin1')
        .replace(/^\u00ef\u00bb\u00bf/, ''),
    );
  } catch {
    return true;
  } finally {
    await file.close().catch(() => undefined);
  }
}
