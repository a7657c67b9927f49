// Fixes whose edits the rule knew in advance.

import type { TextEdit } from '../text/span';

/** The edits as they stand in the proposal's data. */
export function replace(data: Readonly<Record<string, unknown>>): readonly TextEdit[] | null {
  return Array.isArray(data.edits) ? (data.edits as readonly TextEdit[]) : null;
}
