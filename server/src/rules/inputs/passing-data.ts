// Which functions data from outside goes through on its way to a sink, for rules that judge a check by itself: what
// nobody outside sends needs no check that holds.

import { LabelKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { RuleOptions } from '../rule';
import { isDoubtful } from './doubts';

/** The scopes that flows of outside data into these kinds of sinks lead through; any kind, where none is given. */
export function passedScopes(
  analysis: Analysis,
  { trust }: RuleOptions,
  kinds: readonly string[],
): ReadonlySet<number> {
  const { values } = analysis;
  const found = new Set<number>();
  for (const flow of values.flows) {
    if (!kinds.includes(flow.use.kind)) continue;
    const origin = values.origin(flow);
    if (origin.kind !== LabelKind.Untrusted || !trust.includes(origin.trust)) continue;
    if (isDoubtful(analysis, flow, false)) continue;
    for (const { scope } of values.path(flow)) found.add(scope);
    for (let use: Flow['use'] | null = flow.use; use !== null; use = use.inner) found.add(use.scope);
  }
  return found;
}

/** Whether a function is a method of what answers requests: its class reads `self.request`. */
export function answersRequests({ program }: Analysis, { owner, file }: Scope): boolean {
  const request = file.source.names.indexOf('request');
  if (owner < 0 || request < 0) return false;
  return file.source.codes.some((_, index) => {
    const method = program.scopeOf(file, index);
    const { op, a, b } = method.code;
    if (method.owner !== owner) return false;
    return op.some(
      (one, at) => one === Op.Attribute && b[at] === request && op[a[at]!] === Op.Local && a[a[at]!] === 0,
    );
  });
}
