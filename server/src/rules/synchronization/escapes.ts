// Values that leave a function and still are the container that a place holds, or look into it: the container itself,
// its views and iterators, and generators over it. Copies are not; what their receivers do with them is asked elsewhere.

import type { Access } from '../../flow/accesses';
import { isContextManager } from '../../flow/function-facts';
import type { Resolver } from '../../flow/resolver';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';

/** How a value is tied to the container. */
export type Tie = 'reference' | 'view' | 'iterator' | 'generator';

/** Where a container leaves. */
export interface Escape {
  readonly scope: Scope;
  /** The Return, Yield or StoreAttribute. */
  readonly at: number;
  /** The value that leaves, as written there. */
  readonly value: number;
  /** The access that looked at the place for it. */
  readonly access: Access;
  readonly tie: Tie;
}

const lazy = new Set(['iter', 'reversed', 'enumerate', 'zip', 'map', 'filter', 'itertools.chain']);

/** The escapes of a scope's container, given the scope's accesses of its place. */
export function escapesOf(resolver: Resolver, scope: Scope, accesses: readonly Access[]): readonly Escape[] {
  const { op, a, c } = scope.code;
  const { number, reached } = resolver.numberings.of(scope);
  const loads = new Map<number, Access>();
  for (const access of accesses) {
    const load = op[access.load] === Op.Attribute || op[access.load] === Op.Global ? access.load : -1;
    if (load >= 0 && !loads.has(number[load]!)) loads.set(number[load]!, access);
  }
  const found: Escape[] = [];
  for (let at = 0; at < op.length && loads.size > 0; at++) {
    const leaves =
      op[at] === Op.Return || (op[at] === Op.Yield && !isContextManager(resolver.program, scope));
    const isStored = op[at] === Op.StoreAttribute && number[a[at]!] !== op.length;
    if ((!leaves && !isStored) || !reached[at]) continue;
    const value = leaves ? a[at]! : c[at]!;
    if (value < 0) continue;
    const tied = tieOf(resolver, scope, number[value]!);
    const access = tied ? loads.get(tied.container) : undefined;
    if (tied && access && (leaves || tied.tie === 'reference'))
      found.push({ scope, at, value, access, tie: tied.tie });
  }
  return found;
}

interface Tied {
  /** Value number of the container. */
  readonly container: number;
  readonly tie: Tie;
}

function tieOf(resolver: Resolver, scope: Scope, number: number): Tied | null {
  const { op, a, b, c, extra } = scope.code;
  const numbers = resolver.numberings.of(scope).number;
  if (number < 0 || number >= op.length) return null;
  if (op[number] === Op.Attribute || op[number] === Op.Global) return { container: number, tie: 'reference' };
  if (op[number] === Op.Comprehension) return c[number] === 3 ? walked(resolver, scope, number) : null;
  if (op[number] !== Op.Call) return null;
  const callee = a[number]!;
  if (op[callee] === Op.Attribute) {
    const name = scope.file.source.names[b[callee]!]!;
    if (resolver.library.containerMethods.get(name) !== 'view' || isOwn(resolver, scope, number)) return null;
    return { container: numbers[a[callee]!]!, tie: 'view' };
  }
  if (op[callee] !== Op.Global || extra[b[number]!] === 0) return null;
  if (!lazy.has(scope.file.source.names[a[callee]!]!)) return null;
  // The last argument: the container of `map` and `filter`, the first and only one of the others.
  const last = extra[b[number]! + 2 * extra[b[number]!]!]!;
  const inner = tieOf(resolver, scope, numbers[last]!);
  return inner ? { ...inner, tie: 'iterator' } : null;
}

/** The container that a generator expression walks. */
function walked(resolver: Resolver, scope: Scope, generator: number): Tied | null {
  const { op, a } = scope.code;
  const numbers = resolver.numberings.of(scope).number;
  for (let at = generator + 1; at < op.length; at++) {
    if (op[at] === Op.Element) {
      const inner = tieOf(resolver, scope, numbers[a[at]!]!);
      return inner ? { ...inner, tie: 'generator' } : null;
    }
    if (op[at] === Op.Collect && a[at] === generator) return null;
  }
  return null;
}

/** A method of the program and nothing else: its body says what it returns. */
function isOwn(resolver: Resolver, scope: Scope, call: number): boolean {
  const targets = resolver.targets(scope.id, call);
  return targets.length > 0 && targets.every((target) => target.kind === 'function');
}
