// When what was handed over runs for the first time, as far as the call that starts it and what follows tell: later, or only
// when something begins to listen.

import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import { callArguments } from '../../syntax/code-reader';
import { calleeName } from './lock-words';

/** `loop.start(interval=5, initial_delay=5)`, `loop.start(5, now=False)`: the first run comes later. */
export function isPutOff(scope: Scope, call: number): boolean {
  const { code, file } = scope;
  if (code.op[call] !== Op.Call) return false;
  return callArguments(code, call).some(({ keyword, value }) => {
    const name = keyword >= 0 ? file.source.names[keyword]! : '';
    if (name === 'now') return truth(scope, value) === false;
    return /^(initial_)?delay$/.test(name) && !isNothing(scope, value);
  });
}

/** `0` or `None`. */
function isNothing({ code: { op, a }, file }: Scope, value: number): boolean {
  if (op[value] !== Op.Const) return false;
  const { kind, text } = file.source.constants[a[value]!]!;
  return kind === ConstantKind.None || text === '0';
}

/** Whether something begins to listen after a callback was registered: `connection.consume_in_threads()`. */
export function opens(scope: Scope, from: number): boolean {
  const { op } = scope.code;
  for (let at = from + 1; at < op.length; at++)
    if (op[at] === Op.Call && /(^|_)(consume|start|listen|serve|spawn)/.test(calleeName(scope, at)))
      return true;
  return false;
}

/** The truth value that a literal is; null for anything else. */
export function truth(scope: Scope, value: number): boolean | null {
  if (scope.code.op[value] !== Op.Const) return null;
  const { kind } = scope.file.source.constants[scope.code.a[value]!]!;
  return kind === ConstantKind.True ? true : kind === ConstantKind.False ? false : null;
}
