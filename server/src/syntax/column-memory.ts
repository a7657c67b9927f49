// Memory for columns of numbers: most columns are small, and a piece of memory of its own costs more than what would be in
// it. So they are cut one after the other out of larger pieces. Knows sizes only.

const noWords = new Int32Array(0);
const noHalves = new Uint16Array(0);
const noBytes = new Uint8Array(0);

/** What a piece has at least, in bytes. */
const least = 1024;

/** Columns full of zeros, cut out of pieces. */
export class ColumnMemory {
  private piece = new ArrayBuffer(0);
  private used = 0;

  /** Bytes of the first piece, and of those that come after it. */
  constructor(
    private readonly first: number,
    private readonly later = first,
  ) {}

  /** A column of 32-bit numbers. */
  words(count: number): Int32Array {
    return count === 0 ? noWords : new Int32Array(this.piece, this.cut(4 * count), count);
  }

  /** A column of 16-bit numbers from 0. */
  halves(count: number): Uint16Array {
    return count === 0 ? noHalves : new Uint16Array(this.piece, this.cut(2 * count), count);
  }

  /** A column of bytes. */
  bytes(count: number): Uint8Array {
    return count === 0 ? noBytes : new Uint8Array(this.piece, this.cut(count), count);
  }

  /** Makes room for so many columns of so many bytes in all. Ask before they are cut. */
  reserve(columns: number, size: number): void {
    const needed = size + 3 * columns;
    if (this.used + needed <= this.piece.byteLength) return;
    const next = this.piece.byteLength === 0 ? this.first : this.later;
    this.piece = new ArrayBuffer(Math.max(least, needed, next));
    this.used = 0;
  }

  private cut(size: number): number {
    const at = this.used;
    this.used = (at + size + 3) & ~3;
    return at;
  }
}
