// Whose answers may change when bodies come to show something else: the functions that looked into them, and so on.
// Decides where there are too many of them, or others than functions, whose definitions everything rests on.

import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { ScopeKind } from '../syntax/code';

/** With more of them an analysis anew is as quick. */
const maximum = 160;

/** The functions that looked into bodies, or into functions that are given something else, and these functions, with those
 * around and within them, the bodies left out; null where that is not known, or where they can't be looked at again by
 * themselves. */
export function onlookersOf(
  resolver: Resolver,
  bodies: readonly Scope[],
  given: Iterable<number> = [],
): readonly Scope[] | null {
  const { askers, program } = resolver;
  if (askers === null) return null;
  const around = askers.around([...bodies.map(({ id }) => id), ...given]);
  if (around.size - bodies.length > Math.min(maximum, program.scopes.length / 2)) return null;
  const found = new Set<Scope>();
  for (const id of around) {
    const family = familyOf(resolver, program.scopes[id]!);
    if (family === null) return null;
    for (const scope of family) found.add(scope);
  }
  for (const scope of bodies) found.delete(scope);
  return [...found].sort((x, y) => x.id - y.id);
}

/** A function with those around and within it; null where a class is among them, or the outermost is no function. */
function familyOf({ program }: Resolver, scope: Scope): readonly Scope[] | null {
  let outer = scope;
  while (outer.parent >= 0 && isFunction(program.scopes[outer.parent]!))
    outer = program.scopes[outer.parent]!;
  if (outer.code.kind !== ScopeKind.Function) return null;
  const family = new Set([outer.id]);
  const { firstScope, source } = outer.file;
  for (let id = outer.id + 1; id < firstScope + source.codes.length; id++) {
    const inner = program.scopes[id]!;
    if (!family.has(inner.parent)) continue;
    if (!isFunction(inner)) return null;
    family.add(id);
  }
  return [...family].map((id) => program.scopes[id]!);
}

function isFunction({ code: { kind } }: Scope): boolean {
  return kind === ScopeKind.Function || kind === ScopeKind.Lambda;
}
