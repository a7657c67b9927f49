// Rule 102: state that is changed under one lock here and under another there, so that neither excludes the other. The
// guard is the lock that covers most; whether that one is the right one, only the author knows.

import { isWrite } from '../../flow/accesses';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { Meeting } from '../../whole/meetings';
import type { Confidence, FixProposal } from '../finding';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel, verbOf } from './access-words';
import { holdings } from './held-locks';
import { lockExpression } from './hold-fix';
import { tornTemplates } from './lock-templates';
import { type OtherLock, underOtherLocks } from './other-locks';

export const rule: Rule = {
  number: 102,
  name: 'wrong-lock',
  concern: 'synchronization',
  severity: 'warning',
  preview: true,
  cwe: [821],
  category: 'lock-misuse',
  summary: 'The same state is changed under different locks in different places.',
  check(analysis, report) {
    for (const guarded of analysis.guards.underLocks) {
      const others = underOtherLocks(analysis, guarded);
      if (others.length > 0) {
        report(reportLocks(analysis, guarded, guarded.guard!, others));
        continue;
      }
      const torn = tornTemplates(guarded);
      if (torn)
        report(
          reportPair(analysis, guarded, torn.guard, torn, isWrite(torn.counterpart.kind) ? 'medium' : 'low'),
        );
    }
  },
};

function reportLocks(
  analysis: Analysis,
  guarded: Guarded,
  guard: Lock,
  others: readonly OtherLock[],
): Report {
  const ranks: readonly Confidence[] = ['high', 'medium', 'low'];
  const worst = ranks.map((rank) => others.find((one) => rankOf(one) === rank)).find((one) => one)!;
  const report = reportPair(analysis, guarded, guard, worst, rankOf(worst));
  const { program } = analysis;
  const further = others
    .filter((one) => one !== worst)
    .slice(0, 20)
    .map(({ access, lock }) => ({
      ...program.span(program.scopes[access.scope]!, access.at),
      message: `${functionLabel(program.scopes[access.scope]!)} ${verbOf(access)} it holding ${lockLabel(lock)}, too.`,
    }));
  return {
    ...report,
    steps: [...report.steps!, ...further],
    fixes: () => swapFix(analysis, guarded, guard, worst),
  };
}

/** Where each step is atomic by itself, or the two are not seen to run at once, another lock is only untidy. */
function rankOf({ access, meeting, harm }: OtherLock): Confidence {
  if (meeting === Meeting.Apart || !harm) return 'low';
  return meeting === Meeting.Met && isWrite(access.kind) ? 'high' : 'medium';
}

function reportPair(
  { program }: Analysis,
  { place, accesses }: Guarded,
  guard: Lock,
  { access, lock, counterpart, harm }: Omit<OtherLock, 'meeting' | 'harm'> & Partial<Pick<OtherLock, 'harm'>>,
  confidence: Confidence,
): Report {
  const scope = program.scopes[access.scope]!;
  const other = program.scopes[counterpart.scope]!;
  const covered = accesses.filter(({ locks }) => locks.includes(guard)).length;
  return {
    ...program.span(scope, access.at),
    message:
      `\`${place.label}\` is guarded by ${lockLabel(guard)} (${covered} of ${accesses.length} accesses hold it), ` +
      `but ${functionLabel(scope)} ${verbOf(access)} it holding ${lockLabel(lock)}, which does not exclude them${harm ? `: ${harm.words}` : ''}.`,
    confidence,
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      {
        ...program.span(other, counterpart.at),
        message: `${functionLabel(other)} ${verbOf(counterpart)} it holding ${lockLabel(guard)}.`,
      },
    ],
  };
}

/** Taking the guard in the place of the other lock, where a `with` of its own holds that for nothing else. */
function swapFix(
  analysis: Analysis,
  guarded: Guarded,
  guard: Lock,
  { access, lock }: OtherLock,
): readonly FixProposal[] {
  const { program } = analysis;
  const scope = program.scopes[access.scope]!;
  const expression = lockExpression(analysis, guarded.place, guard, access);
  const holding = holdings(analysis, scope, access.at).find((one) => one.lock === lock);
  if (expression === null || !holding || holding.takenAt < 0) return [];
  if (scope.code.op[holding.takenAt] !== Op.With) return [];
  if (guardsMore(analysis, scope, guarded, lock, access)) return [];
  const span = program.span(scope, holding.takenAt);
  const edits = [{ start: span.start, end: span.end, text: expression }];
  return [{ kind: 'replace', title: `Hold ${expression} instead`, safe: false, data: { edits } }];
}

/** Whether the function touches other state that the lock guards. */
function guardsMore(
  analysis: Analysis,
  scope: Scope,
  { place }: Guarded,
  lock: Lock,
  { at }: HeldAccess,
): boolean {
  return analysis.guards.underLocks.some(
    (one) =>
      one.guard === lock &&
      one.place !== place &&
      one.accesses.some((access) => access.scope === scope.id && access.at !== at),
  );
}
