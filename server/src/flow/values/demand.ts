// What rules ask of values: which labels at which kinds of sinks, and outside data of which trust. What no rule asks is neither looked for nor carried
// along; the flows that are asked do not depend on it.

import type { Trust } from '../../library/schema';
import { SecretEvidence } from '../../library/secret-words';
import { LabelKind } from './labels';

/** What a flow must be like so that a rule tells it at more than low confidence. What is left out does not matter. */
export interface Bounds {
  /** Links of its path, at most. */
  readonly steps?: number;
  /** Calls on its path, into functions and back, at most. */
  readonly calls?: number;
  /** Functions that it is handed into, at most, the one of the sink among them. */
  readonly entries?: number;
  /** It came through no call of which nothing is known. */
  readonly sure?: boolean;
  /** Secrets: how plainly it is one. */
  readonly evidence?: readonly SecretEvidence[];
}

/** Flows of labels of these kinds into sinks of one kind. */
export interface FlowQuestion {
  readonly sink: string;
  readonly labels: readonly LabelKind[];
  /** Labels that only decide which of those count. */
  readonly beside?: readonly LabelKind[];
  /** Left out: any flow may be told. */
  readonly bounds?: Bounds;
}

const evidences: readonly SecretEvidence[] = [
  SecretEvidence.None,
  SecretEvidence.Personal,
  SecretEvidence.Weak,
  SecretEvidence.Likely,
  SecretEvidence.Plain,
];

/** The questions of all rules that speak. */
export class Demand {
  private readonly bySink: ReadonlyMap<string, number> | null;
  private readonly all: number;
  /** By kind and evidence; null: whatever it is like, it counts. */
  private readonly bounds: ReadonlyMap<number, readonly Bounds[]> | null;

  /** null: everything is asked, sources of every trust. */
  constructor(
    questions: readonly FlowQuestion[] | null,
    private readonly trusts: ReadonlySet<Trust> | null = null,
  ) {
    const bySink = new Map<string, number>();
    let all = 0;
    for (const { sink, labels, beside } of questions ?? []) {
      bySink.set(sink, (bySink.get(sink) ?? 0) | bitsOf(labels));
      all |= bitsOf([...labels, ...(beside ?? [])]);
    }
    this.bySink = questions === null ? null : bySink;
    this.all = questions === null ? -1 : all;
    this.bounds = questions === null || trusts === null ? null : boundsOf(questions);
  }

  /** Whether labels differ in what they can come to. */
  get isBounded(): boolean {
    return this.bounds !== null;
  }

  /** The kinds of labels that are asked for, secrets by evidence. */
  get asked(): readonly { readonly kind: LabelKind; readonly evidence: SecretEvidence }[] {
    const kinds = [LabelKind.Untrusted, LabelKind.Secret, LabelKind.Weak].filter((kind) => this.asks(kind));
    return kinds.flatMap((kind) =>
      (kind === LabelKind.Secret ? evidences : [SecretEvidence.None]).map((evidence) => ({ kind, evidence })),
    );
  }

  /** What flows of such labels may be like, one or the other; null when it does not matter. */
  boundsFor(label: LabelKind, evidence: SecretEvidence): readonly Bounds[] | null {
    return this.bounds === null ? null : (this.bounds.get(keyOf(label, evidence)) ?? none);
  }

  /** Whether anything asks for secrets of this evidence. */
  asksSecrets(evidence: SecretEvidence): boolean {
    if (evidence === SecretEvidence.None || !this.asks(LabelKind.Secret)) return false;
    return this.boundsFor(LabelKind.Secret, evidence)?.length !== 0;
  }

  /** Whether nothing is asked. */
  get isEmpty(): boolean {
    return this.all === 0;
  }

  /** Whether anything asks for labels of this kind. */
  asks(label: LabelKind): boolean {
    return (this.all & (1 << label)) !== 0;
  }

  /** Whether anything asks for outside data of this trust. */
  asksOutside(trust: Trust): boolean {
    return this.asks(LabelKind.Untrusted) && (this.trusts?.has(trust) ?? true);
  }

  /** Whether anything asks what arrives at sinks of this kind. */
  asksAt(sink: string): boolean {
    return this.bySink?.has(sink) ?? true;
  }

  /** Whether anything asks for labels of this kind at sinks of this kind. */
  asksFor(label: LabelKind, sink: string): boolean {
    return this.bySink === null || ((this.bySink.get(sink) ?? 0) & (1 << label)) !== 0;
  }
}

const none: readonly Bounds[] = [];

function keyOf(label: LabelKind, evidence: SecretEvidence): number {
  return label === LabelKind.Secret ? label + 8 * (1 + evidences.indexOf(evidence)) : label;
}

function boundsOf(questions: readonly FlowQuestion[]): ReadonlyMap<number, readonly Bounds[]> {
  const found = new Map<number, Bounds[]>();
  for (const { labels, beside, bounds = {} } of questions) {
    for (const label of [...labels, ...(beside ?? [])]) {
      const keys = new Set((bounds.evidence ?? evidences).map((evidence) => keyOf(label, evidence)));
      for (const key of keys) {
        const list = found.get(key) ?? [];
        if (!list.some((one) => isWithin(bounds, one)))
          found.set(key, [...list.filter((one) => !isWithin(one, bounds)), bounds]);
      }
    }
  }
  return found;
}

/** Whether what keeps to the one bounds keeps to the other ones, too. */
function isWithin(one: Bounds, other: Bounds): boolean {
  const most = (bound: number | undefined) => bound ?? Number.POSITIVE_INFINITY;
  return (
    most(one.steps) <= most(other.steps) &&
    most(one.calls) <= most(other.calls) &&
    most(one.entries) <= most(other.entries) &&
    (one.sure === true || other.sure !== true)
  );
}

function bitsOf(labels: readonly LabelKind[]): number {
  return labels.reduce((bits, label) => bits | (1 << label), 0);
}

/** Everything is asked. */
export const everything = new Demand(null);
