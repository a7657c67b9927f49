// Orders that a logging handler brings in: it is called with the handler's own lock held, and takes a lock under which
// other code logs. Whoever logs under that lock waits for the handler, and the handler for that lock. Left to
// self-deadlock is what one thread alone does to itself; objects of which there may be several are told apart.

import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import type { Analysis } from '../../whole/analysis';
import type { Way } from '../../whole/lock-taking';
import { type Holding, holdings, holdsSomething } from './held-locks';
import { makingsOf } from './instances';
import { turnsBackBefore } from './turned-back';

/** A log call with a lock held that the handler takes. */
export interface HandlerOrder {
  readonly scope: Scope;
  readonly at: number;
  readonly holding: Holding;
  readonly handler: Scope;
  readonly way: Way;
}

/** All of them, one for each lock and handler. */
export function handlerOrders(analysis: Analysis): readonly HandlerOrder[] {
  const { impliedCalls, lockTaking, program, resolver } = analysis;
  const found = new Map<string, HandlerOrder>();
  for (const scope of program.scopes) {
    if (scope.file.isTest || !holdsSomething(analysis, scope)) continue;
    const { held, reached } = resolver.numberings.of(scope);
    for (const { at, callee } of impliedCalls.handlers.from(scope)) {
      const handler = program.scopes[callee]!;
      if (held[at] === 0 || !reached[at] || !runsUnderOwnLock(analysis, handler)) continue;
      for (const way of lockTaking.of(callee)) {
        const holding = holdings(analysis, scope, at).find(({ lock }) => lock === way.lock);
        const key = `${way.lock.id}:${callee}`;
        if (!holding || found.has(key) || !isOneObject(analysis, way.lock)) continue;
        const isAlone = way.lock.scope === LockScope.Program || scope.owner === handler.owner;
        if (isAlone && !way.lock.reentrant) continue;
        if (turnsBackBefore(analysis, lockTaking.path(callee, way))) continue;
        found.set(key, { scope, at, holding, handler, way });
      }
    }
  }
  return [...found.values()];
}

/** `Handler.handle` takes the handler's lock around `emit`, unless the class has its own way. */
function runsUnderOwnLock({ resolver }: Analysis, { owner, name }: Scope): boolean {
  if (name !== 'emit' && name !== 'format') return false;
  return ['handle', 'createLock', 'acquire'].every((one) => resolver.classes.method(owner, one) < 0);
}

/** A lock that exists once: of the program, or of objects of which the program makes one. */
function isOneObject(analysis: Analysis, lock: Lock): boolean {
  if (lock.weak || lock.model !== 'thread') return false;
  if (lock.scope === LockScope.Program) return true;
  const field = /^field:(\d+):/.exec(lock.key);
  return (
    lock.scope === LockScope.Instance &&
    field !== null &&
    makingsOf(analysis, analysis.program.scopes[Number(field[1])]!).length === 1
  );
}
