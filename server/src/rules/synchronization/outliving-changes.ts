// What stands under a lock may change: something that outlives the call, or no more than a list that the function itself
// has made and shows no other function. A lock around plain reading is only untidy.

import type { Numbering } from '../../flow/numbering';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import { calleeName, endOf } from './lock-words';

const quiet = new Set(['int', 'float', 'len', 'str', 'bool', 'round', 'min', 'max', 'list', 'dict']);
const containers: ReadonlySet<Op> = new Set([Op.List, Op.Dict, Op.Set, Op.Comprehension]);

/** What the statements under a lock change at most. */
export enum Change {
  None,
  /** A container that the call itself has made. */
  Own,
  /** What others may see; calls count, except those that only look at values. */
  Others,
}

/** What stands under a lock changes at most. */
export function changeUnder({ resolver }: Analysis, { kind, scope, at }: LockUse): Change {
  const { op, a } = scope.code;
  const numbering = resolver.numberings.of(scope);
  let found = Change.None;
  const last = kind === UseKind.With ? endOf(scope.code, at) : op.length;
  for (let k = at + 1; k < last; k++) {
    if (op[k] === Op.Call) {
      const name = calleeName(scope, k);
      if (name === 'release' && kind !== UseKind.With) return found;
      const callee = a[k]!;
      const isOwn = op[callee] === Op.Attribute && isOwnContainer(numbering, scope.code, a[callee]!);
      if (isOwn) found = Change.Own;
      else if (!quiet.has(name)) return Change.Others;
    }
    if (op[k] === Op.StoreItem || op[k] === Op.DeleteItem) {
      if (!isOwnContainer(numbering, scope.code, a[k]!)) return Change.Others;
      found = Change.Own;
    } else if (op[k]! >= Op.StoreGlobal && op[k]! <= Op.DeleteItem) return Change.Others;
  }
  return found;
}

/** A container that this call has made, in a variable that no inner function sees. */
function isOwnContainer(
  { number }: Numbering,
  { op, a, b, captured }: LockUse['scope']['code'],
  value: number,
): boolean {
  const made = number[value]!;
  if (made < 0 || made >= op.length || !containers.has(op[made] as Op)) return false;
  for (let k = 0; k < op.length; k++) {
    if (op[k] === Op.StoreLocal && number[b[k]!] === made && captured[a[k]!]) return false;
  }
  return true;
}
