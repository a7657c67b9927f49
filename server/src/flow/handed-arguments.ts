// Which argument of a call lands in which parameter of a function that the call only hands over, to be called by a
// library or by a function that passes its `*args` on: `Thread(target=f, args=(x,))`, `submit(f, x)`, `partial(f, x)`.
// Says nothing of what other processes get, which are copies, nor of when the function runs.

import type { ArgumentPlace, Spawn } from '../library/schema';
import type { Scope } from '../program/program';
import { Argument, Op, ParameterKind } from '../syntax/code';
import { callArguments, elements, entries } from '../syntax/code-reader';
import { type ArgumentBinding, argumentBindings } from './argument-bindings';
import { EntityKind } from './entities';
import { argumentAt } from './locks';
import type { Resolver } from './resolver';
import type { Target } from './targets';

/** What calls its first argument with the others, or keeps it with them. */
const appliers = new Set(['functools.partial', 'contextvars.Context.run', 'contextvars.copy_context().run']);
const lastSlot = 200;
const none: readonly ArgumentBinding[] = [];

/** What is handed over with a function: by position, and by name. */
interface Given {
  readonly values: readonly number[];
  readonly named: readonly (readonly [name: string, value: number])[];
}

/** The bindings of a call over all its targets, up to the first unpacked argument, and those of what it hands over. */
export function allBindings(resolver: Resolver, scope: Scope, call: number): readonly ArgumentBinding[] {
  const targets = resolver.targets(scope.id, call);
  if (targets.length === 0) return byName(resolver, scope, call);
  const found = argumentBindings(resolver, scope, call);
  for (let k = 0; k < targets.length; k++) handedArguments(resolver, scope, call, targets[k]!, found);
  return found;
}

/** The parameter that a function calls, or hands over, with its `*args`; -1: there is none. */
export function passedWithRest(resolver: Resolver, { id, code }: Scope): number {
  const rest = code.parameters.indexOf(ParameterKind.VarPositional);
  return rest <= 0 ? -1 : passedOn(resolver, id, rest);
}

function handedArguments(
  resolver: Resolver,
  scope: Scope,
  call: number,
  target: Target,
  found: ArgumentBinding[],
): void {
  if (target.kind === 'library') throughLibrary(resolver, scope, call, target.path, found);
  if (target.kind !== 'function') return;
  const callee = resolver.program.scopes[target.scope]!;
  const passed = passedWithRest(resolver, callee);
  if (passed < 0) return;
  const rest = callee.code.parameters.indexOf(ParameterKind.VarPositional);
  const shift = target.bound ? 1 : 0;
  const { values, named } = givenIn(scope, call, 0);
  const callable = values[passed - shift];
  if (callable !== undefined)
    hand(resolver, scope, callable, { values: values.slice(rest - shift), named }, found);
}

function throughLibrary(
  resolver: Resolver,
  scope: Scope,
  call: number,
  path: string,
  found: ArgumentBinding[],
): void {
  const { library } = resolver;
  if (appliers.has(path)) {
    const { values, named } = givenIn(scope, call, 0);
    if (values.length > 0) hand(resolver, scope, values[0]!, { values: values.slice(1), named }, found);
    return;
  }
  const spawn = library.find(library.spawns, path);
  if (spawn) throughSpawn(resolver, scope, call, spawn, found);
}

/** `pool.submit(f, x)`, where nobody knows what the pool is. */
function byName(resolver: Resolver, scope: Scope, call: number): readonly ArgumentBinding[] {
  const { op, a, b } = scope.code;
  const callee = a[call]!;
  const name = op[callee] === Op.Attribute ? scope.file.source.names[b[callee]!]! : '';
  const spawn = name === '' ? undefined : resolver.library.spawnMethods.get(name);
  if (!spawn) return none;
  const found: ArgumentBinding[] = [];
  throughSpawn(resolver, scope, call, spawn, found);
  return found;
}

function throughSpawn(
  resolver: Resolver,
  scope: Scope,
  call: number,
  spawn: Spawn,
  found: ArgumentBinding[],
): void {
  if (spawn.arguments === undefined || spawn.coroutine || spawn.model === 'process') return;
  const callable = argumentAt(scope, call, spawn.callable);
  if (callable < 0) return;
  const given =
    spawn.arguments === 'rest'
      ? givenIn(scope, call, spawn.callable.position + 1)
      : givenInTuple(resolver, scope, call, spawn.arguments);
  hand(resolver, scope, callable, given, found);
}

/** The arguments of a call from a position on, as far as nothing is unpacked. */
function givenIn({ code, file }: Scope, call: number, from: number): Given {
  const values: number[] = [];
  const named: [string, number][] = [];
  for (const { keyword, value } of callArguments(code, call)) {
    if (keyword === Argument.Positional) values.push(value);
    else if (keyword >= 0) named.push([file.source.names[keyword]!, value]);
    else break;
  }
  return { values: values.slice(from), named };
}

/** `args=(a, b), kwargs={'c': d}`. */
function givenInTuple({ numberings }: Resolver, scope: Scope, call: number, place: ArgumentPlace): Given {
  const { code, file } = scope;
  const { op, a } = code;
  const { number } = numberings.of(scope);
  const numberAt = (where: ArgumentPlace) => {
    const value = argumentAt(scope, call, where);
    return value < 0 ? -1 : number[value]!;
  };
  const list = numberAt(place);
  const dict = numberAt({ position: place.position + 1, keyword: 'kwargs' });
  const values = op[list] === Op.Tuple || op[list] === Op.List ? [...elements(code, list)] : [];
  const unpacked = values.findIndex((value) => op[value] === Op.Star);
  const named: [string, number][] = [];
  for (const [key, value] of op[dict] === Op.Dict ? entries(code, dict) : [])
    if (op[key] === Op.Const) named.push([file.source.constants[a[key]!]!.text, value]);
  return { values: unpacked < 0 ? values : values.slice(0, unpacked), named };
}

/** The parameter that a function calls, or hands over to be called, with its `*args` right behind; -1: there is none. */
function passedOn(resolver: Resolver, functionScope: number, rest: number): number {
  const scope = resolver.program.scopes[functionScope]!;
  const { code, file } = scope;
  const { number, count } = resolver.numberings.of(scope);
  const parameter = (value: number) => {
    const slot = value < 0 ? -1 : number[value]! - count;
    return slot >= 0 && slot < rest ? slot : -1;
  };
  for (let at = 0; at < code.op.length; at++) {
    if (code.op[at] !== Op.Call) continue;
    const given = callArguments(code, at);
    const place = given.findIndex(({ value }) => number[value] === count + rest);
    if (place < 0) continue;
    const { keyword } = given[place]!;
    // `Timer(5, call, args)` takes them as they are.
    if (keyword === Argument.Star || (keyword === Argument.Positional && place > 0)) {
      const before = parameter(place === 0 ? code.a[at]! : given[place - 1]!.value);
      if (before >= 0) return before;
    } else if (keyword >= 0 && file.source.names[keyword] === 'args') {
      const callable = given.map(({ value }) => parameter(value)).find((slot) => slot >= 0);
      if (callable !== undefined) return callable;
    }
  }
  return -1;
}

/** Binds what is given to the parameters of the functions that a value may be. */
function hand(
  resolver: Resolver,
  scope: Scope,
  callable: number,
  { values, named }: Given,
  found: ArgumentBinding[],
): void {
  const { entities, classes, program } = resolver;
  const enter = (callee: number, shift: number) => {
    if (callee < 0) return;
    const { code, file } = program.scopes[callee]!;
    const { parameters, slots } = code;
    const bind = (slot: number, value: number) => {
      const kind = parameters[slot];
      if (slot < 0 || slot > lastSlot || kind === undefined) return;
      if (kind !== ParameterKind.VarPositional && kind !== ParameterKind.VarKeyword)
        found.push({ callee, slot, value });
    };
    for (let k = 0; k < values.length; k++) {
      if (parameters[k + shift] === ParameterKind.VarPositional) break;
      bind(k + shift, values[k]!);
    }
    for (const [name, value] of named)
      bind(
        parameters.findIndex((_, slot) => file.source.names[slots[slot]!] === name),
        value,
      );
  };
  const before = keptBefore(resolver, scope, callable);
  for (const entity of resolver.denotes(scope.id, callable)) {
    const x = entities.x[entity]!;
    const kind = entities.kind[entity];
    if (kind === EntityKind.Function) enter(x, before);
    else if (kind === EntityKind.Method) enter(x, before + 1);
    else if (kind === EntityKind.Class) enter(classes.method(x, '__init__'), before + 1);
    else if (kind === EntityKind.Instance) enter(classes.method(x, '__call__'), before + 1);
    else if (appliers.has(entities.path(entity)) && values.length > 0)
      hand(resolver, scope, values[0]!, { values: values.slice(1), named }, found);
  }
}

/** How many arguments a `partial` made here has by position. */
function keptBefore(resolver: Resolver, scope: Scope, callable: number): number {
  const { op, a } = scope.code;
  const made = resolver.numberings.of(scope).number[callable]!;
  if (made < 0 || op[made] !== Op.Call || !appliers.has(resolver.libraryPath(scope.id, a[made]!))) return 0;
  return callArguments(scope.code, made).filter(({ keyword }) => keyword === Argument.Positional).length - 1;
}
