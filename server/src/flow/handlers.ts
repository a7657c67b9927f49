// The handlers of `try` statements: what each of them guards, and which exceptions it names. Looks at one function only.

import type { Scope } from '../program/program';
import { type Code, Op } from '../syntax/code';
import { bracketEnds, elements } from '../syntax/code-reader';
import { dottedName } from './function-facts';

/** One `except` of a `try` statement, as instructions of its function. */
export interface Handler {
  readonly at: number;
  /** The next part of the statement, or its end. */
  readonly end: number;
  /** What it guards: from the Try to its first handler. */
  readonly from: number;
  readonly to: number;
}

/** The handlers of a function in the order of its text: outer ones before those within them. */
export function handlersOf(code: Code): readonly Handler[] {
  const { op } = code;
  const found: Handler[] = [];
  let ends: Int32Array | undefined;
  for (let from = 0; from < op.length; from++) {
    if (op[from] !== Op.Try) continue;
    ends ??= bracketEnds(code);
    const to = ends[from]!;
    for (let at = to; op[at] === Op.Except; at = ends[at]!) found.push({ at, end: ends[at]!, from, to });
  }
  return found.sort((x, y) => x.at - y.at);
}

/** The handlers of the statements that guard an instruction. */
export function handlersAround(code: Code, at: number): readonly Handler[] {
  return handlersOf(code).filter(({ from, to }) => from < at && at < to);
}

/** The values that an `except` names as types; none where it takes everything. */
export function handledTypes(code: Code, except: number): readonly number[] {
  const type = code.a[except]!;
  if (type < 0) return [];
  return code.op[type] === Op.Tuple ? [...elements(code, type)] : [type];
}

/** The exceptions that an `except` takes, by their dotted names; `BaseException` where it takes everything. */
export function handledNames(scope: Scope, except: number): readonly string[] {
  const { code } = scope;
  if (code.a[except]! < 0) return ['BaseException'];
  return handledTypes(code, except)
    .map((type) => dottedName(scope, type))
    .filter((name) => name !== '');
}
