// Rule 114: a lock that is not reentrant, taken again by the thread that holds it: in a nested block, or by a method
// called on the same object (or a function, for a lock that exists once), through any number of calls.

import { argumentBindings } from '../../flow/argument-bindings';
import { EntityKind } from '../../flow/entities';
import { lockKinds } from '../../flow/lock-kinds';
import { type Lock, LockScope } from '../../flow/locks';
import { isWithoutLimit } from '../../flow/named-locks';
import type { Scope } from '../../program/program';
import { CodeFlag, Op } from '../../syntax/code';
import { bracketEnds } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { neverReached } from '../../whole/constant-calls';
import type { Way } from '../../whole/lock-taking';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import { callablesOf } from '../../whole/spawned';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { type CallWay, grouped } from './call-ways';
import { calledBack } from './called-back';
import { entriesOf, type Holding, holdings, holdsSomething } from './held-locks';
import { enclosing } from './lock-words';
import { isGivenBackByOthers } from './lone-locks';
import { isOneWay, mayCallOnSelf } from './one-object';
import { cureStep, reentrantFixes } from './reentrant-fix';
import { comingBack } from './registrants';
import { takenAgainByKey } from './same-key';
import { turnsBackWhereSettled } from './settled-tests';
import { turnsBackBefore } from './turned-back';

export const rule: Rule = {
  number: 114,
  name: 'self-deadlock',
  concern: 'synchronization',
  severity: 'error',
  preview: false,
  cwe: [833],
  category: 'lock-misuse',
  summary: 'A lock that is not reentrant is taken again by the thread that holds it.',
  check(analysis, report) {
    const ways: CallWay[] = [];
    for (const scope of analysis.program.scopes) {
      if (scope.file.isTest) continue;
      if (!holdsSomething(analysis, scope)) continue;
      const told = new Set<Lock>();
      for (const found of nested(analysis, scope, told)) report(found);
      ways.push(...throughCalls(analysis, scope, told));
      for (const found of throughParameters(analysis, scope, told)) report(found);
    }
    for (const found of grouped(ways)) report(found);
    for (const found of throughFutures(analysis)) report(found);
    for (const found of takenAgainByKey(analysis)) report(found);
    for (const scope of analysis.program.scopes) {
      if (scope.file.isTest || !holdsSomething(analysis, scope)) continue;
      for (const found of throughCallbacks(analysis, scope)) report(found);
      for (const found of throughRegistrants(analysis, scope)) report(found);
    }
  },
};

function* nested(analysis: Analysis, scope: Scope, told: Set<Lock>): Iterable<Report> {
  for (const use of analysis.lockUses.of(scope.id)) {
    if ((use.kind !== UseKind.With && use.kind !== UseKind.Acquire) || !use.certain) continue;
    for (const lock of analysis.locks.of(scope.id, use.number)) {
      if (told.has(lock) || !locksOut(analysis, use, lock)) continue;
      const held = holdings(analysis, scope, use.at).find(
        (one) =>
          one.lock === lock &&
          (one.number === use.number ||
            (one.same &&
              (lock.scope === LockScope.Program || analysis.lockTaking.ofSelf(scope, use.number)))),
      );
      if (!held || isHandedBack(analysis, use, held, lock)) continue;
      told.add(lock);
      yield wording(analysis, scope, held, use.at, [], lock);
    }
  }
}

/** Taken twice by `acquire`, and somebody else gives it back, or was handed its `release` in between: the second waits
 * for that, as one waits for an event. */
function isHandedBack(analysis: Analysis, use: LockUse, held: Holding, lock: Lock): boolean {
  const { scope } = use;
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  const first = analysis.lockUses.of(scope.id).find(({ at }) => at === held.takenAt);
  if (use.kind !== UseKind.Acquire || first?.kind !== UseKind.Acquire) return false;
  if (isGivenBackByOthers(analysis, scope, lock)) return true;
  const { number, user } = analysis.resolver.numberings.of(scope);
  for (let at = first.at + 1; at < use.at; at++) {
    if (op[at] !== Op.Attribute || names[b[at]!] !== 'release') continue;
    const by = user[at]!;
    const isCalled = by >= 0 && op[by] === Op.Call && a[by] === at;
    if (!isCalled && analysis.locks.of(scope.id, number[a[at]!]!).includes(lock)) return true;
  }
  return false;
}

function* throughCalls(analysis: Analysis, scope: Scope, told: Set<Lock>): Iterable<CallWay> {
  const { lockTaking, resolver, impliedCalls } = analysis;
  const { op } = scope.code;
  const { held, reached } = resolver.numberings.of(scope);
  const wrapped = analysis.entryLocks.wrappersOf(scope).length > 0;
  for (const { at, callee } of entriesOf(analysis, scope)) {
    if (!reached[at] || (held[at] === 0 && !wrapped)) continue;
    const entered = analysis.program.scopes[callee]!;
    if (!lockTaking.runsAtOnce(scope, at, callee) || !mayCallOnSelf(analysis, scope, entered)) continue;
    let own: readonly Holding[] | null = null;
    for (const way of lockTaking.of(callee)) {
      if (!way.same || told.has(way.lock)) continue;
      own ??= holdings(analysis, scope, at);
      const holding = own.find((one) => one.lock === way.lock && one.same);
      if (!holding) continue;
      const logs = impliedCalls.handlers.from(scope).some((one) => one.at === at && one.callee === callee);
      const keeps = logs ? scope.owner === entered.owner : lockTaking.keepsReceiver(scope, at, entered);
      if (way.lock.scope === LockScope.Instance && !keeps) continue;
      if (op[at] === Op.Call && neverReached(resolver, scope, at, entered, way.at)) continue;
      if (!takesForSure(analysis, callee, way)) continue;
      const path = lockTaking.path(callee, way);
      if (!isOneWay(analysis, scope, at, path) || turnsBackWhereSettled(analysis, scope, at, path)) continue;
      if (logs && turnsBackBefore(analysis, path)) continue;
      told.add(way.lock);
      const report = wording(analysis, scope, holding, at, path, way.lock);
      yield { lock: way.lock, callee, report: logs ? byLogging(scope, entered, way.lock, report) : report };
    }
  }
}

/** A log call that runs a handler. A reentrant lock would be no cure: who holds it still waits for the handler's own. */
function byLogging(scope: Scope, handler: Scope, lock: Lock, report: Report): Report {
  const runs = functionLabel(handler);
  return {
    ...report,
    message: `${functionLabel(scope)} logs while it holds ${lockLabel(lock)}, and the record comes to ${runs}, which takes the lock again: the thread waits for itself.`,
    confidence: 'medium',
    steps: (report.steps ?? []).filter(({ message }) => !message.includes('RLock')),
    fixes: [],
  };
}

/** `self._each(self._drop)`, which calls what it was given with the lock held. */
function* throughParameters(analysis: Analysis, scope: Scope, told: Set<Lock>): Iterable<Report> {
  const { lockTaking, resolver, program } = analysis;
  const { op, a, parameters } = scope.code;
  const { held, reached, number, count } = resolver.numberings.of(scope);
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || !reached[at] || held[at] === 0 || op[a[at]!] !== Op.Local) continue;
    const slot = number[a[at]!]! - count;
    if (slot < 1 || slot >= parameters.length) continue;
    const own = holdings(analysis, scope, at).filter(
      ({ lock, same }) => same && lock.scope === LockScope.Instance && !told.has(lock),
    );
    if (own.length === 0) continue;
    for (const edge of analysis.calls.callers[scope.id]!) {
      const caller = program.scopes[edge.caller]!;
      if (caller.file.isTest || !lockTaking.onReceiver(caller, edge.at)) continue;
      const given = argumentBindings(resolver, caller, edge.at).find(
        (one) => one.callee === scope.id && one.slot === slot,
      );
      if (!given || !lockTaking.ofReceiver(caller, given.value)) continue;
      for (const handed of callablesOf(analysis, caller, given.value)) {
        const found = again(analysis, own, handed);
        if (!found) continue;
        told.add(found.way.lock);
        const path = lockTaking.path(handed, found.way);
        yield wording(analysis, scope, found.holding, at, path, found.way.lock);
      }
    }
  }
}

/** `future.add_done_callback(self._done)` with the lock held that `_done` takes: a future that is done calls at once. */
function* throughFutures(analysis: Analysis): Iterable<Report> {
  const { lockTaking } = analysis;
  for (const one of analysis.spawned) {
    const { scope, at, callable } = one;
    if (one.path !== 'concurrent.futures.Future.add_done_callback' || scope.file.isTest) continue;
    const own = holdings(analysis, scope, at).filter(
      ({ lock, same }) =>
        same && (lock.scope === LockScope.Program || lockTaking.ofReceiver(scope, callable)),
    );
    for (const handed of one.runs) {
      const found = again(analysis, own, handed);
      if (!found) continue;
      const path = lockTaking.path(handed, found.way);
      const told = wording(analysis, scope, found.holding, at, path, found.way.lock);
      const label = lockLabel(found.way.lock);
      const name = functionLabel(analysis.program.scopes[handed]!);
      yield {
        ...told,
        confidence: 'medium',
        message: `${functionLabel(scope)} holds ${label} and hands ${name} to a future, which calls it at once if it is done already: ${name} takes the lock again, and the thread waits for itself.`,
      };
      break;
    }
  }
}

/** `for callback in self._callbacks: callback(self)` with a lock held that public methods of the object take. */
function* throughCallbacks(analysis: Analysis, scope: Scope): Iterable<Report> {
  const takes = (callee: number, way: Way) => takesForSure(analysis, callee, way);
  for (const { holding, at, caller, calledAt, method, way } of calledBack(analysis, scope, takes)) {
    const { lock } = holding;
    const label = lockLabel(lock);
    const told = wording(analysis, scope, holding, at, analysis.lockTaking.path(method.id, way), lock);
    const called = {
      ...analysis.program.span(caller, calledAt),
      message: `${functionLabel(caller)} calls the callback with the object.`,
    };
    yield {
      ...told,
      confidence: 'medium',
      message: `${functionLabel(scope)} holds ${label} and calls callbacks with the object: one that calls ${functionLabel(method)} on it takes the lock again, and the thread waits for itself.`,
      steps: [told.steps![0]!, called, ...told.steps!.slice(1)],
    };
  }
}

/** `hub.subscribe(self._changed)`, where `_changed()` calls a method of that hub which takes the lock that it is called under. */
function* throughRegistrants(analysis: Analysis, scope: Scope): Iterable<Report> {
  const takes = (callee: number, way: Way) => takesForSure(analysis, callee, way);
  for (const found of comingBack(analysis, scope, takes)) {
    const { holding, at, registrant, registeredAt, callback, caller, calledAt, method, way } = found;
    const label = lockLabel(holding.lock);
    const path = analysis.lockTaking.path(method.id, way);
    const told = wording(analysis, scope, holding, at, path, holding.lock);
    yield {
      ...told,
      confidence: 'medium',
      message: `${functionLabel(scope)} holds ${label} and calls what others have registered: ${functionLabel(callback)} comes back by ${functionLabel(method)}, which takes the lock again, and the thread waits for itself.`,
      steps: [
        told.steps![0]!,
        {
          ...analysis.program.span(registrant, registeredAt),
          message: `${functionLabel(registrant)} registers ${functionLabel(callback)}.`,
        },
        {
          ...analysis.program.span(caller, calledAt),
          message: `${functionLabel(caller)} calls ${functionLabel(method)} on the same object.`,
        },
        ...told.steps!.slice(1),
      ],
    };
  }
}

/** The lock among those held that a function takes on its own receiver, or that exists once. */
function again(
  analysis: Analysis,
  own: readonly Holding[],
  callee: number,
): { readonly holding: Holding; readonly way: Way } | null {
  const { code } = analysis.program.scopes[callee]!;
  if (own.length === 0 || code.flags & (CodeFlag.Async | CodeFlag.Generator)) return null;
  for (const way of analysis.lockTaking.of(callee)) {
    const holding = way.same ? own.find(({ lock }) => lock === way.lock) : undefined;
    if (holding && takesForSure(analysis, callee, way)) return { holding, way };
  }
  return null;
}

/** Whether who holds the lock and asks again waits forever: known by type or as a named lock. */
function locksOut(analysis: Analysis, use: LockUse | null, lock: Lock): boolean {
  if (lock.reentrant || lock.weak) return false;
  if (lock.model === 'host')
    return lock.key.startsWith('name:distributed:') && use !== null && isUnlimited(use);
  if (lock.key.startsWith('name:')) return true;
  if (!use) return false;
  const kinds = lockKinds(analysis.resolver, use.scope.id, use.number);
  if (kinds.length === 0) return isOwnLock(analysis, use);
  // A condition is as reentrant as the lock that it is made over.
  return kinds.every((one) => one.kind === 'condition' || (one.kind === 'lock' && !one.reentrant));
}

/** An object of a class of the program whose `acquire` takes a plain lock of its own and does nothing else. */
function isOwnLock(analysis: Analysis, { scope, number }: LockUse): boolean {
  const { resolver, lockUses } = analysis;
  const { entities, classes } = resolver;
  const found = resolver.denotesNumber(scope.id, number);
  return (
    found.length > 0 &&
    found.every((entity) => {
      const method =
        entities.kind[entity] === EntityKind.Instance ? classes.method(entities.x[entity]!, 'acquire') : -1;
      const inner = method < 0 ? [] : lockUses.of(method);
      const kinds = inner.length === 1 ? lockKinds(resolver, method, inner[0]!.number) : [];
      const isPlain = kinds.length > 0 && kinds.every((one) => one.kind === 'lock' && !one.reentrant);
      return isPlain && inner[0]!.kind === UseKind.Acquire;
    })
  );
}

/** `with server.lock('jobs'):`, which ends when its holder says so, and not before. */
function isUnlimited({ scope, number }: LockUse): boolean {
  return scope.code.op[number] === Op.Call && isWithoutLimit(scope, number);
}

/** A callee that looks first (a `locked` parameter, the owner's id), or gives back before it takes, is left alone. */
function takesForSure(analysis: Analysis, callee: number, way: Way): boolean {
  const path = analysis.lockTaking.path(callee, way);
  const last = path[path.length - 1]!;
  const use = way.use;
  if (!locksOut(analysis, use ?? decoratorUse(analysis, last.scope, way.lock), way.lock)) return false;
  for (const step of path) {
    const scope = analysis.program.scopes[step.scope]!;
    if (step.at >= 0 && hangsOnCaller(analysis, scope, step.at)) return false;
    if (step.at >= 0 && triesFirst(analysis, scope, step.at, way.lock)) return false;
    const { number } = use ?? { number: -1 };
    if (step === last && use) {
      const before = analysis.lockUses
        .of(scope.id)
        .find((one) => one.number === number && one.kind !== UseKind.Locked && one.kind !== UseKind.Notify);
      if (before?.kind === UseKind.Release) return false;
      if (
        use.kind === UseKind.Acquire &&
        enclosing(scope.code, use.at).some((part) => scope.code.op[part] === Op.If)
      )
        return false;
    }
  }
  return true;
}

/** A look whether the lock is free stands before a call: whoever holds it does not come that far. */
function triesFirst(analysis: Analysis, scope: Scope, at: number, lock: Lock): boolean {
  return analysis.lockUses
    .of(scope.id)
    .some(
      (use) =>
        use.kind === UseKind.Acquire &&
        !use.certain &&
        use.at < at &&
        analysis.locks.of(scope.id, use.number).includes(lock),
    );
}

/** A decorator of the project takes the lock in its wrapper: any use there stands for it. */
function decoratorUse(analysis: Analysis, scopeId: number, lock: Lock): LockUse | null {
  const { file } = analysis.program.scopes[scopeId]!;
  for (const use of analysis.lockUses.all) {
    if (use.scope.file !== file || use.kind !== UseKind.With) continue;
    if (analysis.locks.of(use.scope.id, use.number).includes(lock)) return use;
  }
  return null;
}

/** Under a test of a parameter, or of who is running: the caller may have seen to it. */
function hangsOnCaller(analysis: Analysis, scope: Scope, at: number): boolean {
  const { op, a } = scope.code;
  const { number, count, slotCount } = analysis.resolver.numberings.of(scope);
  const ends = bracketEnds(scope.code);
  return enclosing(scope.code, at).some((open) => {
    // The other branch of an `if` hangs on the same test.
    const part = op[open] === Op.Else ? ends.indexOf(open) : open;
    if (op[part] !== Op.If || a[part]! < 0) return false;
    const end = scope.code.end[part]!;
    const start = scope.code.start[part]!;
    for (let k = 0; k < part; k++) {
      if (scope.code.start[k]! < start || scope.code.end[k]! > end) continue;
      const value = number[k]!;
      if (op[k] === Op.Local && value > count && value < count + slotCount) return true;
      if (op[k] === Op.Attribute && /ident|current_?thread/i.test(scope.file.source.names[scope.code.b[k]!]!))
        return true;
    }
    return false;
  });
}

function wording(
  analysis: Analysis,
  scope: Scope,
  holding: Holding,
  at: number,
  path: readonly { readonly scope: number; readonly at: number }[],
  lock: Lock,
): Report {
  const { program } = analysis;
  const place = (scopeId: number, instruction: number) => {
    const there = program.scopes[scopeId]!;
    return instruction < 0 ? program.nameSpan(there) : program.span(there, instruction);
  };
  const last = path[path.length - 1];
  const taker = last ? functionLabel(program.scopes[last.scope]!) : '';
  const label = lockLabel(lock);
  return {
    ...program.span(scope, at),
    message: last
      ? `${functionLabel(scope)} holds ${label} and calls into ${taker}, which takes it again: the thread waits for itself.`
      : `${functionLabel(scope)} takes ${label} again while it holds it: the thread waits for itself.`,
    confidence: 'high',
    symbol: scope.qualifiedName,
    stepsKind: 'path',
    steps: [
      { ...place(scope.id, holding.takenAt), message: `${functionLabel(scope)} takes ${label}.` },
      ...path.map((step) => ({
        ...place(step.scope, step.at),
        message:
          step === last
            ? `${functionLabel(program.scopes[step.scope]!)} takes it again.`
            : `${functionLabel(program.scopes[step.scope]!)} calls on.`,
      })),
      ...cureStep(analysis, lock),
    ],
    fixes: reentrantFixes(analysis, lock, scope.file.index),
  };
}
