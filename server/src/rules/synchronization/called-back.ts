// Callbacks that get the object whose lock is held while they run: what others have registered is called with the object
// for an argument, and the object's public methods take the lock. Which of the callbacks call one is not asked.

import { argumentBindings } from '../../flow/argument-bindings';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Way } from '../../whole/lock-taking';
import { isEnding } from './endings';
import { type Holding, holdings } from './held-locks';
import { handsTo } from './registries';

/** A call under a lock that leads to callbacks with the object. */
export interface CalledBack {
  readonly holding: Holding;
  /** Under the lock. */
  readonly at: number;
  readonly caller: Scope;
  readonly calledAt: number;
  /** A public method of the object that takes the lock. */
  readonly method: Scope;
  readonly way: Way;
}

/** Whether a function surely takes a lock by a way, and waits where it is held. */
export type Takes = (callee: number, way: Way) => boolean;

/** The first such call of a method for each lock that it holds. */
export function* calledBack(analysis: Analysis, scope: Scope, takes: Takes): Iterable<CalledBack> {
  const { op } = scope.code;
  const { held, reached } = analysis.resolver.numberings.of(scope);
  if (scope.owner < 0) return;
  const told = new Set<Lock>();
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || !reached[at] || held[at] === 0) continue;
    const place = callbackFrom(analysis, scope, at);
    if (!place) continue;
    for (const holding of holdings(analysis, scope, at)) {
      const { lock, same } = holding;
      if (!same || lock.scope !== LockScope.Instance || told.has(lock)) continue;
      const taker = publicTaker(analysis, scope, lock, takes);
      if (!taker) continue;
      told.add(lock);
      yield { holding, at, ...place, ...taker };
    }
  }
}

/** Where a call of a method hands its object to a callback: itself, or in a function that it gives the object. */
function callbackFrom(
  analysis: Analysis,
  scope: Scope,
  at: number,
): { readonly caller: Scope; readonly calledAt: number } | null {
  const { program, resolver } = analysis;
  const { number } = resolver.numberings.of(scope);
  const self = scope.code.op.length;
  if (handsTo(analysis, scope, at, self)) return { caller: scope, calledAt: at };
  const targets = resolver.targets(scope.id, at);
  if (targets.length !== 1 || targets[0]!.kind !== 'function') return null;
  const caller = program.scopes[targets[0]!.scope]!;
  for (const { callee, slot, value } of argumentBindings(resolver, scope, at)) {
    if (callee !== caller.id || number[value] !== self) continue;
    const given = caller.code.op.length + slot;
    for (let call = 0; call < caller.code.op.length; call++)
      if (caller.code.op[call] === Op.Call && handsTo(analysis, caller, call, given))
        return { caller, calledAt: call };
  }
  return null;
}

/** A public method of the object that takes the lock, and does not end it. */
function publicTaker(
  analysis: Analysis,
  scope: Scope,
  lock: Lock,
  takes: Takes,
): { readonly method: Scope; readonly way: Way } | null {
  for (const method of analysis.program.scopes) {
    if (method.owner !== scope.owner || method.name.startsWith('_') || isEnding(analysis, method)) continue;
    for (const way of analysis.lockTaking.of(method.id))
      if (way.lock === lock && way.same && takes(method.id, way)) return { method, way };
  }
  return null;
}
