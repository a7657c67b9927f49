// What an analysis is asked for: the flows that the rules which speak ask of values. Data from nearer than the settings
// trust makes findings of low confidence at most, so it is followed only where those matter.

import { Demand } from '../flow/values/demand';
import type { Library } from '../library/library';
import type { Trust } from '../library/schema';
import type { Rule } from '../rules/rule';
import type { SourceFile } from '../syntax/code';
import { isEnabled } from './outcome';
import type { Settings } from './protocol';

/** What the rules that speak ask of values. `faint`: findings of low confidence matter. */
export function demandOf(
  rules: readonly Rule[],
  library: Library,
  settings: Settings,
  faint: boolean,
): Demand {
  const questions = rules.flatMap((rule) => (isEnabled(rule, settings) ? (rule.asks?.(library) ?? []) : []));
  return new Demand(questions, faint ? null : new Set<Trust>(['remote', ...settings.trust]));
}

/** Whether findings of low confidence are shown in any file. */
export function showsFaint(settings: Settings): boolean {
  return [settings, ...(settings.folders ?? [])].some(({ minConfidence }) => minConfidence === 'low');
}

/** Whether comments may silence a finding: that is then to be known, so that they are not taken for useless. */
export function mayIgnore({ comments }: SourceFile): boolean {
  return comments.some(({ text }) => /airlock:\s*ignore/i.test(text));
}
