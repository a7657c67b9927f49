// Whether what was found of values still stands after bodies changed: when none of them was interpreted, and their
// names and calls give no more reason to than before. Judged by the same marks as relevance.

import type { Library } from '../../library/library';
import type { Scope } from '../../program/program';
import type { Resolver } from '../resolver';
import { calleesOf, scopeFlag } from './relevance';

/** What relevance saw in a scope. */
export interface Marks {
  readonly flag: number;
  readonly callees: readonly number[];
}

/** Whether a changed scope looks to relevance as it did. */
export function looksTheSame(resolver: Resolver, library: Library, scope: Scope, before: Marks): boolean {
  if (scopeFlag(resolver, library, scope) !== before.flag) return false;
  const callees = calleesOf(resolver, scope);
  return (
    callees.length === before.callees.length && callees.every((callee, k) => callee === before.callees[k])
  );
}
