// The engine: files in, findings out. Holds the program's sources, builds the analysis when it is asked for and lets
// every rule that the settings allow speak. Synchronous, single-threaded, without file system or clock.

import { buildFix } from '../fixes/build';
import { Numberings } from '../flow/numberings';
import type { PackedTraces } from '../flow/values/packed-traces';
import type { Outline } from '../flow/values/shared-interpretation';
import type { ShownPart } from '../flow/values/shared-relevance';
import type { Library } from '../library/library';
import { loadLibrary } from '../library/load';
import { Program } from '../program/program';
import { rules } from '../rules/registry';
import type { Report, Rule } from '../rules/rule';
import type { PythonParser } from '../syntax/parser';
import { Analysis, ValuesPending } from '../whole/analysis';
import type { SharedArguments, SharedCalls } from '../whole/call-sharing';
import { carryOver } from '../whole/carry-over';
import { explain } from '../whole/dump';
import { type FileSpan, mapLocks } from '../whole/lock-map';
import { findingsOfAside } from './aside';
import { demandOf, mayIgnore, showsFaint } from './asked';
import { partsLeftOut } from './left-out';
import {
  isEnabled,
  notAskedCount,
  reviewSettings,
  settingsFor,
  settleFindings,
  shownBy,
  speaksIn,
} from './outcome';
import { lineCountOf, locate, proposalsOf, type RuleReport } from './positions';
import type {
  AuditResult,
  EngineRequests,
  FileEdit,
  FileFindings,
  LockMapResult,
  Review,
  Settings,
  Skipped,
} from './protocol';
import { reviewFile } from './review';
import { defaultSettings } from './settings';
import type { Examined, NamedReport, RulePlan } from './shared-audit';
import { type CompiledFile, Sources } from './sources';

type Params<M extends keyof EngineRequests> = EngineRequests[M]['params'];

interface Outcome {
  readonly analysis: Analysis;
  readonly byPath: ReadonlyMap<string, FileFindings>;
}

/** An engine without files, with the default settings. `onPhase` is told of each part of an analysis as it begins. */
export function createEngine(parser: PythonParser, onPhase?: (name: string) => void): Engine {
  return new Engine(parser, onPhase);
}

/** One engine over one set of files. Use `createEngine`. */
export class Engine {
  private readonly sources: Sources;
  /** Files that are read, but not of the program yet. */
  private readonly staged = new Set<string>();
  private readonly numberings = new Numberings();
  private settings: Settings = defaultSettings;
  private library: Library = loadLibrary().library;
  private outcome: Outcome | null = null;
  /** Outcomes for reviews, by those of the same state under the settings. */
  private readonly forReviews = new WeakMap<Outcome, Outcome>();
  /** The last analysis, good for carrying over as long as the set of files and the settings stay the same. */
  private analysis: Analysis | null = null;
  /** Whether findings of low confidence matter to it: they are shown, or a comment may silence one. */
  private faintMatters = false;
  /** Files edited since then. */
  private readonly edited = new Set<string>();
  /** Whether somebody types: most programs are only ever read. */
  private isTyped = false;
  /** The analysis of an audit by several engines, while it is under way. */
  private shared: Analysis | null = null;

  constructor(
    parser: PythonParser,
    private readonly onPhase: (name: string) => void = () => undefined,
  ) {
    this.sources = new Sources(parser);
  }

  configure({ settings }: Params<'configure'>): null {
    this.settings = settings;
    this.library = loadLibrary(
      Object.keys(settings.library).length > 0 ? settings.library : undefined,
    ).library;
    this.startAfresh();
    return null;
  }

  setFiles({ files, staged = false }: Params<'setFiles'>): { skipped: readonly Skipped[] } {
    const skipped: Skipped[] = [];
    let isNews = false;
    for (const file of files) {
      // A document that is open: who reads its first edit would else wait for an analysis anew.
      if (file.text !== undefined) this.isTyped = true;
      const waits = staged && (this.staged.has(file.path) || !this.sources.has(file.path));
      const aside = this.sources.set(file, this.settings.maxFileSize);
      if (aside) skipped.push(aside);
      if (waits && !aside) this.staged.add(file.path);
      else {
        this.staged.delete(file.path);
        isNews = true;
      }
    }
    if (isNews) this.startAfresh();
    return { skipped };
  }

  compile({ files, keeps = false }: Params<'compile'>): readonly (CompiledFile | null)[] {
    const { sources, settings } = this;
    return files.map((file) => sources.compileAhead(file, settings.maxFileSize, keeps));
  }

  takeStaged(): null {
    if (this.staged.size > 0) this.startAfresh();
    this.staged.clear();
    return null;
  }

  editFile({ path, edits }: Params<'editFile'>): null {
    this.sources.edit(path, edits, this.settings.maxFileSize);
    if (this.staged.delete(path)) this.startAfresh();
    this.edited.add(path);
    this.isTyped = true;
    this.outcome = null;
    return null;
  }

  removeFiles({ paths }: Params<'removeFiles'>): null {
    for (const path of paths) {
      this.sources.remove(path);
      this.staged.delete(path);
    }
    this.startAfresh();
    return null;
  }

  audit({ reports }: Params<'audit'>): AuditResult {
    this.settleText();
    if (reports && this.shared) this.outcome = this.concluded(this.shared, reports);
    const { analysis, byPath } = this.analysed();
    const files = [...byPath.values()].filter(({ findings }) => findings.length > 0);
    let lineCount = 0;
    for (const { source } of analysis.program.files) lineCount += lineCountOf(source);
    return {
      files: files.sort(inOrder),
      skipped: [...this.sources.skipped(), ...[...this.sources.files()].flatMap(partsLeftOut)].sort(inOrder),
      fileCount: analysis.program.files.length,
      lineCount,
      notAsked: notAskedCount(rules, this.settings),
      known: [...byPath.values()].reduce((sum, { known = 0 }) => sum + known, 0),
    };
  }

  figures(): Readonly<Record<string, number>> {
    const { calls, guards, values } = this.analysed().analysis;
    return { ...calls.counts, places: guards.all.length, ...values.share };
  }

  begin(): RulePlan {
    this.settleText();
    this.startAfresh();
    this.onPhase('analyse');
    this.shared = this.analyseAll(true);
    this.shared.awaitValues();
    return planOf(rules.filter((rule) => isEnabled(rule, this.settings)));
  }

  gather({ part }: Params<'gather'>): SharedArguments {
    return this.sharedAnalysis().calls.gatherArguments(part);
  }

  learn({ arguments: parts }: Params<'learn'>): null {
    this.onPhase('analyse');
    this.sharedAnalysis().calls.takeArguments(parts);
    return null;
  }

  link({ part }: Params<'link'>): SharedCalls {
    return this.sharedAnalysis().calls.resolveCalls(part);
  }

  show({ part, calls }: Params<'show'>): ShownPart {
    this.onPhase('follow values');
    return this.linkedAnalysis(calls).showPart(part);
  }

  outline({ calls, shown, told }: Params<'outline'>): Outline {
    this.onPhase('follow values');
    const analysis = this.linkedAnalysis(calls);
    if (shown) analysis.takeShown(shown);
    return analysis.sharedValues.next(told);
  }

  follow({ task, told }: Params<'follow'>): PackedTraces {
    return this.linkedAnalysis().sharedValues.follow(task, told);
  }

  examine({ rules: names, calls, told }: Params<'examine'>): Examined {
    this.onPhase('analyse');
    const analysis = this.linkedAnalysis(calls);
    if (told) analysis.takeValues(told);
    const later = new Set<Rule>();
    const chosen = rules.filter(({ name }) => names.includes(name));
    const reports = this.check(analysis, chosen, this.settings, later);
    // From here on it waits for the others, which is no rule's time.
    this.onPhase('settle');
    const isShown = shownBy(this.settings, rules);
    const pathOf = (report: Report) => analysis.program.files[report.file]?.path ?? '';
    return {
      reports: reports.map(({ rule, report }) => ({
        rule: rule.name,
        report: {
          ...report,
          fixes: isShown(rule.name, report.confidence, pathOf(report)) ? proposalsOf(report) : [],
        },
      })),
      later: [...later].map(({ name }) => name),
    };
  }

  findings({ path }: Params<'findings'>): FileFindings {
    return this.analysed().byPath.get(path) ?? { path, resultId: '', findings: [] };
  }

  /** A review asks the rules in preview, too, and tells what is known: it is read by a person who decides. */
  review({ path }: Params<'review'>): Review {
    const settings = reviewSettings(this.settings);
    const speaking = (of: Settings) => rules.filter((rule) => speaksIn(rule, settingsFor(path, of)));
    const ran = speaking(settings);
    const agree = ran.length === speaking(this.settings).length && !this.settings.baseline?.[path];
    const { analysis, byPath } = agree ? this.analysed() : this.reviewed(settings);
    return reviewFile(
      analysis,
      this.sources.get(path),
      path,
      byPath.get(path) ?? { path, resultId: '', findings: [] },
      this.sources.reason(path),
      ran,
    );
  }

  locks({ path }: Params<'locks'>): LockMapResult {
    const { analysis } = this.analysed();
    const { files } = analysis.program;
    const place = (span: FileSpan) => locate(this.sources.get(files[span.file]!.path)!, span);
    return mapLocks(analysis, place, (file) => path === undefined || file.path === path);
  }

  explain({ path, line, dump }: Params<'explain'>): string | null {
    return explain(this.analysed().analysis, path, line, dump);
  }

  fix({ path, fingerprint, index }: Params<'fix'>): readonly FileEdit[] | null {
    const finding = this.findings({ path }).findings.find((one) => one.fingerprint === fingerprint);
    const proposal = finding?.fixes[index];
    const file = this.sources.get(path);
    if (!proposal || !file) return null;
    const edits = buildFix(proposal, file);
    return edits === null ? null : [{ path, edits }];
  }

  private startAfresh(): void {
    this.outcome = null;
    this.analysis = null;
    this.shared = null;
  }

  private settleText(): void {
    for (const path of this.sources.settle()) {
      this.edited.add(path);
      this.outcome = null;
    }
  }

  private analyseAll(isShared = false): Analysis {
    const files = [...this.sources.files()].filter(({ path }) => !this.staged.has(path));
    const program = new Program(files.map(({ path, source }) => [path, source] as const));
    this.faintMatters = showsFaint(this.settings) || files.some(({ source }) => mayIgnore(source));
    const demand = demandOf(rules, this.library, this.settings, this.faintMatters);
    return new Analysis(program, this.library, this.numberings, isShared, demand, this.isTyped);
  }

  private linkedAnalysis(calls?: readonly SharedCalls[]): Analysis {
    const analysis = this.sharedAnalysis();
    if (calls) analysis.calls.takeCalls(calls);
    return analysis;
  }

  private sharedAnalysis(): Analysis {
    if (!this.shared) throw new Error('The files changed in the middle of an audit by several engines.');
    return this.shared;
  }

  /** The last analysis with the edits since then, where they changed only bodies; null otherwise. */
  private carriedOver(): Analysis | null {
    const { analysis } = this;
    if (!analysis) return null;
    for (const path of this.edited) {
      const file = analysis.program.files.find((one) => one.path === path);
      const known = this.sources.get(path);
      if (known && !this.faintMatters && mayIgnore(known.source)) return null;
      if (!file || !known || !carryOver(analysis, file, known.source)) return null;
    }
    return analysis;
  }

  private analysed(): Outcome {
    this.outcome ??= this.analyse();
    return this.outcome;
  }

  private reviewed(settings: Settings): Outcome {
    const without = this.analysed();
    const known = this.forReviews.get(without);
    if (known) return known;
    // What the rules that speak ask of values is not what a review asks.
    const analysis = without.analysis.asking(demandOf(rules, this.library, settings, this.faintMatters));
    const outcome = this.settled(analysis, this.check(analysis, rules, settings), settings);
    this.forReviews.set(without, outcome);
    return outcome;
  }

  private analyse(): Outcome {
    this.onPhase('analyse');
    const analysis = this.carriedOver() ?? this.analyseAll();
    this.analysis = analysis;
    this.edited.clear();
    return this.settled(analysis, this.check(analysis, rules));
  }

  /** The outcome of an audit in parts, whose rules have run. */
  private concluded(analysis: Analysis, named: readonly NamedReport[]): Outcome {
    const byName = new Map(rules.map((rule) => [rule.name, rule]));
    analysis.stopWaiting();
    this.shared = null;
    this.analysis = analysis;
    this.edited.clear();
    return this.settled(
      analysis,
      named.map(({ rule, report }) => ({ rule: byName.get(rule)!, report })),
    );
  }

  private check(
    analysis: Analysis,
    chosen: readonly Rule[],
    settings: Settings = this.settings,
    /** Takes the rules that have to wait for values. */
    later: Set<Rule> | null = null,
  ): RuleReport[] {
    const reports: RuleReport[] = [];
    for (const rule of chosen) {
      if (!isEnabled(rule, settings)) continue;
      this.onPhase(`rule ${rule.name}`);
      const found: RuleReport[] = [];
      try {
        rule.check(
          analysis,
          (report) => found.push({ rule, report }),
          (name) => rules.some((one) => one.name === name && isEnabled(one, settings)),
          { trust: settings.trust, audit: settings.profile === 'audit' },
        );
        reports.push(...found);
      } catch (error) {
        if (!(error instanceof ValuesPending) || later === null) throw error;
        later.add(rule);
      }
    }
    return reports;
  }

  private settled(
    analysis: Analysis,
    reports: readonly RuleReport[],
    settings: Settings = this.settings,
  ): Outcome {
    this.onPhase('settle');
    const files = analysis.program.files.map(({ path }) => this.sources.get(path)!);
    const byPath = new Map<string, FileFindings>();
    for (const found of settleFindings(reports, files, rules, settings)) byPath.set(found.path, found);
    for (const { path, reason } of this.sources.skipped()) byPath.set(path, findingsOfAside(path, reason));
    return { analysis, byPath };
  }
}

function planOf(speaking: readonly Rule[]): RulePlan {
  const groups = new Map<string, string[]>();
  for (const { name, concern, asks } of speaking) {
    if (asks) continue;
    const group = groups.get(concern);
    if (group) group.push(name);
    else groups.set(concern, [name]);
  }
  return {
    groups: [...groups.values()],
    ofValues: speaking.flatMap(({ name, asks }) => (asks ? [name] : [])),
  };
}

function inOrder(one: { readonly path: string }, other: { readonly path: string }): number {
  return one.path < other.path ? -1 : Number(one.path > other.path);
}
