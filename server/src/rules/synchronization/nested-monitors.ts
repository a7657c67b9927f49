// A condition that is waited for with another lock held, where whoever notifies it needs that lock too: the wait gives back the
// condition's lock and keeps the other, so nobody comes to the notify. Waits with a limit are left alone.

import { LockScope } from '../../flow/locks';
import { argumentCount } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { UseKind } from '../../whole/lock-uses';
import type { Report } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { holdings } from './held-locks';

/** One report for each wait that keeps those out who would end it. */
export function* nestedMonitors(analysis: Analysis): Iterable<Report> {
  const { lockUses, locks, entryLocks, program } = analysis;
  for (const use of lockUses.all) {
    const { scope, at } = use;
    if (use.kind !== UseKind.Wait && use.kind !== UseKind.WaitFor) continue;
    if (scope.file.isTest || argumentCount(scope.code, at) > (use.kind === UseKind.Wait ? 0 : 1)) continue;
    const condition = locks.of(scope.id, use.number);
    const others = holdings(analysis, scope, at).filter(
      ({ lock, same }) => same && !condition.includes(lock) && !lock.weak && !lock.counting,
    );
    if (condition.length === 0 || others.length === 0) continue;
    const notifies = lockUses.all.filter(
      (one) =>
        one.kind === UseKind.Notify &&
        !one.scope.file.isTest &&
        locks.of(one.scope.id, one.number).some((lock) => condition.includes(lock)),
    );
    const [first] = notifies;
    const kept = others.find(
      ({ lock }) =>
        (lock.scope === LockScope.Program || notifies.every((one) => one.scope.owner === scope.owner)) &&
        notifies.every((one) => entryLocks.at(one.scope, one.at).includes(lock)),
    );
    if (!first || !kept) continue;
    const label = lockLabel(kept.lock);
    yield {
      ...program.span(scope, at),
      message: `${functionLabel(scope)} waits on ${lockLabel(condition[0]!)} and keeps ${label}, which ${functionLabel(first.scope)} needs to notify it: both wait for good.`,
      confidence: 'high',
      symbol: scope.qualifiedName,
      stepsKind: 'places',
      steps: [
        {
          ...(kept.takenAt < 0 ? program.nameSpan(scope) : program.span(scope, kept.takenAt)),
          message: `${label} is taken here.`,
        },
        { ...program.span(first.scope, first.at), message: `It is notified here, holding ${label}.` },
      ],
    };
  }
}
