// A Finding: what every door of the product prints. Plain data with resolved positions, so that it crosses
// threads and processes as it is.

import type { Range, Span } from '../text/span';

/** How sure Airlock is that a finding is true. */
export type Confidence = 'low' | 'medium' | 'high';
/** How bad the defect is where it is true. */
export type Severity = 'error' | 'warning' | 'information';
/** The part of a review that a rule belongs to. */
export type Concern =
  | 'synchronization'
  | 'logging'
  | 'inputs'
  | 'errors'
  | 'resources'
  | 'data'
  | 'dependencies'
  | 'housekeeping';

/** A place in a file. `path` is the canonical key of the file, with forward slashes. */
export interface Location extends Span {
  readonly path: string;
  readonly range: Range;
}

/** One link of the explanation: a place and a sentence that a reviewer can check by reading. */
export interface Step {
  readonly location: Location;
  readonly message: string;
}

/** What to change, decided by the rule and turned into edits by `fixes/`. Plain data; `kind` names the builder. */
export interface FixProposal {
  readonly kind: string;
  readonly title: string;
  /** Safe fixes keep behaviour apart from the defect: they are preferred and take part in fix-all. */
  readonly safe: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

/** One defect. `steps` are in reading order: a path from source to sink, or the two accesses of a pair and further places. */
export interface Finding {
  readonly rule: string;
  readonly message: string;
  readonly confidence: Confidence;
  readonly severity: Severity;
  /** Its rule is in preview: not measured to be right often enough yet. */
  readonly preview: boolean;
  readonly location: Location;
  /** Qualified name of the enclosing definition, '' at module level. */
  readonly symbol: string;
  readonly steps: readonly Step[];
  /** 'path': steps are a data-flow path (SARIF codeFlow); 'places': related places. */
  readonly stepsKind: 'path' | 'places';
  readonly fixes: readonly FixProposal[];
  /** Survives line moves: rule, symbol and normalized text, with a counter among equals. */
  readonly fingerprint: string;
}
