// What is known of a plain value: that it is one of a few constants, or how a text begins and ends.
// Append-only and hash-consed; id 0 says nothing. Numbers keep their source spelling, so that 1 and 1.0 differ.

import { type Constant, ConstantKind } from '../../syntax/code';

/** Knowledge of one value. */
export interface Known {
  /** All constants it may be, at most eight; null when others are possible. Ids of `Knowledge.constants`. */
  readonly constants: readonly number[] | null;
  readonly prefix: string;
  readonly suffix: string;
}

/** Nothing is known. */
export const unknown = 0;
const maximumConstants = 8;
const maximumText = 200;

/** Append-only tables of constants and of what is known. */
export class Knowledge {
  readonly constants: Constant[] = [];
  private readonly constantIds = new Map<string, number>();
  readonly entries: Known[] = [{ constants: null, prefix: '', suffix: '' }];
  private readonly ids = new Map<string, number>([['||', 0]]);
  /** Constant -> knowledge that it is this one. */
  private readonly ones: number[] = [];

  /** That it is this constant. */
  constant(kind: ConstantKind, text: string): number {
    if (text.length > maximumText) {
      return this.affixes(text.slice(0, maximumText), text.slice(-maximumText));
    }
    const key = `${kind}:${text}`;
    let id = this.constantIds.get(key);
    if (id === undefined) {
      id = this.constants.length;
      this.constants.push({ kind, text });
      this.constantIds.set(key, id);
    }
    return this.one(id);
  }

  /** That it is one of these constants, in order. */
  oneOf(constants: readonly Constant[]): number {
    const ids = constants.map(({ kind, text }) => this.entries[this.constant(kind, text)]!.constants![0]!);
    return this.entry(ids, '', '');
  }

  /** That it begins and ends like this. */
  affixes(prefix: string, suffix: string): number {
    return this.entry(null, prefix.slice(0, maximumText), suffix.slice(-maximumText));
  }

  /** The constants it may be, or null. */
  constantsOf(id: number): readonly Constant[] | null {
    const { constants } = this.entries[id]!;
    return constants === null ? null : constants.map((one) => this.constants[one]!);
  }

  /** The one constant it is, or null. */
  single(id: number): Constant | null {
    const { constants } = this.entries[id]!;
    return constants?.length === 1 ? this.constants[constants[0]!]! : null;
  }

  /** How it surely begins. */
  prefix(id: number): string {
    const texts = this.textsOf(id);
    return texts === null ? this.entries[id]!.prefix : texts.reduce(commonStart);
  }

  /** How it surely ends. */
  suffix(id: number): string {
    const texts = this.textsOf(id);
    return texts === null ? this.entries[id]!.suffix : texts.reduce(commonEnd);
  }

  /** The texts it may be, when it is one of a few texts and nothing else. */
  private textsOf(id: number): readonly string[] | null {
    const all = this.constantsOf(id);
    if (all === null || all.length === 0) return null;
    return all.every(({ kind }) => kind === ConstantKind.String) ? all.map(({ text }) => text) : null;
  }

  /** What holds of both. */
  join(x: number, y: number): number {
    if (x === y) return x;
    if (x === unknown || y === unknown) return unknown;
    const a = this.entries[x]!;
    const b = this.entries[y]!;
    if (a.constants !== null && b.constants !== null) {
      const both = [...new Set([...a.constants, ...b.constants])].sort((p, q) => this.compare(p, q));
      if (both.length <= maximumConstants) return this.entry(both, '', '');
    }
    return this.affixes(
      commonStart(this.prefix(x), this.prefix(y)),
      commonEnd(this.suffix(x), this.suffix(y)),
    );
  }

  /** Order of constants by what they are, not by when they were first seen. */
  private compare(one: number, other: number): number {
    const x = this.constants[one]!;
    const y = this.constants[other]!;
    return x.kind - y.kind || (x.text < y.text ? -1 : Number(x.text > y.text));
  }

  /** The text of x followed by the text of y. */
  concatenated(x: number, y: number): number {
    const a = this.single(x);
    const b = this.single(y);
    if (a?.kind === ConstantKind.String && b?.kind === ConstantKind.String) {
      return this.constant(ConstantKind.String, a.text + b.text);
    }
    const prefix = a?.kind === ConstantKind.String ? a.text + this.prefix(y) : this.prefix(x);
    const suffix = b?.kind === ConstantKind.String ? this.suffix(x) + b.text : this.suffix(y);
    return this.affixes(prefix, suffix);
  }

  /** Whether it is surely true or false as a condition; null when either. */
  truth(id: number): boolean | null {
    const all = this.constantsOf(id);
    if (all === null || all.length === 0) return null;
    const first = isTrue(all[0]!);
    return all.every((one) => isTrue(one) === first) ? first : null;
  }

  private one(constant: number): number {
    let id = this.ones[constant];
    if (id === undefined) {
      id = this.entry([constant], '', '');
      this.ones[constant] = id;
    }
    return id;
  }

  private entry(constants: readonly number[] | null, prefix: string, suffix: string): number {
    const key = constants !== null ? `${constants.join(',')}` : `|${prefix.length}|${prefix}${suffix}`;
    if (constants === null && prefix === '' && suffix === '') return unknown;
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.entries.length;
      this.entries.push({ constants, prefix, suffix });
      this.ids.set(key, id);
    }
    return id;
  }
}

function isTrue(constant: Constant): boolean {
  switch (constant.kind) {
    case ConstantKind.None:
    case ConstantKind.False:
      return false;
    case ConstantKind.String:
    case ConstantKind.Bytes:
      return constant.text !== '';
    case ConstantKind.Integer:
    case ConstantKind.Float:
    case ConstantKind.Complex:
      return Number(constant.text.replaceAll('_', '').replace(/[jJ]$/, '')) !== 0;
    default:
      return true;
  }
}

function commonStart(x: string, y: string): string {
  let length = 0;
  while (length < x.length && x.charCodeAt(length) === y.charCodeAt(length)) length++;
  return x.slice(0, length);
}

function commonEnd(x: string, y: string): string {
  let length = 0;
  while (
    length < x.length &&
    length < y.length &&
    x.charCodeAt(x.length - 1 - length) === y.charCodeAt(y.length - 1 - length)
  )
    length++;
  return x.slice(x.length - length);
}
