// The abstract values: type bits, what is known, labels, shape. Hash-consed into integers, joined by a memoised function.
// Decides what a value is and how values combine; knows no instruction and no library.

import { type Constant, ConstantKind } from '../../syntax/code';
import { Intern } from './intern';
import { Knowledge, unknown } from './known';
import { LabelKind, Labels, Mask, noLabels } from './labels';
import { isElement, maximumKeys, noShape, type Shape, ShapeKind, Shapes } from './shapes';

/** What types a value may have. */
export const enum Type {
  None = 1,
  Bool = 2,
  Number = 4,
  Text = 8,
  Container = 16,
  Other = 32,
  /** May be something of which nothing is known, so that a name may still say what it is. */
  Unjudged = 64,
  Any = 127,
}

/** The value of code that does not run. */
export const bottom = 0;
/** A value of which nothing is known. */
export const anything = 1;
const maximumNesting = 4;
const noKeys: readonly string[] = [];

/** Entries of a container under construction. */
export type Entries = readonly (readonly [key: string, value: number])[];

/** Append-only table of values. */
export class Domain {
  readonly labels = new Labels();
  readonly known = new Knowledge();
  readonly shapes = new Shapes();
  readonly types: number[] = [];
  readonly knownOf: number[] = [];
  readonly labelsOf: number[] = [];
  readonly shapeOf: number[] = [];
  private readonly labelledShapes: (boolean | undefined)[] = [];
  private readonly table = new Intern();
  private readonly joins = new Map<number, number>();
  private readonly literals = new Map<Constant, number>();
  /** Filled and read at once, never across calls. */
  private readonly scratch = new Int32Array(4);

  constructor() {
    this.value(0);
    this.value(Type.Any);
  }

  /** How many values there are. */
  get size(): number {
    return this.types.length;
  }

  /** The id of a value. */
  value(types: number, known = unknown, labels = noLabels, shape = noShape): number {
    this.scratch[0] = types;
    this.scratch[1] = known;
    this.scratch[2] = labels;
    this.scratch[3] = shape;
    const id = this.table.id(this.scratch);
    if (id === this.types.length) {
      this.types.push(types);
      this.knownOf.push(known);
      this.labelsOf.push(labels);
      this.shapeOf.push(shape);
    }
    return id;
  }

  /** A literal of a file's table: those are remembered by identity. */
  constant(constant: Constant): number {
    let id = this.literals.get(constant);
    if (id === undefined) {
      id = this.literal(constant.kind, constant.text);
      this.literals.set(constant, id);
    }
    return id;
  }

  /** A text constant. */
  text(text: string): number {
    return this.literal(ConstantKind.String, text);
  }

  private literal(kind: ConstantKind, text: string): number {
    return this.value(typeOf(kind), this.known.constant(kind, text));
  }

  /** The same value with other labels. */
  withLabels(value: number, labels: number): number {
    if (labels === this.labelsOf[value]) return value;
    return this.value(this.types[value]!, this.knownOf[value]!, labels, this.shapeOf[value]!);
  }

  /** The same value with further labels. */
  labelled(value: number, labels: number): number {
    return labels === noLabels
      ? value
      : this.withLabels(value, this.labels.join(this.labelsOf[value]!, labels));
  }

  /** A value that may be either. */
  join(x: number, y: number): number {
    if (x === y || y === bottom) return x;
    if (x === bottom) return y;
    const key = x * 0x4000000 + y;
    let id = this.joins.get(key);
    if (id === undefined) {
      id = this.value(
        this.types[x]! | this.types[y]!,
        this.known.join(this.knownOf[x]!, this.knownOf[y]!),
        this.labels.join(this.labelsOf[x]!, this.labelsOf[y]!),
        this.joinShapes(this.shapeOf[x]!, this.shapeOf[y]!),
      );
      this.joins.set(key, id);
    }
    return id;
  }

  /** The shape of a value, or null. */
  shape(value: number): Shape | null {
    const id = this.shapeOf[value]!;
    return id === noShape ? null : this.shapes.entries[id]!;
  }

  /** A container with these contents. */
  container(kind: ShapeKind, entries: Entries, rest: number, labels = noLabels): number {
    const type = kind === ShapeKind.Object ? Type.Other : Type.Container;
    return this.value(type, unknown, labels, this.makeShape(kind, entries, rest));
  }

  /** The value with another shape. */
  reshaped(value: number, kind: ShapeKind, entries: Entries, rest: number): number {
    return this.withShape(value, this.makeShape(kind, entries, rest));
  }

  private withShape(value: number, shape: number): number {
    return this.value(this.types[value]!, this.knownOf[value]!, this.labelsOf[value]!, shape);
  }

  /** What the shape says of a key; null when it says nothing, so that the whole decides. */
  member(value: number, key: string): number | null {
    const shape = this.shape(value);
    if (shape === null) return null;
    const at = shape.keys.indexOf(key);
    if (at >= 0) return shape.values[at]!;
    const isDict = shape.kind === ShapeKind.Dict || shape.kind === ShapeKind.Object;
    if (shape.rest === bottom || key.startsWith('.') || (key.startsWith('s:') && !isDict)) return null;
    return shape.rest;
  }

  /** The value after `key` was set to `member`. */
  withMember(value: number, key: string, member: number): number {
    const shape = this.shape(value);
    const kind = shape?.kind ?? (key.startsWith('.') ? ShapeKind.Object : ShapeKind.Dict);
    if (shape === null) return this.reshaped(value, kind, [[key, member]], bottom);
    const at = shape.keys.indexOf(key);
    if (at >= 0) {
      if (this.flattened(member) === shape.values[at]) return value;
      const values = shape.values.slice();
      values[at] = member;
      return this.withShape(value, this.shapeOfSorted(kind, shape.keys, values, shape.rest));
    }
    if (shape.keys.length >= maximumKeys)
      return this.reshaped(value, kind, [...entriesOf(shape), [key, member]], shape.rest);
    let place = shape.keys.length;
    while (place > 0 && shape.keys[place - 1]! > key) place--;
    const keys = shape.keys.slice();
    const values = shape.values.slice();
    keys.splice(place, 0, key);
    values.splice(place, 0, member);
    return this.withShape(value, this.shapeOfSorted(kind, keys, values, shape.rest));
  }

  /** The value after something was added under an unknown key. `kind`: of what, when nothing is known of it. */
  withSome(value: number, member: number, kind = ShapeKind.List): number {
    const shape = this.shape(value);
    return this.reshaped(
      value,
      shape?.kind ?? kind,
      entriesOf(shape),
      this.join(shape?.rest ?? bottom, member),
    );
  }

  /** The value after something was added under a key that is not known. */
  withUnknownKey(value: number, key: number, member: number): number {
    const added = this.withSome(value, member, ShapeKind.Dict);
    const own = this.labels.map(this.deepLabels(key), (label, mask) =>
      this.labels.kindOf(label) === LabelKind.Secret ? null : [label, mask & ~Mask.Exact],
    );
    if (own === noLabels) return added;
    return this.withMember(
      added,
      '#',
      this.join(this.unknownKeys(value), this.value(Type.Any, unknown, own)),
    );
  }

  /** What the unknown keys of a container may be; bottom when they carry nothing. */
  unknownKeys(value: number): number {
    const shape = this.shape(value);
    const at = shape === null ? -1 : shape.keys.indexOf('#');
    return at < 0 ? bottom : shape!.values[at]!;
  }

  /** Everything found in a container under any key, without the labels of the whole. */
  contents(value: number): number {
    const shape = this.shape(value);
    if (shape === null) return bottom;
    let all = shape.rest;
    for (let k = 0; k < shape.keys.length; k++) {
      if (isElement(shape.keys[k]!)) all = this.join(all, shape.values[k]!);
    }
    return all;
  }

  /** Labels of a value and of all it holds under keys; an object shows nothing of what it holds. */
  deepLabels(value: number): number {
    const shape = this.shape(value);
    let labels = this.labelsOf[value]!;
    if (shape === null || isObject(shape)) return labels;
    if (shape.rest !== bottom) labels = this.labels.join(labels, this.deepLabels(shape.rest));
    for (let k = 0; k < shape.keys.length; k++) {
      labels = this.labels.join(labels, this.deepLabels(shape.values[k]!));
    }
    return labels;
  }

  /** Whether any label is on a value or on anything in it, attributes included. */
  hasLabels(value: number): boolean {
    if (this.labelsOf[value] !== noLabels) return true;
    const id = this.shapeOf[value]!;
    if (id === noShape) return false;
    let known = this.labelledShapes[id];
    if (known === undefined) {
      const { values, rest } = this.shapes.entries[id]!;
      known = this.hasLabels(rest);
      for (let k = 0; k < values.length && !known; k++) known = this.hasLabels(values[k]!);
      this.labelledShapes[id] = known;
    }
    return known;
  }

  private makeShape(kind: ShapeKind, entries: Entries, rest: number): number {
    if (entries.length === 0) return this.shapeOfSorted(kind, noKeys, [], rest);
    let others = rest;
    let kept = entries;
    if (entries.length > maximumKeys) {
      kept = entries.slice(0, maximumKeys);
      for (const [, value] of entries.slice(maximumKeys)) others = this.join(others, value);
    }
    const sorted = isSorted(kept) ? kept : [...kept].sort(([x], [y]) => (x < y ? -1 : x > y ? 1 : 0));
    return this.shapeOfSorted(
      kind,
      sorted.map(([key]) => key),
      sorted.map(([, value]) => value),
      others,
    );
  }

  /** The shape with these keys, sorted and within the bound. Changes `values`. */
  private shapeOfSorted(kind: ShapeKind, keys: readonly string[], values: number[], rest: number): number {
    const others = rest === bottom ? bottom : this.flattened(rest);
    let depth = this.depthOf(others);
    for (let k = 0; k < values.length; k++) {
      const value = this.flattened(values[k]!);
      values[k] = value;
      depth = Math.max(depth, this.depthOf(value));
    }
    return this.shapes.of(kind, keys, values, others, depth + 1);
  }

  private depthOf(value: number): number {
    return this.shape(value)?.depth ?? 0;
  }

  /** A value nested too deeply keeps only its labels. */
  private flattened(value: number): number {
    if (this.depthOf(value) < maximumNesting) return value;
    return this.value(this.types[value]!, unknown, this.deepLabels(value));
  }

  private joinShapes(x: number, y: number): number {
    if (x === y || y === noShape) return x;
    if (x === noShape) return y;
    const a = this.shapes.entries[x]!;
    const b = this.shapes.entries[y]!;
    if (a.keys.length === b.keys.length && a.keys.every((key, k) => key === b.keys[k])) {
      const values = a.values.map((one, k) => this.join(one, b.values[k]!));
      return this.shapeOfSorted(Shapes.kindOf(a, b), a.keys, values, this.join(a.rest, b.rest));
    }
    const entries: (readonly [string, number])[] = a.keys.map((key, k) => {
      const other = b.keys.indexOf(key);
      return [key, other < 0 ? a.values[k]! : this.join(a.values[k]!, b.values[other]!)];
    });
    b.keys.forEach((key, k) => {
      if (!a.keys.includes(key)) entries.push([key, b.values[k]!]);
    });
    return this.makeShape(Shapes.kindOf(a, b), entries, this.join(a.rest, b.rest));
  }
}

function isSorted(entries: Entries): boolean {
  for (let k = 1; k < entries.length; k++) if (entries[k - 1]![0] > entries[k]![0]) return false;
  return true;
}

/** Whether a shape is of an object with attributes, whose contents are not what it shows. */
export function isObject(shape: Shape): boolean {
  return shape.kind === ShapeKind.Object || shape.keys.some((key) => key.startsWith('.'));
}

/** The entries of a shape as pairs. */
export function entriesOf(shape: Shape | null): (readonly [key: string, value: number])[] {
  return shape === null ? [] : shape.keys.map((key, k) => [key, shape.values[k]!] as const);
}

function typeOf(kind: ConstantKind): number {
  switch (kind) {
    case ConstantKind.None:
      return Type.None;
    case ConstantKind.True:
    case ConstantKind.False:
      return Type.Bool;
    case ConstantKind.Integer:
    case ConstantKind.Float:
    case ConstantKind.Complex:
      return Type.Number;
    case ConstantKind.String:
    case ConstantKind.Bytes:
      return Type.Text;
    default:
      return Type.Other;
  }
}
