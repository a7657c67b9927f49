// Which argument of a call becomes which parameter of a function, unpacked ones included.

import type { Scope } from '../../program/program';
import { Argument, ConstantKind, Op, ParameterKind } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, functionExtra } from '../../syntax/code-reader';
import { bottom } from './domain';
import type { Pass } from './pass';
import { read, readAny } from './reading';
import { ShapeKind } from './shapes';

/** Values of parameters, and the instructions that they come from (-1: none that is one place). */
export interface Bound {
  readonly values: number[];
  readonly instructions: number[];
}

/** Binds the arguments of a call to the parameters of its target. */
export function bindArguments(
  pass: Pass,
  at: number,
  target: Scope,
  receiver: { readonly value: number; readonly instruction: number } | null,
): Bound {
  const { parameters, slots } = target.code;
  const count = parameters.length;
  const bound: Bound = { values: new Array(count).fill(bottom), instructions: new Array(count).fill(-1) };
  const give = (parameter: number, value: number, instruction: number) => {
    bound.values[parameter] = pass.domain.join(bound.values[parameter]!, value);
    bound.instructions[parameter] = instruction;
  };
  const kinds = {
    positional: indexOf(parameters, ParameterKind.VarPositional),
    keyword: indexOf(parameters, ParameterKind.VarKeyword),
  };
  let next = 0;
  if (receiver !== null && count > 0) give(next++, receiver.value, receiver.instruction);
  const { code, file } = pass.scope;
  for (let k = 0; k < argumentCount(code, at); k++) {
    const keyword = argumentKeyword(code, at, k);
    const instruction = argumentValue(code, at, k);
    const value = pass.values[instruction]!;
    if (keyword === Argument.Positional) {
      if (next < count && takesPosition(parameters[next]!)) give(next++, value, instruction);
      else if (kinds.positional >= 0) addTo(pass, bound, kinds.positional, value);
    } else if (keyword === Argument.Star) {
      for (const member of unpacked(pass, value)) {
        if (next < count && takesPosition(parameters[next]!)) give(next++, member, -1);
        else if (kinds.positional >= 0) addTo(pass, bound, kinds.positional, member);
      }
      if (isComplete(pass, value)) continue;
      for (; next < count && takesPosition(parameters[next]!); next++)
        give(next, readAny(pass.domain, value), -1);
      if (kinds.positional >= 0) addTo(pass, bound, kinds.positional, readAny(pass.domain, value));
    } else if (keyword === Argument.DoubleStar) {
      for (let parameter = 0; parameter < count; parameter++) {
        if (bound.values[parameter] !== bottom || parameters[parameter] === ParameterKind.VarPositional)
          continue;
        if (parameter === kinds.keyword) give(parameter, value, -1);
        else
          give(parameter, read(pass.domain, value, `s:${target.file.source.names[slots[parameter]!]}`), -1);
      }
    } else {
      const name = file.source.names[keyword]!;
      const parameter = named(target, name);
      if (parameter >= 0) give(parameter, value, instruction);
      else if (kinds.keyword >= 0) {
        const before = bound.values[kinds.keyword]! || pass.domain.container(ShapeKind.Dict, [], bottom);
        bound.values[kinds.keyword] = pass.domain.withMember(before, `s:${name}`, value);
      }
    }
  }
  return bound;
}

/** The parameter of that name, or -1. */
export function named(target: Scope, name: string): number {
  const { parameters, slots } = target.code;
  for (let parameter = 0; parameter < parameters.length; parameter++) {
    const kind = parameters[parameter] as ParameterKind;
    if (kind === ParameterKind.VarPositional || kind === ParameterKind.VarKeyword) continue;
    if (target.file.source.names[slots[parameter]!] === name) return parameter;
  }
  return -1;
}

/** Whether a parameter's default is true or false as a condition; null when it has none or it is no literal. */
export function defaultTruth(scopes: readonly Scope[], target: Scope, parameter: number): boolean | null {
  if (target.parent < 0 || target.definedAt < 0) return null;
  const outer = scopes[target.parent]!;
  for (const one of functionExtra(outer.code, target.definedAt).defaults) {
    if (one.parameter !== parameter || outer.code.op[one.value] !== Op.Const) continue;
    const { kind } = outer.file.source.constants[outer.code.a[one.value]!]!;
    if (kind === ConstantKind.True) return true;
    if (kind === ConstantKind.False || kind === ConstantKind.None) return false;
  }
  return null;
}

/** The first elements of a sequence, as far as they are known one by one. */
function unpacked(pass: Pass, value: number): number[] {
  const found: number[] = [];
  for (let member = pass.domain.member(value, 'i:0'); member !== null && isKey(pass, value, found.length); ) {
    found.push(member);
    member = pass.domain.member(value, `i:${found.length}`);
  }
  return found;
}

function isKey(pass: Pass, value: number, index: number): boolean {
  return pass.domain.shape(value)?.keys.includes(`i:${index}`) ?? false;
}

/** Whether a sequence has no elements but those that are known. */
function isComplete(pass: Pass, value: number): boolean {
  const shape = pass.domain.shape(value);
  return (
    shape !== null && shape.rest === bottom && shape.keys.length > 0 && pass.domain.labelsOf[value] === 0
  );
}

function addTo(pass: Pass, bound: Bound, parameter: number, value: number): void {
  const before = bound.values[parameter]! || pass.domain.container(ShapeKind.Tuple, [], bottom);
  bound.values[parameter] = pass.domain.withSome(before, value);
}

function takesPosition(kind: number): boolean {
  return kind === ParameterKind.PositionalOnly || kind === ParameterKind.Normal;
}

function indexOf(parameters: Uint8Array, kind: ParameterKind): number {
  return parameters.indexOf(kind);
}
