// The tables of a file that its scopes share: names and constants, each entry once, in order of first use.
// Append-only, so that an open document keeps its tables from edit to edit.

import { type Constant, ConstantKind } from '../code';

/** Names and constants of a file, interned. */
export class Tables {
  readonly names: string[] = [];
  readonly constants: Constant[] = [];
  private readonly nameIndex = new Map<string, number>();
  private readonly constantIndex = new Map<string, number>();
  private readonly textIndex = new Map<string, number>();

  /** How many entries there are in all. */
  get size(): number {
    return this.names.length + this.constants.length;
  }

  name(text: string): number {
    let index = this.nameIndex.get(text);
    if (index === undefined) {
      index = this.names.length;
      const own = detached(text);
      this.names.push(own);
      this.nameIndex.set(own, index);
    }
    return index;
  }

  constant(kind: ConstantKind, text: string): number {
    const table = kind === ConstantKind.String ? this.textIndex : this.constantIndex;
    const known = table.get(kind === ConstantKind.String ? text : `${kind} ${text}`);
    if (known !== undefined) return known;
    const index = this.constants.length;
    const own = detached(text);
    this.constants.push({ kind, text: own });
    table.set(kind === ConstantKind.String ? own : `${kind} ${own}`, index);
    return index;
  }
}

/** A copy of a slice. Engines let a slice of a text keep the whole text alive, and tables outlive texts. */
export function detached(text: string): string {
  return text.length < SHORT ? text : `${text} `.slice(0, -1);
}

/** Slices shorter than this are copies anyway. */
const SHORT = 13;
