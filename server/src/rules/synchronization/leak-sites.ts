// Where a lock may stay held, grouped by lock: one group is one finding. Decides what counts as a leak (a way out of a
// function that elsewhere gives the lock back) and leaves out locks that are handed to somebody else on purpose.

import { isMadeInView } from '../../flow/condition-locks';
import { EntityKind } from '../../flow/entities';
import { isLockName, type Lock, LockScope } from '../../flow/locks';
import { releasePaths, type WayOut } from '../../flow/release-paths';
import { outcomesGiven } from '../../flow/same-conditions';
import type { Scope } from '../../program/program';
import { CodeFlag, CompareOperator, Op, ScopeKind } from '../../syntax/code';
import { argumentCount, callArguments } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import { Failures } from './failing';
import { calleeName, enclosing, endOf } from './lock-words';
import { isGivenBackByOthers, isMixed, isReleasedElsewhere, onlyLocked } from './lone-locks';
import { callsQuietCode, neverReturns, raising, takesWhatIsThere } from './raising';

/** One acquire and the ways out that leave it held. */
export interface LeakSite {
  readonly scope: Scope;
  readonly lock: Lock | null;
  readonly use: LockUse;
  readonly leaks: readonly WayOut[];
  /** Those of the leaks that happen in ordinary use, not only in theory. */
  readonly likely: readonly WayOut[];
  readonly releases: readonly number[];
  /** The only acquire of its scope. */
  readonly alone: boolean;
}

const setUp = /^_*(init|initiali[sz]e|set_?up|configure|bootstrap)(_|$)/i;
const handsOver = /acquire|lock|enter|begin|start|get|check_?out|reserve|open|take|wait/i;

/** Leaks by lock and kind, in source order. */
export function leakSites(analysis: Analysis): ReadonlyMap<string, readonly LeakSite[]> {
  const groups = new Map<string, LeakSite[]>();
  // Somebody may cancel a coroutine at any pause, and mostly nobody does.
  const failures = new Failures(analysis, false);
  for (const scopeId of analysis.lockUses.scopes()) {
    const scope = analysis.program.scopes[scopeId]!;
    const uses = analysis.lockUses.of(scopeId);
    const done = new Set<number>();
    for (const use of uses) {
      if (use.kind !== UseKind.Acquire || done.has(use.number)) continue;
      done.add(use.number);
      const same = uses.filter((other) => isSame(analysis, use, other));
      for (const other of same) done.add(other.number);
      for (const site of sitesOf(analysis, failures, scope, use, same)) {
        const { kind } = site.leaks[0]!;
        const shared =
          site.lock && site.lock.scope !== LockScope.Keyed && site.lock.scope !== LockScope.Local;
        const key =
          shared && kind === 'exception'
            ? `${scope.file.index}:${site.lock?.id}`
            : `${scope.id}:${site.use.at}:${kind}`;
        const list = groups.get(key);
        if (list) list.push(site);
        else groups.set(key, [site]);
      }
    }
  }
  return groups;
}

/** The same value, or one lock by another spelling: `Pool._lock` and `self._lock`, `cls.get_lock()` and `cls._lock`. */
function isSame({ locks }: Analysis, one: LockUse, other: LockUse): boolean {
  if (one.number === other.number) return true;
  const known = locks.of(one.scope.id, one.number);
  if (known.length !== 1 || !locks.of(other.scope.id, other.number).includes(known[0]!)) return false;
  const { weak, scope } = known[0]!;
  return (!weak && scope === LockScope.Program) || (isOwn(one) && isOwn(other));
}

/** A field of the function's own object or class, or what a method of it gives. */
function isOwn({ scope: { code, owner }, number }: LockUse): boolean {
  const { op, a } = code;
  if (owner < 0 || number < 0 || number >= op.length) return false;
  const field = op[number] === Op.Call ? a[number]! : number;
  const base = op[field] === Op.Attribute ? a[field]! : -1;
  return base >= 0 && op[base] === Op.Local && a[base] === 0;
}

function sitesOf(
  analysis: Analysis,
  failures: Failures,
  scope: Scope,
  use: LockUse,
  same: readonly LockUse[],
): readonly LeakSite[] {
  const method = calleeName(scope, use.at);
  if (scope.code.kind === ScopeKind.Module || !method.startsWith('acquire')) return [];
  const lock = analysis.locks.of(scope.id, use.number)[0] ?? null;
  if (!lock && !namedLikeLock(analysis, scope, use.object)) return [];
  // Nobody else ever asks for a lock of this call.
  if (lock?.scope === LockScope.Local && onlyLocked(analysis, scope, use.number)) return [];
  const releases = new Set(same.filter(({ kind }) => kind === UseKind.Release).map(({ at }) => at));
  // `files.release(name)`: one object that keeps a lock for each name.
  if (!lock?.counting && [...releases].some((at) => argumentCount(scope.code, at) > 0)) return [];
  for (const helper of releasingCalls(analysis, scope, lock)) releases.add(helper);
  const takes = same.filter(({ kind }) => kind === UseKind.Acquire);
  const byHand = [...takes.map(({ at }) => at), ...releases];
  if (releases.size === 0 || same.some((one) => isMixed(scope, one, byHand))) return [];
  if (isOfBracket(analysis, scope, use) || isOnlyQueued(analysis, scope, use.number)) return [];
  if (releasedElsewhere(analysis, scope, use, lock) || isTakenByTask(analysis, use, lock)) return [];
  // Entered with the lock held: what it gives back and takes again is its caller's.
  if (same.find(({ kind }) => kind === UseKind.Acquire || kind === UseKind.Release)?.kind === UseKind.Release)
    return [];
  const paths = releasePaths(
    scope,
    analysis.resolver.numberings.of(scope).number,
    lockCalls(analysis, failures, scope, takes, releases),
  );
  const sites: LeakSite[] = [];
  for (const one of takes) {
    for (const kind of ['return', 'round', 'exception', 'released-twice'] as const) {
      const leaks = paths.leaks.filter((leak) => leak.kind === kind && leak.takenAt === one.at);
      if (leaks.length === 0) continue;
      if (kind === 'return' && (!paths.leavesFree || handsOver.test(scope.name))) continue;
      if (kind === 'return' && lock && isGivenBackByOthers(analysis, scope, lock)) continue;
      // A test that fails leaves its locks to the end of the process, and may try what goes wrong.
      if (kind !== 'return' && kind !== 'round' && scope.file.isTest) continue;
      if (kind === 'exception' && lock && isFreedWhereLocked(analysis, scope, lock)) continue;
      if (kind === 'released-twice' && leaks.every(({ at }) => asksFirst(analysis, scope, use, at))) continue;
      const isLast =
        kind === 'exception' && (expires(scope, one) || (lock !== null && isOfOneRun(analysis, one, lock)));
      const likely = leaks.filter(
        ({ at }) => kind !== 'exception' || (!isLast && isLikely(analysis, failures, scope, at, releases)),
      );
      sites.push({
        scope,
        lock,
        use: one,
        leaks,
        likely,
        releases: [...releases],
        alone: takes.length === 1,
      });
      break;
    }
  }
  return sites;
}

/** An exception that happens, in a program that goes on after it. */
function isLikely(
  analysis: Analysis,
  failures: Failures,
  scope: Scope,
  at: number,
  releases: ReadonlySet<number>,
): boolean {
  if (endsWithIt(analysis, scope) || isCallersFault(analysis, scope, at)) return false;
  const { op, c } = scope.code;
  if (op[at] !== Op.With) return failures.at(scope, at);
  // `with self._lock: lock.release()`: giving back might fail, too.
  const end = endOf(scope.code, at);
  if ([...releases].some((release) => release > at && release < end)) return false;
  // Waiting for a lock can be interrupted; in a coroutine only by whoever cancels it.
  const isLock = analysis.lockUses.of(scope.id).some((use) => use.at === at);
  return isLock !== (c[at] === 1);
}

/** `redis.lock(name, timeout=60)`: nobody has to give it back. */
function expires({ code, file }: Scope, { number }: LockUse): boolean {
  if (number < 0 || number >= code.op.length || code.op[number] !== Op.Call) return false;
  if (code.op[code.a[number]!] !== Op.Attribute) return false;
  return [...callArguments(code, number)].some(
    ({ keyword }) => keyword >= 0 && /^(timeout|ttl|expire|lease_time)$/.test(file.source.names[keyword]!),
  );
}

/** `if size is None: raise ValueError(...)` for a parameter that has a default: the call was written wrongly. */
function isCallersFault({ resolver }: Analysis, scope: Scope, at: number): boolean {
  const { op, a, b, c, parameters } = scope.code;
  const part = op[at] === Op.Raise ? (enclosing(scope.code, at).at(-1) ?? -1) : -1;
  if (part < 0 || op[part] !== Op.If) return false;
  const test = a[part]!;
  if (test < 0 || op[test] !== Op.Compare || c[test] !== CompareOperator.Is) return false;
  if (op[a[test]!] !== Op.Local || op[b[test]!] !== Op.Const) return false;
  const { number, count, slotCount, phis } = resolver.numberings.of(scope);
  const value = number[a[test]!]!;
  const isParameter = (one: number) => one >= count && one < count + parameters.length;
  return isParameter(value) || (phis[value - count - slotCount]?.some(isParameter) ?? false);
}

/** Nobody else takes the lock, and who takes it does so round after round, or once to make things ready: an exception
 * is the end of that. */
function isOfOneRun({ lockUses, locks, resolver }: Analysis, use: LockUse, lock: Lock): boolean {
  const { scope, at, number } = use;
  if (lock.weak || lock.scope === LockScope.Keyed || lock.scope === LockScope.Local) return false;
  const isInLoop = enclosing(scope.code, at).some((part) => scope.code.op[part] === Op.Loop);
  if (!isInLoop && !setUp.test(scope.name)) return false;
  const isElsewhere = lockUses.all.some(
    (other) =>
      other.scope !== scope &&
      !other.scope.file.isTest &&
      (other.kind === UseKind.Acquire || other.kind === UseKind.With) &&
      locks.of(other.scope.id, other.number).includes(lock),
  );
  return !isElsewhere && isMadeInView(resolver, scope, number);
}

/** Called by the body of a module alone: an exception ends the script, and its locks with it. */
function endsWithIt(analysis: Analysis, scope: Scope): boolean {
  const callers = analysis.calls.callers[scope.id]!;
  return (
    callers.length > 0 &&
    callers.every(({ caller }) => analysis.program.scopes[caller]!.code.kind === ScopeKind.Module)
  );
}

/** A call of a function of the program or of a library that is known, whatever its name promises. */
function entersKnown({ resolver }: Analysis, scope: Scope, at: number): boolean {
  return scope.code.op[at] === Op.Call && resolver.targets(scope.id, at).some(({ kind }) => kind !== 'class');
}

function lockCalls(
  analysis: Analysis,
  failures: Failures,
  scope: Scope,
  takes: readonly LockUse[],
  releases: ReadonlySet<number>,
) {
  const { op } = scope.code;
  const own = new Set(takes.map(({ at }) => at));
  // Waiting on a condition comes back with its lock held; only an interrupt ends it otherwise.
  for (const use of analysis.lockUses.of(scope.id)) if (use.kind === UseKind.Wait) own.add(use.at);
  let careful: boolean | null = null;
  const mayRaise = (at: number): boolean => {
    if (op[at] === Op.Call && own.has(at)) return false;
    if (own.has(awaitedAt(scope, at))) return false;
    if (op[at] === Op.With) {
      // Waiting for another lock can be interrupted. Only who took care of errors below cares here.
      careful ??= [...releases].every((release) =>
        enclosing(scope.code, release).some((part) => op[part] === Op.Finally || op[part] === Op.Except),
      );
      return careful;
    }
    if (takesWhatIsThere(scope, analysis.resolver.numberings.of(scope).number, at)) return false;
    if (raising(scope, at) > 0) return !callsQuietCode(analysis, scope, at);
    return entersKnown(analysis, scope, at) && failures.at(scope, at);
  };
  return {
    takes: new Set(takes.filter(({ certain }) => certain).map(({ at }) => at)),
    tries: new Set(takes.filter(({ certain }) => !certain).map(({ at }) => at)),
    releases,
    mayRaise,
    neverReturns: (at: number) => neverReturns(analysis, scope, at),
    settled: takenUnder(analysis, scope, takes, releases) ?? (() => null),
  };
}

/** The condition under which the lock is taken and given back, where that is all that its branches are for. */
function takenUnder(
  analysis: Analysis,
  scope: Scope,
  takes: readonly LockUse[],
  releases: ReadonlySet<number>,
): ((condition: number) => boolean | null) | null {
  const { code } = scope;
  const { number } = analysis.resolver.numberings.of(scope);
  const branchOf = (at: number) => enclosing(code, at).findLast((part) => code.op[part] === Op.If) ?? -1;
  const [take] = takes;
  const branch = take && takes.length === 1 ? branchOf(take.at) : -1;
  const settled = branch >= 0 ? outcomesGiven(scope, number, code.a[branch]!) : null;
  const isSame = (at: number) => {
    const own = branchOf(at);
    return own >= 0 && own !== branch && settled?.(code.a[own]!) === true;
  };
  return settled && [...releases].every(isSame) ? settled : null;
}

/** A local or parameter that sounds like a lock. */
function namedLikeLock(analysis: Analysis, scope: Scope, object: number): boolean {
  const { op, a, slots } = scope.code;
  if (op[object] !== Op.Local) return false;
  return isLockName(analysis.library, scope.file.source.names[slots[a[object]!]!]!);
}

/** Calls of the program's own helpers that release the same lock and do not take it first. */
function releasingCalls(analysis: Analysis, scope: Scope, lock: Lock | null): readonly number[] {
  if (!lock) return [];
  const { op } = scope.code;
  const found: number[] = [];
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call) continue;
    for (const target of analysis.resolver.targets(scope.id, at)) {
      if (target.kind !== 'function' || target.scope === scope.id) continue;
      const own = analysis.lockUses
        .of(target.scope)
        .filter(
          (use) =>
            (use.kind === UseKind.Release || use.kind === UseKind.Acquire) &&
            analysis.locks.of(target.scope, use.number).includes(lock),
        );
      // Who gives it back for a while and takes it again leaves it as it was.
      if (own[0]?.kind !== UseKind.Release || own.at(-1)!.kind === UseKind.Acquire) continue;
      found.push(at);
      break;
    }
  }
  return found;
}

/** `with open_lock() as lock: lock.acquire()`: leaving the bracket gives it back, unless its class says otherwise. */
function isOfBracket(analysis: Analysis, scope: Scope, { number }: LockUse): boolean {
  const { resolver, program } = analysis;
  const { op, a } = scope.code;
  if (number < 0 || number >= op.length || op[number] !== Op.Entered) return false;
  const managers = resolver.denotes(scope.id, a[a[number]!]!);
  return managers.every((entity) => {
    if (resolver.entities.kind[entity] !== EntityKind.Instance) return true;
    const exit = resolver.classes.method(resolver.entities.x[entity]!, '__exit__');
    if (exit < 0) return true;
    const leaving = program.scopes[exit]!;
    return leaving.code.op.some(
      (one, at) => one === Op.Call && /release|unlock/.test(calleeName(leaving, at)),
    );
  });
}

/** A lock of a pipeline: taking and giving it back are sent together, or never. */
function isOnlyQueued(analysis: Analysis, scope: Scope, number: number): boolean {
  const { op, a } = scope.code;
  const { number: numbers } = analysis.resolver.numberings.of(scope);
  if (number < 0 || number >= op.length || op[number] !== Op.Call || op[a[number]!] !== Op.Attribute)
    return false;
  const from = numbers[a[a[number]!]!]!;
  return from >= 0 && from < op.length && op[from] === Op.Call && calleeName(scope, from) === 'pipeline';
}

/** `future.add_done_callback(_give_back)`: a function that gives the lock back is handed to somebody. */
function handsOnRelease(analysis: Analysis, scope: Scope, lock: Lock): boolean {
  const { resolver, lockUses, locks } = analysis;
  const { op, b, extra } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call) continue;
    const from = b[at]!;
    for (let k = 0; k < extra[from]!; k++) {
      for (const entity of resolver.denotes(scope.id, extra[from + 2 + 2 * k]!)) {
        const kind = resolver.entities.kind[entity];
        if (kind !== EntityKind.Function && kind !== EntityKind.Method) continue;
        const handed = resolver.entities.x[entity]!;
        const gives = lockUses
          .of(handed)
          .some((use) => use.kind === UseKind.Release && locks.of(handed, use.number).includes(lock));
        if (gives) return true;
      }
    }
  }
  return false;
}

/** A coroutine's lock whose `acquire()` is handed to a task: what the task does with it is not seen. */
function isTakenByTask(analysis: Analysis, { scope, at }: LockUse, lock: Lock | null): boolean {
  const by = analysis.resolver.numberings.of(scope).user[at]!;
  const { op, a } = scope.code;
  const isArgument =
    by >= 0 && ((op[by] === Op.Call && a[by] !== at) || op[by] === Op.List || op[by] === Op.Tuple);
  return isArgument && (lock?.model === 'asyncio' || (scope.code.flags & CodeFlag.Async) !== 0);
}

/** `if lock.locked(): lock.release()`. */
function asksFirst(analysis: Analysis, scope: Scope, use: LockUse, release: number): boolean {
  const { start, end, op } = scope.code;
  return enclosing(scope.code, release).some(
    (part) =>
      op[part] === Op.If &&
      analysis.lockUses
        .of(scope.id)
        .some(
          ({ kind, number, at }) =>
            kind === UseKind.Locked &&
            number === use.number &&
            start[at]! >= start[part]! &&
            end[at]! <= end[part]!,
        ),
  );
}

/** Another function, which does not take the lock, gives it back wherever it finds it locked. */
function isFreedWhereLocked(analysis: Analysis, scope: Scope, lock: Lock): boolean {
  return isReleasedElsewhere(
    analysis,
    scope,
    lock,
    (use) =>
      asksFirst(analysis, use.scope, use, use.at) &&
      !analysis.lockUses
        .of(use.scope.id)
        .some(
          ({ kind, number }) => number === use.number && (kind === UseKind.Acquire || kind === UseKind.With),
        ),
  );
}

/** The call whose coroutine an instruction waits for: `await x()`, `yield from x().__await__()`; -1 for none. */
function awaitedAt(scope: Scope, at: number): number {
  const { op, a } = scope.code;
  const isWait = op[at] === Op.Await || op[at] === Op.Yield || op[at] === Op.YieldFrom;
  const value = isWait ? a[at]! : at;
  if (op[value] === Op.Call && calleeName(scope, value) === '__await__') return a[a[value]!]!;
  return isWait ? value : -1;
}

/** `release` handed on as a value, or called by a nested function: somebody else gives the lock back. */
function releasedElsewhere(analysis: Analysis, scope: Scope, use: LockUse, lock: Lock | null): boolean {
  const { op, a, b } = scope.code;
  const { names, codes } = scope.file.source;
  const { number, user } = analysis.resolver.numberings.of(scope);
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Attribute || number[a[at]!] !== use.number) continue;
    const by = user[at]!;
    const called = by >= 0 && op[by] === Op.Call && a[by] === at;
    if (!called && names[b[at]!]!.startsWith('release')) return true;
  }
  if (lock && handsOnRelease(analysis, scope, lock)) return true;
  for (let index = scope.index + 1; index < codes.length; index++) {
    let outer = codes[index]!.parent;
    while (outer > scope.index) outer = codes[outer]!.parent;
    if (outer < scope.index) break;
    const inner = analysis.lockUses.of(scope.file.firstScope + index);
    if (inner.some(({ kind }) => kind === UseKind.Release)) return true;
  }
  return false;
}
