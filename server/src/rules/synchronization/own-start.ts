// What an object does before its own thread is started: `start()` of a class below Thread calls a hook and then goes up. The
// thread is not there yet, and who has the object is mostly the one who starts it.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';

/** Whether everything that calls a method does so on its own object, and goes on to start that object's thread. */
export function isBeforeOwnStart(analysis: Analysis, method: Scope): boolean {
  const { program, calls, lockTaking } = analysis;
  const edges = calls.callers[method.id]!.filter(({ caller }) => !program.scopes[caller]!.file.isTest);
  if (edges.length === 0 || calls.escapes[method.id]) return false;
  return edges.every(({ caller, at }) => {
    const scope = program.scopes[caller]!;
    return lockTaking.onReceiver(scope, at) && startsBehind(analysis, scope, at);
  });
}

/** `Thread.start(self)`, `super().start()`. */
function startsBehind({ resolver }: Analysis, scope: Scope, from: number): boolean {
  const { op } = scope.code;
  for (let at = from + 1; at < op.length; at++) {
    if (op[at] !== Op.Call) continue;
    const isStart = resolver
      .targets(scope.id, at)
      .some((one) => one.kind === 'library' && one.path.endsWith('Thread.start'));
    if (isStart) return true;
  }
  return false;
}
