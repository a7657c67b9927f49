// What methods take out of containers: `d.get(k)`, `d.setdefault(k, x)`, `queue.get()`, `items.pop()`.

import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import { positional } from '../syntax/code-reader';
import { Answer } from './answer';
import { Step } from './content-paths';
import type { Resolver } from './resolver';

const nothing: readonly number[] = [];

/** What a method takes out of a container, or the default it is given: `path` goes on from there. */
export function takenOut(
  resolver: Resolver,
  scope: Scope,
  at: number,
  path: number,
  depth: number,
): readonly number[] {
  const { code } = scope;
  const callee = code.a[at]!;
  if (code.op[callee] !== Op.Attribute) return nothing;
  const { paths } = resolver;
  const { number } = resolver.numberings.of(scope);
  const name = scope.file.source.names[code.b[callee]!]!;
  const object = number[code.a[callee]!]!;
  const answer = new Answer();
  const key = positional(code, at, 0);
  const looksUp = name === 'get' || name === 'setdefault' || name === 'pop';
  if (!looksUp && name !== 'popleft' && name !== 'get_nowait') return nothing;
  const way = paths.of(looksUp && key >= 0 ? paths.lookUp(scope, key) : Step.Value, path);
  if (way >= 0) answer.add(resolver.contents(scope.id, object, way, depth - 1));
  const otherwise = looksUp ? positional(code, at, 1) : -1;
  if (otherwise >= 0) answer.add(resolver.contents(scope.id, number[otherwise]!, path, depth - 1));
  return answer.entities;
}
