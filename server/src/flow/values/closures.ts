// Variables of enclosing functions, as further inputs of a nested one: parameters behind its own. A call binds them to
// what the variables hold where it is made, or to what the function value kept when it was made.

import type { Scope } from '../../program/program';
import { type Code, Op, ScopeKind } from '../../syntax/code';
import type { Bound } from './binding';
import { bottom, Type } from './domain';
import { LabelKind } from './labels';
import type { Pass } from './pass';
import { read } from './reading';
import { ShapeKind } from './shapes';

/** A variable that a function takes from around it. */
export interface Capture {
  readonly name: string;
  /** Number of scopes outwards, 1 for the parent. */
  readonly levels: number;
  /** Slot there; -1 when it is only set, so that the name tells. */
  readonly slot: number;
}

const none: readonly Capture[] = [];
const maximumCaptures = 16;

/** The variables that a function reads or sets around it, in source order, once each. Empty for methods and the like. */
export function capturesOf(names: readonly string[], code: Code): readonly Capture[] {
  if (code.kind !== ScopeKind.Function && code.kind !== ScopeKind.Lambda) return none;
  const { op, a, b, c } = code;
  const found: Capture[] = [];
  for (let at = 0; at < op.length && found.length < maximumCaptures; at++) {
    const isRead = op[at] === Op.Captured;
    if (!isRead && op[at] !== Op.StoreCaptured) continue;
    const name = names[a[at]!]!;
    const capture = isRead ? { name, levels: b[at]!, slot: c[at]! } : { name, levels: c[at]!, slot: -1 };
    if (!found.some(({ name, levels }) => name === capture.name && levels === capture.levels))
      found.push(capture);
  }
  return found.length === 0 ? none : found;
}

/** Fills the captured variables of a nested function at its call. `callee`: the function's value. */
export function bindCaptures(pass: Pass, target: Scope, bound: Bound, callee: number): void {
  const captures = pass.context.captures(target.id);
  if (captures.length === 0) return;
  const first = target.code.parameters.length;
  captures.forEach((capture, k) => {
    bound.values[first + k] = held(pass, target, capture, callee);
    bound.instructions[first + k] = -1;
  });
}

/** What a captured variable holds, as far as it carries labels. */
function held(pass: Pass, target: Scope, { name, levels, slot }: Capture, callee: number): number {
  const owner = ancestor(pass, target, levels);
  if (owner === pass.scope.id) return pass.environment?.values[slotOf(pass, name, slot)] ?? bottom;
  for (let up = 1; up <= 4; up++) {
    if (ancestor(pass, pass.scope, up) !== owner) continue;
    const own = pass.captures.findIndex((one) => one.name === name && one.levels === up);
    if (own >= 0) return pass.inputs.capture(own);
  }
  return kept(pass, callee, `^${name}`);
}

/** The slot of a variable of this function. */
function slotOf({ scope }: Pass, name: string, known: number): number {
  const { names } = scope.file.source;
  return known >= 0 ? known : scope.code.slots.findIndex((one) => names[one] === name);
}

/** What a function value kept of a variable; of one that came in, what callers will know. */
function kept({ domain }: Pass, callee: number, key: string): number {
  const known = domain.member(callee, key);
  if (known !== null || callee === bottom) return known ?? bottom;
  const { labels } = domain;
  const inputs = labels.map(domain.labelsOf[callee]!, (label, mask) =>
    labels.kindOf(label) === LabelKind.Input ? [label, mask] : null,
  );
  return inputs === 0 ? bottom : read(domain, domain.value(Type.Any, 0, inputs), key);
}

function ancestor({ context }: Pass, scope: Scope, levels: number): number {
  const { scopes } = context.resolver.program;
  let outer = scope;
  for (let level = 0; level < levels && outer.parent >= 0; level++) outer = scopes[outer.parent]!;
  return outer.id;
}

/** The value of a function made here: what it captures stays with it, where that carries labels. */
export function functionValue(pass: Pass, scope: number): number {
  const { domain, environment } = pass;
  const entries: (readonly [string, number])[] = [];
  for (const { name, levels, slot } of pass.context.captures(scope)) {
    const own = pass.captures.findIndex((one) => one.name === name && one.levels === levels - 1);
    const value =
      levels === 1 ? (environment?.values[slot] ?? bottom) : own < 0 ? bottom : pass.inputs.capture(own);
    if (domain.hasLabels(value)) entries.push([`^${name}`, value]);
  }
  return entries.length === 0
    ? domain.value(Type.Other)
    : domain.container(ShapeKind.Object, entries, bottom);
}

/** Takes back what a nested function left in this function's variables. */
export function takeBack(pass: Pass, target: Scope, left: readonly number[]): void {
  const first = target.code.parameters.length;
  const captures = pass.context.captures(target.id);
  captures.forEach(({ name, levels, slot: known }, k) => {
    const value = left[first + k] ?? bottom;
    if (value === bottom || pass.environment === null || ancestor(pass, target, levels) !== pass.scope.id)
      return;
    const slot = slotOf(pass, name, known);
    if (slot < 0) return;
    const { values, numbers } = pass.environment;
    values[slot] = pass.domain.join(values[slot]!, value);
    numbers[slot] = -1;
  });
}
