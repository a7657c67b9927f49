// Where outside data is shown to reach sinks of a kind, for rules that judge the same calls without a source: what is
// proved is left to the rule that tells the path.

import { LabelKind } from '../../flow/values/labels';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
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

/** Whether a function reads outside data itself: its values are followed then, and silence about a sink is a judgement. */
export function readsOutside({ resolver, library }: Analysis, scope: Scope, { trust }: RuleOptions): boolean {
  const { op } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Attribute && op[at] !== Op.Global) continue;
    const path = resolver.libraryPath(scope.id, at);
    // The request as a whole is handed on to what reads it.
    if (/\.(Local)?[rR]equest$/.test(path) && trust.includes('remote')) return true;
    const source = path === '' ? undefined : library.find(library.sources, path);
    if (source !== undefined && trust.includes(source.trust ?? 'remote')) return true;
  }
  return false;
}
