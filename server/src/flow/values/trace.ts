// What a pass asked of the rest of the program and what it left there. A pass depends on its own code and on these
// answers only, so a pass of unchanged code that gets the same answers in the same order need not run again.

import type { Place } from './fields';
import type { Flow, Summary } from './summary';

/** What a pass may ask of other functions. Each kind is answered by `Interpreter` alone. */
export const enum Ask {
  /** The summary that there is. */
  Summary,
  /** A summary in terms of the inputs, made now if need be. */
  FullSummary,
  /** Whether calls of the function never come back: 1 or 0. */
  NeverReturns,
  /** What a shared place holds. */
  Field,
  /** Whether any method of a class uses a field as an object: 1 or 0. */
  ObjectField,
  /** The id of the list of variables that a function takes from around it. */
  Captures,
}

/** An answer: a value, a truth, or a summary. Equal answers are identical. */
export type Answer = Summary | number | undefined;

/** One question and what was answered. */
export interface Step {
  readonly ask: Ask;
  /** A function, or a shared place. */
  readonly of: Place;
  readonly answer: Answer;
}

/** One pass over one function. */
export interface Trace {
  readonly steps: readonly Step[];
  readonly stores: readonly (readonly [place: Place, value: number])[];
  readonly summary: Summary;
  readonly flows: ReadonlyMap<string, Flow>;
  /** What shared places held when the pass read them. */
  readonly reads: ReadonlyMap<Place, number>;
}

/** A trace being made. `known` are the answers to its first questions, which were asked already. */
export class Recorder {
  readonly steps: Step[] = [];
  readonly stores: (readonly [place: Place, value: number])[] = [];
  readonly reads = new Map<Place, number>();
  readonly objectFields = new Map<Place, number>();

  constructor(private readonly known: readonly Answer[]) {}

  /** Whether the answer to the next question is in `known`. */
  get isAhead(): boolean {
    return this.steps.length < this.known.length;
  }

  /** Notes a question; `answer` is looked at only when it is not known. */
  note(ask: Ask, of: Place, answer: Answer): void {
    this.steps.push({ ask, of, answer });
  }

  /** The answer that is known to the next question. */
  next(): Answer {
    return this.known[this.steps.length];
  }
}

/** Traces by function: those of the last interpretation, from which the next one takes what still holds. */
export class Traces {
  private readonly byScope = new Map<number, readonly Trace[]>();

  /** The traces of a function. */
  of(scope: number): readonly Trace[] {
    return this.byScope.get(scope) ?? none;
  }

  /** Adds one, once. */
  add(scope: number, trace: Trace): void {
    const known = this.of(scope);
    if (!known.includes(trace)) this.byScope.set(scope, [...known, trace]);
  }

  /** Forgets those of a function. */
  forget(scope: number): void {
    this.byScope.delete(scope);
  }
}

const none: readonly Trace[] = [];
