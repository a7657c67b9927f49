// Paths as the user would write them: below the working folder where they lie there.

import { keyOfPath, relativeKey } from '../host/paths';

/** The key of the working folder. */
export function workingFolder(): string {
  return keyOfPath(process.cwd());
}

/** A key as it is shown. */
export function shown(path: string): string {
  return relativeKey(workingFolder(), path) || path;
}
