// One audit by several engines that hold the same files, each in a thread of its own. They share the work on calls, then
// each runs some of the rules; the first settles what all of them report. Decides who runs which rule and in what order
// the engines are asked. The outcome is that of one engine.

import type { Report, RuleDescription } from '../rules/rule';
import type { Part } from '../whole/call-sharing';
import type { AuditResult, EngineMethod, EngineRequests } from './protocol';

/** What a rule reported, without the rule. */
export interface NamedReport {
  readonly rule: string;
  readonly report: Report;
}

/** Asks one engine. */
export type Ask = <M extends EngineMethod>(
  method: M,
  params: EngineRequests[M]['params'],
) => Promise<EngineRequests[M]['result']>;

/** Whether a part runs a rule: those that follow values are the last part's, all others the first's. */
export function runsRule({ concern }: RuleDescription, { index, of }: Part): boolean {
  return index === (concern === 'logging' || concern === 'inputs' ? of - 1 : 0);
}

/** Has the engines do one audit together. When one of them fails, so does this, after all have fallen silent. */
export async function auditTogether(engines: readonly Ask[]): Promise<AuditResult> {
  const parts = engines.map((_, index): Part => ({ index, of: engines.length }));
  const found = await all(engines, (ask, index) => ask('gather', { part: parts[index]! }));
  const calls = await all(engines, (ask) => ask('link', { arguments: found }));
  const reports = await all(engines, (ask) => ask('examine', { calls }));
  return engines[0]!('audit', { reports: reports.flat() });
}

async function all<T>(engines: readonly Ask[], asked: (ask: Ask, index: number) => Promise<T>): Promise<T[]> {
  const settled = await Promise.allSettled(engines.map(asked));
  return settled.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
}
