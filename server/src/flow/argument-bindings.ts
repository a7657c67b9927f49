// Which argument of a call lands in which parameter of which function of the program.

import type { Scope } from '../program/program';
import { Argument } from '../syntax/code';
import type { Resolver } from './resolver';

/** One argument in one parameter. */
export interface ArgumentBinding {
  /** Scope of the function. */
  readonly callee: number;
  /** Slot of the parameter. */
  readonly slot: number;
  /** Value instruction in the calling scope. */
  readonly value: number;
}

const lastSlot = 200;

/** The bindings of a call over all its targets, up to the first unpacked argument. */
export function argumentBindings(resolver: Resolver, scope: Scope, call: number): ArgumentBinding[] {
  const found: ArgumentBinding[] = [];
  const targets = resolver.targets(scope.id, call);
  for (let k = 0; k < targets.length; k++) {
    const target = targets[k]!;
    if (target.kind === 'function') bind(resolver, scope, call, target.scope, target.bound ? 1 : 0, found);
    else if (target.kind === 'class' && target.init >= 0) bind(resolver, scope, call, target.init, 1, found);
  }
  return found;
}

function bind(
  resolver: Resolver,
  scope: Scope,
  call: number,
  callee: number,
  shift: number,
  found: ArgumentBinding[],
): void {
  const { b, extra } = scope.code;
  const target = resolver.program.scopes[callee]!;
  const { parameters } = target.code;
  const from = b[call]!;
  let position = shift;
  for (let k = 0; k < extra[from]!; k++) {
    const keyword = extra[from + 1 + 2 * k]!;
    const value = extra[from + 2 + 2 * k]!;
    let slot = -1;
    if (keyword === Argument.Positional) slot = position++;
    else if (keyword >= 0) slot = slotOf(target, scope.file.source.names[keyword]!);
    else return;
    if (slot >= 0 && slot < parameters.length && slot <= lastSlot) found.push({ callee, slot, value });
  }
}

/** Slot of a parameter by name, -1 when there is none. */
export function slotOf(scope: Scope, name: string): number {
  const { slots, parameters } = scope.code;
  for (let slot = 0; slot < parameters.length; slot++) {
    if (scope.file.source.names[slots[slot]!] === name) return slot;
  }
  return -1;
}
