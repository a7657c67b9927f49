// Which pool a job is handed to: by the field, the variable of a module or the variable of a function that holds it, or by
// the parameter that it comes in by. A pool that several expressions mean for other reasons is not followed.

import { definitionOf } from '../../flow/definitions';
import { EntityKind } from '../../flow/entities';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { callArguments, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Spawned } from '../../whole/spawned';

/** The value of the pool that a job is handed to; -1 where none is written. */
export function poolValue({ scope, at, path }: Spawned): number {
  const { op, a } = scope.code;
  if (path.endsWith('run_in_executor')) return positional(scope.code, at, 0);
  return op[a[at]!] === Op.Attribute ? a[a[at]!]! : -1;
}

/** What holds a pool: equal texts are one pool, '' says nothing. */
export function poolNamed(analysis: Analysis, scope: Scope, value: number): string {
  const { resolver, program } = analysis;
  const { op, a, b, c } = scope.code;
  if (value < 0) return '';
  if (op[value] === Op.Captured) {
    let outer = scope;
    for (let out = b[value]!; out > 0 && outer.parent >= 0; out--) outer = program.scopes[outer.parent]!;
    return `${outer.id}#${c[value]}`;
  }
  const { number, count, slotCount } = resolver.numberings.of(scope);
  const pool = number[value]!;
  const { names } = scope.file.source;
  const isOwn = pool < 0 || pool >= op.length || (op[pool] !== Op.Global && op[pool] !== Op.Attribute);
  if (isOwn && op[value] === Op.Local) {
    const slot = a[value]!;
    // Bound once, or a parameter that nothing else is stored in.
    const stores = op.filter((one, at) => one === Op.StoreLocal && a[at] === slot).length;
    const isParameter = pool >= count && pool < count + slotCount;
    return stores === (isParameter ? 0 : 1) ? `${scope.id}#${slot}` : '';
  }
  if (pool < 0 || pool >= op.length) return '';
  if (op[pool] === Op.Global) {
    const made = definitionOf(resolver, scope.file, names[a[pool]!]!);
    return `${made.file.path}:${made.name}`;
  }
  if (op[pool] !== Op.Attribute) return '';
  const name = names[b[pool]!]!;
  for (const entity of resolver.denotes(scope.id, a[pool]!)) {
    const kind = resolver.entities.kind[entity];
    if (kind === EntityKind.Instance || kind === EntityKind.Class)
      return `${resolver.classes.ownerOf(resolver.entities.x[entity]!, name)}.${name}`;
  }
  return '';
}

/** `pool.submit(walk, pool, node)`: the names under which the job knows the pool by its parameters. */
export function handedAlong(analysis: Analysis, one: Spawned, run: number): readonly string[] {
  const { scope, at, callable } = one;
  const pool = poolNamed(analysis, scope, poolValue(one));
  const given = callArguments(scope.code, at);
  const first = given.findIndex(({ value }) => value === callable);
  if (pool === '' || first < 0 || one.spawn.arguments !== 'rest') return [];
  const { owner, code } = analysis.program.scopes[run]!;
  const found: string[] = [];
  for (let k = first + 1; k < given.length; k++) {
    const slot = k - first - 1 + (owner >= 0 ? 1 : 0);
    if (slot >= code.parameters.length || given[k]!.keyword >= 0) break;
    if (poolNamed(analysis, scope, given[k]!.value) === pool) found.push(`${run}#${slot}`);
  }
  return found;
}
