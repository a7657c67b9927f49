// Rule 115: a function that waits while it holds a lock: for time to pass, for a thread to end, for a message. All who
// need the lock wait as long; where what is waited for needs it too, for ever. Whether the lock is there to line up
// just this work only the author knows, so waits for processes and the network count little.

import { argumentAt, type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { type BlockingStep, type BlockingWay, Wait } from '../../whole/blocking';
import { neverReached } from '../../whole/constant-calls';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { joinedJobOf, sayerOf, type Taker, takerOf } from './awaited-takers';
import { type Holding, holdings, holdsSomething } from './held-locks';
import { calleeName } from './lock-words';
import { nestedMonitors } from './nested-monitors';

export const rule: Rule = {
  number: 115,
  name: 'blocking-under-lock',
  concern: 'synchronization',
  severity: 'information',
  preview: true,
  cwe: [667],
  category: 'lock-misuse',
  summary: 'A function sleeps, or waits for a thread, a job or a message, while it holds a lock.',
  check(analysis, report) {
    for (const found of byWait(analysis)) report(reportOf(analysis, found));
    for (const found of nestedMonitors(analysis)) report(found);
  },
};

interface Blocked {
  readonly scope: Scope;
  readonly holding: Holding;
  readonly way: BlockingWay;
  /** Who needs the lock to end, where that is known already. */
  readonly taker?: Taker;
}

const words: Readonly<Record<Wait, string>> = {
  [Wait.Io]: 'waits for a process or the network',
  [Wait.Message]: 'waits for a message',
  [Wait.Time]: 'sleeps',
  [Wait.End]: 'waits for a thread or job to end',
};

/** One for each place that waits: the nearest function that holds a lock there first, the others behind it. */
function byWait(analysis: Analysis): readonly (readonly Blocked[])[] {
  const found = new Map<string, Blocked[]>();
  for (const scope of analysis.program.scopes) {
    if (scope.file.isTest || !holdsSomething(analysis, scope)) continue;
    const worst = joinedIn(analysis, scope) ?? worstOf(analysis, scope);
    if (!worst) continue;
    const end = pathOf(analysis, worst).at(-1);
    const key = end ? `${end.scope}:${end.at}` : `${scope.id}:${worst.way.at}`;
    const list = found.get(key);
    if (list) list.push(worst);
    else found.set(key, [worst]);
  }
  return [...found.values()].map((list) =>
    list.sort((x, y) => x.way.depth - y.way.depth || x.scope.id - y.scope.id),
  );
}

function pathOf(analysis: Analysis, { way }: Blocked): readonly BlockingStep[] {
  return way.next < 0 ? [] : analysis.blocking.path(way.next, analysis.blocking.of(way.next)!);
}

/** A pool whose `with` ends within the section, so that its jobs are waited for there. */
function joinedIn(analysis: Analysis, scope: Scope): Blocked | null {
  if (!analysis.spawned.some((one) => one.scope === scope && one.spawn.kind === 'pool')) return null;
  for (const { at } of analysis.spawned.filter((one) => one.scope === scope)) {
    for (const holding of holdings(analysis, scope, at)) {
      if (!keepsOut(holding.lock) || holding.lock.weak || !holding.same) continue;
      const job = joinedJobOf(analysis, scope, holding.lock);
      if (!job) continue;
      const way = { wait: Wait.End, at: job.at, next: -1, depth: 0, name: 'with' };
      return { scope, holding, way, taker: job };
    }
  }
  return null;
}

function worstOf(analysis: Analysis, scope: Scope): Blocked | null {
  const { op } = scope.code;
  const { held, reached } = analysis.resolver.numberings.of(scope);
  const wrapped = analysis.entryLocks.wrappersOf(scope).length > 0;
  let worst: Blocked | null = null;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || !reached[at] || (held[at] === 0 && !wrapped)) continue;
    const way = wayFrom(analysis, scope, at);
    if (!way || (worst && worst.way.wait >= way.wait)) continue;
    const holding = holdings(analysis, scope, at).find(({ lock }) => keepsOut(lock));
    if (holding) worst = { scope, holding, way };
  }
  return worst;
}

function wayFrom(analysis: Analysis, scope: Scope, at: number): BlockingWay | null {
  const { blocking, resolver } = analysis;
  const direct = blocking.direct(scope, at);
  if (direct) return { ...direct, at, next: -1, depth: 0 };
  const targets = resolver.targets(scope.id, at);
  if (targets.length === 0 || targets.length > 2) return null;
  for (const target of targets) {
    const way = target.kind === 'function' ? blocking.of(target.scope) : undefined;
    if (!way || target.kind !== 'function') continue;
    if (neverReached(resolver, scope, at, analysis.program.scopes[target.scope]!, way.at)) continue;
    return { ...way, at, next: target.scope, depth: way.depth + 1 };
  }
  return null;
}

/** Locks of coroutines are there to be awaited under; those of files, of hosts and of one key line up long work on
 * purpose. */
function keepsOut({ model, scope, counting }: Lock): boolean {
  return (
    model !== 'asyncio' &&
    model !== 'host' &&
    (scope === LockScope.Program || scope === LockScope.Instance) &&
    !counting
  );
}

/** What is waited for and needs the lock: then it is no long wait but the end. */
function deadlockOf(analysis: Analysis, found: Blocked): Taker | null {
  const { scope, holding, way } = found;
  if (found.taker) return found.taker;
  if ((way.wait !== Wait.End && way.wait !== Wait.Message) || holding.lock.weak) return null;
  const end = pathOf(analysis, found).at(-1);
  const where = end ? analysis.program.scopes[end.scope]! : scope;
  const call = end ? end.at : way.at;
  if (isLimited(where, call)) return null;
  const ask = way.wait === Wait.End ? takerOf : sayerOf;
  return ask(analysis, where, call, holding.lock);
}

/** `thread.join(1.0)`, `future.result(timeout=5)`: it goes on by itself. */
function isLimited(scope: Scope, call: number): boolean {
  if (!/^(join|result|exception|get|wait)$/.test(calleeName(scope, call))) return false;
  const given = argumentAt(scope, call, { position: 0, keyword: 'timeout' });
  if (given < 0) return false;
  const { op, a } = scope.code;
  return op[given] !== Op.Const || scope.file.source.constants[a[given]!]!.kind !== ConstantKind.None;
}

function reportOf(analysis: Analysis, [nearest, ...others]: readonly Blocked[]): Report {
  const { program } = analysis;
  const { scope, holding, way } = nearest!;
  const label = lockLabel(holding.lock);
  const path = pathOf(analysis, nearest!);
  const taker = deadlockOf(analysis, nearest!);
  const runner = taker ? functionLabel(program.scopes[taker.run]!) : '';
  const outcome = taker
    ? `${runner} takes that lock, too, and cannot ${way.wait === Wait.End ? 'end' : 'say it'} before`
    : 'whoever needs the lock waits as long';
  return {
    ...program.span(scope, way.at),
    message: `${functionLabel(scope)} ${words[way.wait]} (${way.name}) while it holds ${label}: ${outcome}.`,
    confidence: taker && way.depth <= 2 ? 'medium' : 'low',
    symbol: scope.qualifiedName,
    stepsKind: 'path',
    steps: [
      {
        ...(holding.takenAt < 0 ? program.nameSpan(scope) : program.span(scope, holding.takenAt)),
        message: `${functionLabel(scope)} takes ${label}.`,
      },
      ...path.map((step, k) => ({
        ...program.span(program.scopes[step.scope]!, step.at),
        message: `${functionLabel(program.scopes[step.scope]!)} ${k === path.length - 1 ? 'waits' : 'calls on'}.`,
      })),
      ...(taker
        ? analysis.lockTaking.path(taker.run, taker.way).map((step, k, all) => {
            const there = program.scopes[step.scope]!;
            return {
              ...(step.at < 0 ? program.nameSpan(there) : program.span(there, step.at)),
              message: `${functionLabel(there)} ${k === all.length - 1 ? `takes ${label}` : 'calls on'}.`,
            };
          })
        : []),
      ...others.slice(0, 8).map((one) => ({
        ...program.span(one.scope, one.way.at),
        message: `${functionLabel(one.scope)} gets there holding ${lockLabel(one.holding.lock)}, too.`,
      })),
    ],
  };
}
