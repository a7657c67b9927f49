// Updates of several pieces of state that belong together: one number that is a little off is put right by the next update,
// and a count by one is seldom looked at so closely; amounts that must agree are never right again.

import { AccessKind } from '../../flow/accesses';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';

/** Whether a function that updates a piece of state by some amount also updates another one that the lock guards, both
 * without the lock. */
export function updatesMore(
  { guards, program }: Analysis,
  guarded: Guarded,
  guard: Lock,
  { scope, at }: HeldAccess,
): boolean {
  if (isByConstant(program.scopes[scope]!, at)) return false;
  return guards.underLocks.some(
    (one) =>
      one !== guarded &&
      (one.guard ?? one.suspected) === guard &&
      one.accesses.some(
        ({ scope: id, kind, locks }) => id === scope && kind === AccessKind.Update && !locks.includes(guard),
      ),
  );
}

/** `self.count += 1`. */
function isByConstant({ code: { op, b, c } }: Scope, at: number): boolean {
  const value = op[at] === Op.StoreAttribute ? c[at]! : op[at] === Op.StoreGlobal ? b[at]! : -1;
  return value >= 0 && op[value] === Op.Binary && op[b[value]!] === Op.Const;
}
