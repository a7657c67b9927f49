// Where the product and the page of a rule can be read: the one place that knows an address.

/** The address of the product. */
export const productAddress = 'https://github.com/airlock-review/airlock';

/** The address of a rule's page. */
export function ruleAddress(rule: string): string {
  return `${productAddress}/blob/main/docs/rules/${encodeURIComponent(rule)}.md`;
}
