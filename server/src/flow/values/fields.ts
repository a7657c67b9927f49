// What is stored where several functions see it: fields of a class, names of a module, captured variables.
// One value per place, joined over all stores; only what does not depend on a function's inputs.

import { bottom, type Domain } from './domain';
import { LabelKind } from './labels';

/** The table of shared places. A round reads what the round before stored. */
export class Fields {
  private current = new Map<string, number>();
  private earlier = new Map<string, number>();
  /** What modules and class bodies hold, before any function runs. */
  private seeds = new Map<string, number>();

  constructor(private readonly domain: Domain) {}

  /** Adds a store. Labels of inputs are left out: they mean something in their function only. */
  add(scope: number, name: string, value: number): void {
    const stored = this.concrete(value);
    const key = `${scope}.${name}`;
    const before = this.current.get(key) ?? bottom;
    const after = this.domain.join(before, stored);
    if (after === before) return;
    this.current.set(key, after);
  }

  /** What earlier rounds stored there; bottom when nothing. `reads` remembers the answer. */
  get(scope: number, name: string, reads: Map<string, number>): number {
    const value = this.at(`${scope}.${name}`);
    reads.set(`${scope}.${name}`, value);
    return value;
  }

  /** Whether these answers would be others now in a way that matters: by a label, or for a name that says "secret". */
  differ(reads: ReadonlyMap<string, number>, isSecret: (name: string) => boolean): boolean {
    for (const [key, value] of reads) {
      const now = this.at(key);
      if (now === value) continue;
      if (this.domain.hasLabels(now) || isSecret(key.slice(key.indexOf('.') + 1))) return true;
    }
    return false;
  }

  /** Whether an earlier round stored something with a label there. */
  isLabelled(scope: number, name: string): boolean {
    return this.domain.hasLabels(this.at(`${scope}.${name}`));
  }

  /** The names under which anything with a label was stored. */
  labelledNames(): ReadonlySet<string> {
    const names = new Set<string>();
    for (const [key, value] of this.earlier) {
      if (this.domain.hasLabels(value)) names.add(key.slice(key.indexOf('.') + 1));
    }
    return names;
  }

  private at(key: string): number {
    return this.earlier.get(key) ?? this.seeds.get(key) ?? bottom;
  }

  /** Takes what was stored so far for the lasting state of modules and classes. */
  seed(): void {
    this.seeds = this.current;
    this.current = new Map();
  }

  /** Lets the next round read this round's stores. What a function stored stays until it runs again: it only grows. */
  advance(): void {
    this.earlier = new Map(this.current);
    for (const [key, value] of this.seeds) {
      this.earlier.set(key, this.domain.join(value, this.earlier.get(key) ?? bottom));
    }
  }

  /** The value without labels of inputs, at all depths. */
  concrete(value: number): number {
    const { domain } = this;
    const { labels } = domain;
    const own = labels.map(domain.labelsOf[value]!, (label, mask) =>
      labels.kindOf(label) === LabelKind.Input ? null : [label, mask],
    );
    const plain = domain.withLabels(value, own);
    const shape = domain.shape(plain);
    if (shape === null) return plain;
    const entries = shape.keys.map((key, k) => [key, this.concrete(shape.values[k]!)] as const);
    return domain.reshaped(
      plain,
      shape.kind,
      entries,
      shape.rest === bottom ? bottom : this.concrete(shape.rest),
    );
  }
}
