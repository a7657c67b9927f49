// Which pure expressions of a scope are equal: a table from what an expression is made of to the first one that is made so.
// Used again for each scope, since a new map for each costs more than what is asked of it.

/** An entry: the pass that made it, operation and first operand, second operand, first instruction. */
const width = 4;

/** The expressions of the scope at hand. */
export class EqualExpressions {
  private entries = new Int32Array(width << 8);
  private pass = 0;
  private count = 0;

  /** Forgets all expressions. */
  begin(): void {
    this.pass++;
    this.count = 0;
  }

  /** The first instruction that is made of the same; `at` itself where there is none. Operands are less than 2 ** 21. */
  first(op: number, x: number, y: number, at: number): number {
    const key = op | ((x + 1) << 6);
    const place = this.find(key, y);
    const { entries } = this;
    if (entries[place] === this.pass) return entries[place + 3]!;
    entries[place] = this.pass;
    entries[place + 1] = key;
    entries[place + 2] = y;
    entries[place + 3] = at;
    this.count++;
    if (this.count * width * 2 > entries.length) this.grow();
    return at;
  }

  /** Where an expression stands, or would. */
  private find(key: number, y: number): number {
    const { entries, pass } = this;
    const last = entries.length - width;
    let place = ((Math.imul(key, 0x9e3779b1) ^ Math.imul(y, 0x85ebca6b)) >>> 8) * width;
    for (place &= last; entries[place] === pass; place = (place + width) & last) {
      if (entries[place + 1] === key && entries[place + 2] === y) break;
    }
    return place;
  }

  private grow(): void {
    const { entries, pass } = this;
    this.entries = new Int32Array(2 * entries.length);
    for (let from = 0; from < entries.length; from += width) {
      if (entries[from] !== pass) continue;
      const place = this.find(entries[from + 1]!, entries[from + 2]!);
      for (let k = 0; k < width; k++) this.entries[place + k] = entries[from + k]!;
    }
  }
}
