// What containers and objects hold, by constant key: items of dicts and lists, attributes of objects. At most sixteen
// keys, then a rest that stands for every other one. Append-only and hash-consed; id 0 is no shape.
// Keys: `.name` for an attribute, `s:text` for a string key, `i:number` for an index or an integer key; `#` holds what
// keys may be that are not known, `^name` and `@place` what a function value captured or was given.

import { Intern } from './intern';

/** What a shape is of. */
export const enum ShapeKind {
  Object,
  List,
  Tuple,
  Set,
  Dict,
}

/** The contents of a container. Values are ids of the domain. */
export interface Shape {
  readonly kind: ShapeKind;
  /** In order. */
  readonly keys: readonly string[];
  readonly values: readonly number[];
  /** What is found under any other key; 0 when there is none. */
  readonly rest: number;
  /** Nesting, counted upwards. */
  readonly depth: number;
}

/** No shape. */
export const noShape = 0;
/** More keys than this go to the rest. */
export const maximumKeys = 16;

/** Whether a key is of something that is found in a container, by place or key. */
export function isElement(key: string): boolean {
  return key.startsWith('s:') || key.startsWith('i:');
}

/** Append-only table of shapes. */
export class Shapes {
  readonly entries: Shape[] = [{ kind: ShapeKind.Object, keys: [], values: [], rest: 0, depth: 0 }];
  private readonly table = new Intern();
  private readonly keyIds = new Map<string, number>();
  /** Filled and read at once, never across calls. */
  private readonly scratch: number[] = [];

  constructor() {
    this.table.id([]);
  }

  /** The id of a shape whose keys are sorted and within the bound. */
  of(
    kind: ShapeKind,
    keys: readonly string[],
    values: readonly number[],
    rest: number,
    depth: number,
  ): number {
    const list = this.scratch;
    list.length = 0;
    list.push(kind, rest);
    for (let k = 0; k < values.length; k++) list.push(values[k]!);
    for (let k = 0; k < keys.length; k++) list.push(this.keyId(keys[k]!));
    const id = this.table.id(list);
    if (id === this.entries.length) this.entries.push({ kind, keys, values, rest, depth });
    return id;
  }

  private keyId(key: string): number {
    let id = this.keyIds.get(key);
    if (id === undefined) {
      id = this.keyIds.size;
      this.keyIds.set(key, id);
    }
    return id;
  }

  /** The kind under which two shapes join. */
  static kindOf(x: Shape, y: Shape): ShapeKind {
    return x.kind === y.kind ? x.kind : ShapeKind.Object;
  }
}
