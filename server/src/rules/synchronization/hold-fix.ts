// The fix that takes a lock around all accesses of a place that go without it. Decides whether the lock can be named
// where they are, and what must not run under it: what takes it again, what awaits or hands over. Offers nothing where
// one of the accesses can't be covered: the finding would remain. Which statements are moved is the builder's.

import type { PlaceOf } from '../../flow/accesses';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { CodeFlag, Op, ScopeKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { Wait } from '../../whole/blocking';
import type { HeldAccess } from '../../whole/guards';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import type { FixProposal } from '../finding';
import { calleeName } from './lock-words';

const mostFunctions = 6;
const deepest = 8;

/** `mutex.lock()`: what is taken like that may not stand in a `with`. */
function isTakenByHand({ lockUses, locks }: Analysis, guard: Lock): boolean {
  return lockUses.all.some(
    ({ kind, scope, at, number }) =>
      kind === UseKind.Acquire &&
      calleeName(scope, at) === 'lock' &&
      locks.of(scope.id, number).includes(guard),
  );
}

/** Taking the lock around the statements of these accesses, where the lock can be named there. */
export function holdFixes(
  analysis: Analysis,
  place: PlaceOf,
  guard: Lock,
  accesses: readonly HeldAccess[],
): readonly FixProposal[] {
  const { scopes } = analysis.program;
  const first = accesses[0];
  const byScope = new Map<number, HeldAccess[]>();
  for (const access of accesses) byScope.set(access.scope, [...(byScope.get(access.scope) ?? []), access]);
  if (!first || byScope.size > mostFunctions) return [];
  const { file } = scopes[first.scope]!;
  if (isTakenByHand(analysis, guard)) return [];
  const groups = [];
  // The functions that will take the lock, and all that call them.
  const takers = new Set<number>();
  for (const [id, own] of byScope) {
    const scope = scopes[id]!;
    const expressions = new Set(own.map((access) => lockExpression(analysis, place, guard, access)));
    const [lock] = expressions;
    if (scope.file !== file || expressions.size !== 1 || lock === null || lock === undefined) return [];
    const callers = callersThatAllow(analysis, scope, guard, own);
    if (callers === null) return [];
    for (const each of callers) takers.add(each);
    const offset = (at: number) => analysis.program.span(scope, at).start;
    groups.push({
      accesses: own.map(({ at }) => offset(at)),
      sections: sectionsOf(analysis, scope, guard).map(offset),
      stops: [] as number[],
      scope,
      lock,
      keyword: guard.model === 'asyncio' ? 'async with' : 'with',
    });
  }
  for (const { scope, stops } of groups) {
    for (const at of stopsOf(analysis, scope, guard, takers))
      stops.push(analysis.program.span(scope, at).start);
  }
  const { lock } = groups[0]!;
  const where = ['here', 'in both functions'][groups.length - 1] ?? `in all ${groups.length} functions`;
  const title = `Hold ${lock} ${where}`;
  return [
    {
      kind: 'hold-lock',
      title,
      safe: false,
      data: { path: file.path, groups: groups.map(({ scope: _, ...group }) => group) },
    },
  ];
}

/** The text that means a place's guard where it is accessed; null when no text surely does. */
export function lockExpression(
  analysis: Analysis,
  place: PlaceOf,
  guard: Lock,
  access: HeldAccess,
): string | null {
  const scope = analysis.program.scopes[access.scope]!;
  if (scope.code.kind !== ScopeKind.Function || guard.weak) return null;
  if (guard.model === 'asyncio' ? !isCoroutine(scope) : guard.model !== 'thread') return null;
  if (guard.label.startsWith('self.') && access.receiver === scope.code.op.length) {
    const receiver = scope.file.source.names[scope.code.slots[0] ?? 0];
    return `${receiver}${guard.label.slice('self'.length)}`;
  }
  return guard.key.startsWith(`global:${scope.file.path}:`) && place.ofModule ? guard.label : null;
}

function isCoroutine({ code }: Scope): boolean {
  return (code.flags & CodeFlag.Async) !== 0 && (code.flags & CodeFlag.Generator) === 0;
}

/** The function and all that call it; null where one of them holds the lock already, or one that is taken under it. */
function callersThatAllow(
  analysis: Analysis,
  scope: Scope,
  guard: Lock,
  accesses: readonly HeldAccess[],
): ReadonlySet<number> | null {
  const { calls, entryLocks, program } = analysis;
  // What a finalizer or signal handler runs must not wait: the thread that it interrupts may hold the lock.
  const handlers = new Set(
    analysis.spawned
      .filter(({ path, spawn }) => path.startsWith('weakref.') || spawn.kind === 'signal')
      .flatMap(({ runs }) => runs),
  );
  const isFinal = (id: number) => program.scopes[id]!.name === '__del__' || handlers.has(id);
  if (isFinal(scope.id)) return null;
  const others = new Set(accesses.flatMap(({ locks }) => locks));
  const seen = new Set([scope.id]);
  let callees = [scope.id];
  for (let depth = 0; depth < deepest && callees.length > 0; depth++) {
    const next: number[] = [];
    for (const callee of callees) {
      for (const { caller, at } of calls.callers[callee]!) {
        if (isFinal(caller)) return null;
        for (const lock of entryLocks.at(program.scopes[caller]!, at)) others.add(lock);
        if (!seen.has(caller)) next.push(caller);
        seen.add(caller);
      }
    }
    callees = next;
  }
  if (others.has(guard) && !guard.reentrant) return null;
  const isInverted = [...others].some((other) => other !== guard && isTakenUnder(analysis, other, guard));
  return isInverted ? null : seen;
}

/** Whether a lock is taken somewhere while another is held. */
function isTakenUnder(analysis: Analysis, taken: Lock, held: Lock): boolean {
  const { entryLocks, lockTaking, lockUses, locks, calls } = analysis;
  for (const use of lockUses.all) {
    if (!isTaking(use)) continue;
    const own = locks.of(use.scope.id, use.number);
    if (own.includes(taken) && entryLocks.at(use.scope, use.at).includes(held)) return true;
    if (!own.includes(held)) continue;
    for (const { at, callee } of calls.calleesOf(use.scope.id)) {
      if (!entryLocks.at(use.scope, at).includes(held)) continue;
      for (const way of lockTaking.of(callee)) if (way.lock === taken) return true;
    }
  }
  return false;
}

function isTaking({ kind }: LockUse): boolean {
  return kind === UseKind.With || kind === UseKind.Acquire;
}

/** The `with` statements of a function that take the lock. */
function sectionsOf(analysis: Analysis, scope: Scope, guard: Lock): number[] {
  return analysis.lockUses
    .of(scope.id)
    .filter((use) => use.kind === UseKind.With && isUseOf(analysis, scope, use.number, guard))
    .map(({ object }) => object);
}

/** What must not run with the lock held: what takes it again or another lock, what waits, what gives way. */
function stopsOf(analysis: Analysis, scope: Scope, guard: Lock, takers: ReadonlySet<number>): number[] {
  const { blocking, lockTaking, lockUses, locks, resolver } = analysis;
  const stops: number[] = [];
  for (const use of lockUses.of(scope.id)) {
    const isMeant = isUseOf(analysis, scope, use.number, guard);
    const isOther = isTaking(use) && !isMeant && locks.of(scope.id, use.number).length > 0;
    if (isOther || (isMeant && use.kind !== UseKind.With)) stops.push(use.at);
  }
  const { op, c } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Yield || op[at] === Op.YieldFrom) stops.push(at);
    const waits = op[at] === Op.Await || ((op[at] === Op.With || op[at] === Op.Element) && c[at] === 1);
    if (waits && guard.model !== 'asyncio') stops.push(at);
    if (op[at] !== Op.Call) continue;
    if ((blocking.direct(scope, at)?.wait ?? Wait.Io) !== Wait.Io) stops.push(at);
    for (const target of resolver.targets(scope.id, at)) {
      if (target.kind !== 'function') continue;
      const waits = (blocking.of(target.scope)?.wait ?? Wait.Io) !== Wait.Io;
      if (waits || (takers.has(target.scope) && !guard.reentrant)) stops.push(at);
      for (const { lock } of lockTaking.of(target.scope)) {
        if (lock === guard ? !guard.reentrant : isTakenUnder(analysis, guard, lock)) stops.push(at);
      }
    }
  }
  return stops;
}

function isUseOf(analysis: Analysis, scope: Scope, number: number, guard: Lock): boolean {
  const isMeant = guard.scope === LockScope.Program || analysis.lockTaking.ofReceiver(scope, number);
  return isMeant && analysis.locks.of(scope.id, number).includes(guard);
}
