// The brackets that numbering is inside of, each with what it must remember until it closes: values and locks at the
// ends of the parts seen so far. Plain state, changed by the pass alone.

import type { Op } from '../syntax/code';

/** An open bracket. Held sets are indexes; -1 means that no way leads there. */
export interface Frame {
  readonly op: Op;
  readonly at: number;
  /** Slot values when the bracket opened; null when it opened in dead code. */
  readonly base: number[] | null;
  readonly baseHeld: number;
  /** Values at the end of the parts seen so far. */
  ended: number[] | null;
  endedHeld: number;
  /** What is held when the condition of an If is false, or a loop has run out; -1: that cannot happen. */
  elseHeld: number;
  sawElse: boolean;
  /** Slot -> phi being filled, for loops, tries and managers that swallow exceptions. */
  readonly open: Map<number, number[]> | null;
  /** What is held at every point of a try so far; what its handlers can count on. */
  least: number;
  handlerHeld: number;
  /** Values and locks at the end of a try's body, until its `else` or its end takes them up. */
  body: number[] | null;
  bodyHeld: number;
  /** A finally was reached by no part that goes on after it. */
  dead: boolean;
  /** What is held at every `break` of a loop, -1: there is none; and at every way back to its head. */
  breakHeld: number;
  backHeld: number;
  /** Locks that an exit stack opened by this `with` holds. */
  readonly entered: number[];
}

/** A frame just opened. `elseHeld` is -1 where the other way out is still to be found. */
export function openFrame(
  op: Op,
  at: number,
  base: number[] | null,
  held: number,
  elseHeld: number,
  open: Map<number, number[]> | null,
): Frame {
  return {
    op,
    at,
    base,
    baseHeld: held,
    ended: null,
    endedHeld: -1,
    elseHeld,
    sawElse: false,
    open,
    least: held,
    handlerHeld: -1,
    body: null,
    bodyHeld: -1,
    dead: false,
    breakHeld: -1,
    backHeld: -1,
    entered: [],
  };
}
