// A condition that is waited on or notified without its lock, which raises RuntimeError, or loses the notify where the lock is
// another one. Callers that may hold it, and conditions over locks that are not known, are enough doubt to say nothing.

import { locksUnder } from '../../flow/condition-locks';
import { lockKinds } from '../../flow/lock-kinds';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { decoratorsOf, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import type { Report } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { isTakenByCall } from './taken-by-calls';

/** The report on a use of a condition that nobody holds. */
export function withoutItsLock(analysis: Analysis, use: LockUse): Report | null {
  const { program, resolver, entryLocks } = analysis;
  const { scope, at, number } = use;
  const lock = analysis.locks.of(scope.id, number)[0];
  if (!lock || lock.weak || scope.file.isTest) return null;
  if (entryLocks.at(scope, at).includes(lock) || /_locked$|_unlocked$/.test(scope.name)) return null;
  if (isTakenByCall(analysis, scope, at, lock)) return null;
  const under = locksUnder(resolver, analysis.locks, scope, number);
  if (under === null) return null;
  if (under.some((one) => one !== lock && mayHold(analysis, scope, at, one))) return null;
  if (isGivenToDecorator(analysis, scope, [lock, ...under])) return null;
  const kinds = lockKinds(resolver, scope.id, number);
  // Tornado's and Trio's conditions are notified without a lock.
  if (kinds.length !== 1 || !kinds[0]!.underlying || analysis.construction[scope.id]) return null;
  const callers = analysis.calls.callers[scope.id]!.filter((edge) => {
    const caller = program.scopes[edge.caller]!;
    return !caller.file.isTest && !analysis.construction[edge.caller];
  });
  const witness = callers.find((edge) =>
    [lock, ...under].every((one) => !mayHold(analysis, program.scopes[edge.caller]!, edge.at, one)),
  );
  if (!witness && (callers.length > 0 || scope.name.startsWith('_'))) return null;
  const caller = witness ? program.scopes[witness.caller]! : null;
  return {
    ...program.span(scope, at),
    message:
      use.kind === UseKind.Notify
        ? `${functionLabel(scope)} notifies ${lockLabel(lock)} without holding its lock: it raises RuntimeError, or a waiter misses it.`
        : `${functionLabel(scope)} waits on ${lockLabel(lock)} without holding its lock: it raises RuntimeError.`,
    // Whoever calls it from out of view may hold the lock.
    confidence: witness ? 'high' : 'low',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps:
      witness && caller
        ? [
            {
              ...program.span(caller, witness.at),
              message: `${functionLabel(caller)} calls it without the lock.`,
            },
          ]
        : [],
  };
}

/** `@synchronized(lock)`: what a decorator does with the very lock that it is given is to take it. */
function isGivenToDecorator({ program, resolver, locks }: Analysis, scope: Scope, wanted: readonly Lock[]) {
  const outer = scope.parent < 0 ? null : program.scopes[scope.parent]!;
  if (!outer || scope.definedAt < 0 || outer.code.op[scope.definedAt] !== Op.Function) return false;
  const { op } = outer.code;
  const { number } = resolver.numberings.of(outer);
  return decoratorsOf(outer.code, scope.definedAt).some((decorator) => {
    const given = op[decorator] === Op.Call ? positional(outer.code, decorator, 0) : -1;
    return given >= 0 && locks.of(outer.id, number[given]!).some((lock) => wanted.includes(lock));
  });
}

/** Held here, or by some caller of this function: enough doubt to say nothing. */
function mayHold(analysis: Analysis, scope: Scope, at: number, lock: Lock): boolean {
  if (isTakenByCall(analysis, scope, at, lock)) return true;
  if (analysis.entryLocks.at(scope, at).includes(lock)) return true;
  return analysis.calls.callers[scope.id]!.some((edge) =>
    analysis.entryLocks.at(analysis.program.scopes[edge.caller]!, edge.at).includes(lock),
  );
}
