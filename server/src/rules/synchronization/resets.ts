// Who takes away the object in a field between a test that found it and a use that reads the field anew, as far as no lock
// keeps test and use together. Functions that wait for somebody before are left out.

import { AccessKind } from '../../flow/accesses';
import { lastName } from '../../flow/function-facts';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { storesNone } from './conflicts';
import { holdings } from './held-locks';
import { testedUses } from './tested-uses';

/** A use of a field after a test, and the stores of None that may come between. */
export interface Reset {
  /** The reading that was tested. */
  readonly test: number;
  readonly stores: readonly HeldAccess[];
}

/** What may come between a use and the test before it; null where it follows no test, or nothing comes. */
export function resetBefore(analysis: Analysis, guarded: Guarded, use: HeldAccess): Reset | null {
  const scope = analysis.program.scopes[use.scope]!;
  if (use.assumed) return null;
  const tested = analysis.facts
    .of(testedUses, scope)
    .find((one) => one.use === use.load || one.use === use.at);
  if (!tested) return null;
  const stores = guarded.accesses.filter(
    (put) =>
      put.scope !== use.scope &&
      put.kind === AccessKind.Write &&
      storesNone(analysis.program.scopes[put.scope]!, put.at) &&
      !put.locks.some((lock) => isKept(analysis, scope, tested.test, tested.use, lock)) &&
      !waitsBefore(analysis.program.scopes[put.scope]!, put.at),
  );
  return stores.length > 0 ? { test: tested.test, stores } : null;
}

/** Whether one hold of a lock covers both instructions. */
export function isKept(analysis: Analysis, scope: Scope, from: number, to: number, lock: Lock): boolean {
  const { entryLocks } = analysis;
  if (!entryLocks.at(scope, from).includes(lock) || !entryLocks.at(scope, to).includes(lock)) return false;
  if (entryLocks.of(scope).includes(lock)) return true;
  const takenAt = (at: number) => holdings(analysis, scope, at).find((one) => one.lock === lock)?.takenAt;
  return takenAt(from) === takenAt(to);
}

/** `self._thread.join()`: whoever might be at it has ended. */
function waitsBefore(scope: Scope, before: number): boolean {
  const { op, a } = scope.code;
  for (let at = 0; at < before; at++)
    if (op[at] === Op.Call && /^(join|wait|result)$/.test(lastName(scope, a[at]!))) return true;
  return false;
}
