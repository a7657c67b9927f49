// Rule 152: a coroutine gives way while it holds a lock of threads. Asks the held sets only; locks of asyncio are made
// for this and are left alone.

import { lockKinds } from '../../flow/lock-kinds';
import { argumentAt, type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { CodeFlag, ConstantKind, LoopKind, Op } from '../../syntax/code';
import { functionExtra } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { isOldCoroutine } from './failing';
import { Suspensions } from './suspending';

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
    const suspensions = new Suspensions(analysis);
    for (const scopeId of lockUses.scopes()) {
      const scope = program.scopes[scopeId]!;
      if (scope.code.flags & CodeFlag.Async || isOldCoroutine(analysis, scope))
        checkScope(analysis, suspensions, scope, report);
    }
    for (const use of onlyByCoroutines(analysis)) report(tellCoroutines(analysis, use));
  },
};

function checkScope(
  analysis: Analysis,
  suspensions: Suspensions,
  scope: Scope,
  report: (found: Report) => void,
): void {
  const { op } = scope.code;
  const { held, sets, reached } = analysis.resolver.numberings.of(scope);
  if (sets.lists.length < 2) return;
  const told = new Set<Lock>();
  for (let at = 0; at < op.length; at++) {
    if (held[at] === 0 || !reached[at] || !mayPause(analysis, suspensions, scope, at)) continue;
    for (const member of sets.lists[held[at]!]!) {
      for (const lock of analysis.locks.of(scope.id, member)) {
        if (told.has(lock) || lock.model !== 'thread') continue;
        const taken = takenAt(analysis, scope, member, at);
        if (taken < 0 || !isWaitedFor(analysis, lock)) continue;
        told.add(lock);
        report(wording(analysis, scope, at, taken, lock));
      }
    }
  }
}

/** Whether others may run at an instruction: at each `yield` of a generator that is a coroutine by its decorator. */
function mayPause(analysis: Analysis, suspensions: Suspensions, scope: Scope, at: number): boolean {
  if (scope.code.flags & CodeFlag.Async) return givesWay(scope, at) && suspensions.at(scope, at);
  return scope.code.op[at] === Op.Yield && isOldCoroutine(analysis, scope);
}

/** Somebody takes the lock in a way that waits for it. A flag that is only tried stops nobody. */
function isWaitedFor(analysis: Analysis, lock: Lock): boolean {
  return analysis.lockUses.all.some(
    (use) =>
      (use.kind === UseKind.With || (use.kind === UseKind.Acquire && !isTry(use))) &&
      analysis.locks.of(use.scope.id, use.number).includes(lock),
  );
}

/** `acquire(False)`, `acquire(blocking=False)`. */
function isTry({ certain, scope, at }: LockUse): boolean {
  if (certain) return false;
  const given = argumentAt(scope, at, { position: 0, keyword: 'blocking' });
  if (given < 0 || scope.code.op[given] !== Op.Const) return false;
  return scope.file.source.constants[scope.code.a[given]!]!.kind === ConstantKind.False;
}

/** The first use of each lock of threads that coroutines take, never across an await, and nobody else takes. */
function onlyByCoroutines(analysis: Analysis): readonly LockUse[] {
  const uses = new Map<Lock, LockUse | null>();
  for (const use of analysis.lockUses.all) {
    if (use.scope.file.isTest || (use.kind !== UseKind.With && use.kind !== UseKind.Acquire)) continue;
    for (const lock of analysis.locks.of(use.scope.id, use.number)) {
      if (lock.model !== 'thread' || lock.weak || lock.scope !== LockScope.Instance) continue;
      const { code } = use.scope;
      const fits = (code.flags & CodeFlag.Async) !== 0 && !awaitsUnder(analysis, use);
      if (!fits || use.kind !== UseKind.With || code.c[use.at] === 1) uses.set(lock, null);
      else if (!uses.has(lock)) uses.set(lock, use);
    }
  }
  return [...uses].flatMap(([lock, use]) => (use && !isHandedOn(analysis, lock) ? [use] : []));
}

function awaitsUnder(analysis: Analysis, use: LockUse): boolean {
  const { op } = use.scope.code;
  const { held, sets, reached } = analysis.resolver.numberings.of(use.scope);
  return op.some(
    (_, at) => reached[at] && givesWay(use.scope, at) && sets.lists[held[at]!]!.includes(use.number),
  );
}

/** The lock goes into another object or a call: somebody else may take it there. */
function isHandedOn({ program, library }: Analysis, lock: Lock): boolean {
  const name = lock.label.slice(lock.label.lastIndexOf('.') + 1);
  for (const file of program.files) {
    const index = file.source.names.indexOf(name);
    if (index < 0) continue;
    for (const { op, a, b } of file.source.codes) {
      for (let at = 0; at < op.length; at++) {
        if (op[at] !== Op.Attribute || b[at] !== index) continue;
        // Anything but `with x._lock` and `x._lock.acquire()` may hand it on.
        const isUsed = op.some(
          (one, by) =>
            (one === Op.With && a[by] === at) ||
            (one === Op.Attribute && a[by] === at && library.acquireMethods.has(file.source.names[b[by]!]!)),
        );
        if (!isUsed) return true;
      }
    }
  }
  return false;
}

function tellCoroutines(analysis: Analysis, use: LockUse): Report {
  const { program } = analysis;
  const lock = analysis.locks.of(use.scope.id, use.number)[0]!;
  return {
    ...program.span(use.scope, use.object),
    message: `${functionLabel(use.scope)} takes ${lockLabel(lock)}, a lock of threads, as coroutines alone do, and none awaits under it: on one event loop it keeps nobody out, and with two it stops one of them whole.`,
    // On several loops, each in a thread of its own, such a short section is right as it stands.
    confidence: 'low',
    symbol: use.scope.qualifiedName,
    stepsKind: 'places',
    steps: [],
  };
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

/** A lock of which only the name is known: whether something that is kept under that name is a lock of threads, and not
 * a reentrant one. */
function isKnownByName({ program, resolver }: Analysis, lock: Lock): boolean {
  const name = lock.label.slice(lock.label.lastIndexOf('.') + 1);
  return program.files.some((file) => {
    const index = file.source.names.indexOf(name);
    return (
      index >= 0 &&
      file.source.codes.some(({ op, b, c }, k) => {
        const scope = program.scopes[file.firstScope + k]!;
        return op.some((one, at) => {
          if (one !== Op.StoreAttribute || b[at] !== index) return false;
          const value = resolver.numberings.of(scope).number[c[at]!]!;
          return lockKinds(resolver, scope.id, value).some(
            ({ model, reentrant }) => model === 'thread' && !reentrant,
          );
        });
      })
    );
  });
}

/** `@app.command(name='serve')`. */
function isCommand({ program }: Analysis, scope: Scope): boolean {
  const outer = scope.parent < 0 ? null : program.scopes[scope.parent]!;
  if (!outer || scope.definedAt < 0 || outer.code.op[scope.definedAt] !== Op.Function) return false;
  const { op, a, b } = outer.code;
  return functionExtra(outer.code, scope.definedAt).decorators.some((decorator) => {
    const named = op[decorator] === Op.Call ? a[decorator]! : decorator;
    return op[named] === Op.Attribute && outer.file.source.names[b[named]!] === 'command';
  });
}

function wording(analysis: Analysis, scope: Scope, at: number, taken: number, lock: Lock): Report {
  const { program } = analysis;
  const verb = scope.code.op[at] === Op.Yield ? 'yields' : 'awaits';
  return {
    ...program.span(scope, at),
    message: `${functionLabel(scope)} ${verb} while it holds ${lockLabel(lock)}, a lock of threads: a second task that asks for it stops the whole event loop.`,
    // The tasks of a loop share its thread, which a reentrant lock lets in again: it keeps nobody out, and stops nobody.
    // A command is one task, alone in its process.
    confidence:
      lock.reentrant || isCommand(analysis, scope) || (lock.weak && !isKnownByName(analysis, lock))
        ? 'low'
        : lock.weak
          ? 'medium'
          : 'high',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [{ ...program.span(scope, taken), message: 'The lock is taken here.' }],
  };
}
