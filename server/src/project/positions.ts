// From places to locations, from reports to findings: offsets become lines and columns, a file's index becomes
// its path, and every finding gets its fingerprint and its place in the order. Knows no rule and no editor.

import { buildFix, type FixContext, fixContext } from '../fixes/build';
import type { Confidence, Finding, FixProposal, Location } from '../rules/finding';
import type { Place, Report, RuleDescription } from '../rules/rule';
import type { SourceFile } from '../syntax/code';
import { rangeOf } from '../text/line-index';
import type { Span } from '../text/span';
import { fingerprintsOf } from './fingerprint';

/** A file as the project holds it. */
export interface ProjectFile {
  /** Canonical key with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly source: SourceFile;
}

/** What a rule reported. */
export interface RuleReport {
  readonly rule: RuleDescription;
  readonly report: Report;
}

/** Whether the settings show findings of a rule, of some confidence, in a file. */
export type IsShown = (rule: string, confidence: Confidence, path: string) => boolean;

/** The fixes that a report proposes. */
export function proposalsOf({ fixes = [] }: Report): readonly FixProposal[] {
  return typeof fixes === 'function' ? fixes() : fixes;
}

/** How many lines a file has, as editors and `wc` agree on it: an end of line at the very end begins no new one. */
export function lineCountOf({ lineStarts, length }: SourceFile): number {
  return lineStarts[lineStarts.length - 1] === length ? lineStarts.length - 1 : lineStarts.length;
}

/** The location of an absolute UTF-16 span of a file. */
export function locate(file: ProjectFile, span: Span): Location {
  const start = Math.min(Math.max(span.start, 0), file.source.length);
  const end = Math.min(Math.max(span.end, start), file.source.length);
  return { path: file.path, start, end, range: rangeOf(file.source.lineStarts, { start, end }) };
}

/** Turns reports into findings in their final order: by path, position, rule number, message. Those that are not shown
 * have no fixes. */
export function findingsOf(
  reports: readonly RuleReport[],
  files: readonly ProjectFile[],
  isShown: IsShown = () => true,
): Finding[] {
  const fileAt = (place: Place) => files[place.file] as ProjectFile;
  const ordered = reports
    .filter(({ report }) => report.file >= 0 && report.file < files.length)
    .sort(
      (one, other) =>
        compareText(fileAt(one.report).path, fileAt(other.report).path) ||
        one.report.start - other.report.start ||
        one.report.end - other.report.end ||
        one.rule.number - other.rule.number ||
        compareText(one.report.message, other.report.message),
    );
  const fingerprints = fingerprintsOf(
    ordered.map(({ rule, report }) => {
      const file = fileAt(report);
      return { path: file.path, rule: rule.name, symbol: report.symbol, file, span: report };
    }),
  );
  // Fixes of one file read its statements once.
  const contexts = new Map<number, FixContext>();
  const contextOf = (report: Report): FixContext => {
    let context = contexts.get(report.file);
    if (context === undefined) {
      context = fixContext(fileAt(report));
      contexts.set(report.file, context);
    }
    return context;
  };
  return ordered.map(({ rule, report }, index) => ({
    rule: rule.name,
    message: report.message,
    confidence: report.confidence,
    severity: rule.severity,
    preview: rule.preview,
    location: locate(fileAt(report), report),
    symbol: report.symbol,
    steps: (report.steps ?? []).map((step) => ({
      location: locate(fileAt(step), step),
      message: step.message,
    })),
    stepsKind: report.stepsKind ?? 'places',
    // Offered is only what the text allows.
    fixes: isShown(rule.name, report.confidence, fileAt(report).path)
      ? proposalsOf(report).filter((fix) => buildFix(fix, contextOf(report)) !== null)
      : [],
    fingerprint: fingerprints[index] as string,
  }));
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
