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
      this.names.push(text);
      this.nameIndex.set(text, index);
    }
    return index;
  }

  constant(kind: ConstantKind, text: string): number {
    const table = kind === ConstantKind.String ? this.textIndex : this.constantIndex;
    const key = kind === ConstantKind.String ? text : `${kind} ${text}`;
    let index = table.get(key);
    if (index === undefined) {
      index = this.constants.length;
      this.constants.push({ kind, text });
      table.set(key, index);
    }
    return index;
  }
}
