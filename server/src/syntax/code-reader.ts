// Reads what instructions keep in the extra column, and pairs the brackets of control flow, so that nobody else
// counts offsets. Layouts, each number one entry of `Code.extra` from the instruction's b on:
//   Call:     [n, then n pairs (keyword, value)]                keyword: a name, or an `Argument` mark
//   Function: [nDecorators, values..., nDefaults, pairs (parameter index, value)...,
//              nAnnotations, pairs (parameter index, value)..., return annotation or -1]
//   Class:    [nDecorators, values..., nBases, pairs (keyword or mark, value)...]
//   List, Tuple, Set, Phi, Format: [n, values...]     Dict: [n, pairs (key value or -1, value)...]

import { Argument, type Code, Op } from './code';

/** One argument of a call or one base of a class. */
export interface CallArgument {
  /** A name, or an `Argument` mark. */
  readonly keyword: number;
  readonly value: number;
}

/** A parameter's index and the value that belongs to it. */
export interface ParameterValue {
  readonly parameter: number;
  readonly value: number;
}

/** What a Function instruction keeps besides its code. */
export interface FunctionExtra {
  /** Outermost first. */
  readonly decorators: readonly number[];
  readonly defaults: readonly ParameterValue[];
  readonly annotations: readonly ParameterValue[];
  /** Value of the return annotation, or -1. */
  readonly returns: number;
}

/** What a Class instruction keeps besides its code. */
export interface ClassExtra {
  /** Outermost first. */
  readonly decorators: readonly number[];
  readonly bases: readonly CallArgument[];
}

/** How many arguments a call has. */
export function argumentCount(code: Code, call: number): number {
  return at(code, code.b[call] as number);
}

/** The keyword of the k-th argument of a call: a name, or an `Argument` mark. */
export function argumentKeyword(code: Code, call: number, k: number): number {
  return at(code, (code.b[call] as number) + 1 + 2 * k);
}

/** The value of the k-th argument of a call. */
export function argumentValue(code: Code, call: number, k: number): number {
  return at(code, (code.b[call] as number) + 2 + 2 * k);
}

/** All arguments of a call, in order. */
export function callArguments(code: Code, call: number): CallArgument[] {
  return pairs(code, code.b[call] as number).map(([keyword, value]) => ({ keyword, value }));
}

/** The value of the k-th positional argument, or -1 when there is none or an unpacked one comes before it. */
export function positional(code: Code, call: number, k: number): number {
  const offset = code.b[call] as number;
  const count = at(code, offset);
  let seen = 0;
  for (let i = 0; i < count; i++) {
    const keyword = at(code, offset + 1 + 2 * i);
    if (keyword === Argument.Star) return -1;
    if (keyword !== Argument.Positional) continue;
    if (seen === k) return at(code, offset + 2 + 2 * i);
    seen++;
  }
  return -1;
}

/** The value of the keyword argument with that name (an index into names), or -1. */
export function keyword(code: Code, call: number, name: number): number {
  const offset = code.b[call] as number;
  const count = at(code, offset);
  for (let i = 0; i < count; i++) {
    if (name >= 0 && at(code, offset + 1 + 2 * i) === name) return at(code, offset + 2 + 2 * i);
  }
  return -1;
}

/** True when a call unpacks an iterable or a mapping into its arguments. */
export function hasUnpacked(code: Code, call: number): boolean {
  const count = argumentCount(code, call);
  for (let k = 0; k < count; k++) {
    const mark = argumentKeyword(code, call, k);
    if (mark === Argument.Star || mark === Argument.DoubleStar) return true;
  }
  return false;
}

/** The values of a List, Tuple, Set, Phi or Format. */
export function elements(code: Code, index: number): Int32Array {
  const offset = code.b[index] as number;
  return code.extra.subarray(offset + 1, offset + 1 + at(code, offset));
}

/** The entries of a Dict as pairs (key value or -1 for `**`, value). */
export function entries(code: Code, index: number): (readonly [key: number, value: number])[] {
  return pairs(code, code.b[index] as number);
}

/** What a Function instruction keeps. */
export function functionExtra(code: Code, index: number): FunctionExtra {
  let offset = code.b[index] as number;
  const decorators = values(code, offset);
  offset += 1 + decorators.length;
  const defaults = pairs(code, offset);
  offset += 1 + 2 * defaults.length;
  const annotations = pairs(code, offset);
  offset += 1 + 2 * annotations.length;
  const named = ([parameter, value]: readonly [number, number]): ParameterValue => ({ parameter, value });
  return {
    decorators,
    defaults: defaults.map(named),
    annotations: annotations.map(named),
    returns: at(code, offset),
  };
}

/** Value of the default of a parameter of a Function instruction, or -1. */
export function defaultAt(code: Code, index: number, parameter: number): number {
  const decorators = code.b[index] as number;
  return paired(code, decorators + 1 + at(code, decorators), parameter);
}

/** Value of the annotation of a parameter of a Function instruction, or -1. */
export function annotationAt(code: Code, index: number, parameter: number): number {
  return paired(code, annotationsFrom(code, index), parameter);
}

/** Value of the return annotation of a Function instruction, or -1. */
export function returnAnnotationAt(code: Code, index: number): number {
  const annotations = annotationsFrom(code, index);
  return at(code, annotations + 1 + 2 * at(code, annotations));
}

/** Where the annotations of a Function instruction are listed. */
function annotationsFrom(code: Code, index: number): number {
  const decorators = code.b[index] as number;
  const defaults = decorators + 1 + at(code, decorators);
  return defaults + 1 + 2 * at(code, defaults);
}

/** The first value that a list of pairs has for a key, or -1. */
function paired(code: Code, offset: number, key: number): number {
  const end = offset + 1 + 2 * at(code, offset);
  for (let i = offset + 1; i < end; i += 2) if (at(code, i) === key) return at(code, i + 1);
  return -1;
}

/** The values that a Function or Class instruction is decorated with. */
export function decoratorsOf(code: Code, index: number): readonly number[] {
  return values(code, code.b[index] as number);
}

/** What a Class instruction keeps. */
export function classExtra(code: Code, index: number): ClassExtra {
  const offset = code.b[index] as number;
  const decorators = values(code, offset);
  const bases = pairs(code, offset + 1 + decorators.length);
  return { decorators, bases: bases.map(([keyword, value]) => ({ keyword, value })) };
}

/** Whether an instruction stands in the body of a loop or comprehension. */
export function isInLoop({ op }: Code, place: number): boolean {
  const open: boolean[] = [];
  for (let k = 0; k < place; k++) {
    const one = op[k] as Op;
    if (one === Op.If || one === Op.Try || one === Op.With || one === Op.Loop) open.push(one === Op.Loop);
    else if (one === Op.LoopElse) open[open.length - 1] = false;
    else if (one === Op.End) open.pop();
  }
  return open.includes(true);
}

/** For each bracket instruction the index of the next one of its statement: If -> Else or End, Else -> End,
 * Loop -> LoopElse or End, Try -> its first part, each part -> the next or End, With -> End; End -> the opening
 * instruction. -1 elsewhere. */
export function bracketEnds(code: Code): Int32Array {
  const next = new Int32Array(code.op.length).fill(-1);
  // Pairs (opening instruction, latest part).
  const open: number[] = [];
  for (let i = 0; i < code.op.length; i++) {
    switch (code.op[i]) {
      case Op.If:
      case Op.Loop:
      case Op.Try:
      case Op.With:
        open.push(i, i);
        break;
      case Op.Else:
      case Op.LoopElse:
      case Op.Except:
      case Op.TryElse:
      case Op.Finally:
        next[open[open.length - 1] as number] = i;
        open[open.length - 1] = i;
        break;
      case Op.End: {
        next[open.pop() as number] = i;
        next[i] = open.pop() as number;
        break;
      }
      default:
    }
  }
  return next;
}

/** The End that closes the bracket instruction `index`, given the table of `bracketEnds`. */
export function matchingEnd(code: Code, ends: Int32Array, index: number): number {
  let end = ends[index] as number;
  while (end >= 0 && code.op[end] !== Op.End) end = ends[end] as number;
  return end;
}

function at(code: Code, offset: number): number {
  return code.extra[offset] as number;
}

function values(code: Code, offset: number): number[] {
  const count = at(code, offset);
  if (count === 0) return [];
  const found = new Array<number>(count);
  for (let i = 0; i < count; i++) found[i] = at(code, offset + 1 + i);
  return found;
}

function pairs(code: Code, offset: number): (readonly [number, number])[] {
  const found: (readonly [number, number])[] = [];
  const count = at(code, offset);
  for (let i = 0; i < count; i++) found.push([at(code, offset + 1 + 2 * i), at(code, offset + 2 + 2 * i)]);
  return found;
}
