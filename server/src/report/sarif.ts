// The outcome of an audit as SARIF 2.1.0. Files are relative to SRCROOT where they lie below it; a path becomes a
// code flow, a pair of places becomes related locations; what was not analysed becomes notifications.

import type { AuditResult, Skipped } from '../project/protocol';
import type { Finding, Location, Severity, Step } from '../rules/finding';
import type { RuleDescription } from '../rules/rule';
import { explanationOf, explanationToMarkdown, explanationToText } from './rule-page';
import { previewWords } from './wording';

/** What the report needs beside the result. */
export interface SarifOptions {
  readonly version: string;
  readonly rules: readonly RuleDescription[];
  /** The page of a rule, or undefined. */
  readonly pageOf: (rule: string) => string | undefined;
  /** Path below the folder of the audit with forward slashes, or null when the file lies outside. */
  readonly relative: (path: string) => string | null;
}

const levels: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
};
const ranks = { high: 90, medium: 60, low: 30 } as const;

/** The report as JSON text, ending with a line break. */
export function auditToSarif(result: AuditResult, options: SarifOptions): string {
  const indexes = new Map(options.rules.map(({ name }, index) => [name, index]));
  const findings = result.files.flatMap((file) => file.findings);
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Airlock',
            version: options.version,
            semanticVersion: options.version,
            rules: options.rules.map((rule) => ruleToSarif(rule, options.pageOf(rule.name))),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: {
          SRCROOT: { description: { text: 'The folder in which the audit was started.' } },
        },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: result.skipped.map((each) => skippedToSarif(each, options)),
          },
        ],
        properties: { files: result.fileCount, lines: result.lineCount },
        results: findings.map((finding) => findingToSarif(finding, indexes, options)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function ruleToSarif(rule: RuleDescription, page: string | undefined): object {
  const explanation = explanationOf(page ?? '');
  const more = `"airlock rule ${rule.name}" prints examples and limits.`;
  const what = [explanation.what || rule.summary, ...(rule.preview ? [previewWords] : [])].join(' ');
  const help = { ...explanation, what };
  return {
    id: rule.name,
    name: rule.name.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: rule.preview ? `${rule.summary} (preview)` : rule.summary },
    fullDescription: { text: what },
    help: {
      text: `${explanationToText(help)}\n\n${more}`,
      markdown: `${explanationToMarkdown(help)}\n\n${more.replace(/"([^"]+)"/, '`$1`')}`,
    },
    defaultConfiguration: { level: levels[rule.severity] },
    properties: { ...ruleProperties(rule), number: rule.number, preview: rule.preview },
  };
}

function ruleProperties(rule: RuleDescription): object {
  const weaknesses = rule.cwe.map((cwe) => `external/cwe/cwe-${String(cwe).padStart(3, '0')}`);
  return { category: rule.category, concern: rule.concern, tags: [...weaknesses, rule.concern] };
}

function findingToSarif(
  finding: Finding,
  indexes: ReadonlyMap<string, number>,
  options: SarifOptions,
): object {
  const index = indexes.get(finding.rule);
  const rule = index === undefined ? undefined : options.rules[index];
  return {
    ruleId: finding.rule,
    ...(index === undefined ? {} : { ruleIndex: index }),
    level: levels[finding.severity],
    rank: ranks[finding.confidence],
    message: { text: finding.message },
    locations: [
      {
        physicalLocation: physicalLocation(finding.location, options),
        ...(finding.symbol ? { logicalLocations: [{ fullyQualifiedName: finding.symbol }] } : {}),
      },
    ],
    ...stepsToSarif(finding, options),
    partialFingerprints: { 'airlock/v1': finding.fingerprint },
    properties: {
      confidence: finding.confidence,
      preview: finding.preview,
      ...(rule ? ruleProperties(rule) : {}),
    },
  };
}

function stepsToSarif({ steps, stepsKind }: Finding, options: SarifOptions): object {
  if (steps.length === 0) return {};
  if (stepsKind === 'places') {
    return {
      relatedLocations: steps.map((step, index) => ({ id: index + 1, ...stepToSarif(step, options) })),
    };
  }
  const locations = steps.map((step) => ({ location: stepToSarif(step, options) }));
  return { codeFlows: [{ threadFlows: [{ locations }] }] };
}

function stepToSarif({ location, message }: Step, options: SarifOptions): object {
  return { physicalLocation: physicalLocation(location, options), message: { text: message } };
}

function physicalLocation({ path, start, end, range }: Location, options: SarifOptions): object {
  return {
    artifactLocation: artifactLocation(path, options),
    region: {
      startLine: range.start.line + 1,
      startColumn: range.start.character + 1,
      endLine: range.end.line + 1,
      endColumn: range.end.character + 1,
      charOffset: start,
      charLength: end - start,
    },
  };
}

function skippedToSarif({ path, reason }: Skipped, options: SarifOptions): object {
  return {
    level: 'warning',
    descriptor: { id: 'not-analysed' },
    message: { text: `Not analysed, or only in part: ${reason}` },
    locations: [{ physicalLocation: { artifactLocation: artifactLocation(path, options) } }],
  };
}

function artifactLocation(path: string, { relative }: SarifOptions): object {
  const below = relative(path);
  if (below !== null) return { uri: encodePath(below === '' ? '.' : below), uriBaseId: 'SRCROOT' };
  const rooted = path.startsWith('/') ? path : `/${path}`;
  return { uri: rooted.startsWith('//') ? `file:${encodePath(rooted)}` : `file://${encodePath(rooted)}` };
}

/** Percent-encodes a path, and a colon in its first segment, which would read as a scheme. */
function encodePath(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(wellFormed(segment)))
    .join('/')
    .replace(/^\/([a-zA-Z])%3A(?=\/|$)/, '/$1:');
}

/** Without halves of surrogate pairs, which no encoding can express. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
