// Rule 122: code that the interpreter runs in the middle of other code of the same thread (a `__del__`, a weakref
// callback, a signal handler) and that takes a lock which cannot be taken twice. What interrupts whom is not proved:
// it is enough that ordinary code takes the lock, too.

import { lockKinds } from '../../flow/lock-kinds';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Way } from '../../whole/lock-taking';
import { UseKind } from '../../whole/lock-uses';
import { reachedFrom, wayTo } from '../../whole/spawned';
import type { Confidence } from '../finding';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { turnsBackBefore } from './turned-back';

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
    for (const root of interrupters(analysis)) {
      const found = ofLock(analysis, root, takers) ?? ofLibrary(analysis, root);
      if (found) report(found);
    }
  },
};

interface Interrupter {
  readonly scope: number;
  readonly words: string;
  readonly signal: boolean;
}

function interrupters(analysis: Analysis): readonly Interrupter[] {
  const found = new Map<number, Interrupter>();
  const put = (scope: number, words: string, signal: boolean) => {
    const known = analysis.program.scopes[scope]!;
    if (!known.file.isTest && !found.has(scope)) found.set(scope, { scope, words, signal });
  };
  for (const scope of analysis.program.scopes) {
    if (scope.owner < 0) continue;
    if (scope.name === '__del__') put(scope.id, 'the collector may run it anywhere', false);
    else if (saysWeak(scope)) put(scope.id, 'as a weakref callback it may run anywhere', false);
  }
  for (const { path, spawn, runs } of analysis.spawned) {
    const isWeak = path.startsWith('weakref.');
    if (!isWeak && spawn.kind !== 'signal' && path !== 'signal.signal') continue;
    const words = isWeak
      ? 'as a weakref callback it may run anywhere'
      : 'as a signal handler it interrupts the main thread anywhere';
    for (const run of runs) put(run, words, !isWeak);
  }
  return [...found.values()].sort((x, y) => x.scope - y.scope);
}

/** A docstring that says so: who registers the callback may be far away. */
function saysWeak(scope: Scope): boolean {
  const { docstring } = scope.code;
  if (docstring < 0) return false;
  return /\bweakref\s+callback\b/i.test(scope.file.source.constants[docstring]!.text);
}

/** The scopes that take each lock themselves. */
function takersOf(analysis: Analysis): ReadonlyMap<Lock, ReadonlySet<number>> {
  const takers = new Map<Lock, Set<number>>();
  for (const use of analysis.lockUses.all) {
    if (use.kind !== UseKind.With && use.kind !== UseKind.Acquire) continue;
    if (use.scope.file.isTest) continue;
    for (const lock of analysis.locks.of(use.scope.id, use.number)) {
      const set = takers.get(lock);
      if (set) set.add(use.scope.id);
      else takers.set(lock, new Set([use.scope.id]));
    }
  }
  return takers;
}

function ofLock(
  analysis: Analysis,
  root: Interrupter,
  takers: ReadonlyMap<Lock, ReadonlySet<number>>,
): Report | null {
  const { program, lockTaking } = analysis;
  const scope = program.scopes[root.scope]!;
  for (const way of lockTaking.of(root.scope)) {
    if (!blocksItself(analysis, way)) continue;
    // Who holds a lock of the dying object itself holds the object, so that it does not die.
    if (!root.signal && way.same && way.lock.scope === LockScope.Instance) continue;
    const path = lockTaking.path(root.scope, way);
    if (!root.signal && way.lock.scope === LockScope.Instance && isOwnPart(analysis, path, way)) continue;
    if (turnsBackBefore(analysis, path)) continue;
    const taker = path[path.length - 1]!.scope;
    const other = [...(takers.get(way.lock) ?? [])].find((one) => one !== taker && one !== root.scope);
    if (other === undefined && taker === root.scope) continue;
    const label = lockLabel(way.lock);
    const otherScope = program.scopes[other ?? taker]!;
    return {
      ...program.nameSpan(scope),
      message: `${functionLabel(scope)} takes ${label}, and ${root.words}, also while this thread holds it: then it waits for itself.`,
      confidence: root.signal || way.depth < 3 ? 'medium' : 'low',
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
  }
  return null;
}

/** Whether every step of a way stays with the object, or goes to one that it made for itself: both die together. */
function isOwnPart(
  analysis: Analysis,
  path: readonly { readonly scope: number; readonly at: number }[],
  { use }: Way,
): boolean {
  const { program, lockTaking } = analysis;
  const taker = program.scopes[path[path.length - 1]!.scope]!;
  if (use && !lockTaking.ofReceiver(taker, use.number)) {
    const { op, a } = taker.code;
    const base = use.number < op.length && op[use.number] === Op.Attribute ? a[use.number]! : -1;
    if (base < 0 || !isMadeForItself(analysis, taker, base)) return false;
  }
  return path.slice(0, -1).every(({ scope: id, at }) => {
    const scope = program.scopes[id]!;
    const { op, a } = scope.code;
    if (at < 0 || lockTaking.onReceiver(scope, at)) return at >= 0;
    return op[a[at]!] === Op.Attribute && isMadeForItself(analysis, scope, a[a[at]!]!);
  });
}

/** A field of the receiver in which the class puts nothing but objects of the program that it makes there. */
function isMadeForItself({ program, lockTaking, resolver }: Analysis, scope: Scope, field: number): boolean {
  if (!lockTaking.ofReceiver(scope, field)) return false;
  const stores = resolver.classes.storesOf(scope.owner, scope.file.source.names[scope.code.b[field]!]!);
  return (
    stores.length > 0 &&
    stores.every(
      (store) =>
        program.scopes[store.scope]!.code.op[store.value] === Op.Call &&
        resolver.targets(store.scope, store.value).some(({ kind }) => kind === 'class'),
    )
  );
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
  return kinds.length > 0 && kinds.every((one) => one.kind === 'lock' && !one.reentrant);
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
      for (const words of lockingCalls(analysis, one.scope, at)) {
        const confidence: Confidence = scope.name === '__del__' || root.signal ? 'low' : 'medium';
        return {
          ...program.nameSpan(scope),
          message: `${functionLabel(scope)} calls ${words}, which takes a lock, and ${root.words}, also within ${words} itself.`,
          confidence,
          symbol: scope.qualifiedName,
          stepsKind: 'path',
          steps: [
            ...wayTo(reached, index).map((step) => ({
              ...program.span(step.scope, step.at),
              message: `${functionLabel(step.scope)} calls on.`,
            })),
            { ...program.span(one.scope, at), message: `${words} is called here.` },
          ],
        };
      }
    }
  }
  return null;
}
