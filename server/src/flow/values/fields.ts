// What is stored where several functions see it: fields of a class, names of a module, captured variables.
// One value per place, joined over all stores; only what does not depend on a function's inputs.

import { bottom, type Domain } from './domain';
import { LabelKind } from './labels';

/** A name in a class, module or function; '' for the function itself. One object for each (see `Places`). */
export interface Place {
  readonly scope: number;
  readonly name: string;
}

/** Append-only table of places: equal places are identical. */
export class Places {
  private readonly known = new Map<string, Map<number, Place>>();
  /** By scope: of the function itself. */
  private readonly own: (Place | undefined)[] = [];

  /** The place of a function itself, when it is followed by these inputs. */
  ofFunction(scope: number, inputs: number): Place {
    if (inputs !== 0) return this.of(scope, `${inputs}`);
    let place = this.own[scope];
    if (place === undefined) {
      place = this.of(scope, '');
      this.own[scope] = place;
    }
    return place;
  }

  /** The place. */
  of(scope: number, name: string): Place {
    let byScope = this.known.get(name);
    if (byScope === undefined) {
      byScope = new Map();
      this.known.set(name, byScope);
    }
    let place = byScope.get(scope);
    if (place === undefined) {
      place = { scope, name };
      byScope.set(scope, place);
    }
    return place;
  }
}

/** What shared places hold. A round reads what the round before stored. */
export class Fields {
  private current = new Map<Place, number>();
  private earlier: ReadonlyMap<Place, number> = new Map();
  /** What modules and class bodies hold, before any function runs. */
  private seeds = new Map<Place, number>();

  constructor(private readonly domain: Domain) {}

  /** Adds a store of a concrete value, for the rounds to come. */
  add(place: Place, value: number): void {
    this.put(this.current, place, value);
  }

  /** Adds what a module or class body stores: it is there from the beginning. */
  seed(place: Place, value: number): void {
    this.put(this.seeds, place, value);
  }

  /** What bodies and earlier rounds stored there; bottom when nothing. */
  at(place: Place): number {
    return this.domain.join(this.seeds.get(place) ?? bottom, this.earlier.get(place) ?? bottom);
  }

  /** The same places, to be changed apart. */
  copy(): Fields {
    const copy = new Fields(this.domain);
    copy.current = new Map(this.current);
    copy.earlier = this.earlier;
    copy.seeds = new Map(this.seeds);
    return copy;
  }

  private put(places: Map<Place, number>, place: Place, value: number): void {
    const before = places.get(place) ?? bottom;
    const after = this.domain.join(before, value);
    if (after !== before) places.set(place, after);
  }

  /** Whether these answers would be others now in a way that matters: by a label, or for a name that says "secret". */
  differ(reads: ReadonlyMap<Place, number>, isSecret: (name: string) => boolean): boolean {
    for (const [place, value] of reads) {
      const now = this.at(place);
      if (now !== value && (this.domain.hasLabels(now) || isSecret(place.name))) return true;
    }
    return false;
  }

  /** The places in which the round before stored anything with a label. */
  labelled(): ReadonlySet<Place> {
    const places = new Set<Place>();
    for (const stores of [this.seeds, this.earlier]) {
      for (const [place, value] of stores) if (this.domain.hasLabels(value)) places.add(place);
    }
    return places;
  }

  /** Lets the next round read this round's stores. What a function stored stays until it runs again: it only grows. */
  advance(): void {
    this.earlier = new Map(this.current);
  }
}

/** Values without labels of inputs, at all depths; remembered. Labels of inputs mean something in their function only. */
export class Concrete {
  private readonly known = new Map<number, number>();

  constructor(private readonly domain: Domain) {}

  /** The value without labels of inputs. */
  of(value: number): number {
    let found = this.known.get(value);
    if (found === undefined) {
      found = this.made(value);
      this.known.set(value, found);
    }
    return found;
  }

  private made(value: number): number {
    const { domain } = this;
    const { labels } = domain;
    const own = labels.map(domain.labelsOf[value]!, (label, mask) =>
      labels.kindOf(label) === LabelKind.Input ? null : [label, mask],
    );
    const plain = domain.withLabels(value, own);
    const shape = domain.shape(plain);
    if (shape === null) return plain;
    const entries = shape.keys.map((key, k) => [key, this.of(shape.values[k]!)] as const);
    const rest = shape.rest === bottom ? bottom : this.of(shape.rest);
    return domain.reshaped(plain, shape.kind, entries, rest);
  }
}
