// Which instructions are worth calling "may raise" between taking a lock and giving it back. Everything may, strictly;
// a rule that says so of `items.append(x)` would be right and of no use.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { calleeName, enclosing } from './lock-words';

const quiet = new Set(
  (
    'append appendleft add discard get clear copy update extend setdefault items keys values notify notify_all ' +
    'notifyAll set is_set isSet release acquire locked debug info warning warn error exception critical log time ' +
    'monotonic perf_counter getpid get_ident current_thread currentThread getName len isinstance id bool list dict ' +
    'tuple type str repr callable hasattr print range enumerate zip sorted min max sum empty qsize done ' +
    'cancelled extract_stack format_stack Future set_result set_exception Lock RLock Condition Event deque object super fileno is_alive isAlive set_name inc dec observe labels'
  ).split(' '),
);

/** How likely an instruction raises: 0 not worth a word, 1 by a missing key, 2 by a call or a suspension. */
export function raising(scope: Scope, at: number): number {
  switch (scope.code.op[at] as Op) {
    case Op.Call:
      return quiet.has(calleeName(scope, at)) || putsIntoQueue(scope, at) ? 0 : 2;
    case Op.Yield:
    case Op.YieldFrom:
    case Op.Await:
      return 2;
    case Op.DeleteItem:
      return 1;
    default:
      return 0;
  }
}

/** `self._queue.put(item)`, with no limit of time: it waits, and does not fail. */
function putsIntoQueue(scope: Scope, call: number): boolean {
  const { op, a, b } = scope.code;
  if (calleeName(scope, call) !== 'put' || argumentCount(scope.code, call) !== 1) return false;
  const object = op[a[call]!] === Op.Attribute ? a[a[call]!]! : -1;
  return (
    object >= 0 && op[object] === Op.Attribute && /(^|_)q$|queue$/i.test(scope.file.source.names[b[object]!]!)
  );
}

/** `x.pop(0)` under a test of `x`: there is something to take. */
export function takesWhatIsThere(scope: Scope, number: Int32Array, call: number): boolean {
  const { code } = scope;
  if (code.op[call] !== Op.Call || code.op[code.a[call]!] !== Op.Attribute) return false;
  const name = calleeName(scope, call);
  if (name === 'index' || name === 'remove') return isElementOf(scope, number, call);
  if (!/^(pop(left|item)?|get_nowait)$/.test(name)) return false;
  const container = number[code.a[code.a[call]!]!]!;
  const given = positional(code, call, 0);
  if (given >= 0 && code.op[given] === Op.Call && calleeName(scope, given) === 'index')
    return isElementOf(scope, number, given);
  return enclosing(code, call).some((part) => {
    if (code.op[part] !== Op.If) return false;
    for (let at = 0; at < part; at++) {
      const isInside = code.start[at]! >= code.start[part]! && code.end[at]! <= code.end[part]!;
      if (isInside && number[at] === container) return true;
    }
    return false;
  });
}

/** `x.index(one)` where `one` comes from a walk over `x`. */
function isElementOf({ code }: Scope, number: Int32Array, call: number): boolean {
  const value = positional(code, call, 0);
  const one = value < 0 ? -1 : number[value]!;
  if (one < 0 || one >= code.op.length || code.op[one] !== Op.Element) return false;
  return number[code.a[one]!] === number[code.a[code.a[call]!]!];
}

/** Whether a call enters only functions of the program that end by raising, whatever happens. */
export function neverReturns(analysis: Analysis, scope: Scope, call: number): boolean {
  const targets = analysis.resolver.targets(scope.id, call);
  if (targets.length === 0) return false;
  return targets.every((target) => {
    if (target.kind === 'library') return target.path === 'sys.exit' || target.path === 'os._exit';
    if (target.kind !== 'function') return false;
    const { op } = analysis.program.scopes[target.scope]!.code;
    return (
      op.length > 0 && op[op.length - 1] === Op.Raise && !op.includes(Op.Return) && !op.includes(Op.Yield)
    );
  });
}

/** Whether a call enters only functions of the program in which, two calls deep, nothing is worth calling "may raise". */
export function callsQuietCode(analysis: Analysis, scope: Scope, at: number, depth = 2): boolean {
  if (scope.code.op[at] !== Op.Call) return false;
  const targets = analysis.resolver.targets(scope.id, at);
  return (
    targets.length > 0 &&
    targets.every((target) => {
      if (target.kind !== 'function') return false;
      const inner = analysis.program.scopes[target.scope]!;
      for (let k = 0; k < inner.code.op.length; k++) {
        if (inner.code.op[k] === Op.Raise) return false;
        if (raising(inner, k) > 0 && (depth === 1 || !callsQuietCode(analysis, inner, k, depth - 1)))
          return false;
      }
      return true;
    })
  );
}
