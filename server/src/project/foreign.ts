// Which Airlock rules the suppressions of other tools speak of: bandit's `# nosec B602` and ruff's `# noqa: S602`
// share their numbers. A person who wrote one has looked at the same question.

const rulesByNumber: Readonly<Record<string, readonly string[]>> = {
  '602': ['untrusted-command'],
  '603': ['untrusted-command'],
  '604': ['untrusted-command'],
  '605': ['untrusted-command'],
  '606': ['untrusted-command'],
  '607': ['untrusted-command'],
  '609': ['untrusted-command'],
};

const everyMapped: ReadonlySet<string> = new Set(Object.values(rulesByNumber).flat());

/** Whether a suppression with these codes (`B602`, `S605`; none means all) silences the rule. */
export function foreignSilences(codes: readonly string[], rule: string): boolean {
  if (codes.length === 0) return everyMapped.has(rule);
  return codes.some((code) => rulesByNumber[code.slice(1)]?.includes(rule));
}
