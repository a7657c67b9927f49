// Passes as plain data, so that an interpretation in another thread can take them over. Values, labels, places and
// summaries are numbered as they are first spoken of, and told once. Decides how they are written down and read; whether a
// pass that was taken over holds is the interpreter's business.

import type { Constant } from '../../syntax/code';
import type { Context } from './context';
import type { Place } from './fields';
import type { Root } from './labels';
import type { ShapeKind } from './shapes';
import { keyOfFlow } from './sinks';
import { type Flow, type Summary, sameSummary } from './summary';
import { type Answer, Ask, type Step, type Trace, type Traces } from './trace';

/** A pass over a function. */
export type MadeTrace = readonly [scope: number, trace: Trace];

/** Passes of one sender, each after those that it rests on, and what they speak of that was not told before. */
export interface PackedTraces {
  readonly numbers: Int32Array;
  readonly texts: readonly string[];
  /** Plain data of which the numbers speak. Ids in it are the sender's. */
  readonly objects: readonly unknown[];
}

/** What a run of numbers is of. Each is numbered from 0 on in the order of telling, by kind. */
const enum Tag {
  /** Scope, text. */
  Place,
  /** Object: constants, how it begins, how it ends. */
  Known,
  /** Object. */
  Root,
  /** See `Labels.partsOf`. */
  Label,
  /** How many numbers, then pairs of label and mask. */
  Set,
  /** Kind, what is under any other key, depth, how many keys; key and value of each. */
  Shape,
  /** Types, known, set, shape. */
  Value,
  /** Object. */
  Summary,
  /** Scope, summary; how many steps, each with kind, place and answer; stores with place and value; flows. */
  Trace,
}

interface KnownFact {
  readonly constants: readonly Constant[] | null;
  readonly prefix: string;
  readonly suffix: string;
}

const nothing = -1;

/** Writes passes for one receiver. */
export class TraceWriter {
  private numbers: number[] = [];
  private texts: string[] = [];
  private objects: unknown[] = [];
  private readonly textIds = new Map<string, number>();
  private readonly places = new Map<Place, number>();
  private readonly known = new Map<number, number>([[0, 0]]);
  private readonly roots = new Map<number, number>();
  private readonly labels = new Map<number, number>();
  private readonly sets = new Map<number, number>([[0, 0]]);
  private readonly shapes = new Map<number, number>([[0, 0]]);
  /** The first two are the same everywhere. */
  private readonly values = new Map<number, number>(firstValues);
  private readonly summaries = new Map<Summary, number>();

  constructor(private readonly context: Context) {}

  /** These passes as data. */
  write(made: readonly MadeTrace[]): PackedTraces {
    for (const [scope, trace] of made) this.trace(scope, trace);
    const { numbers, texts, objects } = this;
    this.numbers = [];
    this.texts = [];
    this.objects = [];
    return { numbers: Int32Array.from(numbers), texts, objects };
  }

  private trace(scope: number, { summary, steps, stores, flows }: Trace): void {
    const own: number[] = [Tag.Trace, scope, this.summary(summary), steps.length];
    for (const { ask, of, answer } of steps) own.push(ask, this.place(of), this.answer(ask, answer));
    own.push(stores.length);
    for (const [place, value] of stores) own.push(this.place(place), this.value(value));
    own.push(flows.size);
    for (const flow of flows.values()) own.push(this.object({ ...flow, label: this.label(flow.label) }));
    for (const one of own) this.numbers.push(one);
  }

  private answer(ask: Ask, answer: Answer): number {
    if (answer === undefined || ask === Ask.Captures) return nothing;
    if (typeof answer === 'object') return this.summary(answer);
    return ask === Ask.Field ? this.value(answer) : answer;
  }

  private summary(summary: Summary): number {
    return told(this.summaries, summary, () => {
      const said: Summary = {
        ...summary,
        result: this.value(summary.result),
        left: summary.left.map((value) => this.value(value)),
        sinks: summary.sinks.map((sink) => ({ ...sink, label: this.label(sink.label) })),
      };
      this.numbers.push(Tag.Summary, this.object(said));
    });
  }

  private value(id: number): number {
    const { types, knownOf, labelsOf, shapeOf } = this.context.domain;
    return told(this.values, id, () => {
      const known = this.knownFact(knownOf[id]!);
      const labels = this.set(labelsOf[id]!);
      this.numbers.push(Tag.Value, types[id]!, known, labels, this.shape(shapeOf[id]!));
    });
  }

  private shape(id: number): number {
    return told(this.shapes, id, () => {
      const { kind, keys, values, rest, depth } = this.context.domain.shapes.entries[id]!;
      const own: number[] = [Tag.Shape, kind, this.value(rest), depth, keys.length];
      for (let k = 0; k < keys.length; k++) own.push(this.text(keys[k]!), this.value(values[k]!));
      this.numbers.push(...own);
    });
  }

  private knownFact(id: number): number {
    return told(this.known, id, () => {
      const { known } = this.context.domain;
      const { prefix, suffix } = known.entries[id]!;
      const fact: KnownFact = { constants: known.constantsOf(id), prefix, suffix };
      this.numbers.push(Tag.Known, this.object(fact));
    });
  }

  private set(id: number): number {
    return told(this.sets, id, () => {
      const pairs = this.context.domain.labels.sets[id]!;
      const own = pairs.map((one, k) => (k % 2 === 0 ? this.label(one) : one));
      this.numbers.push(Tag.Set, own.length, ...own);
    });
  }

  private label(id: number): number {
    if (id < 0) return nothing;
    return told(this.labels, id, () => {
      const { labels } = this.context.domain;
      const [root, before, step, scope, at, inner] = labels.partsOf(id);
      const told = [this.root(root!), this.label(before!), step!, scope!, at!, this.label(inner!)];
      this.numbers.push(Tag.Label, ...told);
    });
  }

  private root(id: number): number {
    return told(this.roots, id, () => {
      this.numbers.push(Tag.Root, this.object(this.context.domain.labels.roots[id]!));
    });
  }

  private place(place: Place): number {
    return told(this.places, place, () => {
      this.numbers.push(Tag.Place, place.scope, this.text(place.name));
    });
  }

  private text(text: string): number {
    return told(this.textIds, text, () => {
      this.texts.push(text);
    });
  }

  private object(object: unknown): number {
    return this.objects.push(object) - 1;
  }
}

/** Reads the passes of one sender. */
export class TraceReader {
  private readonly texts: string[] = [];
  private readonly places: Place[] = [];
  private readonly known: number[] = [0];
  private readonly roots: number[] = [];
  private readonly labels: number[] = [];
  private readonly sets: number[] = [0];
  private readonly shapes: number[] = [0];
  private readonly values: number[] = firstValues.map(([, id]) => id);
  private readonly summaries: Summary[] = [];
  private numbers = new Int32Array(0);
  private objects: readonly unknown[] = [];
  private next = 0;

  /** `pool`: passes whose summaries stand for equal ones that are read. */
  constructor(
    private readonly context: Context,
    private readonly pool: Traces,
  ) {}

  /** The passes, which belong to the pool from now on. */
  read(packed: PackedTraces): readonly MadeTrace[] {
    const made: MadeTrace[] = [];
    this.numbers = new Int32Array(packed.numbers);
    this.objects = packed.objects;
    for (const text of packed.texts) this.texts.push(text);
    for (this.next = 0; this.next < this.numbers.length; ) {
      const tag = this.number() as Tag;
      if (tag !== Tag.Trace) this.learn(tag);
      else {
        const one = this.trace();
        this.pool.add(...one);
        made.push(one);
      }
    }
    return made;
  }

  private learn(tag: Exclude<Tag, Tag.Trace>): void {
    const { domain, places } = this.context;
    const { labels } = domain;
    switch (tag) {
      case Tag.Place:
        this.places.push(places.of(this.number(), this.texts[this.number()]!));
        break;
      case Tag.Known: {
        const { constants, prefix, suffix } = this.object() as KnownFact;
        this.known.push(
          constants === null ? domain.known.affixes(prefix, suffix) : domain.known.oneOf(constants),
        );
        break;
      }
      case Tag.Root:
        this.roots.push(labels.rootIdOf(this.object() as Root));
        break;
      case Tag.Label: {
        const root = this.roots[this.number()]!;
        const before = this.label();
        const step = this.number();
        const scope = this.number();
        const at = this.number();
        this.labels.push(labels.link(root, before, step, scope, at, this.label()));
        break;
      }
      case Tag.Set: {
        const length = this.number();
        this.sets.push(labels.set(this.list(length, (k) => (k % 2 === 0 ? this.label() : this.number()))));
        break;
      }
      case Tag.Shape:
        this.shapes.push(this.shape());
        break;
      case Tag.Value: {
        const types = this.number();
        const known = this.known[this.number()]!;
        const set = this.sets[this.number()]!;
        this.values.push(domain.value(types, known, set, this.shapes[this.number()]!));
        break;
      }
      case Tag.Summary:
        this.summaries.push(this.summary(this.object() as Summary));
        break;
    }
  }

  private shape(): number {
    const kind = this.number() as ShapeKind;
    const rest = this.value();
    const depth = this.number();
    const keys: string[] = [];
    const values: number[] = [];
    for (let left = this.number(); left > 0; left--) {
      keys.push(this.texts[this.number()]!);
      values.push(this.value());
    }
    return this.context.domain.shapes.of(kind, keys, values, rest, depth);
  }

  private summary(said: Summary): Summary {
    const summary: Summary = {
      ...said,
      result: this.values[said.result]!,
      left: said.left.map((value) => this.values[value]!),
      sinks: said.sinks.map((sink) => ({ ...sink, label: this.labels[sink.label]! })),
    };
    const same = this.pool.of(said.scope).find((one) => sameSummary(one.summary, summary));
    return same?.summary ?? summary;
  }

  private trace(): MadeTrace {
    const scope = this.number();
    const summary = this.summaries[this.number()]!;
    const reads = new Map<Place, number>();
    const steps = this.list(this.number(), () => this.step(reads));
    const stores = this.list(this.number(), () => [this.places[this.number()]!, this.value()] as const);
    const flows = new Map<string, Flow>();
    for (let left = this.number(); left > 0; left--) {
      const said = this.object() as Flow;
      const flow: Flow = { ...said, label: this.labels[said.label]! };
      flows.set(keyOfFlow(this.context.domain, flow), flow);
    }
    return [scope, { steps, stores, reads, flows, summary }];
  }

  private step(reads: Map<Place, number>): Step {
    const ask = this.number() as Ask;
    const of = this.places[this.number()]!;
    const answer = this.answer(ask, of, this.number());
    if (ask === Ask.Field) reads.set(of, answer as number);
    return { ask, of, answer };
  }

  private answer(ask: Ask, of: Place, said: number): Answer {
    if (ask === Ask.Captures) return this.context.captureId(of.scope);
    if (ask === Ask.Summary || ask === Ask.FullSummary) return this.summaries[said];
    return ask === Ask.Field ? this.values[said]! : said;
  }

  private number(): number {
    return this.numbers[this.next++]!;
  }

  private object(): unknown {
    return this.objects[this.number()];
  }

  private value(): number {
    return this.values[this.number()]!;
  }

  private label(): number {
    const said = this.number();
    return said < 0 ? nothing : this.labels[said]!;
  }

  private list<T>(length: number, read: (k: number) => T): T[] {
    const all: T[] = [];
    for (let k = 0; k < length; k++) all.push(read(k));
    return all;
  }
}

const firstValues: readonly (readonly [own: number, told: number])[] = [
  [0, 0],
  [1, 1],
];

/** The number under which something is told; tells it first, if need be. What it rests on is told before. */
function told<T>(numbers: Map<T, number>, one: T, tell: () => void): number {
  let number = numbers.get(one);
  if (number === undefined) {
    tell();
    number = numbers.size;
    numbers.set(one, number);
  }
  return number;
}
