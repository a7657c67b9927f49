// What is said of a file on which the engine broke down: one finding, one line of the audit, one sentence of a
// review. Decides the words and their form; why the engine broke down is the supervisor's to know.

import type { Finding } from '../rules/finding';
import { resultIdOf } from './outcome';
import type { AuditResult, FileFindings, Review, Skipped } from './protocol';

/** Files set aside by path, each with its reason in words. */
export type Aside = ReadonlyMap<string, string>;

/** The only finding of a file that was set aside: it was not analysed, and why. */
export function findingsOfAside(path: string, reason: string): FileFindings {
  const start = { line: 0, character: 0 };
  const finding: Finding = {
    rule: 'not-analysed',
    message: `This file was not analysed: ${reason}`,
    confidence: 'high',
    severity: 'information',
    location: { path, start: 0, end: 0, range: { start, end: start } },
    symbol: '',
    steps: [],
    stepsKind: 'places',
    fixes: [],
    fingerprint: `not-analysed:${path}`,
  };
  return { path, resultId: resultIdOf([finding]), findings: [finding] };
}

/** The review of a file that was set aside. */
export function reviewOfAside(path: string, reason: string): Review {
  return {
    path,
    lineCount: 0,
    verdict: `Not analysed: ${reason}`,
    sections: [],
    recommendations: [],
    notChecked: ['Everything in this file.'],
  };
}

/** An audit with the files that were set aside counted in and told. */
export function addAside(result: AuditResult, aside: Aside): AuditResult {
  if (aside.size === 0) return result;
  const added = [...aside].map(([path, reason]) => findingsOfAside(path, reason));
  const skipped: Skipped[] = [...aside].map(([path, reason]) => ({ path, reason }));
  return {
    ...result,
    files: [...result.files, ...added].sort(byPath),
    skipped: [...result.skipped, ...skipped].sort(byPath),
    fileCount: result.fileCount + aside.size,
  };
}

function byPath(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : one.path > other.path ? 1 : 0;
}
