// Whether what an access works on is its own function's: what the function has put there itself a moment before, or
// what it took out under the lock and put another in its place. And walks of which nothing is lost when they break off:
// a handler expects that, or the function raises anyway. Who else has the object is asked by nobody here.

import { AccessKind } from '../../flow/accesses';
import { handledNames, handlersAround } from '../../flow/handlers';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { enclosing } from './lock-words';

/** Whether the function made or took the object for itself. */
export function isOfOwnMaking(
  analysis: Analysis,
  guarded: Guarded,
  guard: Lock,
  access: HeldAccess,
): boolean {
  const scope = analysis.program.scopes[access.scope]!;
  const around = enclosing(scope.code, access.at);
  return guarded.accesses.some((one) => {
    if (one.scope !== access.scope || one.kind !== AccessKind.Write || one.at >= access.at) return false;
    if (one.locks.includes(guard))
      // `with lock: old, self._items = self._items, {}`, and then a walk over the old one.
      return access.load < one.at && access.locksAtLoad.includes(guard);
    // Where two threads did this, the stores would come first; nobody works on the object before it is through.
    return (
      one.receiver === access.receiver &&
      access.load > one.at &&
      enclosing(scope.code, one.at).every((part) => around.includes(part)) &&
      isFetched(analysis, scope, one.at)
    );
  });
}

/** `self._items = self._read()`: what is stored was made by somebody else, to be looked through here. */
function isFetched({ resolver }: Analysis, scope: Scope, store: number): boolean {
  const { op, a, b, c, extra } = scope.code;
  const value = op[store] === Op.StoreAttribute ? c[store]! : op[store] === Op.StoreGlobal ? b[store]! : -1;
  const made = value < 0 ? -1 : resolver.numberings.of(scope).number[value]!;
  if (made < 0 || made >= op.length || op[made] !== Op.Call) return false;
  return op[a[made]!] === Op.Attribute || extra[b[made]!]! > 0;
}

/** A walk that a handler expects to break off, or that only makes words for an exception. */
export function mayBreakOff(scope: Scope, at: number): boolean {
  const { op, start, end } = scope.code;
  for (let after = at + 1; after < op.length; after++)
    if (op[after] === Op.Raise && start[after]! <= start[at]! && end[after]! >= end[at]!) return true;
  return handlersAround(scope.code, at).some((handler) =>
    handledNames(scope, handler.at).some((name) => /(^|\.)RuntimeError$/.test(name)),
  );
}
