// The transfer function of the resolver: one value number to the entities it may denote, case by case.
// Each step outwards (attribute, call, name, parameter) costs one unit of depth.

import type { Scope } from '../program/program';
import { BinaryOperator, ConstantKind, Op, ParameterKind } from '../syntax/code';
import { defaultAt, elements, positional } from '../syntax/code-reader';
import { annotated, annotationOf } from './annotations';
import { Answer, asInstance } from './answer';
import { slotOf } from './argument-bindings';
import { isBuiltinType } from './builtin-members';
import { called } from './calling';
import { Step } from './content-paths';
import { EntityKind } from './entities';
import { Binding, bindingOf, isContextManager, lastName, yieldedValues } from './function-facts';
import { member, moduleMember } from './members';
import type { Resolver } from './resolver';
import { targetsOf } from './targets';

const nothing: readonly number[] = [];

/** Entities that a value number denotes, with a depth left; where nothing else tells, what the scope tests it for. */
export function denotation(
  resolver: Resolver,
  scopeId: number,
  number: number,
  depth: number,
): readonly number[] {
  const scope = resolver.program.scopes[scopeId]!;
  const found = ofNumber(resolver, scope, number, depth);
  return found.length > 0 ? found : testedFor(resolver, scope, number, depth);
}

function ofNumber(resolver: Resolver, scope: Scope, number: number, depth: number): readonly number[] {
  const numbering = resolver.numberings.of(scope);
  if (number >= numbering.count + numbering.slotCount) {
    const answer = new Answer();
    const ways = numbering.phis[number - numbering.count - numbering.slotCount]!;
    for (let k = 0; k < ways.length; k++) {
      const one = ways[k]!;
      if (one >= 0 && one !== number) answer.add(resolver.at(scope.id, one, depth - 1));
    }
    return answer.entities;
  }
  if (number >= numbering.count) return parameter(resolver, scope, number - numbering.count, depth);
  return instruction(resolver, scope, number, depth);
}

/** What `isinstance(x, (A, B))` says of x in its function: whoever asks expects it somewhere below. */
function testedFor(resolver: Resolver, scope: Scope, number: number, depth: number): readonly number[] {
  const tests = resolver.typeTests.of(scope, number);
  if (tests.length === 0) return nothing;
  const answer = new Answer();
  const { number: numbers } = resolver.numberings.of(scope);
  for (const types of tests) {
    const { op } = scope.code;
    const each = op[types] === Op.Tuple ? elements(scope.code, types) : [types];
    for (const type of each) {
      for (const entity of resolver.at(scope.id, numbers[type]!, depth - 1)) {
        const path = resolver.entities.path(entity);
        if (path === 'type' || path === 'object') continue;
        answer.add(isBuiltinType(resolver.library, path) ? [entity] : asInstance(resolver, entity));
      }
    }
  }
  return answer.entities;
}

function instruction(resolver: Resolver, scope: Scope, at: number, depth: number): readonly number[] {
  const { entities } = resolver;
  const { op, a, b, c } = scope.code;
  const { names } = scope.file.source;
  switch (op[at] as Op) {
    case Op.Const:
    case Op.Format:
      return literal(resolver, scope, at);
    case Op.Global:
      return globalName(resolver, scope, names[a[at]!]!, depth);
    case Op.Captured:
      return captured(resolver, scope, b[at]!, c[at]!, depth);
    case Op.Attribute: {
      const bases = operand(resolver, scope, a[at]!, depth);
      if (bases.length === 0) return nothing;
      const name = names[b[at]!]!;
      if (bases.length === 1) return member(resolver, bases[0]!, name, depth - 1);
      const answer = new Answer();
      for (let k = 0; k < bases.length; k++) answer.add(member(resolver, bases[k]!, name, depth - 1));
      return answer.entities;
    }
    case Op.Item:
      return item(resolver, scope, at, depth);
    case Op.Element:
      return elementsOf(resolver, inside(resolver, scope, a[at]!, Step.Element, depth), () =>
        operand(resolver, scope, a[at]!, depth),
      );
    case Op.Call: {
      const callees = operand(resolver, scope, a[at]!, depth);
      if (callees.length === 1) {
        const result = called(resolver, scope, at, callees[0]!, depth - 1);
        if (result.length > 0) return result;
      }
      const answer = new Answer();
      for (let k = 0; k < callees.length && callees.length > 1; k++)
        answer.add(called(resolver, scope, at, callees[k]!, depth - 1));
      if (answer.entities.length === 0 && lastName(scope, a[at]!) === '__new__') {
        // `super().__new__(cls)`
        const type = positional(scope.code, at, 0);
        for (const entity of type < 0 ? [] : operand(resolver, scope, type, depth))
          answer.add(asInstance(resolver, entity));
      }
      return answer.entities;
    }
    case Op.Binary: {
      // `path / name`: what the left operand's type makes of it.
      if ((c[at]! & ~BinaryOperator.InPlace) !== BinaryOperator.Divide) return [];
      const answer = new Answer();
      for (const left of operand(resolver, scope, a[at]!, depth)) {
        if (entities.kind[left] !== EntityKind.Library) continue;
        const path = `${entities.path(left)}.__truediv__`;
        const type = resolver.library.resultOf(path);
        if (!type.endsWith('()')) answer.add([entities.library(type)]);
      }
      return answer.entities;
    }
    case Op.Function:
      return [entities.of(EntityKind.Function, scope.file.firstScope + a[at]!)];
    case Op.Class:
      return [entities.of(EntityKind.Class, scope.file.firstScope + a[at]!)];
    case Op.Import:
      return imported(resolver, scope, at, depth);
    case Op.Await:
      return operand(resolver, scope, a[at]!, depth);
    case Op.Entered:
      return entered(resolver, scope, a[at]!, depth);
    case Op.Unpack:
      if (c[at] === -1) return [entities.library('list')];
      return inside(resolver, scope, a[at]!, resolver.paths.place(c[at]!), depth);
    case Op.Caught: {
      const type = scope.code.a[a[at]!]!;
      if (type < 0) return [];
      const answer = new Answer();
      for (const entity of operand(resolver, scope, type, depth)) answer.add(asInstance(resolver, entity));
      return answer.entities;
    }
    case Op.List:
      return [entities.library('list')];
    case Op.Tuple:
      return [entities.library('tuple')];
    case Op.Set:
      return [entities.library('set')];
    case Op.Dict:
      return [entities.library('dict')];
    case Op.Comprehension:
      return [entities.library(['list', 'set', 'dict', 'generator'][c[at]!] ?? 'list')];
    default:
      return [];
  }
}

/** Entities of an operand of an instruction. */
function operand(resolver: Resolver, scope: Scope, value: number, depth: number): readonly number[] {
  return resolver.at(scope.id, resolver.numberings.of(scope).number[value]!, depth - 1);
}

const literalTypes = ['None', 'bool', 'bool', 'ellipsis', 'int', 'float', 'complex', 'str', 'bytes'];

function literal(resolver: Resolver, scope: Scope, at: number): readonly number[] {
  if (scope.code.op[at] === Op.Format) return [resolver.entities.library('str')];
  const type = literalTypes[scope.file.source.constants[scope.code.a[at]!]!.kind]!;
  return type === 'None' ? [] : [resolver.entities.library(type)];
}

function globalName(resolver: Resolver, scope: Scope, name: string, depth: number): readonly number[] {
  const found = moduleMember(resolver, scope.file, name, depth);
  if (found) return found;
  return [resolver.entities.library(resolver.library.canonical(name))];
}

function captured(
  resolver: Resolver,
  scope: Scope,
  levels: number,
  slot: number,
  depth: number,
): readonly number[] {
  let outer = scope;
  for (let level = 0; level < levels && outer.parent >= 0; level++)
    outer = resolver.program.scopes[outer.parent]!;
  const { op, a, b, parameters } = outer.code;
  const answer = new Answer();
  if (slot < parameters.length) answer.add(resolver.at(outer.id, op.length + slot, depth - 1));
  const { number } = resolver.numberings.of(outer);
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreLocal && a[at] === slot)
      answer.add(resolver.at(outer.id, number[b[at]!]!, depth - 1));
  }
  return answer.entities;
}

function imported(resolver: Resolver, scope: Scope, at: number, depth: number): readonly number[] {
  const { a, b, c } = scope.code;
  const { names } = scope.file.source;
  const dotted = resolver.modules.absolute(names[a[at]!]!, c[at]!, scope.file);
  const file = resolver.modules.find(names[a[at]!]!, c[at]!, scope.file);
  const { entities } = resolver;
  if (b[at]! < 0) {
    if (file) return [entities.of(EntityKind.Module, file.index)];
    return [entities.library(resolver.library.canonical(dotted))];
  }
  const name = names[b[at]!]!;
  if (file) {
    const found = moduleMember(resolver, file, name, depth);
    // A package that imports its own submodule by name binds that very import.
    if (found && found.length > 0) return found;
  }
  const parent = names[a[at]!]!;
  const submodule = resolver.modules.find(parent === '' ? name : `${parent}.${name}`, c[at]!, scope.file);
  if (submodule) return [entities.of(EntityKind.Module, submodule.index)];
  return file ? [] : [entities.library(resolver.library.canonical(`${dotted}.${name}`))];
}

function entered(resolver: Resolver, scope: Scope, withAt: number, depth: number): readonly number[] {
  const manager = scope.code.a[withAt]!;
  const { entities } = resolver;
  const answer = new Answer();
  if (scope.code.op[manager] === Op.Call) {
    for (const target of targetsOf(resolver, scope.id, manager, depth - 1)) {
      if (target.kind !== 'function') continue;
      const generator = resolver.program.scopes[target.scope]!;
      if (!isContextManager(resolver.program, generator)) continue;
      for (const value of yieldedValues(generator)) {
        answer.add(resolver.at(generator.id, resolver.numberings.of(generator).number[value]!, depth - 1));
      }
      return answer.entities;
    }
  }
  for (const entity of resolver.at(scope.id, resolver.numberings.of(scope).number[manager]!, depth - 1)) {
    const enter =
      entities.kind[entity] === EntityKind.Instance ? enterMethod(resolver, entities.x[entity]!) : -1;
    if (enter < 0) answer.add([entity]);
    else
      answer.add(
        called(resolver, scope, -1, entities.of(EntityKind.Method, enter, entities.x[entity]!), depth - 1),
      );
  }
  return answer.entities;
}

function enterMethod(resolver: Resolver, classScope: number): number {
  const plain = resolver.classes.method(classScope, '__enter__');
  return plain >= 0 ? plain : resolver.classes.method(classScope, '__aenter__');
}

function inside(
  resolver: Resolver,
  scope: Scope,
  value: number,
  step: number,
  depth: number,
): readonly number[] {
  const { number } = resolver.numberings.of(scope);
  return resolver.contents(scope.id, number[value]!, resolver.paths.of(step, 0), depth - 1);
}

/** `x[k]`: what the program puts there; else what libraries say of elements of such a thing. */
function item(resolver: Resolver, scope: Scope, at: number, depth: number): readonly number[] {
  const { entities, library, paths } = resolver;
  const { op, a, b } = scope.code;
  const whole = resolver.at(scope.id, resolver.numberings.of(scope).number[a[at]!]!, depth - 1);
  const answer = new Answer();
  const isPart = op[b[at]!] === Op.Slice;
  if (!isPart) answer.add(inside(resolver, scope, a[at]!, paths.lookUp(scope, b[at]!), depth));
  for (const base of whole) {
    const path = entities.path(base);
    // A part of a sequence is a sequence.
    if (isPart && sliced.has(path)) answer.add([base]);
    else if (texts.has(path)) answer.add([base]);
    else if (path !== '' && !isBuiltinType(library, path))
      answer.add([entities.library(library.canonical(`${path}[]`))]);
  }
  return answer.entities;
}

const texts = new Set(['str', 'bytes']);
const sliced = new Set(['list', 'tuple', 'str', 'bytes', 'bytearray']);

function parameter(resolver: Resolver, scope: Scope, slot: number, depth: number): readonly number[] {
  const { entities, program } = resolver;
  if (slot >= scope.code.parameters.length) return [];
  if (slot === 0 && scope.owner >= 0) {
    const binding = bindingOf(program, scope);
    if (binding === Binding.Instance) return [entities.of(EntityKind.Instance, scope.owner)];
    if (binding === Binding.Class) return [entities.of(EntityKind.Class, scope.owner)];
  }
  const kind = scope.code.parameters[slot];
  if (kind === ParameterKind.VarPositional) return [entities.library('tuple')];
  if (kind === ParameterKind.VarKeyword) return [entities.library('dict')];
  const own = givenTo(resolver, scope, slot, depth);
  if (own.length > 0) return own;
  // An override is given what the method is given that it overrides.
  for (const base of overriddenBy(resolver, scope)) {
    const same = slotOf(base, scope.file.source.names[scope.code.slots[slot]!]!);
    if (same < 0) continue;
    const given = givenTo(resolver, base, same, depth);
    if (given.length > 0) return given;
  }
  return defaultOf(resolver, scope, slot, depth);
}

/** What a parameter is given, by its annotation, else by the calls that are known. */
function givenTo(resolver: Resolver, scope: Scope, slot: number, depth: number): readonly number[] {
  const { program } = resolver;
  const answer = new Answer();
  if (!resolver.spend(depth)) return answer.entities;
  const annotation = annotationOf(program, scope, slot);
  if (annotation >= 0) answer.add(annotated(resolver, scope.parent, annotation, depth - 1));
  if (answer.entities.length > 0) return answer.entities;
  const given = resolver.given(scope.id, slot);
  for (let k = 0; k < given.length; k++) {
    const argument = given[k]!;
    if (argument.value < 0) continue;
    const { number } = resolver.numberings.of(program.scopes[argument.scope]!);
    answer.add(resolver.at(argument.scope, number[argument.value]!, depth - 1));
  }
  return answer.entities;
}

/** What a parameter is where nothing is given, in the enclosing scope. */
function defaultOf(resolver: Resolver, scope: Scope, slot: number, depth: number): readonly number[] {
  if (scope.parent < 0 || scope.definedAt < 0) return [];
  const outer = resolver.program.scopes[scope.parent]!;
  if (outer.code.op[scope.definedAt] !== Op.Function) return [];
  const value = defaultAt(outer.code, scope.definedAt, slot);
  if (value < 0 || isPlain(outer, value)) return nothing;
  return resolver.at(outer.id, resolver.numberings.of(outer).number[value]!, depth - 1);
}

/** Whether a default is a constant that says nothing of the type: None or a truth value. */
function isPlain({ code, file }: Scope, value: number): boolean {
  if (code.op[value] !== Op.Const) return false;
  const { kind } = file.source.constants[code.a[value]!]!;
  return kind === ConstantKind.None || kind === ConstantKind.True || kind === ConstantKind.False;
}

/** The methods of the program that a method overrides, nearest first. */
function overriddenBy({ program, classes, entities }: Resolver, scope: Scope): readonly Scope[] {
  if (scope.owner < 0 || scope.name === '__init__') return [];
  const found: Scope[] = [];
  const order = classes.order(scope.owner);
  for (let k = 1; k < order.length; k++) {
    const entity = order[k]!;
    if (entities.kind[entity] !== EntityKind.Class) continue;
    const method = classes.ownMethod(entities.x[entity]!, scope.name);
    if (method >= 0) found.push(program.scopes[method]!);
  }
  return found;
}

/** What is walked through, where only the library's data tell of what type it is. */
function elementsOf(
  { entities, library }: Resolver,
  known: readonly number[],
  walked: () => readonly number[],
): readonly number[] {
  if (known.length > 0) return known;
  const answer = new Answer();
  for (const each of walked()) {
    if (entities.kind[each] !== EntityKind.Library) continue;
    const type = library.elementOf(entities.path(each));
    if (type !== undefined) answer.add([entities.library(type)]);
  }
  return answer.entities;
}
