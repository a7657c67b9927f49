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
  const reach = reachOf(project, directives);
  const used = new Set<string>();
  const kept: Finding[] = [];
  const silenced: Finding[] = [];
  for (const finding of findings) {
    const by = reach(finding);
    for (const each of by) used.add(useKey(each, finding.rule));
    (by.length > 0 ? silenced : kept).push(finding);
  }
  return { kept, silenced, reports: reportOnDirectives(project, file, directives, names, used) };
}

/** Applies a file's suppressions to the findings on suppressions; says nothing about their use. */
export function keepUnsilenced(project: ProjectFile, findings: readonly Finding[]): readonly Finding[] {
  if (findings.length === 0) return findings;
  const reach = reachOf(project, parseDirectives(project.source));
  return findings.filter((finding) => reach(finding).length === 0);
}

function isSuppression(directive: Directive): directive is Suppression {
  return directive.kind === 'ignore' || directive.kind === 'ignore-file' || directive.kind === 'foreign';
}

function useKey(suppression: Suppression, rule: string): string {
  return `${suppression.span.start} ${rule}`;
}

/** Answers which suppressions silence a finding. The lines of the file are read when the first finding comes whose rule
 * one of them names: most files have none. */
function reachOf(
  project: ProjectFile,
  directives: readonly Directive[],
): (finding: Finding) => readonly Suppression[] {
  const suppressions = directives.filter(isSuppression);
  const names = new Map(suppressions.map((each) => [each, namesOf(each)]));
  let reach: ((finding: Finding) => readonly Suppression[]) | null = null;
  return (finding) => {
    if (!suppressions.some((each) => names.get(each)!(finding.rule))) return [];
    reach ??= reachByLine(project, suppressions, names);
    return reach(finding);
  };
}

/** The same with everything indexed by line: a file may hold thousands. */
function reachByLine(
  project: ProjectFile,
  suppressions: readonly Suppression[],
  names: ReadonlyMap<Suppression, (rule: string) => boolean>,
): (finding: Finding) => readonly Suppression[] {
  const lines = findLogicalLines(project.text, project.source.lineStarts.length);
  const codeBelow = codeBelowOf(project, lines);
  const whole: Suppression[] = [];
  const trailing = new Map<number, Suppression[]>();
  const above = new Map<number, Suppression[]>();
  for (const each of suppressions) {
    const { line, alone } = each.comment;
    if (each.kind === 'ignore-file') whole.push(each);
    else if (alone && each.kind === 'ignore') for (const below of codeBelow(line)) add(above, below, each);
    else add(trailing, line, each);
  }
  return ({ rule, location }) => {
    const { line } = location.range.start;
    const first = lines.first[line];
    const near = [...at(trailing, line, first, lines.last[line]), ...at(above, line, first)];
    return [...whole, ...near].filter((each) => names.get(each)?.(rule));
  };
}

function add(map: Map<number, Suppression[]>, line: number, suppression: Suppression): void {
  const known = map.get(line);
  if (known) known.push(suppression);
  else map.set(line, [suppression]);
}

function at(map: ReadonlyMap<number, Suppression[]>, ...lines: readonly number[]): Suppression[] {
  return [...new Set(lines)].flatMap((line) => map.get(line) ?? []);
}

const mostDecorators = 20;

/** For a line that holds only a comment: itself and the lines of code it speaks for. */
function codeBelowOf(
  { text, source }: ProjectFile,
  lines: LogicalLines,
): (line: number) => readonly number[] {
  const { lineStarts } = source;
  const count = lineStarts.length;
  const holds = (line: number, pattern: RegExp) =>
    line < count && pattern.test(text.slice(lineStarts[line], lineStarts[line + 1] ?? text.length));
  const next = new Int32Array(count + 1).fill(count);
  for (let line = count - 1; line >= 0; line--) next[line] = holds(line, /^\s*#/) ? next[line + 1] : line;
  return (line) => {
    const found = [line, next[line]];
    // Above a decorator, a comment speaks for what is decorated.
    for (let code = next[line]; found.length < mostDecorators && holds(code, /^\s*@/); ) {
      code = next[lines.last[code] + 1];
      found.push(code);
    }
    return found;
  };
}

/** Whether a suppression names a rule. */
function namesOf(suppression: Suppression): (rule: string) => boolean {
  if (suppression.kind === 'foreign') return (rule) => foreignSilences(suppression.codes, rule);
  const names = new Set(suppression.rules.map(({ text }) => text));
  return (rule) => names.has(rule);
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
