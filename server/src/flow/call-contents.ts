// What the result of a call holds: views and copies of containers, builtins that pass elements on, functions of the
// program.

import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, positional } from '../syntax/code-reader';
import { Answer } from './answer';
import { isConstantKey, isLookup, placeOf, Step } from './content-paths';
import { EntityKind } from './entities';
import { instanceContents, returnedContents } from './object-contents';
import type { Resolver } from './resolver';
import { takenOut } from './taken-out';

const nothing: readonly number[] = [];

/** Functions whose result holds what their first argument holds. */
const copies = new Set([
  'list',
  'tuple',
  'set',
  'frozenset',
  'sorted',
  'reversed',
  'iter',
  'aiter',
  'dict',
  'copy.copy',
  'copy.deepcopy',
  'collections.OrderedDict',
  'collections.deque',
  'itertools.islice',
  'weakref.WeakSet',
  'weakref.WeakValueDictionary',
]);
const values = /^(iter|view)?values$/;
const items = /^(iter|view)?items$/;
const keys = /^(iter|view)?keys$/;

/** Entities at a way into the result of a call. */
export function callContents(
  resolver: Resolver,
  scope: Scope,
  at: number,
  path: number,
  depth: number,
): readonly number[] {
  const { entities } = resolver;
  const callee = scope.code.a[at]!;
  const answer = new Answer();
  let isOwn = false;
  for (const entity of resolver.at(scope.id, resolver.numberings.of(scope).number[callee]!, depth - 1)) {
    const x = entities.x[entity]!;
    switch (entities.kind[entity]) {
      case EntityKind.Function:
      case EntityKind.Method:
        isOwn = true;
        answer.add(returnedContents(resolver, x, path, depth - 1));
        break;
      case EntityKind.Class:
        isOwn = true;
        answer.add(instanceContents(resolver, x, path, depth - 1));
        break;
      case EntityKind.Library:
        answer.add(builtinContents(resolver, scope, at, entities.path(entity), path, depth));
        break;
    }
  }
  if (!isOwn && scope.code.op[callee] === Op.Attribute)
    answer.add(methodContents(resolver, scope, at, path, depth));
  return answer.entities;
}

function builtinContents(
  resolver: Resolver,
  scope: Scope,
  at: number,
  callee: string,
  path: number,
  depth: number,
): readonly number[] {
  const { code } = scope;
  const { paths } = resolver;
  const { number } = resolver.numberings.of(scope);
  const inside = (value: number, way: number) =>
    value < 0 || way < 0 ? nothing : resolver.contents(scope.id, number[value]!, way, depth - 1);
  const step = paths.first(path);
  const rest = paths.rest(path);
  if (copies.has(callee)) {
    const given = inside(positional(code, at, 0), path);
    return given.length > 0 ? given : named(resolver, scope, at, path, depth);
  }
  // The second step of `enumerate` and `zip` says which of a pair.
  const place = step === Step.Element && rest !== 0 ? placeOf(paths.first(rest)) : -1;
  const beyond = rest === 0 ? 0 : paths.rest(rest);
  switch (callee) {
    case 'collections.defaultdict': {
      const maker = positional(code, at, 0);
      if (maker < 0 || !isLookup(step)) return nothing;
      const answer = new Answer();
      for (const one of resolver.at(scope.id, number[maker]!, depth - 1)) {
        if (rest === 0) answer.add(resolver.calledWith(scope, -1, one, depth - 1));
        else if (resolver.entities.kind[one] === EntityKind.Function)
          answer.add(returnedContents(resolver, resolver.entities.x[one]!, rest, depth - 1));
      }
      return answer.entities;
    }
    case 'enumerate':
      return place === 1 ? inside(positional(code, at, 0), paths.of(Step.Element, beyond)) : nothing;
    case 'zip':
    case 'itertools.zip_longest':
      return place >= 0 ? inside(positional(code, at, place), paths.of(Step.Element, beyond)) : nothing;
    case 'itertools.chain':
      return argumentsInside(resolver, scope, at, path, depth);
    case 'itertools.chain.from_iterable':
      return inside(positional(code, at, 0), paths.of(Step.Element, path));
    case 'filter':
    case 'itertools.takewhile':
    case 'itertools.dropwhile':
      return inside(positional(code, at, 1), path);
    case 'map': {
      const mapper = positional(code, at, 0);
      if (mapper < 0 || step !== Step.Element || rest !== 0) return nothing;
      const answer = new Answer();
      for (const one of resolver.at(scope.id, number[mapper]!, depth - 1))
        answer.add(resolver.calledWith(scope, -1, one, depth - 1));
      return answer.entities;
    }
    default: {
      // `conn, address = listener.accept()`
      const part = rest === 0 ? resolver.library.partOf(callee, placeOf(step)) : undefined;
      return part === undefined ? nothing : [resolver.entities.library(part)];
    }
  }
}

function argumentsInside(
  resolver: Resolver,
  scope: Scope,
  at: number,
  path: number,
  depth: number,
): readonly number[] {
  const answer = new Answer();
  const { number } = resolver.numberings.of(scope);
  for (let k = 0; k < argumentCount(scope.code, at); k++)
    answer.add(resolver.contents(scope.id, number[argumentValue(scope.code, at, k)]!, path, depth - 1));
  return answer.entities;
}

/** `dict(a=x, b=y)`: what stands under the keywords. */
function named(resolver: Resolver, scope: Scope, at: number, path: number, depth: number): readonly number[] {
  const { code } = scope;
  const { paths } = resolver;
  const step = paths.first(path);
  if (!isLookup(step)) return nothing;
  const { number } = resolver.numberings.of(scope);
  const answer = new Answer();
  for (let k = 0; k < argumentCount(code, at); k++) {
    const keyword = argumentKeyword(code, at, k);
    if (keyword < 0) continue;
    if (step !== Step.Value && step !== paths.constant(scope.file.source.names[keyword]!)) continue;
    answer.add(resolver.contents(scope.id, number[argumentValue(code, at, k)]!, paths.rest(path), depth - 1));
  }
  return answer.entities;
}

/** Views and copies of a container, and what is taken out of one that holds containers. */
function methodContents(
  resolver: Resolver,
  scope: Scope,
  at: number,
  path: number,
  depth: number,
): readonly number[] {
  const { a, b } = scope.code;
  const { paths } = resolver;
  const callee = a[at]!;
  const name = scope.file.source.names[b[callee]!]!;
  const object = resolver.numberings.of(scope).number[a[callee]!]!;
  const inside = (way: number) => (way < 0 ? nothing : resolver.contents(scope.id, object, way, depth - 1));
  const step = paths.first(path);
  const rest = paths.rest(path);
  if (name === 'copy') return inside(path);
  if (name === 'get' || name === 'pop' || name === 'setdefault' || name === 'popleft')
    return takenOut(resolver, scope, at, path, depth);
  if (step === Step.Key || isConstantKey(step)) return nothing;
  if (values.test(name)) return inside(paths.of(Step.Value, rest));
  if (keys.test(name)) return inside(paths.of(Step.Key, rest));
  if (!items.test(name) || rest === 0) return nothing;
  const place = placeOf(paths.first(rest));
  if (place !== 0 && place !== 1) return nothing;
  return inside(paths.of(place === 0 ? Step.Key : Step.Value, paths.rest(rest)));
}
