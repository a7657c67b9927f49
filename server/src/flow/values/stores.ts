// Where a changed object is written back to: the slots that hold it, the containers it was read from, the fields of
// the receiver's class, the names of the module. Strong for locals, joined for what others see.

import { SecretEvidence } from '../../library/secret-words';
import { Op } from '../../syntax/code';
import { EntityKind } from '../entities';
import { withoutSecrets } from './arguments';
import { changedSinks } from './declared-uses';
import { bottom, entriesOf, Type } from './domain';
import { keyOf } from './keys';
import { StepKind } from './labels';
import type { Pass } from './pass';
import { readAny } from './reading';
import { ShapeKind } from './shapes';

const maximumDepth = 6;

/** The object that this instruction read is now `value`. `own`: this function did it, not one that it calls. */
export function writeBack(pass: Pass, instruction: number, value: number, own = true): void {
  const { op, a, b } = pass.scope.code;
  let at = instruction;
  let current = value;
  for (let depth = 0; depth < maximumDepth && at >= 0; depth++) {
    const kind = op[at] as Op;
    const number = pass.numberAt(at);
    pass.values[at] = current;
    if (number >= 0 && pass.environment !== null) {
      pass.environment.update(number, current);
      const parameter = pass.inputs.parameterOf(number);
      if (parameter >= 0) pass.inputs.change(parameter, current);
    }
    if (kind === Op.Attribute || kind === Op.Global) sinkOfChange(pass, at, current);
    if (kind === Op.Attribute) {
      const object = a[at]!;
      const name = pass.name(b[at]!);
      if (own) keepField(pass, object, name, current);
      current = pass.domain.withMember(pass.values[object]!, `.${name}`, current);
      at = object;
    } else if (kind === Op.Item) {
      const object = a[at]!;
      const key = keyOf(pass, b[at]!);
      current =
        key === null
          ? pass.domain.withSome(pass.values[object]!, current, ShapeKind.Dict)
          : pass.domain.withMember(pass.values[object]!, key, current);
      at = object;
    } else {
      if (kind === Op.Global && own) keepGlobal(pass, pass.name(a[at]!), current);
      if (kind === Op.Captured) keepCaptured(pass, pass.name(a[at]!), b[at]!, current, own);
      return;
    }
  }
}

/** What a declared sink holds after it was changed. */
function sinkOfChange(pass: Pass, at: number, value: number): void {
  const { declared, resolver } = pass.context;
  if (declared === null || !pass.domain.hasLabels(value)) return;
  const { op, a, b } = pass.scope.code;
  const isGlobal = op[at] === Op.Global;
  const name = pass.name(isGlobal ? a[at]! : b[at]!);
  const sinks = isGlobal
    ? declared.nameSinks(pass.scope, name)
    : declared.attributeSinks(resolver.denotes(pass.scope.id, a[at]!), name);
  changedSinks(pass, at, value, sinks, name);
}

/** A mapping after `del m[key]` or `m.pop(key)`. */
export function withoutKey(pass: Pass, value: number, key: string): number {
  const { domain } = pass;
  const without = domain.withMember(value, key, domain.value(Type.None));
  const shape = domain.shape(without)!;
  if (shape.rest === bottom || pass.context.library.secretWords.judge(key.slice(2)) === SecretEvidence.None)
    return without;
  const rest = domain.withLabels(shape.rest, withoutSecrets(pass, domain.labelsOf[shape.rest]!));
  return domain.reshaped(without, shape.kind, entriesOf(shape), rest);
}

/** In the current state, the mapping that this instruction read does not have the key. Says nothing to callers. */
export function assumeAbsent(pass: Pass, instruction: number, key: string): void {
  const { op, a, b } = pass.scope.code;
  let at = instruction;
  let current = withoutKey(pass, pass.values[at]!, key);
  for (let depth = 0; depth < maximumDepth; depth++) {
    const number = pass.numberAt(at);
    if (number >= 0) pass.environment?.update(number, current);
    const inner = op[at] === Op.Item ? keyOf(pass, b[at]!) : null;
    if (inner === null) return;
    current = pass.domain.withMember(pass.values[a[at]!]!, inner, current);
    at = a[at]!;
  }
}

/** `object.name = value`. */
export function storeAttribute(pass: Pass, object: number, name: string, value: number): void {
  keepField(pass, object, name, value);
  writeBack(pass, object, pass.domain.withMember(pass.values[object]!, `.${name}`, value));
}

/** `object[index] = value`. */
export function storeItem(pass: Pass, object: number, index: number, value: number): void {
  const key = keyOf(pass, index);
  const { domain } = pass;
  const before = pass.values[object]!;
  writeBack(
    pass,
    object,
    key === null
      ? domain.withUnknownKey(before, pass.valueOf(index), value)
      : domain.withMember(before, key, value),
  );
}

/** A value whose labels went a step further. */
export function stepped(pass: Pass, at: number, value: number, step: StepKind): number {
  const { labels, labelsOf } = pass.domain;
  if (labelsOf[value] === 0) return value;
  const own = labels.map(labelsOf[value]!, (label, mask) => [
    labels.extended(label, step, pass.scope.id, at),
    mask,
  ]);
  return pass.domain.withLabels(value, own);
}

/** Adds something to a container under an unknown key, or all of another container's contents. */
export function addTo(pass: Pass, at: number, object: number, value: number, all: boolean): void {
  const { domain } = pass;
  const put = stepped(pass, at, all ? readAny(domain, value) : value, StepKind.Added);
  writeBack(pass, object, domain.withSome(pass.values[object]!, put));
}

/** A module's name was set. */
export function keepGlobal(pass: Pass, name: string, value: number): void {
  pass.context.store(pass.scope.file.firstScope, name, value);
}

/** A variable of an enclosing scope was set. */
export function keepCaptured(pass: Pass, name: string, levels: number, value: number, own = true): void {
  if (levels > 0) pass.inputs.changeCapture(name, levels, value);
  if (!own) return;
  const { scopes } = pass.context.resolver.program;
  let outer = pass.scope;
  for (let level = 0; level < levels && outer.parent >= 0; level++) outer = scopes[outer.parent]!;
  pass.context.store(outer.id, name, value);
}

/** The classes of the program that an object may be an instance of, or be itself. */
export function classesOf(pass: Pass, object: number): readonly number[] {
  const { resolver } = pass.context;
  const found: number[] = [];
  for (const entity of resolver.denotes(pass.scope.id, object)) {
    const kind = resolver.entities.kind[entity];
    if (kind === EntityKind.Instance || kind === EntityKind.Class) found.push(resolver.entities.x[entity]!);
  }
  return found;
}

function keepField(pass: Pass, object: number, name: string, value: number): void {
  for (const owner of classesOf(pass, object)) {
    pass.context.store(pass.context.resolver.classes.ownerOf(owner, name), name, value);
  }
}
