// Callbacks that come back: an object calls under its lock what others have registered with it, and one of those who did
// uses that very object in its callback, which takes the lock again. That it is the same object is told by the name under
// which the registrant has it: the field or variable it registered with.

import { argumentBindings } from '../../flow/argument-bindings';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { CodeFlag, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Way } from '../../whole/lock-taking';
import { callablesOf } from '../../whole/spawned';
import type { Takes } from './called-back';
import { type Holding, holdings } from './held-locks';
import { type Filler, fillersOf } from './registries';

/** A call under a lock that leads to a callback which takes it again. */
export interface ComesBack {
  readonly holding: Holding;
  /** Under the lock. */
  readonly at: number;
  /** Where it is registered. */
  readonly registrant: Scope;
  readonly registeredAt: number;
  readonly callback: Scope;
  /** The call in the callback, or in what it calls on its own object. */
  readonly caller: Scope;
  readonly calledAt: number;
  readonly method: Scope;
  readonly way: Way;
}

/** How a registrant has the object: in a field of its own, or in a variable of the function. */
interface Held {
  readonly field: string;
  readonly slot: number;
}

const deepest = 2;

/** The first such callback for each lock that a method holds. */
export function* comingBack(analysis: Analysis, scope: Scope, takes: Takes): Iterable<ComesBack> {
  const { op } = scope.code;
  const { held, reached } = analysis.resolver.numberings.of(scope);
  if (scope.owner < 0) return;
  const told = new Set<Lock>();
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || !reached[at] || held[at] === 0) continue;
    const own = holdings(analysis, scope, at).filter(
      ({ lock, same }) => same && lock.scope === LockScope.Instance && !lock.reentrant && !told.has(lock),
    );
    if (own.length === 0) continue;
    for (const filler of calledFrom(analysis, scope, at)) {
      const found = registered(analysis, filler, own, takes);
      if (!found) continue;
      told.add(found.holding.lock);
      yield { ...found, at };
      break;
    }
  }
}

/** Who fills the container that a call calls an element of; or a call in a method that it enters on the same object. */
function calledFrom(analysis: Analysis, scope: Scope, at: number): readonly Filler[] {
  const direct = fillersOf(analysis, scope, scope.code.a[at]!);
  if (direct.length > 0 || !analysis.lockTaking.onReceiver(scope, at)) return direct;
  return analysis.resolver.targets(scope.id, at).flatMap((target) => {
    const inner = target.kind === 'function' ? analysis.program.scopes[target.scope]! : null;
    if (!inner) return [];
    const { op, a } = inner.code;
    return Array.from(op.keys()).flatMap((k) => (op[k] === Op.Call ? fillersOf(analysis, inner, a[k]!) : []));
  });
}

/** The registration of a callback that takes one of the locks again. */
function registered(
  analysis: Analysis,
  { adder, slot }: Filler,
  own: readonly Holding[],
  takes: Takes,
): Omit<ComesBack, 'at'> | null {
  const { program, calls, resolver } = analysis;
  for (const { caller, at } of calls.callers[adder.id]!) {
    const registrant = program.scopes[caller]!;
    if (registrant.file.isTest || registrant.code.op[at] !== Op.Call) continue;
    const given = argumentBindings(resolver, registrant, at).find(
      (one) => one.callee === adder.id && one.slot === slot,
    );
    const names = given ? namesOf(analysis, registrant, objectOf(registrant, at, adder)) : [];
    if (!given || names.length === 0) continue;
    for (const id of callablesOf(analysis, registrant, given.value)) {
      const callback = program.scopes[id]!;
      // A coroutine or generator is only made there.
      if (callback.code.flags & (CodeFlag.Async | CodeFlag.Generator)) continue;
      if (!isOfOne(analysis, registrant, given.value, callback)) continue;
      const back = takesAgain(analysis, callback, names, own, takes);
      if (back) return { ...back, registrant, registeredAt: at, callback };
    }
  }
  return null;
}

/** A method of the registrant itself, or a function that it defines. */
function isOfOne({ lockTaking }: Analysis, registrant: Scope, value: number, callback: Scope): boolean {
  return callback.parent === registrant.id || lockTaking.ofReceiver(registrant, value);
}

/** The object of a registration: whose method is called, or what the call makes. */
function objectOf({ code: { op, a } }: Scope, call: number, adder: Scope): number {
  if (adder.name === '__init__') return call;
  return op[a[call]!] === Op.Attribute ? a[a[call]!]! : -1;
}

/** The names under which a function has an object that it uses: fields of its own object, and a variable. */
function namesOf({ resolver, lockTaking }: Analysis, scope: Scope, value: number): readonly Held[] {
  const { op, a, b, c } = scope.code;
  const { names } = scope.file.source;
  const { number } = resolver.numberings.of(scope);
  const found: Held[] = [];
  if (value < 0) return found;
  if (lockTaking.ofReceiver(scope, value)) found.push({ field: names[b[value]!]!, slot: -1 });
  if (op[value] === Op.Local) found.push({ field: '', slot: a[value]! });
  for (let at = 0; at < op.length; at++) {
    const isOwn = op[at] === Op.StoreAttribute && scope.owner >= 0 && number[a[at]!] === op.length;
    if (isOwn && number[c[at]!] === number[value]) found.push({ field: names[b[at]!]!, slot: -1 });
  }
  return found;
}

/** The call of the object in a callback, or in what it calls on its own receiver, that takes a lock which is held. */
function takesAgain(
  analysis: Analysis,
  callback: Scope,
  names: readonly Held[],
  own: readonly Holding[],
  takes: Takes,
): Pick<ComesBack, 'holding' | 'caller' | 'calledAt' | 'method' | 'way'> | null {
  const { program, resolver, lockTaking, calls } = analysis;
  let scopes = [callback];
  for (let depth = 0; depth <= deepest; depth++) {
    for (const caller of scopes) {
      const { op, a } = caller.code;
      for (let at = 0; at < op.length; at++) {
        if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
        if (!names.some((name) => isNamed(analysis, caller, a[a[at]!]!, name))) continue;
        for (const target of resolver.targets(caller.id, at)) {
          if (target.kind !== 'function') continue;
          const method = program.scopes[target.scope]!;
          for (const way of lockTaking.of(method.id)) {
            const holding = way.same ? own.find(({ lock }) => lock === way.lock) : undefined;
            if (holding && takes(method.id, way)) return { holding, caller, calledAt: at, method, way };
          }
        }
      }
    }
    scopes = scopes.flatMap((scope) =>
      calls
        .calleesOf(scope.id)
        .flatMap(({ at, callee }) =>
          lockTaking.keepsReceiver(scope, at, program.scopes[callee]!) ? [program.scopes[callee]!] : [],
        ),
    );
  }
  return null;
}

/** Whether a value is the object under one of the registrant's names for it. */
function isNamed({ lockTaking }: Analysis, scope: Scope, value: number, { field, slot }: Held): boolean {
  const { op, b, c } = scope.code;
  if (slot >= 0) return op[value] === Op.Captured && b[value] === 1 && c[value] === slot;
  return lockTaking.ofSelf(scope, value) && scope.file.source.names[b[value]!] === field;
}
