// Which locks are taken while which others are held: each pair once, with the first place that shows it. By a
// function's own code, by what its callers hold, and by the functions that it calls. Cycles are somebody else's business.

import { type Lock, LockScope } from '../flow/locks';
import type { ProgramFile, Scope } from '../program/program';
import type { Analysis } from './analysis';
import { lockNameFrom } from './lock-labels';
import type { FileSpan } from './lock-map';
import { UseKind } from './lock-uses';

/** A lock taken while another is held. */
export interface MappedOrder<P> {
  /** Names with the owner in front, where a lock has one: `Cache._lock`. */
  readonly first: string;
  readonly second: string;
  /** Qualified name of the function that holds the one and takes, or has taken, the other. */
  readonly name: string;
  readonly place: P;
}

/** The pairs of a program, by name. */
export function lockOrder<P>(
  analysis: Analysis,
  locate: (span: FileSpan) => P,
  only: (file: ProgramFile) => boolean,
): readonly MappedOrder<P>[] {
  const { program, entryLocks, lockUses, locks, lockTaking, calls } = analysis;
  const found = new Map<string, MappedOrder<P>>();
  const put = (scope: Scope, at: number, second: Lock) => {
    if (!isTold(second)) return;
    for (const first of entryLocks.at(scope, at)) {
      if (first === second || !isTold(first)) continue;
      const key = `${first.key} ${second.key}`;
      if (found.has(key)) continue;
      found.set(key, {
        first: lockNameFrom(analysis, first, -1),
        second: lockNameFrom(analysis, second, -1),
        name: scope.qualifiedName,
        place: locate(program.span(scope, at)),
      });
    }
  };
  for (const scope of program.scopes) {
    if (scope.file.isTest || !only(scope.file)) continue;
    for (const { kind, at, number } of lockUses.of(scope.id)) {
      if (kind !== UseKind.With && kind !== UseKind.Acquire) continue;
      for (const lock of locks.of(scope.id, number)) put(scope, at, lock);
    }
    for (const { at, callee } of calls.calleesOf(scope.id)) {
      if (entryLocks.at(scope, at).length === 0) continue;
      for (const { lock } of lockTaking.of(callee)) put(scope, at, lock);
    }
  }
  return [...found.values()].sort((x, y) => compare(x.first, y.first) || compare(x.second, y.second));
}

/** Locks of one function, and those that may be another one each time, have no order. */
function isTold({ scope, key }: Lock): boolean {
  return scope !== LockScope.Local && (scope !== LockScope.Keyed || key.startsWith('name:'));
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
