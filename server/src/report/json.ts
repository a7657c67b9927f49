// The outcome of an audit for programs: one object, stable names, lines and columns from 1 (columns in UTF-16
// units), offsets beside them. New members may be added; what is there keeps its meaning.

import type { AuditResult, Skipped } from '../project/protocol';
import type { Finding, Location } from '../rules/finding';
import type { ShowPath } from './wording';

/** The report as JSON text, ending with a line break. `stats` are figures about the audit, where they are asked for. */
export function auditToJson(
  result: AuditResult,
  version: string,
  showPath: ShowPath,
  stats?: object,
): string {
  const findings = result.files.flatMap((file) => file.findings);
  const shownAs = ({ path, reason }: Skipped) => ({ path: showPath(path), reason });
  const report = {
    tool: { name: 'airlock', version },
    summary: {
      files: result.fileCount,
      lines: result.lineCount,
      findings: findings.length,
      known: result.known,
      skipped: result.skipped.length,
      ignored: result.ignored?.length ?? 0,
    },
    findings: findings.map((finding) => findingToJson(finding, showPath)),
    skipped: result.skipped.map(shownAs),
    ignored: (result.ignored ?? []).map(shownAs),
    ...(stats ? { stats } : {}),
  };
  return `${JSON.stringify(report, null, 2)}\n`;
}

function findingToJson(finding: Finding, showPath: ShowPath): object {
  return {
    rule: finding.rule,
    severity: finding.severity,
    confidence: finding.confidence,
    preview: finding.preview,
    message: finding.message,
    ...locationToJson(finding.location, showPath),
    symbol: finding.symbol,
    stepsKind: finding.stepsKind,
    steps: finding.steps.map(({ location, message }) => ({ message, ...locationToJson(location, showPath) })),
    fixes: finding.fixes.map(({ title, safe }) => ({ title, safe })),
    fingerprint: finding.fingerprint,
  };
}

function locationToJson({ path, start, end, range }: Location, showPath: ShowPath): object {
  return {
    path: showPath(path),
    line: range.start.line + 1,
    column: range.start.character + 1,
    endLine: range.end.line + 1,
    endColumn: range.end.character + 1,
    offset: start,
    endOffset: end,
  };
}
