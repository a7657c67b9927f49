// Functions of the program that are handed to libraries which call them: threads, pools and timers by the library's
// data, and a few of the language's own. Decides which arguments they get there.

import type { Spawn } from '../../library/schema';
import type { Scope } from '../../program/program';
import { Argument, Op } from '../../syntax/code';
import { argumentCount } from '../../syntax/code-reader';
import { EntityKind } from '../entities';
import { argumentAt } from './arguments';
import { type Actual, actual, actualsOf, bindActuals } from './binding';
import { anything, bottom, entriesOf } from './domain';
import { invoke } from './invocation';
import type { Pass } from './pass';
import { element, readAny } from './reading';
import { ShapeKind } from './shapes';

/** Functions that call their first argument with elements of the others, and give back a list of the results, or not. */
const overElements: ReadonlyMap<string, 'results' | 'elements'> = new Map([
  ['map', 'results'],
  ['filter', 'elements'],
  ['itertools.starmap', 'results'],
  ['itertools.filterfalse', 'elements'],
  ['itertools.takewhile', 'elements'],
  ['itertools.dropwhile', 'elements'],
]);

/** Enters the functions that a library call is given to call; answers its value where that follows, else null. */
export function callbackCall(pass: Pass, at: number, path: string): number | null {
  const { library } = pass.context;
  if (argumentCount(pass.scope.code, at) === 0) return null;
  if (path === 'functools.partial' || path === 'functools.partialmethod') return partial(pass, at);
  const over = overElements.get(path);
  if (over !== undefined) return mapped(pass, at, path, over);
  const spawn = library.find(library.spawns, path);
  if (spawn !== undefined) enterSpawned(pass, at, spawn);
  return null;
}

/** The value of a partial application: it keeps its arguments for whoever calls it. */
function partial(pass: Pass, at: number): number {
  const { domain } = pass;
  const [callable, ...given] = actualsOf(pass, at);
  if (callable === undefined || callable.mark !== Argument.Positional) return anything;
  enter(pass, at, callable.instruction, given);
  let value = domain.container(ShapeKind.Object, entriesOf(domain.shape(callable.value)), bottom);
  let place = 0;
  for (const { mark, value: one } of given) {
    if (mark === Argument.Positional) value = domain.withMember(value, `@${place++}`, one);
    else if (typeof mark === 'string') value = domain.withMember(value, `@${mark}=`, one);
  }
  return value;
}

/** The arguments that the callee of a call has already, when it is a partial application. */
export function givenBefore(pass: Pass, callee: number): readonly Actual[] {
  const found: Actual[] = [];
  for (const [key, value] of entriesOf(pass.domain.shape(callee))) {
    if (!key.startsWith('@')) continue;
    if (key.endsWith('=')) found.push({ mark: key.slice(1, -1), value, instruction: -1 });
    else if (/^@\d/.test(key)) found.push(actual(value));
  }
  return found;
}

function mapped(pass: Pass, at: number, path: string, over: 'results' | 'elements'): number {
  const { domain } = pass;
  const [callable, ...rest] = actualsOf(pass, at);
  if (callable === undefined || rest.length === 0) return anything;
  const elements = rest.map(({ value }) => actual(element(domain, value)));
  const star = { mark: Argument.Star, value: element(domain, rest[0]!.value), instruction: -1 } as const;
  const result = enter(pass, at, callable.instruction, path === 'itertools.starmap' ? [star] : elements);
  const kept = over === 'elements' ? elements[0]!.value : (result ?? everything(pass, elements));
  return domain.container(ShapeKind.List, [], kept);
}

/** What may come of elements when nobody knows the function. */
function everything({ domain }: Pass, actuals: readonly Actual[]): number {
  return actuals.reduce((all, { value }) => domain.join(all, value), anything);
}

function enterSpawned(pass: Pass, at: number, spawn: Spawn): void {
  const callable = argumentAt(pass, at, spawn.callable.position, spawn.callable.keyword);
  if (callable < 0 || spawn.coroutine) return;
  const given = spawn.arguments;
  if (given === 'rest') {
    const all = actualsOf(pass, at);
    const place = all.findIndex(({ instruction }) => instruction === callable);
    enter(pass, at, callable, all.slice(place + 1));
  } else if (given !== undefined) {
    const list = argumentAt(pass, at, given.position, given.keyword);
    if (list < 0) return;
    const value = pass.values[list]!;
    enter(pass, at, callable, [
      spawn.many ? actual(readAny(pass.domain, value)) : { mark: Argument.Star, value, instruction: -1 },
    ]);
  }
}

/** Enters what a value may be as a function; null when it is none of the program. */
function enter(pass: Pass, at: number, callable: number, actuals: readonly Actual[]): number | null {
  const { domain, context } = pass;
  const { resolver } = context;
  const { entities, classes, program } = resolver;
  let result: number | null = null;
  const into = (target: Scope, all: readonly Actual[]) => {
    const value = invoke(pass, at, target, bindActuals(pass, target, all), pass.values[callable]!);
    result = domain.join(result ?? bottom, value);
  };
  const before = givenBefore(pass, pass.values[callable]!);
  const given = [...before, ...actuals];
  for (const entity of resolver.denotes(pass.scope.id, callable)) {
    const x = entities.x[entity]!;
    const kind = entities.kind[entity];
    if (kind === EntityKind.Function) into(program.scopes[x]!, given);
    else if (kind === EntityKind.Method) into(program.scopes[x]!, [receiverOf(pass, callable), ...given]);
    else if (kind === EntityKind.Instance) {
      const method = classes.method(x, '__call__');
      if (method >= 0) into(program.scopes[method]!, [actual(pass.values[callable]!, callable), ...given]);
    }
  }
  return result;
}

/** The object that a bound method was read from. */
function receiverOf({ scope, values, numbering }: Pass, callable: number): Actual {
  const { op, a } = scope.code;
  const number = numbering.number[callable]!;
  const made = number >= 0 && number < op.length ? number : callable;
  return op[made] === Op.Attribute ? actual(values[a[made]!]!, a[made]!) : actual(anything);
}
