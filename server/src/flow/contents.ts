// What containers hold: the way from a value into it, followed backwards through literals, copies, fields, variables,
// parameters and results to what was put in. Depth and bounds are the resolver's. Does not follow what a container
// that is handed on gets elsewhere.

import type { Scope } from '../program/program';
import { BinaryOperator, Op, ParameterKind } from '../syntax/code';
import { elements, entries } from '../syntax/code-reader';
import { annotatedContents } from './annotated-contents';
import { annotationOf } from './annotations';
import { Answer } from './answer';
import { callContents } from './call-contents';
import { isConstantKey, isLookup, mayMeet, placeOf, Step } from './content-paths';
import { definitionOf } from './definitions';
import { EntityKind } from './entities';
import { isProperty } from './function-facts';
import { instanceContents, returnedContents } from './object-contents';
import type { Resolver } from './resolver';

const maximumStores = 6;
const maximumElements = 32;
const maximumAdditions = 12;
const maximumBelow = 16;
const nothing: readonly number[] = [];

/** Entities at the end of a way, of at least one step, into what a value number denotes. */
export function contents(
  resolver: Resolver,
  scopeId: number,
  number: number,
  path: number,
  depth: number,
): readonly number[] {
  const scope = resolver.program.scopes[scopeId]!;
  const numbering = resolver.numberings.of(scope);
  const answer = new Answer();
  if (number >= numbering.count + numbering.slotCount) {
    for (const one of numbering.phis[number - numbering.count - numbering.slotCount]!) {
      if (one >= 0 && one !== number) answer.add(resolver.contents(scopeId, one, path, depth - 1));
    }
  } else if (number >= numbering.count) {
    answer.add(parameterContents(resolver, scope, number - numbering.count, path, depth));
  } else {
    answer.add(instructionContents(resolver, scope, number, path, depth));
  }
  const additions = resolver.additions.toValue(scope, number);
  for (let k = 0; k < additions.length && k < maximumAdditions; k++)
    answer.add(added(resolver, scope, additions[k]!, path, depth));
  if (answer.entities.length > 0) return answer.entities;
  const whole = resolver.at(scopeId, number, depth - 1);
  for (let k = 0; k < whole.length; k++) {
    if (resolver.entities.kind[whole[k]!] === EntityKind.Instance)
      answer.add(instanceContents(resolver, resolver.entities.x[whole[k]!]!, path, depth - 1));
  }
  return answer.entities;
}

function instructionContents(
  resolver: Resolver,
  scope: Scope,
  at: number,
  path: number,
  depth: number,
): readonly number[] {
  const { op, a, b, c } = scope.code;
  const { paths } = resolver;
  switch (op[at] as Op) {
    case Op.List:
    case Op.Tuple:
    case Op.Set:
    case Op.Dict:
    case Op.Comprehension:
      return literalContents(resolver, scope, at, path, depth);
    case Op.Attribute:
      return attributeContents(resolver, scope, at, path, depth);
    case Op.Global:
      return variableContents(resolver, scope.file.index, scope.file.source.names[a[at]!]!, path, depth);
    case Op.Captured:
      return capturedContents(resolver, scope, b[at]!, c[at]!, path, depth);
    case Op.Item:
      if (op[b[at]!] === Op.Slice) return inside(resolver, scope, a[at]!, path, depth);
      return inside(resolver, scope, a[at]!, paths.of(paths.lookUp(scope, b[at]!), path), depth);
    case Op.Element:
      return inside(resolver, scope, a[at]!, paths.of(Step.Element, path), depth);
    case Op.Unpack:
      return inside(resolver, scope, a[at]!, paths.of(paths.place(c[at]!), path), depth);
    case Op.Await:
      return inside(resolver, scope, a[at]!, path, depth);
    case Op.Binary: {
      const operator = c[at]! & ~BinaryOperator.InPlace;
      if (operator !== BinaryOperator.Add && operator !== BinaryOperator.Or) return nothing;
      const answer = new Answer();
      if ((c[at]! & BinaryOperator.InPlace) === 0) answer.add(inside(resolver, scope, a[at]!, path, depth));
      answer.add(inside(resolver, scope, b[at]!, path, depth));
      return answer.entities;
    }
    case Op.Call:
      return callContents(resolver, scope, at, path, depth);
    default:
      return nothing;
  }
}

/** Entities at a way into an operand; nothing when there is no such way. */
function inside(
  resolver: Resolver,
  scope: Scope,
  value: number,
  way: number,
  depth: number,
): readonly number[] {
  if (way < 0) return nothing;
  return resolver.contents(scope.id, resolver.numberings.of(scope).number[value]!, way, depth - 1);
}

function literalContents(
  resolver: Resolver,
  scope: Scope,
  at: number,
  path: number,
  depth: number,
): readonly number[] {
  const { code } = scope;
  const { op, a, b, c } = code;
  const { paths } = resolver;
  const step = paths.first(path);
  const rest = paths.rest(path);
  const { number } = resolver.numberings.of(scope);
  const answer = new Answer();
  const take = (value: number, way = rest) =>
    answer.add(resolver.contents(scope.id, number[value]!, way, depth - 1));
  if (op[at] === Op.Dict) {
    let asked = 0;
    for (const [key, value] of entries(code, at)) {
      if (key >= 0 && isLookup(step) && !mayMeet(step, paths.lookUp(scope, key))) continue;
      if (asked++ === maximumElements) break;
      if (key < 0) take(value, path);
      else take(isLookup(step) ? value : key);
    }
  } else if (op[at] === Op.Comprehension) {
    const isMapping = c[at] === 2;
    for (let k = at + 1; k < op.length; k++) {
      if (op[k] !== Op.Collect || a[k] !== at) continue;
      if (!isMapping || isLookup(step)) take(b[k]!);
      else if (c[k]! >= 0) take(c[k]!);
    }
  } else if (step !== Step.Key && !isConstantKey(step)) {
    const all = elements(code, at);
    const place = all.some((one) => op[one] === Op.Star) ? -1 : placeOf(step);
    for (const one of place < 0 ? all.subarray(0, maximumElements) : all.subarray(place, place + 1)) {
      if (op[one] !== Op.Star) take(one);
      else if (paths.of(Step.Element, rest) >= 0) take(a[one]!, paths.of(Step.Element, rest));
    }
  }
  if (answer.entities.length > 0) return answer.entities;
  const annotation = localAnnotation(resolver, scope, at);
  return annotation < 0 ? nothing : annotatedContents(resolver, scope.id, annotation, path, depth - 1);
}

/** The annotation of the variable that a literal is stored in at once; -1 when there is none. */
function localAnnotation(resolver: Resolver, scope: Scope, at: number): number {
  const { op, a, b, c, slots } = scope.code;
  const store = resolver.numberings.of(scope).user[at]!;
  if (store < 1 || op[store] !== Op.StoreLocal) return -1;
  for (let k = store - 1; k > at; k--) {
    if (op[k] === Op.Annotate && a[k] === -1 && c[k] === slots[a[store]!]) return b[k]!;
  }
  return -1;
}

function attributeContents(
  resolver: Resolver,
  scope: Scope,
  at: number,
  path: number,
  depth: number,
): readonly number[] {
  const { entities } = resolver;
  const { a, b } = scope.code;
  const name = scope.file.source.names[b[at]!]!;
  const answer = new Answer();
  for (const base of resolver.at(scope.id, resolver.numberings.of(scope).number[a[at]!]!, depth - 1)) {
    const x = entities.x[base]!;
    switch (entities.kind[base]) {
      case EntityKind.Instance:
      case EntityKind.Class:
      case EntityKind.Super:
        answer.add(fieldContents(resolver, x, name, path, depth - 1));
        break;
      case EntityKind.Module:
        answer.add(variableContents(resolver, x, name, path, depth - 1));
        break;
    }
  }
  return answer.entities;
}

/** What a field of a class holds: by its annotation, else by what is stored and put in. */
function fieldContents(
  resolver: Resolver,
  classScope: number,
  name: string,
  path: number,
  depth: number,
): readonly number[] {
  const { entities, program, classes, bindings, additions } = resolver;
  const answer = new Answer();
  if (!resolver.spend(depth)) return nothing;
  const owners: number[] = [];
  const order = classes.order(classScope);
  for (let k = 0; k < order.length; k++)
    if (entities.kind[order[k]!] === EntityKind.Class) owners.push(entities.x[order[k]!]!);
  for (let o = 0; o < owners.length; o++) {
    const owner = owners[o]!;
    const method = classes.ownMethod(owner, name);
    if (method >= 0) {
      const isValue = isProperty(program, program.scopes[method]!);
      return isValue ? returnedContents(resolver, method, path, depth - 1) : nothing;
    }
    const annotation = bindings.annotation(owner, name);
    if (annotation >= 0) answer.add(annotatedContents(resolver, owner, annotation, path, depth - 1));
    const own = classes.annotationOf(owner, name);
    if (own) answer.add(annotatedContents(resolver, own.scope, own.value, path, depth - 1));
    if (answer.entities.length > 0) return answer.entities;
    const stores = classes.storesOf(owner, name);
    const bound = bindings.of(owner, name);
    for (const list of [stores, bound]) {
      for (let k = 0; k < list.length && k < maximumStores; k++) {
        const { scope, value } = list[k]!;
        const { number } = resolver.numberings.of(program.scopes[scope]!);
        answer.add(resolver.contents(scope, number[value]!, path, depth - 1));
      }
    }
    if (stores.length > 0 || bound.length > 0) break;
  }
  const put = (owner: number) => {
    const list = additions.toField(owner, name);
    for (let k = 0; k < list.length && k < maximumAdditions; k++)
      answer.add(added(resolver, program.scopes[list[k]!.scope]!, list[k]!, path, depth));
  };
  owners.forEach(put);
  if (answer.entities.length === 0) classes.descendants(classScope, maximumBelow).forEach(put);
  return answer.entities;
}

/** What a variable of a module holds, whoever imports it. */
function variableContents(
  resolver: Resolver,
  fileIndex: number,
  as: string,
  path: number,
  depth: number,
): readonly number[] {
  const { program, bindings } = resolver;
  const answer = new Answer();
  if (!resolver.spend(depth)) return nothing;
  const { file, name } = definitionOf(resolver, program.files[fileIndex]!, as);
  const annotation = bindings.annotation(file.firstScope, name);
  if (annotation >= 0) answer.add(annotatedContents(resolver, file.firstScope, annotation, path, depth - 1));
  if (answer.entities.length > 0) return answer.entities;
  for (const { scope, value } of bindings.of(file.firstScope, name).slice(0, maximumStores)) {
    const { number } = resolver.numberings.of(program.scopes[scope]!);
    answer.add(resolver.contents(scope, number[value]!, path, depth - 1));
  }
  for (const one of resolver.additions.toVariable(file, name).slice(0, maximumAdditions))
    answer.add(added(resolver, program.scopes[one.scope]!, one, path, depth));
  return answer.entities;
}

function capturedContents(
  resolver: Resolver,
  scope: Scope,
  levels: number,
  slot: number,
  path: number,
  depth: number,
): readonly number[] {
  let outer = scope;
  for (let level = 0; level < levels && outer.parent >= 0; level++)
    outer = resolver.program.scopes[outer.parent]!;
  const { op, a, b, parameters } = outer.code;
  const { number } = resolver.numberings.of(outer);
  const answer = new Answer();
  if (slot < parameters.length) answer.add(resolver.contents(outer.id, op.length + slot, path, depth - 1));
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreLocal && a[at] === slot)
      answer.add(resolver.contents(outer.id, number[b[at]!]!, path, depth - 1));
  }
  return answer.entities;
}

function parameterContents(
  resolver: Resolver,
  scope: Scope,
  slot: number,
  path: number,
  depth: number,
): readonly number[] {
  const { program, paths } = resolver;
  const { parameters } = scope.code;
  if (slot >= parameters.length) return nothing;
  const answer = new Answer();
  const kind = parameters[slot];
  const gathers = kind === ParameterKind.VarPositional || kind === ParameterKind.VarKeyword;
  const annotation = annotationOf(program, scope, slot);
  if (annotation >= 0) {
    // `*parts: Part` tells of each.
    const way = gathers ? paths.rest(path) : path;
    answer.add(annotatedContents(resolver, scope.parent, annotation, way, depth - 1));
  }
  if (answer.entities.length > 0 || gathers) return answer.entities;
  for (const { scope: from, value } of resolver.given(scope.id, slot)) {
    if (value < 0) continue;
    const { number } = resolver.numberings.of(program.scopes[from]!);
    answer.add(resolver.contents(from, number[value]!, path, depth - 1));
  }
  return answer.entities;
}

/** What an addition shows at a way into the container that it is made to. */
function added(
  resolver: Resolver,
  scope: Scope,
  addition: { readonly steps: readonly number[]; readonly value: number; readonly spread: boolean },
  path: number,
  depth: number,
): readonly number[] {
  const { paths } = resolver;
  let way = path;
  for (let k = 0; k < addition.steps.length; k++) {
    if (way === 0) return nothing;
    const asked = paths.first(way);
    const last = k === addition.steps.length - 1;
    if (last && addition.spread) break;
    if (!reaches(asked, addition.steps[k]!, last)) return nothing;
    way = paths.rest(way);
  }
  const { number } = resolver.numberings.of(scope);
  return resolver.contents(scope.id, number[addition.value]!, way, depth - 1);
}

/** Whether what was put in by a step is found by another: a sequence shows an element under its index, too, a mapping
 * its keys when it is iterated. */
function reaches(asked: number, put: number, last: boolean): boolean {
  if (mayMeet(asked, put)) return true;
  if (!last) return false;
  if (put === Step.Element) return isLookup(asked) && !isConstantKey(asked);
  return put === Step.Key && asked === Step.Element;
}
