// Functions that answer whether a lock is taken (`def is_busy(self): return self._lock.locked()`), and callers that decide
// by the answer and then take the lock themselves. Callers that only look are left alone.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { UseKind } from '../../whole/lock-uses';
import type { Report } from '../rule';
import { functionLabel, lockLabel } from './access-words';

/** One report for each caller that takes the lock by what such a function answered. */
export function* askedThroughHelpers(
  analysis: Analysis,
  conditionOf: (analysis: Analysis, scope: Scope, at: number) => number,
): Iterable<Report> {
  const { program, resolver, calls, propertyReads } = analysis;
  for (const use of analysis.lockUses.all) {
    if (use.kind !== UseKind.Locked || use.scope.file.isTest) continue;
    const by = resolver.numberings.of(use.scope).user[use.at]!;
    if (by < 0 || use.scope.code.op[by] !== Op.Return) continue;
    const [lock] = analysis.locks.of(use.scope.id, use.number);
    if (!lock || lock.weak || lock.model === 'asyncio') continue;
    for (const { caller, at } of [...calls.callers[use.scope.id]!, ...propertyReads.of(use.scope.id)]) {
      const scope = program.scopes[caller]!;
      const condition = scope.file.isTest ? -1 : conditionOf(analysis, scope, at);
      if (condition < 0) continue;
      const act = analysis.lockUses
        .of(caller)
        .find(
          (one) =>
            one.at > condition &&
            (one.kind === UseKind.With || one.kind === UseKind.Acquire) &&
            analysis.locks.of(caller, one.number).includes(lock),
        );
      if (!act) continue;
      yield {
        ...program.span(scope, at),
        message: `${functionLabel(scope)} decides by whether ${lockLabel(lock)} is taken, which ${functionLabel(use.scope)} answers: it may be another by the time it acts.`,
        confidence: 'medium',
        symbol: scope.qualifiedName,
        stepsKind: 'places',
        steps: [
          { ...program.span(use.scope, use.at), message: 'The lock is asked here.' },
          { ...program.span(scope, act.at), message: 'It is taken here, some time after the question.' },
        ],
      };
    }
  }
}
