// Callbacks that get the very object whose lock is held while they run: what others have registered, or given for a field,
// is called with the object for an argument, and the object's public methods take the lock. Which of the callbacks do
// call such a method is not known here; that they may is what they got the object for.

import { AccessKind } from '../../flow/accesses';
import { argumentBindings } from '../../flow/argument-bindings';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentValue, callArguments } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Way } from '../../whole/lock-taking';
import { isEnding } from './endings';
import { type Holding, holdings } from './held-locks';

/** A call under a lock that leads to callbacks with the object. */
export interface CalledBack {
  readonly holding: Holding;
  /** The call in the function that holds the lock. */
  readonly at: number;
  /** Where a callback is called. */
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

/** Where a call of a method hands its object to a callback: itself, or the function of the program that it calls with the
 * object. */
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

/** Whether a call calls a callback with a value among the arguments. */
function handsTo(analysis: Analysis, scope: Scope, call: number, given: number): boolean {
  const { code } = scope;
  const { number } = analysis.resolver.numberings.of(scope);
  const isGiven = callArguments(code, call).some(({ value }) => number[value] === given);
  return isGiven && isFromRegistry(analysis, scope, code.a[call]!);
}

/** An element of a container into which a function puts what it is given. */
function isFromRegistry(analysis: Analysis, scope: Scope, callee: number): boolean {
  const { op, a } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  let value = number[callee]!;
  for (let depth = 0; depth < 6 && value >= 0 && value < op.length; depth++) {
    const one = op[value] as Op;
    if (one === Op.Attribute || one === Op.Global)
      return depth > 0 && isFilledByOthers(analysis, scope, value);
    if (one === Op.Element || one === Op.Item || one === Op.Unpack) value = number[a[value]!]!;
    // `set(x)`, `list(self.x)`, `self.x.values()`.
    else if (one === Op.Call && argumentCount(scope.code, value) === 1)
      value = number[argumentValue(scope.code, value, 0)]!;
    else if (one === Op.Call && op[a[value]!] === Op.Attribute) value = number[a[a[value]!]!]!;
    else return false;
  }
  return false;
}

function isFilledByOthers(analysis: Analysis, scope: Scope, value: number): boolean {
  const { program, resolver } = analysis;
  const { number } = resolver.numberings.of(scope);
  const read = analysis.accesses
    .of(scope)
    .find(({ load }) => load === value || number[load] === number[value]);
  const [guarded] = read ? analysis.guards.among(new Set([read.place])) : [];
  return (
    guarded?.accesses.some((one) => {
      if (one.kind !== AccessKind.Mutate || one.shrinks) return false;
      const adder = program.scopes[one.scope]!;
      const { code } = adder;
      const values =
        code.op[one.at] === Op.Call
          ? callArguments(code, one.at).map((argument) => argument.value)
          : code.op[one.at] === Op.StoreItem
            ? [code.c[one.at]!]
            : [];
      const own = resolver.numberings.of(adder).number;
      return values.some((put) => isParameter(adder, own[put]!));
    }) ?? false
  );
}

function isParameter({ code, owner }: Scope, number: number): boolean {
  const slot = number - code.op.length;
  return slot >= (owner >= 0 ? 1 : 0) && slot < code.parameters.length;
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
