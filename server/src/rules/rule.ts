// What a rule is: data about the defect, and a question to the facts of the program.

import type { FlowQuestion } from '../flow/values/demand';
import type { Library } from '../library/library';
import type { Trust } from '../library/schema';
import type { Span } from '../text/span';
import type { Analysis } from '../whole/analysis';
import type { Concern, Confidence, FixProposal, Severity } from './finding';

/** A place within the program: a file by index and an absolute UTF-16 span. */
export interface Place extends Span {
  readonly file: number;
}

/** What a rule hands over; the project turns it into a Finding with positions and a fingerprint. */
export interface Report extends Place {
  readonly message: string;
  readonly confidence: Confidence;
  readonly symbol: string;
  readonly steps?: readonly (Place & { readonly message: string })[];
  readonly stepsKind?: 'path' | 'places';
  /** What to change, or a function that finds it out: asked only for what is shown. */
  readonly fixes?: readonly FixProposal[] | (() => readonly FixProposal[]);
}

/** The description of a rule: the source of the registry, the documentation index, SARIF and settings. */
export interface RuleDescription {
  /** Stable, never reused. */
  readonly number: number;
  /** Kebab-case, names the defect; SARIF ruleId, LSP code, the word in suppressions. */
  readonly name: string;
  readonly concern: Concern;
  readonly severity: Severity;
  /** In preview until its measured precision earns better: shown only on request. */
  readonly preview: boolean;
  /** The first is the main one. */
  readonly cwe: readonly number[];
  /** SARIF `properties.category`. */
  readonly category: string;
  /** One line, for lists. */
  readonly summary: string;
}

/** What the settings ask of the rules on inputs. */
export interface RuleOptions {
  /** Sources that count fully. */
  readonly trust: readonly Trust[];
  /** Report dangerous uses of values of which nothing is known, too. */
  readonly audit: boolean;
}

/** A rule: its description and its check over the program's facts. */
export interface Rule extends RuleDescription {
  /** What it asks of `analysis.values`: of other flows it learns nothing. */
  asks?(library: Library): readonly FlowQuestion[];
  /** `isOn` tells which other rules speak, for those that leave to another what it says better. */
  check(
    analysis: Analysis,
    report: (found: Report) => void,
    isOn: (rule: string) => boolean,
    options: RuleOptions,
  ): void;
}
