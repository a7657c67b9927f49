// What an access to a container counts on, and what was seen of it before: a key that was looked for and is taken away
// later, the first element after a test of the whole. Facts of one function and the accesses in it.

import { AccessKind } from '../../flow/accesses';
import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { HeldAccess } from '../../whole/guards';
import { Effect } from '../../whole/method-effects';
import { methodOf, toleratesLoss } from './conflicts';

/** Whether an access saw the very key or element that a later one counts on. */
export function isLook({ resolver }: Analysis, scope: Scope, look: HeldAccess, use: HeldAccess): boolean {
  if (look.at >= use.at || use.inside) return false;
  if (look.kind === AccessKind.Snapshot || look.kind === AccessKind.Iterate) return true;
  if (look.kind !== AccessKind.Test) return false;
  const { op, a } = scope.code;
  const wanted = keyOf(scope, use);
  const seen =
    op[look.at] === Op.Compare
      ? a[look.at]!
      : op[look.at] === Op.Call
        ? positional(scope.code, look.at, 0)
        : -1;
  if (op[look.at] === Op.Call && op[a[look.at]!] === Op.Global) return wanted < 0 || isEndKey(scope, wanted);
  if (seen < 0) return wanted < 0 || isEndKey(scope, wanted);
  const { number } = resolver.numberings.of(scope);
  return wanted >= 0 && number[wanted] === number[seen];
}

/** Takes away one element or all, by the text of the access. */
export function takesAway(one: HeldAccess): boolean {
  return one.kind === AccessKind.Mutate && one.shrinks && !one.inside && one.effect === Effect.None;
}

/** `x[key]`, `del x[key]`, `x.remove(value)`, `x.pop()`: raises when there is nothing, and nobody catches that. */
export function relies(scope: Scope, use: HeldAccess): boolean {
  if (toleratesLoss(scope, use.at)) return false;
  if (use.kind === AccessKind.Index) return true;
  if (scope.code.op[use.at] === Op.DeleteItem) return true;
  const name = methodOf(scope, use.at);
  if (name === 'remove' || name === 'popitem' || name === 'popleft') return true;
  return name === 'pop' && positional(scope.code, use.at, 1) < 0;
}

/** The key or element that an access names; -1 for none. */
export function keyOf({ code }: Scope, use: HeldAccess): number {
  const { op, b } = code;
  if (op[use.at] === Op.Item || op[use.at] === Op.DeleteItem) return b[use.at]!;
  return op[use.at] === Op.Call ? positional(code, use.at, 0) : -1;
}

/** `0` or `-1`: there is one as long as there are any. */
function isEndKey({ code, file }: Scope, key: number): boolean {
  const { op, a } = code;
  const at = op[key] === Op.Unary ? a[key]! : key;
  return op[at] === Op.Const && file.source.constants[a[at]!]!.kind === ConstantKind.Integer;
}
