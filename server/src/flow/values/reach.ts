// How far labels go. A flow over many steps, or through calls of which nothing is known, is told at low confidence; where
// such findings do not matter, a label that can come to nothing else stays in its function. Within a function it is
// followed all the same, so that what it says of names and tests holds. Which flows those are, the rules say (`demand`).

import type { Bounds, Demand } from './demand';
import { bottom, type Domain } from './domain';
import { LabelKind, Mask, noLabels } from './labels';

/** What lies before a flow's sink, at least. */
interface Way {
  readonly steps: number;
  readonly calls: number;
  readonly entries: number;
}

/** Who asks: a call that hands a value in, a return, a shared place that keeps it. */
const enum Door {
  In,
  Back,
  Place,
}

/** Decides which labels leave a function. */
export class Reach {
  private readonly entering: (boolean | undefined)[] = [];
  private readonly returning: (number | undefined)[] = [];
  private readonly keeping: (number | undefined)[] = [];
  /** Bounds of what an input may turn out to be. */
  private readonly ofInputs: { readonly kind: LabelKind; readonly bounds: readonly Bounds[] }[] = [];
  private readonly isBounded: boolean;
  /** Whether secrets matter in functions that they are handed into. */
  readonly secretsEnter: boolean;

  constructor(
    private readonly domain: Domain,
    private readonly demand: Demand,
  ) {
    this.isBounded = demand.isBounded;
    for (const { kind, evidence } of demand.asked) {
      const bounds = demand.boundsFor(kind, evidence) ?? [];
      if (bounds.length > 0) this.ofInputs.push({ kind, bounds });
    }
    const way: Way = { steps: 1, calls: 0, entries: 1 };
    const isSecret = ({ kind }: { readonly kind: LabelKind }) => kind === LabelKind.Secret;
    this.secretsEnter =
      !this.isBounded ||
      this.ofInputs.filter(isSecret).some(({ bounds }) => bounds.some((one) => keeps(one, way, Mask.None)));
  }

  /** Whether a value has a label for which it matters what a function does with it that is given the value. */
  enters(value: number): boolean {
    const { domain } = this;
    if (!domain.hasLabels(value)) return false;
    if (!this.isBounded) return true;
    let known = this.entering[value];
    if (known === undefined) {
      const shape = domain.shape(value);
      known =
        this.anyEnters(domain.labelsOf[value]!) ||
        (shape !== null && (this.enters(shape.rest) || shape.values.some((one) => this.enters(one))));
      this.entering[value] = known;
    }
    return known;
  }

  /** Whether a label of an input matters at a sink to which the input comes. */
  arrives(label: number, mask: number): boolean {
    return !this.isBounded || this.passes(label, mask, Door.In);
  }

  /** What callers find of a value that a function gives back, or leaves in its arguments. */
  returned(value: number): number {
    return this.isBounded ? this.through(value, Door.Back, this.returning) : value;
  }

  /** What others find of a value in a shared place: labels of inputs mean something in their function only. */
  kept(value: number): number {
    return this.through(value, Door.Place, this.keeping);
  }

  private through(value: number, door: Door, known: (number | undefined)[]): number {
    const { domain } = this;
    if (!domain.hasLabels(value)) return value;
    let found = known[value];
    if (found === undefined) {
      const own = domain.labels.map(domain.labelsOf[value]!, (label, mask) =>
        this.passes(label, mask, door) ? [label, mask] : null,
      );
      found = domain.withLabels(value, own);
      const shape = domain.shape(value);
      if (shape !== null) {
        const inner = (one: number) => (one === bottom ? bottom : this.through(one, door, known));
        const entries = shape.keys.map((key, k) => [key, inner(shape.values[k]!)] as const);
        found = domain.reshaped(found, shape.kind, entries, inner(shape.rest));
      }
      known[value] = found;
    }
    return found;
  }

  private anyEnters(labels: number): boolean {
    if (labels === noLabels) return false;
    const pairs = this.domain.labels.sets[labels]!;
    for (let k = 0; k < pairs.length; k += 2) {
      if (this.passes(pairs[k]!, pairs[k + 1]!, Door.In)) return true;
    }
    return false;
  }

  private passes(label: number, mask: number, door: Door): boolean {
    const { labels } = this.domain;
    const { kind, evidence } = labels.rootOf(label);
    if (kind === LabelKind.Input) return door !== Door.Place && this.inputPasses(label, mask, door);
    if (!this.isBounded) return true;
    const bounds = this.demand.boundsFor(kind, evidence)!;
    const isBack = door === Door.Back ? 1 : 0;
    const way: Way = {
      steps: labels.lengthOf(label) + isBack,
      calls: labels.callsOf(label) + isBack,
      entries: labels.entriesOf(label) + (door === Door.In ? 1 : 0),
    };
    return bounds.some((one) => keeps(one, way, mask));
  }

  /** Before an input lie its origin, and the call that hands it in. */
  private inputPasses(label: number, mask: number, door: Door): boolean {
    const { labels } = this.domain;
    // What a function hands on as it is may be told at its call, without the way inside.
    const isMoved = door === Door.In && (mask & Mask.Exact) !== 0;
    const way: Way = isMoved
      ? { steps: 1, calls: 0, entries: 1 }
      : {
          steps: 1 + labels.lengthOf(label),
          calls: 1 + labels.callsOf(label),
          entries: 1 + labels.entriesOf(label),
        };
    return this.ofInputs.some(({ kind, bounds }) => {
      if (kind === LabelKind.Secret && (mask & Mask.SecretCleared) !== 0) return false;
      return bounds.some((one) => keeps(one, way, mask));
    });
  }
}

function keeps(bounds: Bounds, { steps, calls, entries }: Way, mask: number): boolean {
  return (
    steps <= (bounds.steps ?? steps) &&
    calls <= (bounds.calls ?? calls) &&
    entries <= (bounds.entries ?? entries) &&
    (bounds.sure !== true || (mask & Mask.Guessed) === 0)
  );
}
