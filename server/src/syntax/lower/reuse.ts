// What an edit left alone: the codes of definitions whose text and tree did not change, found by their new place.
// Knows old codes and offsets; which definitions qualify is the document's decision.

import type { Code } from '../code';

/** What a lowering leaves behind, besides the SourceFile, for the next edit. One entry for each code. */
export interface Leftovers {
  /** The references it leaves open, `OUTWARD_WIDTH` numbers each (see `Scope.outward`). */
  readonly outward: readonly Int32Array[];
  /** How many codes its subtree has, itself included; they follow one another. */
  readonly subtree: readonly number[];
  /** How many forms were open where it was lowered. */
  readonly depths: readonly number[];
  /** Where the statements of the module begin, `STATEMENT_WIDTH` numbers each: the absolute offset, the first instruction, the
   * place in the extra column, the first slot and the first code. */
  readonly statements: Int32Array;
}

/** How many numbers each statement has in `Leftovers.statements`. */
export const STATEMENT_WIDTH = 5;

/** The codes of a file before an edit, and where they are after it. */
export interface KeptCodes {
  readonly codes: readonly Code[];
  readonly leftovers: Leftovers;
  /** The index of the kept code of the definition at these offsets of the new text, or -1. */
  find(start: number, end: number): number;
}
