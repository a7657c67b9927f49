// Calls of one function with one lock held, told once: the first is the finding, the others are named by it. Whether they are
// defects is not asked here.

import type { Lock } from '../../flow/locks';
import type { Report } from '../rule';

/** A call, with the lock held, of a function that takes it again. */
export interface CallWay {
  readonly lock: Lock;
  readonly callee: number;
  readonly report: Report;
}

const mostFurther = 20;

/** One finding for all calls of one function with one lock held: the first, which names the others. */
export function grouped(ways: readonly CallWay[]): readonly Report[] {
  const groups = new Map<Lock, Map<number, Report[]>>();
  for (const { lock, callee, report } of ways) {
    const byCallee = groups.get(lock) ?? new Map<number, Report[]>();
    groups.set(lock, byCallee);
    byCallee.set(callee, [...(byCallee.get(callee) ?? []), report]);
  }
  return [...groups.values()].flatMap((byCallee) =>
    [...byCallee.values()].map(([first, ...further]) => {
      if (further.length === 0) return first!;
      const calls = further.length === 1 ? 'does 1 further call' : `do ${further.length} further calls`;
      const steps = further
        .slice(0, mostFurther)
        .map(({ file, start, end, symbol }) => ({ file, start, end, message: `${symbol}() does, too.` }));
      return {
        ...first!,
        message: `${first!.message} So ${calls}.`,
        steps: [...(first!.steps ?? []), ...steps],
      };
    }),
  );
}
