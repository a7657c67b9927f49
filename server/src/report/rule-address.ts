// Where the page of a rule can be read: the one place that knows the address of the documentation.

const pages = 'https://github.com/airlock-review/airlock/blob/main/docs/rules';

/** The address of a rule's page. */
export function ruleAddress(rule: string): string {
  return `${pages}/${encodeURIComponent(rule)}.md`;
}
