// Rule 109: an acquire that may come back empty-handed, and nobody looks; or a coroutine's acquire that is never
// awaited, so that it does not even begin. Only objects known as locks by type or by name.

import { lockKinds } from '../../flow/lock-kinds';
import type { Scope } from '../../program/program';
import { CodeFlag, ConstantKind, Op, ScopeKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import type { Confidence } from '../finding';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { calleeName } from './lock-words';
import { isGivenBackByOthers } from './lone-locks';

export const rule: Rule = {
  number: 109,
  name: 'acquire-result-ignored',
  concern: 'synchronization',
  severity: 'warning',
  preview: true,
  cwe: [667],
  category: 'lock-misuse',
  summary: 'The lock is tried, and what follows does not ask whether it was got.',
  check(analysis, report) {
    for (const use of analysis.lockUses.all) {
      if (use.kind !== UseKind.Acquire || !calleeName(use.scope, use.at).startsWith('acquire')) continue;
      const found = reportOn(analysis, use);
      if (found) report(found);
    }
  },
};

function reportOn(analysis: Analysis, use: LockUse): Report | null {
  const { scope, at } = use;
  const lock = analysis.locks.of(scope.id, use.number)[0];
  if (!lock || scope.code.kind === ScopeKind.Lambda) return null;
  const { user } = analysis.resolver.numberings.of(scope);
  const by = user[at]!;
  const dropped = by >= 0 && scope.code.op[by] === Op.Discard;
  const label = lockLabel(lock);
  if (lock.model === 'asyncio' && !lock.weak) {
    if (!dropped || mayBePlain(analysis, use)) return null;
    return make(
      analysis,
      use,
      'high',
      `${functionLabel(scope)} does not await ${label}.acquire(): the lock is never taken.`,
      [],
    );
  }
  if (use.certain || lock.weak || !(dropped || isUnread(scope, by, use))) return null;
  if (saysNothing(analysis, use)) return null;
  // A binary semaphore: whoever signals gives back what the waiter has taken, and found taken is as good as taken.
  if (isGivenBackByOthers(analysis, scope, lock)) return null;
  const release = analysis.lockUses
    .of(scope.id)
    .find((other) => other.kind === UseKind.Release && other.number === use.number && other.at > at);
  // Taken to be held from somewhere else, as a switch: nothing here relies on having got it.
  if (!release && !worksOn(scope, at)) return null;
  return make(
    analysis,
    use,
    release ? 'high' : 'low',
    `${functionLabel(scope)} tries to take ${label} and goes on whether it got it or not.`,
    release ? [{ at: release.at, message: 'It is released here, even where it was never taken.' }] : [],
  );
}

/** The result tells nothing: an `acquire` that does not get the lock raises, by the library or by the program's own text. */
function saysNothing({ program, resolver }: Analysis, { scope, at, number }: LockUse): boolean {
  if (lockKinds(resolver, scope.id, number).some(({ raises }) => raises)) return true;
  const targets = resolver.targets(scope.id, at);
  return (
    targets.length > 0 &&
    targets.every((target) => {
      if (target.kind !== 'function') return false;
      const { code, file } = program.scopes[target.scope]!;
      return code.op.every((op, k) => {
        const value = op === Op.Return ? code.a[k]! : -1;
        return (
          value < 0 ||
          (code.op[value] === Op.Const && file.source.constants[code.a[value]!]!.kind !== ConstantKind.False)
        );
      });
    })
  );
}

/** Whether the call may mean an `acquire` of the program that is no coroutine. */
function mayBePlain({ program, resolver }: Analysis, { scope, at }: LockUse): boolean {
  return resolver
    .targets(scope.id, at)
    .some(
      (target) =>
        target.kind === 'function' && (program.scopes[target.scope]!.code.flags & CodeFlag.Async) === 0,
    );
}

/** `ok = lock.acquire(False)` with `ok` never looked at. */
function isUnread(scope: Scope, by: number, use: LockUse): boolean {
  const { op, a, b } = scope.code;
  if (by < 0 || op[by] !== Op.StoreLocal || b[by] !== use.at || scope.code.captured[a[by]!]) return false;
  const slot = a[by]!;
  for (let k = 0; k < op.length; k++) if (op[k] === Op.Local && a[k] === slot) return false;
  return true;
}

function worksOn(scope: Scope, at: number): boolean {
  const { op } = scope.code;
  for (let k = at + 1; k < op.length; k++) {
    if (op[k] === Op.Call || op[k] === Op.StoreAttribute || op[k] === Op.StoreItem) return true;
  }
  return false;
}

function make(
  analysis: Analysis,
  use: LockUse,
  confidence: Confidence,
  message: string,
  steps: readonly { readonly at: number; readonly message: string }[],
): Report {
  const { program } = analysis;
  return {
    ...program.span(use.scope, use.at),
    message,
    confidence,
    symbol: use.scope.qualifiedName,
    stepsKind: 'places',
    steps: steps.map((step) => ({ ...program.span(use.scope, step.at), message: step.message })),
  };
}
