// What rules ask of values: which labels at which kinds of sinks, and outside data of which trust. What no rule asks is neither looked for nor carried
// along; the flows that are asked do not depend on it.

import type { Trust } from '../../library/schema';
import { LabelKind } from './labels';

/** Flows of labels of these kinds into sinks of one kind. */
export interface FlowQuestion {
  readonly sink: string;
  readonly labels: readonly LabelKind[];
  /** Labels that only decide which of those count. */
  readonly beside?: readonly LabelKind[];
}

/** The questions of all rules that speak. */
export class Demand {
  private readonly bySink: ReadonlyMap<string, number> | null;
  private readonly all: number;

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

function bitsOf(labels: readonly LabelKind[]): number {
  return labels.reduce((bits, label) => bits | (1 << label), 0);
}

/** Everything is asked. */
export const everything = new Demand(null);
