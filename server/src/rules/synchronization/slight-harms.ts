// Orders of events that mostly nobody minds: a number that the next update puts right, an element that a look over a list
// leaves out. What makes them matter is asked here.

import { AccessKind } from '../../flow/accesses';
import { lastName } from '../../flow/function-facts';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { LoopKind, Op } from '../../syntax/code';
import { bracketEnds, matchingEnd } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';

const showing = /^(print|pprint|repr|str|format|len|debug|info|warn|warning|error|exception|critical|log)$/;

/** Whether the function also updates another piece of state that the lock guards, without the lock. */
export function updatesMore(
  { guards }: Analysis,
  guarded: Guarded,
  guard: Lock,
  { scope }: HeldAccess,
): boolean {
  return guards.all.some(
    (one) =>
      one !== guarded &&
      (one.guard ?? one.suspected) === guard &&
      one.accesses.some(
        ({ scope: id, kind, locks }) => id === scope && kind === AccessKind.Update && !locks.includes(guard),
      ),
  );
}

/** Whether the loop around a walk calls something for each element, other than to show it. */
export function actsOnEach(scope: Scope, at: number): boolean {
  const { code } = scope;
  const { op, c } = code;
  let open = at;
  while (open >= 0 && op[open] !== Op.Loop) open--;
  if (open < 0 || c[open] !== LoopKind.For) return false;
  const end = matchingEnd(code, bracketEnds(code), open);
  for (let k = at + 1; k < end; k++) {
    if (op[k] === Op.StoreAttribute || op[k] === Op.StoreItem || op[k] === Op.DeleteItem) return true;
    if (op[k] === Op.Call && !showing.test(lastName(scope, code.a[k]!))) return true;
  }
  return false;
}
