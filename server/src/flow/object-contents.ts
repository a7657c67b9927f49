// What functions of the program return or yield, and what objects of its classes give when iterated or subscripted, as
// contents of containers.

import { Op } from '../syntax/code';
import { annotatedContents } from './annotated-contents';
import { returnAnnotationOf } from './annotations';
import { Answer } from './answer';
import { isLookup, Step } from './content-paths';
import { isGenerator, returnedValues } from './function-facts';
import type { Resolver } from './resolver';

const nothing: readonly number[] = [];

/** What a function's result holds; of a generator, what it yields. */
export function returnedContents(
  resolver: Resolver,
  functionScope: number,
  path: number,
  depth: number,
): readonly number[] {
  const scope = resolver.program.scopes[functionScope]!;
  const answer = new Answer();
  resolver.noteLook(functionScope);
  if (!resolver.spend(depth)) return nothing;
  const annotation = returnAnnotationOf(resolver.program, scope);
  if (annotation >= 0) answer.add(annotatedContents(resolver, scope.parent, annotation, path, depth - 1));
  if (answer.entities.length > 0) return answer.entities;
  const { number } = resolver.numberings.of(scope);
  const inside = (value: number, way: number) =>
    answer.add(resolver.contents(functionScope, number[value]!, way, depth - 1));
  if (!isGenerator(scope)) {
    for (const value of returnedValues(scope)) inside(value, path);
    return answer.entities;
  }
  if (resolver.paths.first(path) !== Step.Element) return nothing;
  const { op, a } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Yield && a[at]! >= 0) inside(a[at]!, resolver.paths.rest(path));
    else if (op[at] === Op.YieldFrom) inside(a[at]!, path);
  }
  return answer.entities;
}

/** What an object of a class of the program gives when iterated or subscripted. */
export function instanceContents(
  resolver: Resolver,
  classScope: number,
  path: number,
  depth: number,
): readonly number[] {
  const { classes, program, paths } = resolver;
  if (!resolver.spend(depth)) return nothing;
  const step = paths.first(path);
  const rest = paths.rest(path);
  if (step === Step.Key) return nothing;
  const method = (...names: string[]) => {
    for (const name of names) {
      const found = classes.method(classScope, name);
      if (found >= 0) return found;
    }
    return -1;
  };
  if (step === Step.Element) {
    const iterate = method('__iter__', '__aiter__');
    if (iterate >= 0) {
      const given = returnedContents(resolver, iterate, path, depth - 1);
      if (given.length > 0) return given;
      const next = method('__next__', '__anext__', 'next');
      if (next >= 0) return resultAt(resolver, next, rest, depth - 1);
    }
  }
  const get = isLookup(step) ? method('__getitem__') : -1;
  if (get >= 0) return resultAt(resolver, get, rest, depth - 1);
  // `class Parts(list[Part])`: what the bases say.
  for (const written of classes.baseValues(program.scopes[classScope]!)) {
    const found = annotatedContents(resolver, program.scopes[classScope]!.parent, written, path, depth - 1);
    if (found.length > 0) return found;
  }
  return nothing;
}

function resultAt(resolver: Resolver, method: number, rest: number, depth: number): readonly number[] {
  return rest === 0 ? resolver.returnedBy(method, depth) : returnedContents(resolver, method, rest, depth);
}
