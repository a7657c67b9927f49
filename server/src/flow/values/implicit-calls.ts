// Calls that the language makes: properties, operators, subscripts, iteration, text and context of objects of the
// program. Only where the receiver is known to be of a class that defines the method.

import { EntityKind } from '../entities';
import { isProperty, isSetter } from '../function-facts';
import { type Actual, actual, bindActuals } from './binding';
import type { Context } from './context';
import { bottom, Type } from './domain';
import { invoke } from './invocation';
import type { Pass } from './pass';
import { ShapeKind } from './shapes';

const maximumMethods = 8;

/** The value of calling a special method of an object; null when none of the program is known to be meant. */
export function specialCall(
  pass: Pass,
  at: number,
  object: number,
  name: string,
  further: readonly Actual[],
): number | null {
  if (!pass.context.methodNames.has(name) || isPlain(pass, object)) return null;
  const methods = methodsOf(pass, object, name);
  return methods.length === 0 ? null : callAll(pass, at, object, methods, further);
}

/** Whether a value is surely no object of the program. */
function isPlain({ domain, values }: Pass, object: number): boolean {
  const value = values[object]!;
  const shape = domain.shape(value);
  return (domain.types[value]! & Type.Other) === 0 || (shape !== null && shape.kind !== ShapeKind.Object);
}

/** The value of reading a property; null when the attribute is none. */
export function readProperty(pass: Pass, at: number, object: number, name: string): number | null {
  const { context } = pass;
  if (!context.propertyNames.has(name)) return null;
  const { program } = context.resolver;
  const methods = methodsOf(pass, object, name);
  const getters = methods.filter((method) => isProperty(program, program.scopes[method]!));
  return getters.length === 0 || getters.length < methods.length
    ? null
    : callAll(pass, at, object, getters, []);
}

/** Sets a property; false when the attribute is none that can be set. */
export function setProperty(pass: Pass, at: number, object: number, name: string, value: number): boolean {
  if (!pass.context.propertyNames.has(name)) return false;
  const setters = settersOf(pass, object, name);
  if (setters.length > 0) callAll(pass, at, object, setters, [actual(pass.values[value]!, value)]);
  return setters.length > 0;
}

function callAll(
  pass: Pass,
  at: number,
  object: number,
  methods: readonly number[],
  further: readonly Actual[],
): number {
  const { scopes } = pass.context.resolver.program;
  let result: number = bottom;
  for (const method of methods) {
    const target = scopes[method]!;
    const bound = bindActuals(pass, target, [actual(pass.values[object]!, object), ...further]);
    result = pass.domain.join(result, invoke(pass, at, target, bound));
  }
  return result;
}

/** The functions of a property that reading it of an object of a scope may run. */
export function propertiesOf(
  context: Context,
  scope: number,
  object: number,
  name: string,
): readonly number[] {
  const { program } = context.resolver;
  return namedMethods(context, scope, object, name).filter((one) =>
    isProperty(program, program.scopes[one]!),
  );
}

function methodsOf({ context, scope }: Pass, object: number, name: string): readonly number[] {
  return namedMethods(context, scope.id, object, name);
}

/** The methods of that name of the classes that an object may be of, overriding ones included. */
function namedMethods(context: Context, scope: number, object: number, name: string): readonly number[] {
  const { entities } = context.resolver;
  const found: number[] = [];
  for (const entity of context.resolver.denotes(scope, object)) {
    if (entities.kind[entity] !== EntityKind.Instance) continue;
    const methods = context.methodsOf(entities.x[entity]!, name);
    for (let k = 0; k < methods.length; k++) add(found, methods[k]!);
  }
  return found;
}

function settersOf(pass: Pass, object: number, name: string): readonly number[] {
  const { resolver } = pass.context;
  const { program, classes, entities, bindings } = resolver;
  const own = (one: number): number => {
    const { code, file } = program.scopes[one]!;
    for (const { value } of bindings.of(one, name)) {
      const setter = file.firstScope + code.a[value]!;
      if (program.scopes[setter]?.owner === one && isSetter(program, program.scopes[setter]!)) return setter;
    }
    return -1;
  };
  const inherited = (one: number): number => {
    for (const base of classes.order(one)) {
      const setter = entities.kind[base] === EntityKind.Class ? own(entities.x[base]!) : -1;
      if (setter >= 0) return setter;
    }
    return -1;
  };
  const found: number[] = [];
  for (const entity of resolver.denotes(pass.scope.id, object)) {
    if (entities.kind[entity] !== EntityKind.Instance) continue;
    const one = entities.x[entity]!;
    add(found, inherited(one));
    for (const child of classes.descendants(one, 64)) add(found, own(child));
  }
  return found;
}

function add(found: number[], method: number): void {
  if (method >= 0 && !found.includes(method) && found.length < maximumMethods) found.push(method);
}
