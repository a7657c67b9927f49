// Containers that a function takes as a whole and leaves empty, in two steps without the lock: `batch = self._items`, then
// `self._items = []`. What others add between the two steps is in neither.

import { AccessKind } from '../../flow/accesses';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { Effect } from '../../whole/method-effects';
import { methodOf } from './conflicts';
import { calleeName } from './lock-words';

/** The functions that add to a container under the guard, while another takes it as a whole and then leaves it empty. */
export function addersOf(
  analysis: Analysis,
  guarded: Guarded,
  guard: Lock,
  emptying: HeldAccess,
): ReadonlySet<number> {
  if (emptying.locks.length > 0 || emptying.inside) return new Set();
  const { program, resolver } = analysis;
  const scope = program.scopes[emptying.scope]!;
  const isClear = emptying.kind === AccessKind.Mutate && methodOf(scope, emptying.at) === 'clear';
  if (!isClear && !(emptying.kind === AccessKind.Write && storesEmpty(scope, emptying.at))) return new Set();
  const own = guarded.accesses.filter(
    (one) => one.scope === emptying.scope && one.receiver === emptying.receiver && one.locks.length === 0,
  );
  const { user } = resolver.numberings.of(scope);
  const takes = ({ kind, load }: HeldAccess) =>
    kind === AccessKind.Snapshot ||
    kind === AccessKind.Iterate ||
    (kind === AccessKind.Read && !isClear && isKept(scope, user[load]!));
  const isTaken = own.some(
    (one) =>
      one.at < emptying.at &&
      takes(one) &&
      !own.some((other) => other.kind >= AccessKind.Write && other.at > one.at && other.at < emptying.at),
  );
  if (!isTaken) return new Set();
  const adding = guarded.accesses.filter(
    (one) =>
      one.kind === AccessKind.Mutate &&
      one.effect === Effect.None &&
      !one.shrinks &&
      !one.inside &&
      one.scope !== emptying.scope &&
      one.locks.includes(guard),
  );
  return new Set(adding.map((one) => one.scope));
}

/** Stores a container with nothing in it. */
export function storesEmpty(scope: Scope, at: number): boolean {
  const { op, b, c, extra } = scope.code;
  const value = op[at] === Op.StoreAttribute ? c[at]! : op[at] === Op.StoreGlobal ? b[at]! : -1;
  if (value < 0) return false;
  if (op[value] === Op.Dict || op[value] === Op.List) return extra[b[value]!] === 0;
  if (op[value] !== Op.Call || extra[b[value]!] !== 0) return false;
  return /^(dict|list|set|deque|OrderedDict)$/.test(calleeName(scope, value));
}

/** The container itself is kept or given back. */
function isKept({ code: { op } }: Scope, by: number): boolean {
  return by >= 0 && (op[by] === Op.StoreLocal || op[by] === Op.Return || op[by] === Op.Tuple);
}
