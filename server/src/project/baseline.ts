// The baseline: a file that names findings which were there when a project began to use Airlock, so that audits speak
// of new ones alone. Decides its form; a finding is known by its file and its fingerprint, which survives moved lines.

import type { Finding } from '../rules/finding';
import type { ConfigurationProblem } from './configuration';

/** The name of the file. */
export const baselineName = 'airlock-baseline.json';

/** Fingerprints of known findings, by the key of their file. */
export type Baseline = Readonly<Record<string, readonly string[]>>;

const version = 1;

/** Reads the text of a baseline that lies in this folder (a key). */
export function parseBaseline(
  text: string,
  folder: string,
): { readonly baseline: Baseline; readonly problems: readonly ConfigurationProblem[] } {
  const wrong = (what: string) => ({
    baseline: {},
    problems: [{ message: `${what} \`airlock baseline\` writes it anew.`, line: 1 }],
  });
  let document: unknown;
  try {
    document = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return wrong('This baseline is not valid JSON.');
  }
  const { version: written, findings } = (document ?? {}) as { version?: unknown; findings?: unknown };
  if (written !== version)
    return wrong(`This baseline has not the form that this version writes (${version}).`);
  if (typeof findings !== 'object' || findings === null) return wrong('This baseline lists no `findings`.');
  const baseline: Record<string, readonly string[]> = {};
  for (const [path, entries] of Object.entries(findings)) {
    if (!Array.isArray(entries)) return wrong(`What this baseline lists for ${path} is no list.`);
    baseline[keyOf(folder, path)] = entries.map((entry) => String(entry).split(' ', 1)[0]!);
  }
  return { baseline, problems: [] };
}

/**
 * The text of a baseline that names these findings. `before` is the text it had: what that names of files that were
 * not looked at stays. `relative` gives a file's path below the folder of the baseline, or null.
 */
export function writeBaseline(
  found: readonly Finding[],
  before: string | undefined,
  wasLookedAt: (path: string) => boolean,
  relative: (key: string) => string | null,
): string {
  const findings: Record<string, readonly string[]> = {};
  for (const [path, entries] of Object.entries(entriesOf(before))) {
    if (!wasLookedAt(path)) findings[path] = entries;
  }
  const byPath = new Map<string, string[]>();
  for (const { location, fingerprint, rule, symbol } of found) {
    const path = relative(location.path) ?? location.path;
    const entry = `${fingerprint} ${rule}${symbol === '' ? '' : ` ${symbol}`}`;
    byPath.set(path, [...(byPath.get(path) ?? []), entry]);
  }
  for (const [path, entries] of byPath) findings[path] = entries.sort();
  const sorted = Object.fromEntries(Object.entries(findings).sort(([x], [y]) => (x < y ? -1 : 1)));
  return `${JSON.stringify({ version, findings: sorted }, null, 2)}\n`;
}

function entriesOf(text: string | undefined): Record<string, readonly string[]> {
  if (text === undefined || parseBaseline(text, '').problems.length > 0) return {};
  return (JSON.parse(text.replace(/^\ufeff/, '')) as { findings: Record<string, readonly string[]> })
    .findings;
}

function keyOf(folder: string, path: string): string {
  if (/^(\/|[a-z]:\/|[a-z][a-z0-9+.-]+:)/.test(path)) return path;
  return folder.endsWith('/') ? `${folder}${path}` : `${folder}/${path}`;
}
