// Which findings the comments of a file silence, and which of those comments deserve a finding themselves. A
// comment at the end of a line speaks for that line and, on the first or last line of a statement, for the whole
// statement; a comment alone on its line speaks for the next line of code; `ignore-file` speaks for the file.

import type { Finding } from '../rules/finding';
import { rule as noReason, reportNoReason } from '../rules/housekeeping/suppression-without-reason';
import {
  reportNoRules,
  reportUnknownRule,
  reportUnknownWord,
  rule as unknownRule,
} from '../rules/housekeeping/unknown-rule-in-suppression';
import { reportUnused, rule as unused } from '../rules/housekeeping/unused-suppression';
import {
  type Directive,
  type ForeignDirective,
  type IgnoreDirective,
  parseDirectives,
} from '../syntax/directives';
import { findLogicalLines, type LogicalLines } from '../syntax/logical-lines';
import { foreignSilences } from './foreign';
import type { ProjectFile, RuleReport } from './positions';

/** What is known of the rules of this run. */
export interface RuleNames {
  /** Names that exist. */
  readonly known: ReadonlySet<string>;
  /** Names that ran, so that their silence means something. */
  readonly ran: ReadonlySet<string>;
}

/** The outcome for one file. */
export interface Suppressed {
  readonly kept: readonly Finding[];
  readonly silenced: readonly Finding[];
  /** Reports of the rules on suppressions themselves, not yet suppressed. */
  readonly reports: readonly RuleReport[];
}

type Suppression = IgnoreDirective | ForeignDirective;

/** Applies a file's suppressions to its findings. `file` is the index that the reports carry. */
export function applySuppressions(
  project: ProjectFile,
  file: number,
  findings: readonly Finding[],
  names: RuleNames,
): Suppressed {
  if (project.source.comments.length === 0) return { kept: findings, silenced: [], reports: [] };
  const directives = parseDirectives(project.source);
  const suppressions = directives.filter(isSuppression);
  const used = new Set<string>();
  const kept: Finding[] = [];
  const silenced: Finding[] = [];
  const reach = suppressions.length > 0 ? reachOf(project) : undefined;
  for (const finding of findings) {
    const by = reach ? suppressions.filter((each) => silences(each, finding, reach)) : [];
    for (const each of by) used.add(useKey(each, finding.rule));
    (by.length > 0 ? silenced : kept).push(finding);
  }
  return { kept, silenced, reports: reportOnDirectives(project, file, directives, names, used) };
}

/** Applies a file's suppressions to the findings on suppressions; says nothing about their use. */
export function keepUnsilenced(project: ProjectFile, findings: readonly Finding[]): readonly Finding[] {
  const suppressions = parseDirectives(project.source).filter(isSuppression);
  if (suppressions.length === 0 || findings.length === 0) return findings;
  const reach = reachOf(project);
  return findings.filter((finding) => !suppressions.some((each) => silences(each, finding, reach)));
}

function isSuppression(directive: Directive): directive is Suppression {
  return directive.kind === 'ignore' || directive.kind === 'ignore-file' || directive.kind === 'foreign';
}

function useKey(suppression: Suppression, rule: string): string {
  return `${suppression.span.start} ${rule}`;
}

interface Reach {
  readonly lines: LogicalLines;
  /** For a line that holds only a comment: the lines of code it speaks for. */
  readonly below: (line: number) => readonly number[];
}

function reachOf({ text, source }: ProjectFile): Reach {
  const { lineStarts } = source;
  const lines = findLogicalLines(text, lineStarts.length);
  const holds = (line: number, pattern: RegExp) =>
    line < lineStarts.length &&
    pattern.test(text.slice(lineStarts[line], lineStarts[line + 1] ?? text.length));
  const below = (line: number) => {
    let next = line + 1;
    while (holds(next, /^\s*#/)) next++;
    const found = [next];
    // Above a decorator, a comment speaks for what is decorated.
    while (holds(next, /^\s*[@#]/)) {
      next = lines.last[next] + 1;
      found.push(next);
    }
    return found;
  };
  return { lines, below };
}

function silences(suppression: Suppression, finding: Finding, reach: Reach): boolean {
  if (!namesRule(suppression, finding.rule)) return false;
  if (suppression.kind === 'ignore-file') return true;
  const { comment } = suppression;
  const line = finding.location.range.start.line;
  const first = reach.lines.first[line];
  if (comment.alone && suppression.kind === 'ignore') {
    const below = reach.below(comment.line);
    return below.includes(line) || below.includes(first) || comment.line === line;
  }
  return comment.line === line || comment.line === first || comment.line === reach.lines.last[line];
}

function namesRule(suppression: Suppression, rule: string): boolean {
  if (suppression.kind === 'foreign') return foreignSilences(suppression.codes, rule);
  return suppression.rules.some(({ text }) => text === rule);
}

function reportOnDirectives(
  project: ProjectFile,
  file: number,
  directives: readonly Directive[],
  names: RuleNames,
  used: ReadonlySet<string>,
): RuleReport[] {
  const reports: RuleReport[] = [];
  for (const directive of directives) {
    if (directive.kind === 'unknown') {
      const report = reportUnknownWord(file, directive);
      if (report) reports.push({ rule: unknownRule, report });
    }
    if (directive.kind !== 'ignore' && directive.kind !== 'ignore-file') continue;
    reports.push(...reportOnIgnore(project, file, directive, names, used));
  }
  return reports;
}

const aboutSuppressions: ReadonlySet<string> = new Set([unused.name, unknownRule.name, noReason.name]);

function reportOnIgnore(
  project: ProjectFile,
  file: number,
  directive: IgnoreDirective,
  names: RuleNames,
  used: ReadonlySet<string>,
): RuleReport[] {
  if (directive.rules.length === 0) return [{ rule: unknownRule, report: reportNoRules(file, directive) }];
  const place = { file, text: project.text, directive };
  const reports: RuleReport[] = directive.rules
    .filter(({ text }) => !names.known.has(text))
    .map((name) => ({ rule: unknownRule, report: reportUnknownRule(file, name, names.known) }));
  // Findings may be missing where the parser could not read, so silence there proves nothing.
  const readWhole = project.source.errors.length === 0 && project.source.notes.length === 0;
  const idle = directive.rules.flatMap(({ text }, index) => {
    const mayBeIdle = readWhole && names.ran.has(text) && !aboutSuppressions.has(text);
    return mayBeIdle && !used.has(useKey(directive, text)) ? [index] : [];
  });
  const doesSomething = reports.length + idle.length < directive.rules.length;
  if (idle.length > 0) reports.push({ rule: unused, report: reportUnused(place, idle) });
  if (directive.reason === '' && doesSomething)
    reports.push({ rule: noReason, report: reportNoReason(place) });
  return reports;
}
