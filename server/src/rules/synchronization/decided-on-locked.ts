// Rule 117: a decision that hangs on whether a lock is taken at this moment, or on the lock object itself, which is
// always true. By the time of the act the answer may be another. Locks of asyncio answer reliably until an await.

import { lockKinds } from '../../flow/lock-kinds';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { IfOrigin, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { calleeName, enclosing, endOf } from './lock-words';
import { askedThroughHelpers } from './locked-helpers';
import { raising } from './raising';
import { goesHome } from './turned-back';

export const rule: Rule = {
  number: 117,
  name: 'decided-on-locked',
  concern: 'synchronization',
  severity: 'warning',
  preview: true,
  cwe: [367],
  category: 'lock-misuse',
  summary: 'A decision hangs on whether a lock is taken, or on the lock object itself.',
  check(analysis, report) {
    for (const use of analysis.lockUses.all) {
      if (use.kind !== UseKind.Locked) continue;
      const found = ofLocked(analysis, use);
      if (found) report(found);
    }
    for (const found of askedThroughHelpers(analysis, conditionOf)) report(found);
    ofTruth(analysis, report);
  },
};

function ofLocked(analysis: Analysis, use: LockUse): Report | null {
  const { scope, at } = use;
  const lock = analysis.locks.of(scope.id, use.number)[0];
  if (!lock || lock.weak || scope.file.isTest) return null;
  // After a fork nobody else is there; a text for people may be out of date.
  if (/fork|^__(repr|str)__$/.test(scope.name)) return null;
  const condition = hangingOn(analysis, scope, at);
  if (condition < 0) return null;
  const { op, c } = scope.code;
  const origin = c[condition]!;
  if (origin === IfOrigin.Assert || origin === IfOrigin.ComprehensionFilter) return null;
  const end = endOf(scope.code, condition);
  const leaves = goesHome(scope, condition);
  const act = analysis.lockUses
    .of(scope.id)
    .find(
      (other) =>
        other.at > condition &&
        other.at < (origin === IfOrigin.LoopCondition || leaves ? op.length : end) &&
        other.number === use.number &&
        (other.kind === UseKind.Acquire || other.kind === UseKind.With || other.kind === UseKind.Release),
    );
  // Between two awaits of a coroutine nothing changes.
  if (lock.model === 'asyncio' && !(act && awaitsBetween(scope, condition, act.at))) return null;
  const waits = origin === IfOrigin.LoopCondition;
  const label = lockLabel(lock);
  const releases = act?.kind === UseKind.Release;
  // A hand-made condition: under the one lock, nobody takes or gives the other between the question and the act.
  if (releases && isUnderAnother(analysis, lock)) return null;
  // The second half of a pair: whoever calls `unlock()`, or a function that only gives back, has taken it. A lock that
  // only this function and what stands in it know is waited for as an event.
  const isForOthers =
    releases &&
    (/unlock|release|^__a?exit__$/i.test(scope.name) ||
      !takesItself(analysis, use) ||
      isSurelyHeld(analysis, use, condition));
  const isEvent = waits && !act && lock.scope === LockScope.Local;
  return {
    ...analysis.program.span(scope, at),
    message: releases
      ? `${functionLabel(scope)} releases ${label} if it is taken: whoever holds it loses it.`
      : `${functionLabel(scope)} ${waits ? 'waits until' : 'decides by whether'} ${label} is taken: the answer may be another by the time it acts.`,
    confidence:
      isForOthers || isEvent
        ? 'low'
        : act
          ? leaves || lock.model === 'asyncio'
            ? 'medium'
            : 'high'
          : waits || changesSomething(scope, condition, end)
            ? 'medium'
            : 'low',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: act
      ? [
          {
            ...analysis.program.span(scope, act.at),
            message: releases ? 'It is released here.' : 'It is taken here, some time after the question.',
          },
        ]
      : [],
  };
}

/** Whether a coroutine gives way between two instructions. */
function awaitsBetween({ code: { op } }: Scope, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at++) if (op[at] === Op.Await) return true;
  return false;
}

/** The If that a value decides, or a variable that keeps it; -1 when nothing hangs on it. */
function hangingOn(analysis: Analysis, scope: Scope, at: number): number {
  const { op } = scope.code;
  const { number, user } = analysis.resolver.numberings.of(scope);
  const direct = conditionOf(analysis, scope, at);
  if (direct >= 0 || op[user[at]!] !== Op.StoreLocal) return direct;
  for (let load = at + 1; load < op.length; load++) {
    const found = op[load] === Op.Local && number[load] === at ? conditionOf(analysis, scope, load) : -1;
    if (found >= 0) return found;
  }
  return -1;
}

/** Whether one other lock is held wherever a lock is asked for or given back. */
function isUnderAnother(analysis: Analysis, lock: Lock): boolean {
  let common: readonly Lock[] | null = null;
  for (const use of analysis.lockUses.all) {
    if (use.kind !== UseKind.Locked && use.kind !== UseKind.Release) continue;
    if (use.scope.file.isTest || !analysis.locks.of(use.scope.id, use.number).includes(lock)) continue;
    const held: readonly Lock[] = analysis.entryLocks.at(use.scope, use.at);
    common = (common ?? held).filter((one) => one !== lock && held.includes(one));
  }
  return common !== null && common.length > 0;
}

/** Whether the function takes the lock, or hands its `acquire` to somebody. */
function takesItself(analysis: Analysis, { scope, number }: LockUse): boolean {
  const { op, a, b } = scope.code;
  const numbers = analysis.resolver.numberings.of(scope).number;
  return (
    op.some(
      (one, at) =>
        one === Op.Attribute &&
        numbers[a[at]!] === number &&
        /^acquire|^__a?enter__$/.test(scope.file.source.names[b[at]!]!),
    ) || analysis.lockUses.of(scope.id).some((use) => use.kind === UseKind.With && use.number === number)
  );
}

/** Whether the function has taken the lock for good before it asks, and given it back nowhere: what it finds taken is its
 * own. A lock that is tried, or taken where something may fail before, may be another's. */
function isSurelyHeld(analysis: Analysis, { scope, number }: LockUse, condition: number): boolean {
  const uses = analysis.lockUses.of(scope.id).filter((use) => use.number === number && use.at < condition);
  if (uses.some(({ kind }) => kind === UseKind.Release)) return false;
  const around = enclosing(scope.code, condition);
  return uses.some((use) => {
    if (use.kind !== UseKind.Acquire || !use.certain) return false;
    return enclosing(scope.code, use.at).every((part) => {
      if (around.includes(part)) return true;
      if (scope.code.op[part] !== Op.Try) return false;
      for (let at = part + 1; at < use.at; at++) if (raising(scope, at) > 0) return false;
      return true;
    });
  });
}

/** Whether a branch takes something away or stores it: what is only called may ask anew itself. */
function changesSomething(scope: Scope, from: number, end: number): boolean {
  const { op } = scope.code;
  for (let at = from + 1; at < end; at++) {
    if (op[at]! >= Op.StoreGlobal && op[at]! <= Op.DeleteItem) return true;
    if (op[at] === Op.Call && /^(pop|popitem|clear|remove|discard|update)$/.test(calleeName(scope, at)))
      return true;
  }
  return false;
}

/** The If whose condition is the value, perhaps negated or joined with others; -1 when nothing hangs on it. */
function conditionOf(analysis: Analysis, scope: Scope, at: number): number {
  const { op, c } = scope.code;
  const { user } = analysis.resolver.numberings.of(scope);
  let value = at;
  let inner = -1;
  for (let depth = 0; depth < 6; depth++) {
    const by = user[value]!;
    if (by < 0) return inner;
    if (op[by] === Op.If) {
      if (c[by] !== IfOrigin.BooleanOperator) return by;
      // `a.locked() and b`: the brackets of the operator, then the Phi that the statement tests.
      inner = by;
      const phi = phiAfter(scope, by, value);
      if (phi < 0) return inner;
      value = phi;
      continue;
    }
    if (op[by] !== Op.Unary && op[by] !== Op.Phi) return -1;
    value = by;
  }
  return -1;
}

function phiAfter(scope: Scope, from: number, value: number): number {
  const { op, b, extra } = scope.code;
  for (let at = from; at < op.length && at < from + 200; at++) {
    if (op[at] !== Op.Phi) continue;
    const list = b[at]!;
    for (let k = 0; k < extra[list]!; k++) if (extra[list + 1 + k] === value) return at;
  }
  return -1;
}

/** `while self._lock:` and `if self._lock:` for a lock that is always there. */
function ofTruth(analysis: Analysis, report: (found: Report) => void): void {
  const { program, library } = analysis;
  const endsLikeLock = new RegExp(`(?:${[...library.lockNames].join('|')})_*$`, 'i');
  for (const file of program.files) {
    const lockNames = new Uint8Array(file.source.names.length);
    let any = false;
    file.source.names.forEach((name, index) => {
      if (!endsLikeLock.test(name)) return;
      lockNames[index] = 1;
      any = true;
    });
    if (!any) continue;
    for (let index = 0; index < file.source.codes.length; index++) {
      const { op, a, b, c } = file.source.codes[index]!;
      for (let at = 0; at < op.length; at++) {
        // `assert lock` tells a type checker that it is there by now.
        if (op[at] !== Op.If || a[at]! < 0 || c[at] === IfOrigin.Assert) continue;
        const value = a[at]!;
        const named =
          (op[value] === Op.Attribute && lockNames[b[value]!]) ||
          (op[value] === Op.Global && lockNames[a[value]!]);
        if (!named) continue;
        const found = ofCondition(analysis, program.scopes[file.firstScope + index]!, at, value);
        if (found) report(found);
      }
    }
  }
}

function ofCondition(analysis: Analysis, scope: Scope, condition: number, value: number): Report | null {
  const { resolver } = analysis;
  const { number } = resolver.numberings.of(scope);
  if (!isAlwaysLock(analysis, scope, value)) return null;
  const lock = analysis.locks.of(scope.id, number[value]!)[0];
  if (!lock) return null;
  const loops = scope.code.c[condition] === IfOrigin.LoopCondition;
  // Who takes it inside asks whether it is there, as at the end of the interpreter.
  if (!loops && isUsedWithin(analysis, scope, condition, number[value]!)) return null;
  return {
    ...analysis.program.span(scope, value),
    message: `${functionLabel(scope)} ${loops ? 'loops while' : 'tests whether'} ${lockLabel(lock)} is true, which a lock always is: nothing is locked here.`,
    confidence: loops ? 'high' : 'medium',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [],
    ...(loops
      ? {
          fixes: [
            {
              kind: 'hold-instead',
              title: 'Take the lock in a with statement',
              safe: false,
              data: { path: scope.file.path, condition: analysis.program.span(scope, value).start },
            },
          ],
        }
      : {}),
  };
}

/** Whether a lock is taken or given back inside the brackets of an If. */
function isUsedWithin(analysis: Analysis, scope: Scope, condition: number, lock: number): boolean {
  const end = endOf(scope.code, condition);
  return analysis.lockUses
    .of(scope.id)
    .some(({ at, number, kind }) => at > condition && at < end && number === lock && kind !== UseKind.Locked);
}

/** Whether every value stored there is a lock made on the spot, so that it can be neither None nor a flag. */
function isAlwaysLock(analysis: Analysis, scope: Scope, value: number): boolean {
  const { resolver, program } = analysis;
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  const stores: { scope: number; value: number }[] = [];
  if (op[value] === Op.Global) {
    stores.push(...resolver.bindings.of(scope.file.firstScope, names[a[value]!]!));
  } else {
    const name = names[b[value]!]!;
    for (const entity of resolver.denotes(scope.id, a[value]!)) {
      const owner = resolver.entities.x[entity]!;
      if (program.scopes[owner] === undefined) continue;
      const top = resolver.classes.ownerOf(owner, name);
      for (const one of [top, ...resolver.classes.descendants(top, 64)])
        stores.push(...resolver.classes.storesOf(one, name), ...resolver.bindings.of(one, name));
      break;
    }
  }
  return (
    stores.length > 0 &&
    stores.every((store) => {
      const maker = program.scopes[store.scope]!;
      const made = resolver.numberings.of(maker).number[store.value]!;
      if (made < 0 || made >= maker.code.op.length || maker.code.op[made] !== Op.Call) return false;
      return lockKinds(resolver, maker.id, made).length === 1;
    })
  );
}
