// What callers need to know of a function, in terms of its inputs: what it returns, leaves in its arguments, checks,
// and which inputs reach a sink. Plain data over the ids of one domain.

import type { Sink } from '../../library/schema';

/** The highest confidence that a finding at a sink may have. */
export type Cap = NonNullable<Sink['confidence']>;

/** How a sink looks at the value it is given. */
export const enum SinkMode {
  /** Any label anywhere in it counts. */
  Whole,
  /** A command line for a shell. */
  Shell,
  /** An argv list, or a program's name. */
  Argv,
  /** An address: a label that stands behind the host decides a part of it only. */
  Address,
  /** A part of an address, behind its host. */
  Partial,
  /** The body of a response: a mapping or list becomes JSON and is none. */
  Body,
  /** Only what may be more than a text or number counts. */
  Structure,
  /** Only what is a text counts: other things have a method of the same name. */
  Text,
}

/** A sink at a call, apart from what reaches it. */
export interface SinkUse {
  readonly kind: string;
  /** Bit of the label mask that makes a value safe for it. */
  readonly bit: number;
  readonly mode: SinkMode;
  readonly scope: number;
  readonly at: number;
  /** The argument's value instruction there. */
  readonly argument: number;
  readonly words: string;
  /** A function that hands its argument on as it is only lends its name: what arrives is then told at its calls. */
  readonly movable: boolean;
  /** The sink behind a call that hands on to it; null when this is the sink itself. */
  readonly inner: SinkUse | null;
  readonly cap: Cap;
  /** Nobody has read what takes it: names say that it is a sink, and nothing says how what arrives is written. */
  readonly unread?: true;
  /** Kinds of data that must not come here; left out: outside data of no kind of its own. */
  readonly sources?: readonly string[];
}

/** An input that reaches a sink. */
export interface InputSink {
  readonly use: SinkUse;
  /** A label rooted at the input, with the way to the sink. */
  readonly label: number;
  readonly mask: number;
  /** Whether the mode still decides (the object itself arrives), or every label counts. */
  readonly mode: SinkMode;
  /** Keys of the input whose members were replaced on the way: they don't arrive. */
  readonly hidden: readonly string[];
  /** It happens only when these parameters are true or false: see `Environment.conditions`. */
  readonly conditions: readonly number[];
}

/** The summary of a function. */
export interface Summary {
  readonly scope: number;
  /** Which inputs were followed (see `inputBit`); none: only what the function itself brings in. */
  readonly inputs: number;
  /** Whether a call of it ever comes back. */
  readonly returns: boolean;
  readonly result: number;
  /** Parameter -> its object as the function leaves it; 0 when untouched. */
  readonly left: readonly number[];
  readonly sinks: readonly InputSink[];
  /** Parameter -> mask that it has earned when the function returned at all. */
  readonly checked: readonly number[];
  /** Parameter -> mask that it has earned when the function returned something true. */
  readonly checkedIfTrue: readonly number[];
}

/** All inputs. */
export const allInputs = 0x7fffffff;

/** The bit of an input of a function, a parameter or a captured variable; those behind share the last one. */
export function inputBit(parameter: number): number {
  return 1 << Math.min(parameter, 30);
}

/** A concrete label at a sink: what a rule may report. */
export interface Flow {
  readonly use: SinkUse;
  /** A label whose path ends at the sink. */
  readonly label: number;
  readonly mask: number;
  /** It decides a part of an address only, behind its host. */
  readonly partial: boolean;
}

/** Whether two summaries say the same. */
export function sameSummary(x: Summary, y: Summary): boolean {
  return x === y || same(x, y);
}

/** Equality of plain data, so that a new field counts without being listed here. */
function same(x: unknown, y: unknown): boolean {
  if (x === y) return true;
  if (typeof x !== 'object' || typeof y !== 'object' || x === null || y === null) return false;
  const keys = Object.keys(x);
  if (keys.length !== Object.keys(y).length) return false;
  return keys.every((key) => same((x as Record<string, unknown>)[key], (y as Record<string, unknown>)[key]));
}
