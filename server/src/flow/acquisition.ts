// Recognises the calls that take or give back something lock-like by their shape: `x.acquire(...)`, `x.release()`,
// `stack.enter_context(x)`. Whether x is a lock at all is for the resolver; an unresolved one is harmless here.

import type { Code, SourceFile } from '../syntax/code';
import { Argument, ConstantKind, Op } from '../syntax/code';

/** What a call acquires: the lock's value instruction, and whether the call returns only with it held. */
export interface Acquisition {
  readonly lock: number;
  readonly certain: boolean;
  /** Value instruction of the exit stack that gives it back, or -1. */
  readonly stack: number;
}

const acquiring = new Set([
  'acquire',
  'acquire_read',
  'acquire_write',
  'acquire_lock',
  '__enter__',
  '__aenter__',
]);
const releasing = new Set([
  'release',
  'release_read',
  'release_write',
  'release_lock',
  '__exit__',
  '__aexit__',
]);
const entering = new Set(['enter_context', 'enter_async_context', 'push']);

/** What the call at this instruction acquires, if its shape says so. */
export function acquisition(source: SourceFile, code: Code, at: number): Acquisition | null {
  const callee = code.a[at]!;
  if (code.op[callee] !== Op.Attribute) return null;
  const name = source.names[code.b[callee]!]!;
  // `self.lock()` as a statement; what is handed on is a lock, not taken.
  const isPlain = name === 'lock' && code.extra[code.b[at]!] === 0 && code.op[at + 1] === Op.Discard;
  if (isPlain) return { lock: code.a[callee]!, certain: true, stack: -1 };
  if (acquiring.has(name)) return { lock: code.a[callee]!, certain: !mayFail(source, code, at), stack: -1 };
  if (!entering.has(name)) return null;
  const entered = argument(code, at, 0);
  return entered < 0 ? null : { lock: entered, certain: true, stack: code.a[callee]! };
}

/** The lock's value instruction that the call at this instruction releases, or -1. */
export function release(source: SourceFile, code: Code, at: number): number {
  const callee = code.a[at]!;
  if (code.op[callee] !== Op.Attribute) return -1;
  const name = source.names[code.b[callee]!]!;
  const isPlain = name === 'unlock' && code.extra[code.b[at]!] === 0;
  return isPlain || releasing.has(name) ? code.a[callee]! : -1;
}

const swallowing = new Set(['suppress', 'ignored', 'assertRaises', 'assertRaisesRegex', 'raises']);

/** Whether a manager is one of those that exist to swallow exceptions: `suppress(KeyError)`. */
export function swallows(source: SourceFile, code: Code, manager: number): boolean {
  if (code.op[manager] !== Op.Call) return false;
  const callee = code.a[manager]!;
  const name =
    code.op[callee] === Op.Attribute ? code.b[callee]! : code.op[callee] === Op.Global ? code.a[callee]! : -1;
  return name >= 0 && swallowing.has(source.names[name]!);
}

/**
 * An acquire that may come back empty-handed: `acquire(False)`, `acquire(blocking=False)`, `acquire(timeout=3)`, and one
 * whose answer a branch asks for, as with locks of a program's own that only try.
 */
function mayFail(source: SourceFile, code: Code, at: number): boolean {
  if (isCondition(code, at)) return true;
  const from = code.b[at]!;
  const count = code.extra[from]!;
  let position = 0;
  for (let k = 0; k < count; k++) {
    const keyword = code.extra[from + 1 + 2 * k]!;
    const value = code.extra[from + 2 + 2 * k]!;
    const name =
      keyword >= 0 ? source.names[keyword]! : keyword === Argument.Positional ? positions[position++] : '';
    if (name === 'blocking' && !isTrue(source, code, value)) return true;
    if (name === 'timeout' && !isNoLimit(source, code, value)) return true;
  }
  return false;
}

/** Whether a branch directly behind a call asks for its answer, negated or awaited. */
function isCondition({ op, a }: Code, call: number): boolean {
  let value = call;
  for (let at = call + 1; at < op.length && at <= call + 3; at++) {
    if (op[at] === Op.If) return a[at] === value;
    if ((op[at] !== Op.Await && op[at] !== Op.Unary) || a[at] !== value) return false;
    value = at;
  }
  return false;
}

const positions = ['blocking', 'timeout'];

function argument(code: Code, at: number, position: number): number {
  const from = code.b[at]!;
  if (code.extra[from]! <= position) return -1;
  return code.extra[from + 1 + 2 * position] === Argument.Positional
    ? code.extra[from + 2 + 2 * position]!
    : -1;
}

function isTrue(source: SourceFile, code: Code, value: number): boolean {
  if (code.op[value] !== Op.Const) return false;
  const { kind, text } = source.constants[code.a[value]!]!;
  return kind === ConstantKind.True || (kind === ConstantKind.Integer && text !== '0');
}

function isNoLimit(source: SourceFile, code: Code, value: number): boolean {
  if (code.op[value] === Op.Unary) return true;
  return code.op[value] === Op.Const && source.constants[code.a[value]!]!.kind === ConstantKind.None;
}
