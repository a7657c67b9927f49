// The engine's door: what any host (command line, language server, tests, web) may ask of it.
// Plain data only: every request and answer crosses a worker boundary.

import type { PackedTraces } from '../flow/values/packed-traces';
import type { Outline, Told } from '../flow/values/shared-interpretation';
import type { ShownPart } from '../flow/values/shared-relevance';
import type { Trust } from '../library/schema';
import type { Confidence, Finding, Location } from '../rules/finding';
import type { TextEdit } from '../text/span';
import type { Part, SharedArguments, SharedCalls } from '../whole/call-sharing';
import type { DumpKind } from '../whole/dump';
import type { LockMap } from '../whole/lock-map';
import type { Examined, NamedReport, RulePlan } from './shared-audit';
import type { CompiledFile, GivenFile } from './sources';

/** What is shown of the files below a folder. */
export interface FolderSettings {
  /** Key of the folder, without a slash at its end. */
  readonly folder: string;
  readonly minConfidence: Confidence;
  readonly preview: boolean;
  readonly disabled: readonly string[];
}

/** Settings after merging defaults, `pyproject.toml` or `airlock.toml`, and the editor's. */
export interface Settings {
  readonly minConfidence: Confidence;
  /** Show rules that are still in preview. */
  readonly preview: boolean;
  /** Rule names switched off. */
  readonly disabled: readonly string[];
  /** Sources that count fully for the rules on inputs. */
  readonly trust: readonly Trust[];
  /** `audit` also reports dangerous uses of values of which nothing is known. */
  readonly profile: 'default' | 'audit';
  /** Files over this many bytes are set aside with a reason. */
  readonly maxFileSize: number;
  /** `.gitignore`-style patterns of files left out, beside the built-in ones. */
  readonly exclude: readonly string[];
  /** Library knowledge of the project's own, in the form of the files in library/data. */
  readonly library: Readonly<Record<string, unknown>>;
  /** Findings that are known and not told again: fingerprints by path. */
  readonly baseline?: Readonly<Record<string, readonly string[]>>;
  /** What configurations deeper inside the project decide; for a file the innermost that holds it. */
  readonly folders?: readonly FolderSettings[];
}

/** A file the engine did not analyse, or only in part, and why, in words for the user. */
export interface Skipped {
  readonly path: string;
  readonly reason: string;
}

/** One file's findings after suppression and filtering, in source order. */
export interface FileFindings {
  readonly path: string;
  /** Changes exactly when the findings change. */
  readonly resultId: string;
  readonly findings: readonly Finding[];
  /** What comments silence of what would be shown. */
  readonly silenced?: readonly Finding[];
  /** How many findings the baseline leaves out. */
  readonly known?: number;
}

/** The outcome of an audit. */
export interface AuditResult {
  /** Files with at least one finding, by path. */
  readonly files: readonly FileFindings[];
  readonly skipped: readonly Skipped[];
  /** What was left out as asked, a folder once; where the host lists files. */
  readonly ignored?: readonly Skipped[];
  readonly fileCount: number;
  readonly lineCount: number;
  /** How many rules were not asked only because they are in preview. */
  readonly notAsked: number;
  /** How many findings the baseline leaves out. */
  readonly known: number;
}

/** A sentence of a review with the places that show it. */
export interface Statement {
  readonly text: string;
  readonly locations: readonly Location[];
}

/** One section of a review. */
export interface ReviewSection {
  readonly title: string;
  /** How many rules were asked, or that there are none, in a sentence. */
  readonly checked: string;
  /** The names of the rules that were asked, and which of them are in preview. */
  readonly asked: readonly { readonly name: string; readonly preview: boolean }[];
  readonly good: readonly Statement[];
  /** What the file does, neither good nor bad. */
  readonly noted?: readonly Statement[];
  readonly defects: readonly Finding[];
  readonly undecided: readonly Statement[];
}

/** The full-file audit: same content as Markdown, HTML and JSON. */
export interface Review {
  readonly path: string;
  readonly lineCount: number;
  /** How many other files of the program were known. */
  readonly otherFiles: number;
  readonly verdict: string;
  readonly sections: readonly ReviewSection[];
  /** What Airlock does not check yet. */
  readonly notChecked: readonly string[];
}

/** Which lock guards which state, and who takes it. */
export type LockMapResult = LockMap<Location>;

/** Edits to one file, in order, not overlapping. */
export interface FileEdit {
  readonly path: string;
  readonly edits: readonly TextEdit[];
}

/** Requests to the engine by method name: parameters and answer. Paths are canonical keys with forward slashes. */
export interface EngineRequests {
  configure: { params: { settings: Settings }; result: null };
  /** Adds or replaces files. `bytes` are decoded by the source's own encoding cookie; `text` wins (an open document).
   * `packed` is the code of the bytes, compiled before. Files that are new and `staged` are compiled, and belong to the
   * program from `takeStaged` on, so that questions in between need not look at half of it anew each time. */
  setFiles: {
    params: { files: readonly GivenFile[]; staged?: boolean };
    result: { skipped: readonly Skipped[] };
  };
  /** Compiles files that will be set: null for those that will be set aside. `keeps`: packed code is answered, too. */
  compile: {
    params: { files: readonly GivenFile[]; keeps?: boolean };
    result: readonly (CompiledFile | null)[];
  };
  /** Incremental change of a file set before as text; edits apply one after the other. */
  editFile: { params: { path: string; edits: readonly TextEdit[] }; result: null };
  removeFiles: { params: { paths: readonly string[] }; result: null };
  /** Lets the program have the files that were set aside for now. */
  takeStaged: { params: Record<string, never>; result: null };
  /** Runs all rings to the end and returns everything. `reports` are those of all rules, when they have run already. */
  audit: { params: { reports?: readonly NamedReport[] }; result: AuditResult };
  /** The parts of an audit by several engines, before the first one's `audit`: see `auditTogether`. */
  begin: { params: Readonly<Record<string, never>>; result: RulePlan };
  gather: { params: { part: Part }; result: SharedArguments };
  /** What `gather` answered for all parts, in order. */
  learn: { params: { arguments: readonly SharedArguments[] }; result: null };
  link: { params: { part: Part }; result: SharedCalls };
  /** What the scopes of a part show of labels. `calls`: what `link` answered for all parts, the first time that it is of
   * use; so below. */
  show: { params: { part: Part; calls?: readonly SharedCalls[] }; result: ShownPart };
  /** The next round of following values. `shown`: what `show` answered for all parts, in order, the first time. */
  outline: {
    params: {
      calls?: readonly SharedCalls[];
      shown?: readonly ShownPart[];
      told: readonly Told[];
    };
    result: Outline;
  };
  /** Does a task of the round. */
  follow: { params: { task: number; told: readonly Told[] }; result: PackedTraces };
  /** Runs some rules. `told`: all rounds are over, and this is the last news. */
  examine: {
    params: { rules: readonly string[]; calls?: readonly SharedCalls[]; told?: readonly Told[] };
    result: Examined;
  };
  /** Figures of the last audit, by name. What no rule asked for is found for them. */
  figures: { params: Readonly<Record<string, never>>; result: Readonly<Record<string, number>> };
  /** Findings of one file, after its pending changes. */
  findings: { params: { path: string }; result: FileFindings };
  review: { params: { path: string }; result: Review };
  /** The map of all locks, or of one file's: its classes and module, and the named locks that it takes. */
  locks: { params: { path?: string }; result: LockMapResult };
  /** What the engine knows of the function around a line (from 0), as text; null for a file it does not have. */
  explain: { params: { path: string; line: number; dump: DumpKind }; result: string | null };
  /** Edits of fix `index` of the finding with this fingerprint in this file; null when it is gone. */
  fix: { params: { path: string; fingerprint: string; index: number }; result: readonly FileEdit[] | null };
}

/** Names of the requests. */
export type EngineMethod = keyof EngineRequests;
