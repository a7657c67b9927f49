// Locks of coroutines that exist once while several event loops of several threads take them: such a lock belongs to
// the loop that first had to wait for it, and raises in the others. Looks at threads that run a loop of their own and
// at what else takes the lock; who runs on which loop otherwise is not asked.

import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { CodeFlag, Op } from '../../syntax/code';
import { argumentValue } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import { reachedFrom, type Spawned } from '../../whole/spawned';
import { enclosing } from './lock-words';

/** A lock that a thread's own loop takes, and why another loop may have it. */
export interface LoopsLock {
  readonly lock: Lock;
  readonly spawned: Spawned;
  /** Where the thread makes its loop run a coroutine. */
  readonly runner: { readonly scope: Scope; readonly at: number };
  readonly use: LockUse;
  /** Another taker, which that thread does not run; null where several such threads run. */
  readonly other: LockUse | null;
}

const running =
  /^asyncio\.(run|AbstractEventLoop\.run_until_complete|new_event_loop\(\)\.run_until_complete)$/;

/** All of them, each lock once. */
export function locksOfLoops(analysis: Analysis): readonly LoopsLock[] {
  const takers = takersOf(analysis);
  const found: LoopsLock[] = [];
  if (takers.size === 0) return found;
  const told = new Set<Lock>();
  for (const spawned of analysis.spawned) {
    if (spawned.spawn.model !== 'thread' || spawned.scope.file.isTest) continue;
    for (const root of spawned.runs) {
      for (const runner of runnersOf(analysis, root)) {
        const reached = new Set(
          runner.coroutines.flatMap((one) => reachedFrom(analysis, one, 3).map(({ scope }) => scope.id)),
        );
        for (const [lock, uses] of takers) {
          const use = uses.find((one) => reached.has(one.scope.id));
          if (!use || told.has(lock)) continue;
          const other = uses.find((one) => !reached.has(one.scope.id)) ?? null;
          if (!other && !isMany(spawned)) continue;
          told.add(lock);
          found.push({ lock, spawned, runner, use, other });
        }
      }
    }
  }
  return found;
}

/** Locks of asyncio that exist once, and where coroutines take them. */
function takersOf(analysis: Analysis): Map<Lock, LockUse[]> {
  const found = new Map<Lock, LockUse[]>();
  for (const use of analysis.lockUses.all) {
    if (use.kind !== UseKind.With && use.kind !== UseKind.Acquire) continue;
    if (use.scope.file.isTest || !(use.scope.code.flags & CodeFlag.Async)) continue;
    for (const lock of analysis.locks.of(use.scope.id, use.number)) {
      if (lock.model !== 'asyncio' || lock.weak || lock.scope !== LockScope.Program) continue;
      const list = found.get(lock);
      if (list) list.push(use);
      else found.set(lock, [use]);
    }
  }
  return found;
}

/** The calls, in a thread's function or what it calls, that run coroutines on a loop of the thread. */
function runnersOf(
  analysis: Analysis,
  root: number,
): readonly { readonly scope: Scope; readonly at: number; readonly coroutines: readonly number[] }[] {
  const { resolver } = analysis;
  const found = [];
  for (const { scope } of reachedFrom(analysis, root, 2)) {
    const { op } = scope.code;
    if (scope.code.flags & CodeFlag.Async) continue;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call) continue;
      const runs = resolver
        .targets(scope.id, at)
        .some((target) => target.kind === 'library' && running.test(target.path));
      if (!runs) continue;
      const made = resolver.numberings.of(scope).number[argumentValue(scope.code, at, 0)] ?? -1;
      if (made < 0 || made >= op.length || op[made] !== Op.Call) continue;
      const coroutines = resolver
        .targets(scope.id, made)
        .flatMap((target) => (target.kind === 'function' ? [target.scope] : []));
      if (coroutines.length > 0) found.push({ scope, at, coroutines });
    }
  }
  return found;
}

/** Several threads of this kind run: a pool's jobs, or starts in a loop. */
function isMany({ scope, at, spawn }: Spawned): boolean {
  if (spawn.kind === 'pool' || spawn.many === true) return true;
  return enclosing(scope.code, at).some((part) => scope.code.op[part] === Op.Loop);
}
