// What a call of a getter gives: a function of the program that returns nothing but one field of its own object or class, or
// one variable of its module. Values that it makes, takes out of containers or was given are not followed.

import type { Scope } from '../program/program';
import { CodeFlag, Op } from '../syntax/code';
import type { Resolver } from './resolver';

/** The value in the getter that a call gives back; null where the callee is no getter, or several may be meant. */
export function keptByGetter(
  resolver: Resolver,
  scopeId: number,
  call: number,
): { readonly scope: number; readonly number: number } | null {
  const [target, ...others] = resolver.targets(scopeId, call);
  if (target?.kind !== 'function' || others.length > 0) return null;
  return keptIn(resolver, resolver.program.scopes[target.scope]!);
}

/** The value that a function gives back on all its ways, where that is kept. */
export function keptIn(
  resolver: Resolver,
  getter: Scope,
): { readonly scope: number; readonly number: number } | null {
  const { op, a, flags } = getter.code;
  resolver.noteLook(getter.id);
  if (flags & (CodeFlag.Async | CodeFlag.Generator)) return null;
  const { number } = resolver.numberings.of(getter);
  let kept = -1;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Return) continue;
    const value = a[at]! < 0 ? -1 : number[a[at]!]!;
    if (value < 0 || value >= op.length || (kept >= 0 && value !== kept)) return null;
    kept = value;
  }
  if (kept < 0) return null;
  const isOwn =
    op[kept] === Op.Global ||
    (op[kept] === Op.Attribute && number[a[kept]!] === op.length && getter.owner >= 0);
  return isOwn ? { scope: getter.id, number: kept } : null;
}
