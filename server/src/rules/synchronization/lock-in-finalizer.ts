// Rule 122: code that the interpreter runs in the middle of other code of the same thread (a `__del__`, a weakref
// callback, a signal handler) and that takes a lock which cannot be taken twice. What interrupts whom is not proved:
// it is enough that ordinary code takes the lock, too.

import { lockKinds } from '../../flow/lock-kinds';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, isInLoop } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Way } from '../../whole/lock-taking';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import { type Reached, reachedFrom, wayTo } from '../../whole/spawned';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { isPartOfFinalized } from './finalized-parts';
import { mayBeInterrupted } from './interrupted-holders';
import { waitsInFinalizer, writesFromSignal } from './interrupting-calls';
import { isKept } from './kept-alive';
import { enclosing } from './lock-words';
import { isReplacedEverywhere } from './one-object';
import { isOwnPart, isWithinBlock } from './own-parts';
import { turnsBackBefore } from './turned-back';
import { stepsAlong } from './way-steps';

export const rule: Rule = {
  number: 122,
  name: 'lock-in-finalizer',
  concern: 'synchronization',
  severity: 'warning',
  preview: false,
  cwe: [364],
  category: 'signal-safety',
  summary: 'A finalizer, weakref callback or signal handler takes a lock that the interrupted code may hold.',
  check(analysis, report) {
    const takers = takersOf(analysis);
    const byLock = new Map<Lock, Report[]>();
    for (const root of interrupters(analysis)) {
      const found = ofLock(analysis, root, takers);
      const known = found ? byLock.get(found.lock) : undefined;
      if (known) known.push(found!.report);
      else if (found) byLock.set(found.lock, [found.report]);
      const other = found ? null : ofLibrary(analysis, root);
      if (other) report(other);
      if (found || other) continue;
      const { scopes } = analysis.program;
      const unlocked = root.signal
        ? writesFromSignal(analysis, root.scope)
        : waitsInFinalizer(analysis, scopes[root.scope]!);
      if (unlocked) report(unlocked);
    }
    for (const reports of byLock.values()) report(together(reports));
  },
};

const mostFurther = 8;

/** One finding for all that break in and take the same lock: it is the lock that has to change. */
function together(reports: readonly Report[]): Report {
  const first = reports.find(({ confidence }) => confidence === 'medium') ?? reports[0]!;
  const steps = reports
    .filter((one) => one !== first)
    .slice(0, mostFurther)
    .map(({ file, start, end, symbol }) => ({ file, start, end, message: `${symbol}() takes it, too.` }));
  return { ...first, steps: [...(first.steps ?? []), ...steps] };
}

interface Interrupter {
  readonly scope: number;
  readonly words: string;
  readonly signal: boolean;
  /** Runs at the end of an object, whose own locks nobody holds any more. */
  readonly dying: boolean;
}

function interrupters(analysis: Analysis): readonly Interrupter[] {
  const found = new Map<number, Interrupter>();
  const put = (scope: number, words: string, signal: boolean, dying = !signal) => {
    const known = analysis.program.scopes[scope]!;
    if (!known.file.isTest && !found.has(scope) && !isNeverRun(analysis, known))
      found.set(scope, { scope, words, signal, dying });
  };
  for (const scope of analysis.program.scopes) {
    if (scope.owner < 0) continue;
    if (scope.name === '__del__') put(scope.id, 'the collector may run it anywhere', false);
    else if (saysWeak(scope)) put(scope.id, 'as a weakref callback it may run anywhere', false);
  }
  for (const { path, spawn, runs } of analysis.spawned) {
    const isSignal = spawn.kind === 'signal' || path === 'signal.signal';
    const byCollector = path === 'gc.callbacks.append';
    if (!isSignal && !byCollector && !path.startsWith('weakref.')) continue;
    const words = isSignal
      ? 'as a signal handler it interrupts the main thread anywhere'
      : `as a ${byCollector ? 'callback of the collector' : 'weakref callback'} it may run anywhere`;
    // `weakref.ref(item, self._forget)`: it is the item that dies, and not the object whose method is called.
    for (const run of runs)
      put(run, words, isSignal, !isSignal && !byCollector && analysis.program.scopes[run]!.owner < 0);
  }
  return [...found.values()].sort((x, y) => x.scope - y.scope);
}

function isNeverRun(analysis: Analysis, scope: Scope): boolean {
  for (let one = scope; ; one = analysis.program.scopes[one.parent]!) {
    if (one.owner >= 0) return isReplacedEverywhere(analysis, one);
    if (one.parent < 0) return false;
  }
}

/** A docstring that says so: who registers the callback may be far away. */
function saysWeak(scope: Scope): boolean {
  const { docstring } = scope.code;
  if (docstring < 0) return false;
  return /\bweakref\s+callback\b/i.test(scope.file.source.constants[docstring]!.text);
}

/** The uses that take each lock. */
function takersOf(analysis: Analysis): ReadonlyMap<Lock, readonly LockUse[]> {
  const takers = new Map<Lock, LockUse[]>();
  for (const use of analysis.lockUses.all) {
    if (use.kind !== UseKind.With && use.kind !== UseKind.Acquire) continue;
    if (use.scope.file.isTest) continue;
    for (const lock of analysis.locks.of(use.scope.id, use.number)) {
      const list = takers.get(lock);
      if (list) list.push(use);
      else takers.set(lock, [use]);
    }
  }
  return takers;
}

function ofLock(
  analysis: Analysis,
  root: Interrupter,
  takers: ReadonlyMap<Lock, readonly LockUse[]>,
): { readonly lock: Lock; readonly report: Report } | null {
  const { program, lockTaking } = analysis;
  const scope = program.scopes[root.scope]!;
  for (const way of lockTaking.of(root.scope)) {
    if (!blocksItself(analysis, way)) continue;
    // Who holds a lock of the dying object itself holds the object, so that it does not die.
    if (root.dying && way.same && way.lock.scope === LockScope.Instance) continue;
    const path = lockTaking.path(root.scope, way);
    if (root.dying && way.lock.scope === LockScope.Instance && isOwnPart(analysis, path, way)) continue;
    if (turnsBackBefore(analysis, path) || (root.dying && isWithinBlock(analysis, path))) continue;
    const taker = path[path.length - 1]!.scope;
    const holders = (takers.get(way.lock) ?? []).filter((use) => use.scope.id !== root.scope);
    if (holders.length === 0) continue;
    const others = holders.filter((use) => use.scope.id !== taker);
    const intrusion = { signal: root.signal, way, path };
    const holder = [...others, ...holders].find((use) => mayBeInterrupted(analysis, use, intrusion));
    const label = lockLabel(way.lock);
    const otherScope = (holder ?? others[0] ?? holders[0]!).scope;
    const report: Report = {
      ...program.nameSpan(scope),
      message: `${functionLabel(scope)} takes ${label}, and ${root.words}, also while this thread holds it: then it waits for itself.`,
      confidence:
        holder && (root.signal || way.depth < 3) && !isKept(analysis, scope, path) ? 'medium' : 'low',
      symbol: scope.qualifiedName,
      stepsKind: 'path',
      steps: [
        ...path
          .filter((step) => step.at >= 0)
          .map((step, k) => ({
            ...program.span(program.scopes[step.scope]!, step.at),
            message: `${functionLabel(program.scopes[step.scope]!)} ${k === path.length - 1 ? `takes ${label}` : 'calls on'}.`,
          })),
        {
          ...program.nameSpan(otherScope),
          message: `${functionLabel(otherScope)} holds it in ordinary code.`,
        },
        ...madeAt(analysis, way.lock),
      ],
    };
    return { lock: way.lock, report };
  }
  return null;
}

/** Where the lock is made: the place where it could become reentrant. */
function madeAt(analysis: Analysis, lock: Lock): NonNullable<Report['steps']> {
  const { program, resolver } = analysis;
  const field = /^field:(\d+):(.+)$/.exec(lock.key);
  if (!field) return [];
  const store = resolver.classes.storesOf(Number(field[1]), field[2]!)[0];
  if (!store) return [];
  return [
    {
      ...program.span(program.scopes[store.scope]!, store.at),
      message: 'The lock is made here, not reentrant.',
    },
  ];
}

function blocksItself(analysis: Analysis, way: Way): boolean {
  const { lock, use } = way;
  if (lock.reentrant || lock.weak || lock.model === 'host' || lock.model === 'asyncio') return false;
  if (lock.key.startsWith('name:')) return true;
  if (!use) return false;
  const kinds = lockKinds(analysis.resolver, use.scope.id, use.number);
  // A condition is as reentrant as the lock that it is made over.
  return (
    kinds.length > 0 &&
    kinds.every((one) => one.kind === 'condition' || (one.kind === 'lock' && !one.reentrant))
  );
}

const locking: ReadonlyMap<string, string> = new Map([
  ['threading.Event.set', 'Event.set()'],
  ['queue.Queue.put', 'Queue.put()'],
  ['queue.Queue.get', 'Queue.get()'],
  ['queue.Queue.put_nowait', 'Queue.put_nowait()'],
]);

/** What a call takes a lock in, by type; `set()` of something called an event, where the type is unknown. */
function lockingCalls({ resolver }: Analysis, scope: Scope, call: number): readonly string[] {
  const targets = resolver.targets(scope.id, call);
  if (targets.length === 0) return setsEvent(scope, call) ? ['Event.set()'] : [];
  return targets.flatMap((target) => (target.kind === 'library' ? (locking.get(target.path) ?? []) : []));
}

function setsEvent(scope: Scope, call: number): boolean {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  const callee = a[call]!;
  if (op[callee] !== Op.Attribute || names[b[callee]!] !== 'set' || argumentCount(scope.code, call) > 0)
    return false;
  const object = a[callee]!;
  return op[object] === Op.Attribute && /(^|_)event$/i.test(names[b[object]!]!);
}

/** Objects of the library that take a lock of their own. */
function ofLibrary(analysis: Analysis, root: Interrupter): Report | null {
  const { program } = analysis;
  const scope = program.scopes[root.scope]!;
  const reached = reachedFrom(analysis, root.scope, 3);
  for (let index = 0; index < reached.length; index++) {
    const one = reached[index]!;
    const { op } = one.scope.code;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call) continue;
      const callee = one.scope.code.a[at]!;
      const object = op[callee] === Op.Attribute ? one.scope.code.a[callee]! : -1;
      if (object >= 0 && one.scope.id === root.scope && isPartOfFinalized(analysis, root.scope, object))
        continue;
      for (const words of lockingCalls(analysis, one.scope, at)) {
        return {
          ...program.nameSpan(scope),
          message: `${functionLabel(scope)} calls ${words}, which takes a lock, and ${root.words}, also within ${words} itself.`,
          confidence:
            scope.name === '__del__' || root.signal || !isLikely(analysis, reached, index, at, words)
              ? 'low'
              : 'medium',
          symbol: scope.qualifiedName,
          stepsKind: 'path',
          steps: [
            ...stepsAlong(program, wayTo(reached, index)),
            { ...program.span(one.scope, at), message: `${words} is called here.` },
          ],
        };
      }
    }
  }
  return null;
}

/** These hold their locks for a few steps only. It comes to it in the end where no test is on the way, and where somebody
 * goes through these steps again and again: takes from a queue, or waits for an event for a time, round after round. */
function isLikely(
  analysis: Analysis,
  reached: readonly Reached[],
  index: number,
  call: number,
  words: string,
): boolean {
  const { scope } = reached[index]!;
  const isFree = (one: Scope, at: number) =>
    enclosing(one.code, at).every((part) => one.code.op[part] === Op.Try || one.code.op[part] === Op.With);
  if (!isFree(scope, call) || wayTo(reached, index).some((step) => !isFree(step.scope, step.at)))
    return false;
  return words !== 'Event.set()' || isWaitedForInRounds(analysis, scope, call);
}

/** `while ...: self._event.wait(seconds)` in a method of the same class. */
function isWaitedForInRounds({ lockUses }: Analysis, scope: Scope, call: number): boolean {
  const { op, a, b } = scope.code;
  const event = a[a[call]!]!;
  if (op[event] !== Op.Attribute) return false;
  const name = scope.file.source.names[b[event]!]!;
  return lockUses.all.some(
    (use) =>
      use.kind === UseKind.Wait &&
      use.scope.owner === scope.owner &&
      use.scope.file === scope.file &&
      use.scope.code.op[use.object] === Op.Attribute &&
      scope.file.source.names[use.scope.code.b[use.object]!] === name &&
      argumentCount(use.scope.code, use.at) > 0 &&
      isInLoop(use.scope.code, use.at),
  );
}
