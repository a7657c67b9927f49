// Whether a thread that touches an object of an event loop meets a loop there at all: whether coroutines of the same part
// of the program wait for it, whether the way leads through methods of one object, and whether a plain thread gets by
// what asks for a context. Which calls touch a loop is not known here.

import { definitionOf } from '../../flow/definitions';
import { EntityKind } from '../../flow/entities';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentValue, keyword } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Spawned } from '../../whole/spawned';
import { calleeName } from './lock-words';

/** A call on the way from the thread to the touch. */
interface Passed {
  readonly scope: Scope;
  readonly at: number;
}

const waiting = /^(wait|get|join|result)$/;

/** Whether somebody may wait on a loop for what a field holds: the object on which a thread calls `set` and the like.
 * Who waits must belong to what started the thread: an object may serve threads in one class and a loop in another. */
export function hasWaiter(analysis: Analysis, spawner: Scope, touching: Scope, call: number): boolean {
  const name = fieldOf(analysis, touching, touching.code.a[touching.code.a[call]!]!);
  if (name === '') return true;
  const starter = classAround(analysis, spawner);
  const own = classAround(analysis, touching);
  return analysis.program.scopes.some((scope) => {
    if (scope.file.isTest || !waitsFor(analysis, scope, name)) return false;
    const waiter = classAround(analysis, scope);
    if (starter < 0 || waiter < 0 || waiter === own || areRelated(analysis, starter, waiter)) return true;
    return mentions(analysis, starter, waiter) || mentions(analysis, waiter, starter);
  });
}

/** The name of the field that a value is read from; '' for any other value. */
function fieldOf({ resolver }: Analysis, scope: Scope, value: number): string {
  const { op, b } = scope.code;
  const number = value < 0 ? -1 : resolver.numberings.of(scope).number[value]!;
  if (number < 0 || number >= op.length || op[number] !== Op.Attribute) return '';
  return scope.file.source.names[b[number]!]!;
}

function waitsFor(analysis: Analysis, scope: Scope, name: string): boolean {
  const { code, file } = scope;
  if (!code.op.includes(Op.Await)) return false;
  const is = (value: number) => fieldOf(analysis, scope, value) === name;
  return code.op.some((one, at) => {
    if (one === Op.Await) return is(code.a[at]!);
    if (one === Op.Attribute) return waiting.test(file.source.names[code.b[at]!]!) && is(code.a[at]!);
    if (one !== Op.Call) return false;
    for (let k = 0; k < argumentCount(code, at); k++) if (is(argumentValue(code, at, k))) return true;
    return false;
  });
}

function classAround({ program }: Analysis, scope: Scope): number {
  for (let at: Scope | null = scope; at; at = at.parent < 0 ? null : program.scopes[at.parent]!)
    if (at.owner >= 0) return at.owner;
  return -1;
}

function areRelated({ resolver }: Analysis, one: number, other: number): boolean {
  const isAbove = (base: number, derived: number) =>
    resolver.classes
      .order(derived)
      .some(
        (entity) =>
          resolver.entities.kind[entity] === EntityKind.Class && resolver.entities.x[entity] === base,
      );
  return one === other || isAbove(one, other) || isAbove(other, one);
}

/** Whether some method of a class makes an object of another class, or calls a method of one. */
function mentions(analysis: Analysis, by: number, of: number): boolean {
  const { program, resolver } = analysis;
  for (let id = by + 1; id < program.scopes.length; id++) {
    const scope = program.scopes[id]!;
    if (scope.file !== program.scopes[by]!.file) break;
    if (classAround(analysis, scope) !== by) continue;
    for (let at = 0; at < scope.code.op.length; at++) {
      if (scope.code.op[at] !== Op.Call) continue;
      for (const target of resolver.targets(scope.id, at)) {
        if (target.kind === 'class' && areRelated(analysis, target.scope, of)) return true;
        if (target.kind === 'function' && program.scopes[target.scope]!.owner === of) return true;
      }
    }
  }
  return false;
}

/** Whether a way through methods of a base leads from one class that extends it into another: no object is both. */
export function changesObject(analysis: Analysis, way: readonly Scope[]): boolean {
  const owners = way.map((scope) => classAround(analysis, scope)).filter((owner) => owner >= 0);
  return owners.some((one, k) =>
    owners.slice(k + 1).some((other) => {
      if (areRelated(analysis, one, other)) return false;
      return owners.some((base) => areRelated(analysis, base, one) && areRelated(analysis, base, other));
    }),
  );
}

/** Whether a plain thread, which begins with an empty context, fails on the way at a context variable that has no
 * default. */
export function failsWithoutContext(analysis: Analysis, spawned: Spawned, way: readonly Passed[]): boolean {
  if (spawned.path.endsWith('to_thread')) return false;
  return way.some(({ scope, at: until }) => {
    for (let at = 0; at < until; at++)
      if (scope.code.op[at] === Op.Call && asksContext(analysis, scope, at)) return true;
    return false;
  });
}

/** `active.get()` for an `active = ContextVar('active')`. */
function asksContext({ program, resolver }: Analysis, scope: Scope, call: number): boolean {
  const { op, a } = scope.code;
  if (calleeName(scope, call) !== 'get' || argumentCount(scope.code, call) > 0) return false;
  const object = op[a[call]!] === Op.Attribute ? a[a[call]!]! : -1;
  if (object < 0 || op[object] !== Op.Global) return false;
  const made = definitionOf(resolver, scope.file, scope.file.source.names[a[object]!]!);
  const stores = resolver.bindings.of(made.file.firstScope, made.name);
  return (
    stores.length > 0 &&
    stores.every(({ scope: id, value }) => {
      const { code, file } = program.scopes[id]!;
      if (code.op[value] !== Op.Call) return false;
      const names = file.source.names.indexOf('default');
      return (
        resolver.libraryPath(id, code.a[value]!) === 'contextvars.ContextVar' &&
        (names < 0 || keyword(code, value, names) < 0)
      );
    })
  );
}
