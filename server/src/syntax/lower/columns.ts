// The growing columns of one scope while it is lowered. Reused from scope to scope; finishing copies the filled part.
// Knows no names and no syntax.

import type { Code, Op } from '../code';

/** Instruction columns under construction. Offsets given to `emit` are absolute and stored relative to `base`. */
export class Columns {
  base = 0;
  size = 0;
  op = new Uint8Array(256);
  a = new Int32Array(256);
  b = new Int32Array(256);
  c = new Int32Array(256);
  start = new Int32Array(256);
  end = new Int32Array(256);
  extraSize = 0;
  extra = new Int32Array(256);

  reset(base: number): void {
    this.base = base;
    this.size = 0;
    this.extraSize = 0;
  }

  /** Appends an instruction and returns its index, which is also its value. */
  emit(op: Op, a: number, b: number, c: number, start: number, end: number): number {
    const index = this.size++;
    if (index === this.op.length) this.grow();
    this.op[index] = op;
    this.a[index] = a;
    this.b[index] = b;
    this.c[index] = c;
    this.start[index] = start - this.base;
    this.end[index] = end - this.base;
    return index;
  }

  /** Appends to the extra column and returns the offset of what was appended. */
  push(value: number): number {
    const offset = this.extraSize++;
    if (offset === this.extra.length) this.extra = larger(this.extra, new Int32Array(offset * 2));
    this.extra[offset] = value;
    return offset;
  }

  /** Appends instructions and a part of the extra column of a code as they are there. */
  append(code: Code, from: number, to: number, extraFrom: number, extraTo: number): void {
    const { size, extraSize } = this;
    while (this.op.length < size + to - from) this.grow();
    this.op.set(code.op.subarray(from, to), size);
    this.a.set(code.a.subarray(from, to), size);
    this.b.set(code.b.subarray(from, to), size);
    this.c.set(code.c.subarray(from, to), size);
    this.start.set(code.start.subarray(from, to), size);
    this.end.set(code.end.subarray(from, to), size);
    this.size += to - from;
    this.extraSize += extraTo - extraFrom;
    while (this.extra.length < this.extraSize)
      this.extra = larger(this.extra, new Int32Array(this.extra.length * 2));
    this.extra.set(code.extra.subarray(extraFrom, extraTo), extraSize);
  }

  private grow(): void {
    const length = this.op.length * 2;
    this.op = larger(this.op, new Uint8Array(length));
    this.a = larger(this.a, new Int32Array(length));
    this.b = larger(this.b, new Int32Array(length));
    this.c = larger(this.c, new Int32Array(length));
    this.start = larger(this.start, new Int32Array(length));
    this.end = larger(this.end, new Int32Array(length));
  }
}

function larger<T extends Uint8Array | Int32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
