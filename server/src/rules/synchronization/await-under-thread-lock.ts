// Rule 152: a coroutine gives way while it holds a lock of threads. Asks the held sets only; locks of asyncio are made
// for this and are left alone.

import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { CodeFlag, LoopKind, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { UseKind } from '../../whole/lock-uses';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel } from './access-words';

export const rule: Rule = {
  number: 152,
  name: 'await-under-thread-lock',
  concern: 'synchronization',
  severity: 'error',
  preview: true,
  cwe: [833],
  category: 'async-misuse',
  summary: 'A coroutine awaits while it holds a lock of threads.',
  check(analysis, report) {
    const { lockUses, program } = analysis;
    for (const scopeId of lockUses.scopes()) {
      const scope = program.scopes[scopeId]!;
      if (scope.code.flags & CodeFlag.Async) checkScope(analysis, scope, report);
    }
  },
};

function checkScope(analysis: Analysis, scope: Scope, report: (found: Report) => void): void {
  const { op } = scope.code;
  const { held, sets, reached } = analysis.resolver.numberings.of(scope);
  if (sets.lists.length < 2) return;
  const told = new Set<Lock>();
  for (let at = 0; at < op.length; at++) {
    if (held[at] === 0 || !reached[at] || !givesWay(scope, at)) continue;
    for (const member of sets.lists[held[at]!]!) {
      for (const lock of analysis.locks.of(scope.id, member)) {
        if (told.has(lock) || lock.model !== 'thread') continue;
        const taken = takenAt(analysis, scope, member, at);
        if (taken < 0) continue;
        told.add(lock);
        report(wording(analysis, scope, at, taken, lock));
      }
    }
  }
}

function givesWay(scope: Scope, at: number): boolean {
  const { op, c, flags } = scope.code;
  switch (op[at] as Op) {
    case Op.Await:
      return true;
    case Op.Loop:
      return c[at] === LoopKind.AsyncFor || c[at] === LoopKind.AsyncComprehension;
    case Op.With:
      return c[at] === 1;
    case Op.Yield:
      // An asynchronous generator: its consumer awaits between two values.
      return (flags & CodeFlag.Generator) !== 0;
    default:
      return false;
  }
}

/** Where the lock was taken in a way that only a lock of threads allows: a plain `with`, an acquire not awaited. */
function takenAt(analysis: Analysis, scope: Scope, member: number, before: number): number {
  const { op, c } = scope.code;
  const { user } = analysis.resolver.numberings.of(scope);
  let taken = -1;
  for (const use of analysis.lockUses.of(scope.id)) {
    if (use.number !== member || use.at > before) continue;
    if (use.kind === UseKind.With) taken = c[use.at] === 1 ? -1 : use.at;
    if (use.kind === UseKind.Acquire) {
      const by = user[use.at]!;
      taken = by >= 0 && op[by] === Op.Await ? -1 : use.at;
    }
  }
  return taken;
}

function wording(analysis: Analysis, scope: Scope, at: number, taken: number, lock: Lock): Report {
  const { program } = analysis;
  const verb = scope.code.op[at] === Op.Yield ? 'yields' : 'awaits';
  return {
    ...program.span(scope, at),
    message: `${functionLabel(scope)} ${verb} while it holds ${lockLabel(lock)}, a lock of threads: a second task that asks for it stops the whole event loop.`,
    confidence: lock.weak ? 'medium' : 'high',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [{ ...program.span(scope, taken), message: 'The lock is taken here.' }],
  };
}
