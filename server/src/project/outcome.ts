// From what the rules reported to what the doors print: findings in order, suppressed, filtered by the settings,
// with a result id for each file. The one place where a finding is left out, so that all doors agree.

import type { Confidence, Finding } from '../rules/finding';
import { rule as notAnalysed, reportLeftOut, reportSetAside } from '../rules/housekeeping/not-analysed';
import type { RuleDescription } from '../rules/rule';
import type { SourceFile } from '../syntax/code';
import { hashText } from '../text/hash';
import { findingsOf, type IsShown, type ProjectFile, type RuleReport } from './positions';
import type { FileFindings, Settings } from './protocol';
import { applySuppressions, keepUnsilenced, type RuleNames, type Suppressed } from './suppression';

const order: Readonly<Record<Confidence, number>> = { low: 0, medium: 1, high: 2 };

/** Whether findings of this confidence are shown at this least one. */
export function isConfident(confidence: Confidence, least: Confidence): boolean {
  return order[confidence] >= order[least];
}

/** What the settings show of what the rules found, directives and baseline aside. */
export function shownBy(settings: Settings, rules: readonly RuleDescription[]): IsShown {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  return (name, confidence, path) => {
    const own = settingsFor(path, settings);
    const rule = byName.get(name);
    return rule !== undefined && speaksIn(rule, own) && isConfident(confidence, own.minConfidence);
  };
}

/** What decides on the findings of one file. */
export type FileSettings = Pick<Settings, 'minConfidence' | 'preview' | 'disabled'>;

/** The settings that hold for a file: those of the innermost folder that has its own, else the project's. */
export function settingsFor(path: string, settings: Settings): FileSettings {
  let nearest: FileSettings & { readonly folder?: string } = settings;
  for (const each of settings.folders ?? []) {
    if (path.startsWith(`${each.folder}/`) && each.folder.length > (nearest.folder?.length ?? -1))
      nearest = each;
  }
  return nearest;
}

/** Whether the settings let a rule speak of one file. */
export function speaksIn(rule: RuleDescription, settings: FileSettings): boolean {
  return (settings.preview || !rule.preview) && !settings.disabled.includes(rule.name);
}

/** The settings of a review: the rules in preview are asked, the baseline is not; what is switched off stays so. */
export function reviewSettings(settings: Settings): Settings {
  const folders = settings.folders?.map((each) => ({ ...each, preview: true }));
  return { ...settings, preview: true, baseline: {}, ...(folders ? { folders } : {}) };
}

/** How many rules speak of no file only because they are in preview. */
export function notAskedCount(rules: readonly RuleDescription[], settings: Settings): number {
  const all = reviewSettings(settings);
  return rules.filter((rule) => isEnabled(rule, all) && !isEnabled(rule, settings)).length;
}

/** Whether the settings let a rule speak of any file. */
export function isEnabled(rule: RuleDescription, settings: Settings): boolean {
  return [settings, ...(settings.folders ?? [])].some((each) => speaksIn(rule, each));
}

/**
 * The findings of each given file, in the order of the files; files without findings included. `reports` name
 * files by their index in `files`; `rules` are all rules that exist, those that the settings let speak having run.
 */
export function settleFindings(
  reports: readonly RuleReport[],
  files: readonly ProjectFile[],
  rules: readonly RuleDescription[],
  settings: Settings,
): FileFindings[] {
  const known = new Set(rules.map(({ name }) => name));
  const namesBySettings = new Map<FileSettings, RuleNames>();
  const namesFor = (own: FileSettings): RuleNames => {
    const enabled = () => rules.filter((rule) => speaksIn(rule, own)).map(({ name }) => name);
    const names = namesBySettings.get(own) ?? { known, ran: new Set(enabled()) };
    namesBySettings.set(own, names);
    return names;
  };
  const byFile = new Map<string, Finding[]>(files.map(({ path }) => [path, []]));
  for (const finding of findingsOf(reports, files, shownBy(settings, rules)))
    byFile.get(finding.location.path)?.push(finding);
  return files.map((file, index) => {
    const own = settingsFor(file.path, settings);
    const names = namesFor(own);
    const given = (byFile.get(file.path) ?? []).filter(({ rule }) => names.ran.has(rule));
    const isShown = ({ rule, confidence }: Finding) =>
      names.ran.has(rule) && isConfident(confidence, own.minConfidence);
    const settled = settleFile(file, index, files, given, names);
    const shownOnes = settled.findings.filter(isShown);
    const known = new Set(settings.baseline?.[file.path] ?? []);
    const findings = shownOnes.filter(({ fingerprint }) => !known.has(fingerprint));
    const silenced = settled.silenced.filter(isShown);
    const leftOut = shownOnes.length - findings.length;
    return {
      path: file.path,
      resultId: resultIdOf(findings),
      findings,
      ...(silenced.length > 0 ? { silenced } : {}),
      ...(leftOut > 0 ? { known: leftOut } : {}),
    };
  });
}

/** A name for a list of findings that changes exactly when they do. */
export function resultIdOf(findings: readonly Finding[]): string {
  return hashText(JSON.stringify(findings));
}

function settleFile(
  file: ProjectFile,
  index: number,
  files: readonly ProjectFile[],
  findings: readonly Finding[],
  names: RuleNames,
): Pick<Suppressed, 'silenced'> & { readonly findings: readonly Finding[] } {
  const { kept, silenced, reports } = applySuppressions(file, index, findings, names);
  const leftOut = reportLeftOut(index, file.source).map((report) => ({ rule: notAnalysed, report }));
  if (reports.length + leftOut.length === 0) return { findings: kept, silenced };
  const further = keepUnsilenced(file, findingsOf([...reports, ...leftOut], files));
  const sorted = [...kept, ...further].sort(
    (one, other) => one.location.start - other.location.start || one.location.end - other.location.end,
  );
  return { findings: sorted, silenced };
}

const nothingRead: SourceFile = {
  length: 0,
  names: [],
  constants: [],
  codes: [],
  comments: [],
  lineStarts: Int32Array.of(0),
  errors: [],
  notes: [],
};

/** The one finding of a file that was set aside whole. `reason` is in words, without a full stop. */
export function settleSetAside(path: string, reason: string): FileFindings {
  const reports = [{ rule: notAnalysed, report: reportSetAside(0, reason) }];
  const findings = findingsOf(reports, [{ path, text: '', source: nothingRead }]);
  return { path, resultId: resultIdOf(findings), findings };
}
