// What an edit left alone: the codes of definitions whose text and tree did not change, found by their new place.
// Knows old codes and offsets; which definitions qualify is the document's decision.

import type { Code } from '../code';

/** A definition's code and everything nested in it, kept from before the edit. */
export interface ReusedCode {
  /** The root and its nested codes, in order. */
  readonly codes: readonly Code[];
  /** Per code, the references it leaves open (see `Scope.outward`). */
  readonly outward: readonly Int32Array[];
  readonly subtree: readonly number[];
  readonly depths: readonly number[];
  /** Index the root had before. */
  readonly index: number;
  /** How far the text moved, in UTF-16 code units. */
  readonly shift: number;
}

/** Finds what can be kept. */
export interface ReuseSource {
  /** The kept code of the definition at these absolute offsets, lowered at the same depth as before; or none. */
  find(start: number, end: number, depth: number): ReusedCode | undefined;
}
