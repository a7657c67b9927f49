// Rule 108: a lock taken by `acquire` that some way out of the function leaves held though the function means to give
// it back. Which ways out count is decided in leak-sites; here they become one finding a lock.

import type { Analysis } from '../../whole/analysis';
import type { Confidence, FixProposal } from '../finding';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { type LeakSite, leakSites } from './leak-sites';
import { withFix } from './with-fix';

export const rule: Rule = {
  number: 108,
  name: 'lock-not-released',
  concern: 'synchronization',
  severity: 'error',
  preview: false,
  cwe: [667],
  category: 'lock-misuse',
  summary: 'A way out of the function leaves a lock held.',
  check(analysis, report) {
    for (const sites of leakSites(analysis).values()) report(wording(analysis, sites));
  },
};

const ranks: readonly Confidence[] = ['low', 'medium', 'high'];

function rankOf({ lock, leaks, likely }: LeakSite): number {
  if (likely.length === 0) return 0;
  return (leaks[0]!.kind === 'return' || leaks[0]!.kind === 'round') && lock && !lock.weak ? 2 : 1;
}

function wording(analysis: Analysis, sites: readonly LeakSite[]): Report {
  const { program } = analysis;
  let site = sites[0]!;
  for (const one of sites) if (rankOf(one) > rankOf(site)) site = one;
  const { scope, use, likely, releases, lock } = site;
  const leaks = [...likely, ...site.leaks.filter((one) => !likely.includes(one))];
  const leak = leaks[0]!;
  const label = lock ? lockLabel(lock) : 'the lock';
  const line = program.lineAt(scope.file, program.span(scope, leak.at).start) + 1;
  const where = functionLabel(scope);
  const message = {
    exception: `${where} takes ${label} and leaves it held when line ${line} raises: the release is not reached.`,
    return: `${where} takes ${label} and leaves it held on one way out, though it releases it on others.`,
    round: `${where} takes ${label} and goes round its loop again with it, though it releases it on other ways: the next round waits for it.`,
    'released-twice': `${where} releases ${label} again after it has already released it.`,
  }[leak.kind];
  const verb = {
    exception: 'An exception here leaves it held.',
    return: 'It is still held here.',
    round: 'It is still held here.',
    'released-twice': 'It is released again here.',
  }[leak.kind];
  const fixes = fixesOf(analysis, sites);
  return {
    ...program.span(scope, use.at),
    message,
    confidence: ranks[rankOf(site)]!,
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      ...leaks.slice(0, 5).map((one) => ({ ...program.span(scope, one.at), message: verb })),
      ...releases.map((at) => ({ ...program.span(scope, at), message: 'It is released here.' })),
      ...sites
        .filter((one) => one !== site)
        .slice(0, 20)
        .map((one) => ({
          ...program.span(one.scope, one.use.at),
          message: `${functionLabel(one.scope)} takes it and may leave it held, too.`,
        })),
    ],
    ...(fixes.length > 0 ? { fixes } : {}),
  };
}

/** A `with` for every site, or nothing: a fix must leave none of them behind. */
function fixesOf(analysis: Analysis, sites: readonly LeakSite[]): readonly FixProposal[] {
  const blocks: object[] = [];
  for (const { scope, use, releases, leaks, alone } of sites) {
    if (leaks[0]!.kind !== 'exception' || !alone || releases.length !== 1) return [];
    const block = withFix(analysis, scope, use, releases[0]!);
    if (!block) return [];
    blocks.push(block);
  }
  return [
    {
      kind: 'with-lock',
      title: 'Take the lock in a with statement',
      safe: true,
      data: { path: sites[0]!.scope.file.path, blocks },
    },
  ];
}
