// What `x.name` denotes for each kind of x, and what a name means in a module (re-exports, star imports, submodules).

import type { ProgramFile } from '../program/program';
import { Op } from '../syntax/code';
import { elements } from '../syntax/code-reader';
import { annotated } from './annotations';
import { Answer } from './answer';
import { mayHaveMember } from './builtin-members';
import type { FieldStore } from './classes';
import { EntityKind } from './entities';
import { Binding, bindingOf, isProperty } from './function-facts';
import type { Resolver } from './resolver';

const nothing: readonly number[] = [];
const maximumBindings = 6;
const maximumBelow = 16;

/** Entities of a member of an entity. */
export function member(resolver: Resolver, entity: number, name: string, depth: number): readonly number[] {
  const { entities } = resolver;
  if (!resolver.spend(depth)) return [];
  const x = entities.x[entity]!;
  switch (entities.kind[entity]) {
    case EntityKind.Module:
      return moduleMember(resolver, resolver.program.files[x]!, name, depth) ?? [];
    case EntityKind.Library: {
      const type = entities.path(entity);
      if (!mayHaveMember(resolver.library, type, name)) return [];
      const path = `${type}.${name}`;
      const file = resolver.modules.namespaced(path);
      if (file) return [entities.of(EntityKind.Module, file.index)];
      return [entities.library(resolver.library.canonical(path))];
    }
    case EntityKind.Class: {
      const found = classMember(resolver, x, name, depth, false, 0);
      return found.length > 0 ? found : memberBelow(resolver, x, name, depth, false);
    }
    case EntityKind.Instance: {
      if (name === '__class__') return [entities.of(EntityKind.Class, x)];
      const found = classMember(resolver, x, name, depth, true, 0);
      return found.length > 0 ? found : memberBelow(resolver, x, name, depth, true);
    }
    case EntityKind.Super: {
      const found = classMember(resolver, x, name, depth, true, 1);
      return found.length > 0 ? found : nextMember(resolver, x, name, depth);
    }
    default:
      return [];
  }
}

/** Entities of a name in a module; null when the module does not bind it. */
export function moduleMember(
  resolver: Resolver,
  file: ProgramFile,
  name: string,
  depth: number,
): readonly number[] | null {
  const bound = resolver.bindings.of(file.firstScope, name);
  if (bound.length === 1) {
    const { scope, value } = bound[0]!;
    const { number } = resolver.numberings.of(resolver.program.scopes[scope]!);
    return resolver.at(scope, number[value]!, depth - 1);
  }
  if (bound.length > 0) {
    const answer = new Answer();
    for (let k = 0; k < bound.length && k < maximumBindings; k++) {
      const { scope, value } = bound[k]!;
      const { number } = resolver.numberings.of(resolver.program.scopes[scope]!);
      answer.add(resolver.at(scope, number[value]!, depth - 1));
    }
    return answer.entities;
  }
  if (!resolver.spend(depth)) return null;
  const stars = resolver.bindings.starImports(file.firstScope);
  for (let k = 0; k < stars.length; k++) {
    const { dotted, level } = stars[k]!;
    const other = resolver.modules.find(dotted, level, file);
    if (!other || other === file || !isExported(resolver, other, name)) continue;
    const found = moduleMember(resolver, other, name, depth - 1);
    if (found) return found;
  }
  if (!file.path.endsWith('__init__.py')) return null;
  const submodule = resolver.modules.resolve(`${resolver.modules.names[file.index]!}.${name}`, file);
  return submodule ? [resolver.entities.of(EntityKind.Module, submodule.index)] : null;
}

/** Whether `from m import *` takes the name: one that begins with an underscore only if `__all__` has it. */
function isExported(resolver: Resolver, file: ProgramFile, name: string): boolean {
  if (!name.startsWith('_')) return true;
  return resolver.bindings.of(file.firstScope, '__all__').some(({ scope, value }) => {
    const { code, file: where } = resolver.program.scopes[scope]!;
    if (code.op[value] !== Op.List && code.op[value] !== Op.Tuple) return false;
    return [...elements(code, value)].some(
      (one) => code.op[one] === Op.Const && where.source.constants[code.a[one]!]!.text === name,
    );
  });
}

/** A member that a class counts on its subclasses to have, or their other bases. */
function memberBelow(
  resolver: Resolver,
  classScope: number,
  name: string,
  depth: number,
  ofInstance: boolean,
): readonly number[] {
  if (name.startsWith('__')) return nothing;
  const below = resolver.classes.descendants(classScope, maximumBelow);
  if (below.length === 0) return nothing;
  const answer = new Answer();
  for (let k = 0; k < below.length; k++)
    answer.add(classMember(resolver, below[k]!, name, depth, ofInstance, 0));
  return answer.entities;
}

/** What `super()` means in a mixin: the class that comes next in the order of those that mix it in. */
function nextMember(resolver: Resolver, classScope: number, name: string, depth: number): readonly number[] {
  const { classes, entities } = resolver;
  const answer = new Answer();
  for (const below of classes.descendants(classScope, maximumBelow)) {
    const order = classes.order(below);
    const own = order.indexOf(entities.of(EntityKind.Class, classScope));
    if (own >= 0) answer.add(classMember(resolver, below, name, depth, true, own + 1));
  }
  return answer.entities;
}

/** A member looked up along the resolution order, `skip` classes left out (for `super()`). */
function classMember(
  resolver: Resolver,
  classScope: number,
  name: string,
  depth: number,
  ofInstance: boolean,
  skip: number,
): readonly number[] {
  const { entities, program, classes, bindings } = resolver;
  const answer = new Answer();
  const order = classes.order(classScope);
  for (let k = skip; k < order.length; k++) {
    const entity = order[k]!;
    if (entities.kind[entity] === EntityKind.Library) {
      const path = entities.path(entity);
      if (answer.entities.length > 0 || path === 'object') continue;
      if (!mayHaveMember(resolver.library, path, name)) continue;
      return [entities.library(resolver.library.canonical(`${path}.${name}`))];
    }
    const one = entities.x[entity]!;
    const scope = program.scopes[one]!;
    const method = classes.ownMethod(one, name);
    if (method >= 0) {
      answer.add(boundMethod(resolver, method, classScope, depth, ofInstance));
      return answer.entities;
    }
    const all = classes.storesOf(one, name);
    const stores = ofInstance || all.length === 0 ? all : all.filter((store) => isOnClass(resolver, store));
    for (let s = 0; s < stores.length && s < maximumBindings; s++) {
      const store = stores[s]!;
      const { number } = resolver.numberings.of(program.scopes[store.scope]!);
      answer.add(resolver.at(store.scope, number[store.value]!, depth - 1));
    }
    const bound = bindings.of(one, name);
    for (let s = 0; s < bound.length && s < maximumBindings; s++) {
      const { value } = bound[s]!;
      if (scope.code.op[value] === Op.Function) continue;
      const { number } = resolver.numberings.of(scope);
      answer.add(resolver.at(one, number[value]!, depth - 1));
    }
    if (answer.entities.length > 0) return answer.entities;
    const annotation = bindings.annotation(one, name);
    if (annotation >= 0) answer.add(annotated(resolver, one, annotation, depth - 1));
    const own = ofInstance ? classes.annotationOf(one, name) : null;
    if (own) answer.add(annotated(resolver, own.scope, own.value, depth - 1));
    if (answer.entities.length > 0) return answer.entities;
  }
  return answer.entities;
}

/** Stored by a function whose receiver is the class: `cls._instance = cls()`. */
function isOnClass({ program }: Resolver, { scope }: FieldStore): boolean {
  const storing = program.scopes[scope]!;
  return bindingOf(program, storing) === Binding.Class;
}

function boundMethod(
  resolver: Resolver,
  method: number,
  classScope: number,
  depth: number,
  ofInstance: boolean,
): readonly number[] {
  const { entities, program } = resolver;
  const scope = program.scopes[method]!;
  const binding = bindingOf(program, scope);
  if (binding === Binding.Static) return [entities.of(EntityKind.Function, method)];
  if (binding === Binding.Class) return [entities.of(EntityKind.Method, method, classScope)];
  if (!ofInstance) return [entities.of(EntityKind.Function, method)];
  if (isProperty(program, scope)) return resolver.returnedBy(method, depth - 1, classScope);
  return [entities.of(EntityKind.Method, method, classScope)];
}
