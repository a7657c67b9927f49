// The resolver's memory of calls: what each may reach, in a column that the scopes share. A place in it needs no value
// numbers: of most scopes that another thread tells of nobody asks more. Each list of one target is kept once, since most
// calls reach one, and many the same.

import type { Target } from './targets';

const none: readonly Target[] = [];

/** What calls may reach. */
export class CallTargets {
  /** Scope -> where its instructions begin in the column; -1 while nothing was kept of it. */
  private readonly starts: Int32Array;
  /** Scope -> how many instructions there is room for. */
  private readonly rooms: Int32Array;
  private used = 0;
  /** Instruction -> index of its targets, 0 when unknown; below 0 when they looked at arguments. */
  private column: Int32Array;
  /** The first stands for unknown, the second is empty. */
  private readonly lists: (readonly Target[])[] = [none, none];
  private readonly singles = new Map<number | string, number>();

  /** `room`: for how many instructions there is room at first. */
  constructor(scopes: number, room = 1 << 14) {
    this.column = new Int32Array(room);
    this.starts = new Int32Array(scopes).fill(-1);
    this.rooms = new Int32Array(scopes);
  }

  /** What a call may reach; undefined while that is unknown. `takesDependent`: also where it looked at arguments. */
  find(scope: number, call: number, takesDependent: boolean): readonly Target[] | undefined {
    const start = this.starts[scope]!;
    const index = start < 0 ? 0 : this.column[start + call]!;
    if (index === 0 || (index < 0 && !takesDependent)) return undefined;
    return this.lists[index < 0 ? -index : index];
  }

  /** Keeps what a call may reach; the list that stands for it from now on. `size`: how many instructions the scope has.
   * `depends`: it looked at arguments of parameters. */
  keep(
    scope: number,
    size: number,
    call: number,
    targets: readonly Target[],
    depends: boolean,
  ): readonly Target[] {
    if (this.rooms[scope]! < size) this.open(scope, size);
    const index = this.shared(targets);
    this.column[this.starts[scope]! + call] = depends ? -index : index;
    return this.lists[index]!;
  }

  /** Forgets the calls of a scope. */
  forgetScope(scope: number): void {
    const start = this.starts[scope]!;
    if (start >= 0) this.column.fill(0, start, start + this.rooms[scope]!);
  }

  /** Forgets what looked at arguments. */
  forgetDependent(): void {
    const { column, used } = this;
    for (let at = 0; at < used; at++) if (column[at]! < 0) column[at] = 0;
  }

  private open(scope: number, size: number): void {
    this.starts[scope] = this.used;
    this.rooms[scope] = size;
    this.used += size;
    let length = this.column.length;
    while (length < this.used) length *= 2;
    if (length === this.column.length) return;
    const larger = new Int32Array(length);
    larger.set(this.column);
    this.column = larger;
  }

  private shared(targets: readonly Target[]): number {
    if (targets.length === 0) return 1;
    if (targets.length > 1) return this.lists.push(targets) - 1;
    const key = keyOf(targets[0]!);
    const known = this.singles.get(key);
    if (known !== undefined) return known;
    const index = this.lists.push(targets) - 1;
    this.singles.set(key, index);
    return index;
  }
}

/** Equal targets have equal keys. */
function keyOf(target: Target): number | string {
  if (target.kind === 'library') return target.path;
  if (target.kind === 'class') return target.scope * 4 + 2;
  return target.scope * 4 + (target.bound ? 1 : 0);
}
