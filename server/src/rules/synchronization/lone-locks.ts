// Who else has to do with a lock: whether an object that a function makes stays with it, whether other functions give
// back what they have not taken, and whether a `with` does its part of what is done by hand.

import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import { endOf } from './lock-words';

const own = new Set(['acquire', 'release', 'locked', '__enter__', '__exit__']);

/** Whether the value of an instruction is only taken and given back in its own scope: never stored in a container or
 * object, passed on, returned, yielded or captured. */
export function onlyLocked(analysis: Analysis, scope: Scope, made: number): boolean {
  const { number, user, phis, count, slotCount } = analysis.resolver.numberings.of(scope);
  const { op, a, b, c, extra, captured } = scope.code;
  const { names } = scope.file.source;
  const is = (value: number) => value >= 0 && number[value] === made;
  const isCalled = (by: number, at: number) => by < 0 || (op[by] === Op.Call && a[by] === at);
  // A value that joins others may be any of them: `lock = given or Lock()`.
  for (const phi of phis) if (phi.includes(made)) return false;
  for (let at = 0; at < op.length; at++) {
    switch (op[at] as Op) {
      case Op.StoreLocal:
        if (is(b[at]!) && captured[a[at]!]) return false;
        break;
      case Op.StoreGlobal:
      case Op.StoreCaptured:
        if (is(b[at]!)) return false;
        break;
      case Op.StoreAttribute:
      case Op.StoreItem:
        if (is(c[at]!) || (op[at] === Op.StoreItem && is(b[at]!))) return false;
        break;
      case Op.Attribute:
        // `on_event(lock.release)`: who gets the method gives the lock back.
        if (is(a[at]!) && !(own.has(names[b[at]!]!) && isCalled(user[at]!, at))) return false;
        break;
      case Op.Call: {
        const from = b[at]!;
        for (let k = 0; k < extra[from]!; k++) if (is(extra[from + 2 + 2 * k]!)) return false;
        break;
      }
      case Op.List:
      case Op.Tuple:
      case Op.Set:
      case Op.Phi: {
        const from = b[at]!;
        for (let k = 0; k < extra[from]!; k++) if (is(extra[from + 1 + k]!)) return false;
        break;
      }
      case Op.Dict: {
        const from = b[at]!;
        for (let k = 0; k < extra[from]! * 2; k++) if (is(extra[from + 1 + k]!)) return false;
        break;
      }
      case Op.Collect:
        if (is(b[at]!)) return false;
        break;
      case Op.Return:
      case Op.Yield:
      case Op.Star:
      case Op.YieldFrom:
      case Op.Unpack:
        if (is(a[at]!)) return false;
        break;
      case Op.Function: {
        // Default arguments and decorators carry it out.
        for (let k = b[at]!; k < b[at]! + 8 && k < extra.length; k++) if (is(extra[k]!)) return false;
        break;
      }
      default:
    }
  }
  return made < count + slotCount;
}

/** Another function gives the lock back without having taken it: keeping it is how the two work together. */
export function isGivenBackByOthers(analysis: Analysis, scope: Scope, lock: Lock): boolean {
  return isReleasedElsewhere(analysis, scope, lock, (use) =>
    analysis.lockUses
      .of(use.scope.id)
      .every((other) => other.kind !== UseKind.Acquire || other.at >= use.at || other.number !== use.number),
  );
}

/** Whether some other function has a release of the lock that is of a kind. */
export function isReleasedElsewhere(
  { lockUses, locks }: Analysis,
  scope: Scope,
  lock: Lock,
  isSuch: (use: LockUse) => boolean,
): boolean {
  return lockUses.all.some(
    (use) =>
      use.kind === UseKind.Release &&
      use.scope !== scope &&
      locks.of(use.scope.id, use.number).includes(lock) &&
      isSuch(use),
  );
}

/** A `with` of the lock around something that takes it or gives it back by hand. One that stands apart leaves it as it was. */
export function isMixed({ code }: Scope, { kind, at }: LockUse, byHand: readonly number[]): boolean {
  if (kind !== UseKind.With) return false;
  const end = endOf(code, at);
  return byHand.some((one) => one > at && one < end);
}
