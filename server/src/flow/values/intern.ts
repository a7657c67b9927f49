// Hash-consing of short lists of integers into dense ids, without an object or a string per entry.
// Append-only; ids follow the order of first appearance. Equal lists have one id.

const initialSize = 1 << 12;

/** A table of lists of integers. */
export class Intern {
  private data = new Int32Array(initialSize);
  private offsets = new Int32Array(initialSize);
  private slots = new Int32Array(initialSize).fill(-1);
  private used = 0;

  /** How many lists there are. */
  size = 0;

  /** The id of a list. */
  id(list: ArrayLike<number>): number {
    const { length } = list;
    let hash = length;
    for (let k = 0; k < length; k++) hash = (Math.imul(hash, 31) + list[k]!) | 0;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (let id = this.slots[slot]!; id >= 0; id = this.slots[slot]!) {
      if (this.equals(id, list)) return id;
      slot = (slot + 1) & mask;
    }
    return this.add(list, slot);
  }

  /** How long a list is. */
  length(id: number): number {
    return this.offsets[id + 1]! - this.offsets[id]!;
  }

  /** An element of a list. */
  at(id: number, index: number): number {
    return this.data[this.offsets[id]! + index]!;
  }

  private equals(id: number, list: ArrayLike<number>): boolean {
    const from = this.offsets[id]!;
    if (this.offsets[id + 1]! - from !== list.length) return false;
    for (let k = 0; k < list.length; k++) if (this.data[from + k] !== list[k]) return false;
    return true;
  }

  private add(list: ArrayLike<number>, slot: number): number {
    const id = this.size++;
    if (this.used + list.length > this.data.length) this.data = grown(this.data, this.used + list.length);
    if (this.size + 1 > this.offsets.length) this.offsets = grown(this.offsets, this.size + 1);
    for (let k = 0; k < list.length; k++) this.data[this.used + k] = list[k]!;
    this.used += list.length;
    this.offsets[id + 1] = this.used;
    this.slots[slot] = id;
    if (this.size * 2 > this.slots.length) this.rehash();
    return id;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.size; id++) {
      const from = this.offsets[id]!;
      const end = this.offsets[id + 1]!;
      let hash = end - from;
      for (let k = from; k < end; k++) hash = (Math.imul(hash, 31) + this.data[k]!) | 0;
      hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
      let slot = (hash ^ (hash >>> 13)) & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.slots = slots;
  }
}

function grown(array: Int32Array<ArrayBuffer>, needed: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(array.length * 2, needed));
  larger.set(array);
  return larger;
}
