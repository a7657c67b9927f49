// The fix that turns `lock.acquire()` ... `lock.release()` of one block into a `with`. Decides whether the two stand
// in the same block, as statements of their own, with nothing between that leaves it; the text is the builder's.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { LockUse } from '../../whole/lock-uses';
import { calleeName, enclosing, isDiscarded } from './lock-words';

/** Spans of one block, absolute. */
export interface LockBlock {
  readonly object: readonly [number, number];
  readonly take: readonly [number, number];
  readonly give: readonly [number, number];
}

/** The block between an acquire and its release, or null where it does not have the form. */
export function withFix(analysis: Analysis, scope: Scope, use: LockUse, release: number): LockBlock | null {
  const { code } = scope;
  const { op, a, b, extra } = code;
  const { user } = analysis.resolver.numberings.of(scope);
  if (!use.certain || release < use.at || extra[b[use.at]!] !== 0) return null;
  // What is taken by `lock()` may be no context manager.
  if (calleeName(scope, use.at) === 'lock') return null;
  if (!isDiscarded(code, user, use.at) || !isDiscarded(code, user, release)) return null;
  if (op[a[release]!] !== Op.Attribute) return null;
  const before = enclosing(code, use.at);
  const after = enclosing(code, release);
  if (before.length !== after.length || before.some((each, k) => each !== after[k])) return null;
  let loops = 0;
  for (let at = use.at; at < release; at++) {
    if (op[at] === Op.Loop) loops++;
    else if (op[at] === Op.Return || ((op[at] === Op.Break || op[at] === Op.Continue) && loops === 0))
      return null;
  }
  const { program } = analysis;
  const span = (at: number) => {
    const { start, end } = program.span(scope, at);
    return [start, end] as const;
  };
  return { object: span(use.object), take: span(use.at), give: span(release) };
}
