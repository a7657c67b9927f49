// The resolver's memory: for each value number of each scope the entities found, in typed columns by scope. An answer
// knows how much depth it needed, and whether it looked at the arguments of parameters, so that filling those in
// forgets only what depended on them.

import type { Target } from './targets';

interface ScopeAnswers {
  /** Value number -> index into the lists, 0 when unknown. */
  readonly lists: Int32Array;
  /** Value number -> depth the complete answer needs; `dependent` is or-ed in. */
  readonly heights: Uint8Array;
}

interface PartialAnswer {
  readonly entities: readonly number[];
  readonly dependent: boolean;
}

const none: readonly Target[] = [];

/** Or-ed into a height: the answer looked at arguments. */
const dependent = 0x80;

/** Answers of one resolver. */
export class Answers {
  private readonly byScope: (ScopeAnswers | undefined)[] = [];
  private readonly lists: (readonly number[])[] = [[]];
  private readonly index = new Map<string, number>();
  /** Entity -> index of the list of it alone, 0 when there is none yet. */
  private readonly singles: number[] = [];
  /** By scope, then value number and depth. */
  private readonly partial: (Map<number, PartialAnswer> | undefined)[] = [];
  private readonly targets: (Map<number, readonly Target[]> | undefined)[] = [];
  /** By scope, the calls whose targets looked at arguments. */
  private readonly dependentCalls: (Set<number> | undefined)[] = [];
  /** Most calls reach one target, and many the same one: each list of one is kept once. */
  private readonly singleTargets = new Map<number | string, readonly Target[]>();

  /** Index of the list of a complete answer that fits in the depth; 0 when there is none. */
  find(scope: number, number: number, depth: number): number {
    const known = this.byScope[scope];
    if (!known) return 0;
    const list = known.lists[number]!;
    return list !== 0 && (known.heights[number]! & ~dependent) <= depth ? list : 0;
  }

  /** The entities of a list. */
  list(index: number): readonly number[] {
    return this.lists[index]!;
  }

  /** Depth that the complete answer of a value number needs. */
  height(scope: number, number: number): number {
    return this.byScope[scope]!.heights[number]! & ~dependent;
  }

  /** Whether the complete answer of a value number looked at arguments. */
  isDependent(scope: number, number: number): boolean {
    return (this.byScope[scope]!.heights[number]! & dependent) !== 0;
  }

  /** Keeps a complete answer. `size` is the number of value numbers of the scope. */
  keep(
    scope: number,
    size: number,
    number: number,
    entities: readonly number[],
    height: number,
    depends: boolean,
  ): void {
    let known = this.byScope[scope];
    if (!known) {
      const memory = new ArrayBuffer(5 * size);
      known = { lists: new Int32Array(memory, 0, size), heights: new Uint8Array(memory, 4 * size) };
      this.byScope[scope] = known;
    }
    known.lists[number] = this.intern(entities);
    known.heights[number] = height | (depends ? dependent : 0);
  }

  /** An answer cut at exactly this depth. */
  findPartial(scope: number, number: number, depth: number): PartialAnswer | undefined {
    return this.partial[scope]?.get(number * 16 + depth);
  }

  keepPartial(
    scope: number,
    number: number,
    depth: number,
    entities: readonly number[],
    depends: boolean,
  ): void {
    let known = this.partial[scope];
    if (!known) {
      known = new Map();
      this.partial[scope] = known;
    }
    known.set(number * 16 + depth, { entities, dependent: depends });
  }

  findTargets(scope: number, call: number): readonly Target[] | undefined {
    return this.targets[scope]?.get(call);
  }

  keepTargets(scope: number, call: number, targets: readonly Target[], depends: boolean): readonly Target[] {
    let known = this.targets[scope];
    if (!known) {
      known = new Map();
      this.targets[scope] = known;
    }
    const kept = this.shared(targets);
    known.set(call, kept);
    if (depends) {
      this.dependentCalls[scope] ??= new Set();
      this.dependentCalls[scope].add(call);
    }
    return kept;
  }

  private shared(targets: readonly Target[]): readonly Target[] {
    if (targets.length === 0) return none;
    const [target] = targets;
    if (targets.length > 1 || target === undefined) return targets;
    const key = keyOf(target);
    const known = this.singleTargets.get(key);
    if (known) return known;
    this.singleTargets.set(key, targets);
    return targets;
  }

  /** Forgets the answers about one scope's values. */
  forgetScope(scope: number): void {
    this.byScope[scope] = undefined;
    this.targets[scope] = undefined;
    this.dependentCalls[scope] = undefined;
    this.partial[scope] = undefined;
  }

  /** Forgets every answer that looked at arguments. */
  forgetDependent(): void {
    for (const known of this.byScope) {
      if (!known) continue;
      const { lists, heights } = known;
      for (let number = 0; number < heights.length; number++) {
        if ((heights[number]! & dependent) === 0) continue;
        lists[number] = 0;
        heights[number] = 0;
      }
    }
    this.dependentCalls.forEach((calls, scope) => {
      for (const call of calls ?? []) this.targets[scope]?.delete(call);
    });
    this.dependentCalls.length = 0;
    for (const known of this.partial) {
      if (!known) continue;
      for (const [key, { dependent: depends }] of known) if (depends) known.delete(key);
    }
  }

  private intern(entities: readonly number[]): number {
    const single = entities.length === 1 ? entities[0]! : -1;
    if (single >= 0) {
      const known = this.singles[single] ?? 0;
      if (known !== 0) return known;
      while (this.singles.length <= single) this.singles.push(0);
      this.lists.push(entities);
      this.singles[single] = this.lists.length - 1;
      return this.lists.length - 1;
    }
    const key = entities.join();
    const found = this.index.get(key);
    if (found !== undefined) return found;
    this.lists.push(entities);
    this.index.set(key, this.lists.length - 1);
    return this.lists.length - 1;
  }
}

/** Equal targets have equal keys. */
function keyOf(target: Target): number | string {
  if (target.kind === 'library') return target.path;
  if (target.kind === 'class') return target.scope * 4 + 2;
  return target.scope * 4 + (target.bound ? 1 : 0);
}
