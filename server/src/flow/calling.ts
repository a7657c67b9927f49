// What a call's result denotes, by what is called.

import type { Scope } from '../program/program';
import { ConstantKind, Op, ScopeKind } from '../syntax/code';
import { keyword, positional } from '../syntax/code-reader';
import { annotated, returnAnnotationOf } from './annotations';
import { Answer } from './answer';
import { isBuiltinType } from './builtin-members';
import { Step } from './content-paths';
import { EntityKind } from './entities';
import { isGenerator, returnedValues } from './function-facts';
import { member } from './members';
import type { Resolver } from './resolver';
import { takenOut } from './taken-out';

const maximumBelow = 16;

const identities = new Set([
  'copy.copy',
  'copy.deepcopy',
  'contextlib.closing',
  'weakref.proxy',
  'functools.partial',
  'staticmethod',
  'classmethod',
]);

const builtinTypes = new Set([
  'list',
  'dict',
  'set',
  'tuple',
  'frozenset',
  'bytearray',
  'str',
  'bytes',
  'int',
  'float',
]);

const takers = /\.(get|pop|popleft|popitem|setdefault)$/;

/** Functions that give one of the elements of their first argument. */
const selectors = new Set(['next', 'anext', 'min', 'max', 'random.choice']);

const fieldMakers = new Set([
  'dataclasses.field',
  'attr.ib',
  'attr.field',
  'attrs.field',
  'pydantic.Field',
  'pydantic.PrivateAttr',
]);

/** Whether a value of a class body is `field(...)`: a description of what each instance gets. */
export function isFieldMaker(resolver: Resolver, body: Scope, value: number): boolean {
  if (body.code.op[value] !== Op.Call) return false;
  return resolver
    .denotes(body.id, body.code.a[value]!)
    .some((callee) => fieldMakers.has(resolver.entities.path(callee)));
}

/** Whether an attribute is stored through a class: `cls.lock = Lock()` makes one for all objects. */
export function isThroughClass(resolver: Resolver, scopeId: number, at: number): boolean {
  const { op, a } = resolver.program.scopes[scopeId]!.code;
  if (op[at] !== Op.StoreAttribute) return false;
  const owners = resolver.denotes(scopeId, a[at]!);
  return owners.length > 0 && owners.every((entity) => resolver.entities.kind[entity] === EntityKind.Class);
}

/** Entities of the result of calling `callee` at an instruction (-1 where no call is written, as for `__enter__`). */
export function called(
  resolver: Resolver,
  scope: Scope,
  at: number,
  callee: number,
  depth: number,
): readonly number[] {
  const { entities } = resolver;
  if (!resolver.spend(depth)) return [];
  const x = entities.x[callee]!;
  switch (entities.kind[callee]) {
    case EntityKind.Class:
      return [entities.of(EntityKind.Instance, x)];
    case EntityKind.Function:
      return returned(resolver, x, depth);
    case EntityKind.Method:
      return returned(resolver, x, depth, entities.y[callee]!);
    case EntityKind.Instance: {
      const method = resolver.classes.method(x, '__call__');
      return method < 0 ? [] : returned(resolver, method, depth);
    }
    case EntityKind.Library:
      return libraryCall(resolver, scope, at, entities.path(callee), depth);
    default:
      return [];
  }
}

/** Entities that a function returns; for a method of objects of a class, what overriding ones return if it tells nothing. */
export function returned(
  resolver: Resolver,
  functionScope: number,
  depth: number,
  classScope = -1,
): readonly number[] {
  const found = ownReturned(resolver, functionScope, depth);
  if (found.length > 0 || classScope < 0) return found;
  const answer = new Answer();
  const { name } = resolver.program.scopes[functionScope]!;
  for (const below of resolver.classes.descendants(classScope, maximumBelow)) {
    const override = resolver.classes.ownMethod(below, name);
    if (override >= 0 && override !== functionScope) answer.add(ownReturned(resolver, override, depth));
  }
  return answer.entities;
}

function ownReturned(resolver: Resolver, functionScope: number, depth: number): readonly number[] {
  const scope = resolver.program.scopes[functionScope]!;
  resolver.noteLook(functionScope);
  if (!resolver.spend(depth)) return [];
  const answer = new Answer();
  if (isGenerator(scope)) return answer.entities;
  const annotation = returnAnnotationOf(resolver.program, scope);
  if (annotation >= 0) answer.add(annotated(resolver, scope.parent, annotation, depth - 1));
  if (answer.entities.length > 0) return answer.entities;
  const { number } = resolver.numberings.of(scope);
  const values = returnedValues(scope);
  for (let k = 0; k < values.length; k++)
    answer.add(resolver.at(functionScope, number[values[k]!]!, depth - 1));
  return answer.entities;
}

function libraryCall(
  resolver: Resolver,
  scope: Scope,
  at: number,
  path: string,
  depth: number,
): readonly number[] {
  const { entities } = resolver;
  if (at >= 0) {
    if (path === 'type') return typeOf(resolver, scope, at, depth);
    if (path === 'super') return superOf(resolver, scope, at, depth);
    if (identities.has(path)) {
      const first = positional(scope.code, at, 0);
      if (first >= 0) return resolver.at(scope.id, resolver.numberings.of(scope).number[first]!, depth - 1);
    }
    if (path === 'getattr') return namedMember(resolver, scope, at, depth);
    if (fieldMakers.has(path)) return fieldDefault(resolver, scope, at, depth);
    if (path === 'typing.cast') {
      const type = positional(scope.code, at, 0);
      if (type >= 0) return annotated(resolver, scope.id, type, depth - 1);
    }
  }
  if (at >= 0) {
    const taken = takenFrom(resolver, scope, at, path, depth);
    const owner = path.slice(0, Math.max(0, path.lastIndexOf('.')));
    if (taken.length > 0 || (takers.test(path) && isBuiltinType(resolver.library, owner))) return taken;
  }
  if (builtinTypes.has(path)) return [entities.library(path)];
  return [entities.library(resolver.library.resultOf(path))];
}

/** `d.get(k)`, `next(x)`: what comes out of a container whose contents are known. */
function takenFrom(
  resolver: Resolver,
  scope: Scope,
  at: number,
  path: string,
  depth: number,
): readonly number[] {
  if (!selectors.has(path)) return takenOut(resolver, scope, at, 0, depth);
  const first = positional(scope.code, at, 0);
  if (first < 0) return [];
  const { number } = resolver.numberings.of(scope);
  const way = resolver.paths.of(Step.Element, 0);
  return resolver.contents(scope.id, number[first]!, way, depth - 1);
}

/** `field(default_factory=list)`: what an instance's field starts as. */
function fieldDefault(resolver: Resolver, scope: Scope, at: number, depth: number): readonly number[] {
  const { names } = scope.file.source;
  const { number } = resolver.numberings.of(scope);
  const answer = new Answer();
  for (const name of ['default_factory', 'factory']) {
    const factory = keyword(scope.code, at, names.indexOf(name));
    if (factory < 0) continue;
    for (const callee of resolver.at(scope.id, number[factory]!, depth - 1))
      answer.add(called(resolver, scope, -1, callee, depth - 1));
  }
  const value = keyword(scope.code, at, names.indexOf('default'));
  if (value >= 0) answer.add(resolver.at(scope.id, number[value]!, depth - 1));
  return answer.entities;
}

/** `type(x)`: its class; `type(name, (Base,), members)`: a class as good as its base. */
function typeOf(resolver: Resolver, scope: Scope, at: number, depth: number): readonly number[] {
  const { entities, paths } = resolver;
  const { number } = resolver.numberings.of(scope);
  const bases = positional(scope.code, at, 1);
  if (bases >= 0) {
    const way = paths.of(paths.place(0), 0);
    const found = resolver.contents(scope.id, number[bases]!, way, depth - 1);
    return found.filter((entity) => entities.kind[entity] === EntityKind.Class);
  }
  const object = positional(scope.code, at, 0);
  if (object < 0) return [];
  const answer = new Answer();
  for (const entity of resolver.at(scope.id, number[object]!, depth - 1)) {
    if (entities.kind[entity] === EntityKind.Instance)
      answer.add([entities.of(EntityKind.Class, entities.x[entity]!)]);
  }
  return answer.entities.length > 0 ? answer.entities : [entities.library('type()')];
}

function superOf(resolver: Resolver, scope: Scope, at: number, depth: number): readonly number[] {
  const { entities, program } = resolver;
  const explicit = positional(scope.code, at, 0);
  if (explicit >= 0) {
    const { number } = resolver.numberings.of(scope);
    for (const entity of resolver.at(scope.id, number[explicit]!, depth - 1)) {
      if (entities.kind[entity] === EntityKind.Class)
        return [entities.of(EntityKind.Super, entities.x[entity]!)];
    }
    return [];
  }
  for (
    let outer: Scope | undefined = scope;
    outer;
    outer = outer.parent < 0 ? undefined : program.scopes[outer.parent]
  ) {
    if (outer.owner >= 0) return [entities.of(EntityKind.Super, outer.owner)];
  }
  return [];
}

function namedMember(resolver: Resolver, scope: Scope, at: number, depth: number): readonly number[] {
  const object = positional(scope.code, at, 0);
  const name = positional(scope.code, at, 1);
  if (object < 0 || name < 0) return [];
  if (scope.code.op[name] !== Op.Const) return anyClass(resolver, scope, object, depth);
  const constant = scope.file.source.constants[scope.code.a[name]!]!;
  if (constant.kind !== ConstantKind.String) return [];
  const answer = new Answer();
  const { number } = resolver.numberings.of(scope);
  for (const entity of resolver.at(scope.id, number[object]!, depth - 1)) {
    answer.add(member(resolver, entity, constant.text, depth - 1));
  }
  return answer.entities;
}

const maximumClasses = 8;

/** A name that is computed, in a module of the program: any of its classes, when they are few. */
function anyClass(resolver: Resolver, scope: Scope, object: number, depth: number): readonly number[] {
  const { entities, program } = resolver;
  const { number } = resolver.numberings.of(scope);
  const answer = new Answer();
  for (const entity of resolver.at(scope.id, number[object]!, depth - 1)) {
    if (entities.kind[entity] !== EntityKind.Module) continue;
    const file = program.files[entities.x[entity]!]!;
    const classes = file.source.codes.flatMap((code, k) => {
      const isOwn =
        code.kind === ScopeKind.Class && program.scopes[file.firstScope + k]!.parent === file.firstScope;
      return isOwn ? [entities.of(EntityKind.Class, file.firstScope + k)] : [];
    });
    if (classes.length <= maximumClasses) answer.add(classes);
  }
  return answer.entities;
}
