// How several analyses of one program, each in a thread of its own, share the work on its calls: each looks at a part of
// the scopes and tells the others what it found, as plain data. Decides who looks at what and how it is written down;
// what is found is the call graph's business. Scope ids mean the same everywhere, since they follow from the files.

import type { Resolver } from '../flow/resolver';
import type { Target } from '../flow/targets';
import type { Scope } from '../program/program';

/** One of so many parts of a program, counted from 0. */
export interface Part {
  readonly index: number;
  readonly of: number;
}

/** The arguments that one part's calls give to parameters: callee, slot, scope and value of each. */
export type SharedArguments = Int32Array;

/** What one part's calls may reach, and which functions its scopes hand about. */
export interface SharedCalls {
  /** The first scope, and for each: its escaping functions, and for each call with targets its place and targets. */
  readonly numbers: Int32Array;
  /** Library paths that the numbers speak of. */
  readonly paths: readonly string[];
}

/** What was told of one scope. */
export interface ToldScope {
  readonly scope: number;
  readonly escaping: readonly number[];
}

const enum Kind {
  Function,
  BoundFunction,
  Class,
  Library,
}

/** Where each of so many parts begins, as ids of scopes, and where the last one ends: each has about as much code. */
export function boundsOf(scopes: readonly Scope[], parts: number): readonly number[] {
  const bounds = [0];
  let total = 0;
  for (const { code } of scopes) total += code.op.length;
  let seen = 0;
  scopes.forEach(({ code }, id) => {
    while (bounds.length < parts && seen * parts >= total * bounds.length) bounds.push(id);
    seen += code.op.length;
  });
  while (bounds.length <= parts) bounds.push(scopes.length);
  return bounds;
}

/** Writes down what the calls of a part reach, scope by scope from the first. */
export class CallWriter {
  private numbers = new Int32Array(1 << 12);
  private length = 2;
  private readonly paths: string[] = [];
  private readonly pathIds = new Map<string, number>();
  private scopes = 0;
  /** Where the calls of the scope are counted. */
  private countAt = 0;

  constructor(private readonly from: number) {}

  /** The next scope, and the functions that escape in it. Its calls follow. */
  scope(escaping: readonly number[]): void {
    this.scopes++;
    this.push(escaping.length);
    for (let k = 0; k < escaping.length; k++) this.push(escaping[k]!);
    this.countAt = this.length;
    this.push(0);
  }

  call(at: number, targets: readonly Target[]): void {
    this.numbers[this.countAt]!++;
    this.push(at);
    this.push(targets.length);
    for (let k = 0; k < targets.length; k++) this.target(targets[k]!);
  }

  finish(): SharedCalls {
    this.numbers[0] = this.from;
    this.numbers[1] = this.scopes;
    return { numbers: this.numbers.slice(0, this.length), paths: this.paths };
  }

  private target(target: Target): void {
    if (target.kind === 'library') {
      this.push(Kind.Library);
      this.push(this.idOf(target.path));
      this.push(0);
    } else if (target.kind === 'class') {
      this.push(Kind.Class);
      this.push(target.scope);
      this.push(target.init);
    } else {
      this.push(target.bound ? Kind.BoundFunction : Kind.Function);
      this.push(target.scope);
      this.push(0);
    }
  }

  private idOf(path: string): number {
    let id = this.pathIds.get(path);
    if (id === undefined) {
      id = this.paths.push(path) - 1;
      this.pathIds.set(path, id);
    }
    return id;
  }

  private push(number: number): void {
    if (this.length === this.numbers.length) {
      const larger = new Int32Array(2 * this.length);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.length++] = number;
  }
}

/** Has a resolver learn what another part's calls reach; what was told of each scope, in order. */
export function learnCalls(resolver: Resolver, { numbers, paths }: SharedCalls): readonly ToldScope[] {
  const told: ToldScope[] = [];
  // Most calls reach one target, and many the same one: each list of one is made once.
  const single = new Map<number, readonly Target[]>();
  const targetsAt = (place: number, count: number): readonly Target[] => {
    if (count !== 1) return targetsFrom(numbers, place, count, paths);
    const key = numbers[place + 1]! * 4 + numbers[place]!;
    let found = single.get(key);
    if (!found) {
      found = targetsFrom(numbers, place, 1, paths);
      single.set(key, found);
    }
    return found;
  };
  const first = numbers[0]!;
  let next = 2;
  for (let k = 0; k < numbers[1]!; k++) {
    const escapes = numbers[next]!;
    told.push({ scope: first + k, escaping: [...numbers.subarray(next + 1, next + 1 + escapes)] });
    next += 1 + escapes;
    const calls = numbers[next++]!;
    for (let call = 0; call < calls; call++) {
      const at = numbers[next]!;
      const count = numbers[next + 1]!;
      next += 2;
      resolver.learnTargets(first + k, at, targetsAt(next, count));
      next += 3 * count;
    }
  }
  return told;
}

function targetsFrom(numbers: Int32Array, place: number, count: number, paths: readonly string[]): Target[] {
  const targets: Target[] = [];
  for (let at = place; at < place + 3 * count; at += 3)
    targets.push(targetOf(numbers[at] as Kind, numbers[at + 1]!, numbers[at + 2]!, paths));
  return targets;
}

function targetOf(kind: Kind, x: number, y: number, paths: readonly string[]): Target {
  if (kind === Kind.Library) return { kind: 'library', path: paths[x]! };
  if (kind === Kind.Class) return { kind: 'class', scope: x, init: y };
  return { kind: 'function', scope: x, bound: kind === Kind.BoundFunction };
}
