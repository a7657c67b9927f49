// Where outside data is shown to reach sinks of a kind, for rules that judge the same calls without a source: what is
// proved is left to the rule that tells the path.

import { LabelKind } from '../../flow/values/labels';
import type { Analysis } from '../../whole/analysis';
import type { RuleOptions } from '../rule';

/** Calls, as `scope|instruction`, that sources which count fully reach. */
export function provenCalls({ values }: Analysis, kind: string, { trust }: RuleOptions): ReadonlySet<string> {
  const found = new Set<string>();
  for (const flow of values.flows) {
    if (flow.use.kind !== kind) continue;
    const origin = values.origin(flow);
    if (origin.kind !== LabelKind.Untrusted || !trust.includes(origin.trust)) continue;
    for (let use: typeof flow.use | null = flow.use; use !== null; use = use.inner)
      found.add(`${use.scope}|${use.at}`);
  }
  return found;
}
