// The pages of the rules for the client: the address that a finding's code leads to, and the short form for hovers.
// Decides whose address counts; the host knows where the pages lie.

import { adviceOf, explanationOf, explanationToMarkdown } from '../report/rule-page';
import type { AdviceOf } from '../report/wording';
import type { ServerHost } from './host';

const placeholder = '{rule}';
/** A hover is read at a glance. */
const hoverLength = 200;

/** Knows the pages of one installation. */
export class RulePages {
  private readonly explanations = new Map<string, Promise<string>>();
  private readonly template: string | undefined;

  /** `template` is the client's own address of a page with `{rule}` in it; anything else is none. */
  constructor(
    private readonly host: ServerHost,
    template: unknown,
  ) {
    this.template = typeof template === 'string' && template.includes(placeholder) ? template : undefined;
  }

  /** A URI that shows the page, or undefined where there is no way to show it. */
  addressOf(rule: string): string | undefined {
    return this.template?.replace(placeholder, rule) ?? this.host.rulePageAddress(rule);
  }

  /** What the pages of these rules say in short on how to mend what they find. */
  async advice(rules: readonly string[]): Promise<AdviceOf> {
    const known = new Map<string, string | undefined>();
    for (const rule of new Set(rules))
      known.set(rule, await this.host.readRulePage(rule).then((page) => adviceOf(page ?? '')));
    return (rule) => known.get(rule);
  }

  /** What, why and how to fix as Markdown; empty when the page cannot be read. */
  explain(rule: string): Promise<string> {
    let known = this.explanations.get(rule);
    if (!known) {
      known = this.host
        .readRulePage(rule)
        .then((page) => explanationToMarkdown(explanationOf(page ?? '', hoverLength)));
      this.explanations.set(rule, known);
    }
    return known;
  }
}
