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
  /** What its scopes show of labels (see `relevance`), where anybody asks. */
  readonly shows?: Uint8Array;
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

/** The scopes of a part, as a range of ids: about as much code as in any other part. */
export function rangeOf(scopes: readonly Scope[], part: Part): readonly [from: number, to: number] {
  const bounds = [0];
  let total = 0;
  for (const { code } of scopes) total += code.op.length;
  let seen = 0;
  scopes.forEach(({ code }, id) => {
    while (bounds.length < part.of && seen * part.of >= total * bounds.length) bounds.push(id);
    seen += code.op.length;
  });
  while (bounds.length <= part.of) bounds.push(scopes.length);
  return [bounds[part.index]!, bounds[part.index + 1]!];
}

/** Writes down what the calls of scopes reach. `escaping` has an entry for each scope of the range. */
export function writeCalls(
  callsOf: (scope: number) => Iterable<readonly [at: number, targets: readonly Target[]]>,
  from: number,
  escaping: readonly (readonly number[])[],
): SharedCalls {
  const numbers: number[] = [from, escaping.length];
  const paths: string[] = [];
  const pathIds = new Map<string, number>();
  const idOf = (path: string): number => {
    let id = pathIds.get(path);
    if (id === undefined) {
      id = paths.length;
      paths.push(path);
      pathIds.set(path, id);
    }
    return id;
  };
  for (let k = 0; k < escaping.length; k++) {
    const own = escaping[k]!;
    numbers.push(own.length);
    for (const one of own) numbers.push(one);
    const countAt = numbers.length;
    numbers.push(0);
    for (const [at, targets] of callsOf(from + k)) {
      numbers[countAt]!++;
      numbers.push(at, targets.length);
      for (const target of targets) {
        if (target.kind === 'library') numbers.push(Kind.Library, idOf(target.path), 0);
        else if (target.kind === 'class') numbers.push(Kind.Class, target.scope, target.init);
        else numbers.push(target.bound ? Kind.BoundFunction : Kind.Function, target.scope, 0);
      }
    }
  }
  return { numbers: Int32Array.from(numbers), paths };
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
