// Objects that somebody sees under the lock to be there and then reads once more to use them, while another puts None in
// their place without it. Who looks himself before he does so mostly is the one that ends what he finds, and who goes on to
// store another object makes a start: both are left out.

import { AccessKind } from '../../flow/accesses';
import type { Lock } from '../../flow/locks';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { storesNone } from './conflicts';
import { isKept } from './resets';
import { testedUses } from './tested-uses';

/** The functions that look and use in one hold of the guard, and find None put there without it. */
export function losersOf(
  analysis: Analysis,
  { accesses }: Guarded,
  guard: Lock,
  store: HeldAccess,
): ReadonlySet<number> {
  const { program, facts } = analysis;
  if (store.locks.length > 0 || !storesNone(program.scopes[store.scope]!, store.at)) return new Set();
  const own = accesses.filter((one) => one.scope === store.scope && one.at !== store.at);
  if (own.some(({ at, kind }) => at < store.at || kind >= AccessKind.Write)) return new Set();
  const losers = accesses.filter((use) => {
    if (use.scope === store.scope || use.kind > AccessKind.Index || !use.locks.includes(guard)) return false;
    const scope = program.scopes[use.scope]!;
    return facts
      .of(testedUses, scope)
      .some((one) => one.use === use.load && isKept(analysis, scope, one.test, one.use, guard));
  });
  return new Set(losers.map(({ scope }) => scope));
}
