// Whether a store under a key is a step of an update: what is stored was computed from the same container.

import type { Scope } from '../../program/program';
import { BinaryOperator, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';

/** `d[k] += 1`, `d[k] = d.get(k, 0) + 1`, and the same by way of a variable. */
export function isItemUpdate(analysis: Analysis, guarded: Guarded, store: HeldAccess): boolean {
  const scope = analysis.program.scopes[store.scope]!;
  const { op, c } = scope.code;
  if (op[store.at] !== Op.StoreItem) return false;
  const value = c[store.at]!;
  if (op[value] === Op.Binary && (c[value]! & BinaryOperator.InPlace) !== 0) return true;
  const reads = guarded.accesses.filter((one) => one.scope === store.scope && one.at < store.at);
  return (
    readsIn(scope, reads, value) ||
    sourcesOf(analysis, scope, value).some((one) => readsIn(scope, reads, one))
  );
}

/** Whether one of the reads is part of an expression that computes something of it. */
function readsIn({ code: { start, end, op } }: Scope, reads: readonly HeldAccess[], value: number): boolean {
  if (op[value] !== Op.Binary) return false;
  return reads.some(({ at }) => start[at]! >= start[value]! && end[at]! <= end[value]!);
}

/** What the variables in an expression were set to. */
function sourcesOf(analysis: Analysis, scope: Scope, value: number): readonly number[] {
  const { op, start, end } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  const found: number[] = [];
  for (let at = 0; at <= value; at++) {
    if (op[at] !== Op.Local || start[at]! < start[value]! || end[at]! > end[value]!) continue;
    const made = number[at]!;
    if (made >= 0 && made < op.length && made !== at) found.push(made);
  }
  return found;
}
