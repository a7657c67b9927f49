// The syntax tree as four columns in preorder, refilled for every file: what the lowering reads instead of nodes.
// A node is an index; its first child is the next index, its next sibling stands where its subtree ends.
// Knows kinds and offsets only; how the columns are filled is the business of a walk.

import { Kind } from './grammar';

/** A tree in preorder columns. Offsets are absolute UTF-16; tokens (punctuation) carry no offsets. */
export class FlatTree {
  /** Number of nodes. */
  size = 0;
  kind = new Uint8Array(1024);
  start = new Int32Array(1024);
  end = new Int32Array(1024);
  /** Index just past the subtree. */
  past = new Int32Array(1024);
  /** Absolute spans of comments, as pairs. */
  readonly comments: number[] = [];
  /** Absolute spans of unreadable text, as pairs, at most `ERROR_LIMIT` of them. */
  readonly errors: number[] = [];
  /** True when the parser reported an error anywhere: only then do Error nodes occur. */
  broken = false;

  clear(): void {
    this.size = 0;
    this.comments.length = 0;
    this.errors.length = 0;
    this.broken = false;
  }

  /** Appends a node; its subtree is closed later by `close`. */
  open(kind: Kind, start: number, end: number): number {
    const node = this.size++;
    if (node === this.kind.length) this.grow();
    this.kind[node] = kind;
    this.start[node] = start;
    this.end[node] = end;
    this.past[node] = node + 1;
    return node;
  }

  close(node: number): void {
    this.past[node] = this.size;
  }

  noteError(start: number, end: number): void {
    if (this.errors.length < 2 * ERROR_LIMIT) this.errors.push(start, end);
  }

  /** The first child that is no Error node, or -1. */
  first(node: number): number {
    return this.skipErrors(node + 1, this.past[node] as number);
  }

  /** The sibling after `child` under `parent` that is no Error node, or -1. */
  next(child: number, parent: number): number {
    return this.skipErrors(this.past[child] as number, this.past[parent] as number);
  }

  /** The last child that is no Error node, or -1. */
  last(node: number): number {
    let found = -1;
    for (let child = this.first(node); child >= 0; child = this.next(child, node)) found = child;
    return found;
  }

  /** The first child of a kind, or -1. */
  childOf(node: number, kind: Kind): number {
    const stop = this.past[node] as number;
    for (let child = node + 1; child < stop; child = this.past[child] as number) {
      if (this.kind[child] === kind) return child;
    }
    return -1;
  }

  /** True when the node is zero units wide: the parser made it up to go on. */
  isMissing(node: number): boolean {
    return this.start[node] === this.end[node];
  }

  private skipErrors(from: number, stop: number): number {
    let child = from;
    while (child < stop) {
      if (this.kind[child] !== Kind.Error) return child;
      child = this.past[child] as number;
    }
    return -1;
  }

  private grow(): void {
    const length = this.kind.length * 2;
    this.kind = enlarged(this.kind, new Uint8Array(length));
    this.start = enlarged(this.start, new Int32Array(length));
    this.end = enlarged(this.end, new Int32Array(length));
    this.past = enlarged(this.past, new Int32Array(length));
  }
}

/** How many spans of unreadable text are kept for one file. */
export const ERROR_LIMIT = 100;

function enlarged<T extends Uint8Array | Int32Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
