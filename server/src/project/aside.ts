// What is said of a file on which the engine broke down: one line of the audit, one sentence of a review.
// Decides their form; why the engine broke down is the supervisor's to know.

import { settleSetAside } from './outcome';
import type { AuditResult, Review, Skipped } from './protocol';

export { settleSetAside as findingsOfAside } from './outcome';

/** Files set aside by path, each with its reason in words. */
export type Aside = ReadonlyMap<string, string>;

/** The review of a file that was set aside. */
export function reviewOfAside(path: string, reason: string): Review {
  return {
    path,
    lineCount: 0,
    otherFiles: 0,
    verdict: `Not analysed: ${reason}`,
    sections: [],
    notChecked: ['Everything in this file.'],
  };
}

/** An audit that tells of the files that were set aside. */
export function addAside(result: AuditResult, aside: Aside): AuditResult {
  if (aside.size === 0) return result;
  const added = [...aside].map(([path, reason]) => settleSetAside(path, reason));
  const skipped: Skipped[] = [...aside].map(([path, reason]) => ({ path, reason }));
  return {
    ...result,
    files: [...result.files, ...added].sort(byPath),
    skipped: [...result.skipped, ...skipped].sort(byPath),
  };
}

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
}
