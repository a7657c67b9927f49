// Whether a call takes a lock for its caller: a method of the program that takes it and leaves it taken (`self.lock()`).
// Two calls deep; which object's lock it is, is told by the lock's identity alone.

import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { UseKind } from '../../whole/lock-uses';

/** Whether some call before an instruction takes the lock and does not give it back. */
export function isTakenByCall(analysis: Analysis, scope: Scope, before: number, lock: Lock): boolean {
  const { op } = scope.code;
  for (let at = 0; at < before; at++)
    if (op[at] === Op.Call && takesForCaller(analysis, scope, at, lock, 2)) return true;
  return false;
}

function takesForCaller(analysis: Analysis, scope: Scope, call: number, lock: Lock, depth: number): boolean {
  return analysis.resolver.targets(scope.id, call).some((target) => {
    if (target.kind !== 'function') return false;
    const inner = analysis.program.scopes[target.scope]!;
    const means = (number: number) => analysis.locks.of(inner.id, number).includes(lock);
    const uses = analysis.lockUses.of(inner.id).filter((use) => means(use.number));
    if (uses.some((use) => use.kind === UseKind.Release || use.kind === UseKind.With)) return false;
    if (uses.some((use) => use.kind === UseKind.Acquire)) return true;
    if (depth < 2) return false;
    return inner.code.op.some(
      (one, at) => one === Op.Call && takesForCaller(analysis, inner, at, lock, depth - 1),
    );
  });
}
