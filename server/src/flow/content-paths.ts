// Ways into a container, step by step: an element, a key, what stands under a key or at a place, and what is in that.
// Interned, so that a way is a number; 0 is the value itself. Ids serve equality only.

import type { Scope } from '../program/program';
import { ConstantKind, Op } from '../syntax/code';

/** One step into a container; places and constant keys stand behind the named ones. */
export const enum Step {
  /** What iterating gives: of a dictionary its keys. */
  Element,
  Key,
  /** What stands under some key or index. */
  Value,
  /** Place k of a sequence is `Place + k`. */
  Place,
}

const placeCount = 32;
const firstConstant = Step.Place + placeCount;
const maximumSteps = 3;

/** The interned ways of one resolver. */
export class ContentPaths {
  private readonly steps: number[] = [-1];
  private readonly rests: number[] = [0];
  private readonly lengths: number[] = [0];
  private readonly index = new Map<number, number>();
  private readonly constants = new Map<string, number>();

  /** A step and what follows it; -1 when that is too long. */
  of(step: number, rest: number): number {
    if (rest < 0 || this.lengths[rest]! >= maximumSteps) return -1;
    const key = step * 0x100000 + rest;
    const known = this.index.get(key);
    if (known !== undefined) return known;
    const id = this.steps.length;
    this.steps.push(step);
    this.rests.push(rest);
    this.lengths.push(this.lengths[rest]! + 1);
    this.index.set(key, id);
    return id;
  }

  /** The first step of a way that has one. */
  first(path: number): number {
    return this.steps[path]!;
  }

  /** What follows the first step. */
  rest(path: number): number {
    return this.rests[path]!;
  }

  /** The step to place k; `Value` where k is out of bounds or counts from the end. */
  place(k: number): number {
    return Number.isInteger(k) && k >= 0 && k < placeCount ? Step.Place + k : Step.Value;
  }

  /** The step that a subscript takes. */
  lookUp({ code, file }: Scope, index: number): number {
    if (code.op[index] !== Op.Const) return Step.Value;
    const { kind, text } = file.source.constants[code.a[index]!]!;
    if (kind === ConstantKind.Integer) return this.place(Number(text));
    return kind === ConstantKind.String ? this.constant(text) : Step.Value;
  }

  /** The step to what stands under a constant text. */
  constant(text: string): number {
    let id = this.constants.get(text);
    if (id === undefined) {
      id = firstConstant + this.constants.size;
      this.constants.set(text, id);
    }
    return id;
  }
}

/** Whether a step goes to what stands under a key or index, known or not. */
export function isLookup(step: number): boolean {
  return step >= Step.Value;
}

/** The place that a step goes to; -1 for any other step. */
export function placeOf(step: number): number {
  return step >= Step.Place && step < firstConstant ? step - Step.Place : -1;
}

/** Whether a step goes to what stands under a constant text. */
export function isConstantKey(step: number): boolean {
  return step >= firstConstant;
}

/** Whether what was put in by one step may be found by another. */
export function mayMeet(asked: number, put: number): boolean {
  if (asked === put) return true;
  return isLookup(asked) && isLookup(put) && (asked === Step.Value || put === Step.Value);
}
