// Which argument of a call becomes which parameter of a function, unpacked ones included.

import type { Scope } from '../../program/program';
import { Argument, ConstantKind, Op, ParameterKind } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, functionExtra } from '../../syntax/code-reader';
import { bottom } from './domain';
import type { Pass } from './pass';
import { read, readAny } from './reading';
import { maximumKeys, ShapeKind } from './shapes';

/** Values of parameters, and the instructions that they come from (-1: none that is one place). */
export interface Bound {
  readonly values: number[];
  readonly instructions: number[];
}

/** One argument: by position, by name, or unpacked. */
export interface Actual {
  /** The parameter's name, or an `Argument` mark. */
  readonly mark: string | Argument;
  readonly value: number;
  /** The value instruction that it comes from; -1: none that is one place. */
  readonly instruction: number;
}

/** The arguments that a call is written with. */
export function actualsOf(pass: Pass, at: number): Actual[] {
  const { code, file } = pass.scope;
  const found: Actual[] = [];
  for (let k = 0; k < argumentCount(code, at); k++) {
    const keyword = argumentKeyword(code, at, k);
    const instruction = argumentValue(code, at, k);
    const mark = keyword < 0 ? (keyword as Argument) : file.source.names[keyword]!;
    found.push({ mark, value: pass.values[instruction]!, instruction });
  }
  return found;
}

/** An argument by position that is no expression of its own. */
export function actual(value: number, instruction = -1): Actual {
  return { mark: Argument.Positional, value, instruction };
}

/** Binds arguments to the parameters of a function. */
export function bindActuals(pass: Pass, target: Scope, actuals: readonly Actual[]): Bound {
  const binder = new Binder(pass, target);
  for (const one of actuals) binder.take(one);
  return binder.bound;
}

/** Binds the arguments of a call to the parameters of its target. */
export function bindArguments(
  pass: Pass,
  at: number,
  target: Scope,
  receiver: { readonly value: number; readonly instruction: number } | null,
): Bound {
  const first = receiver === null ? [] : [actual(receiver.value, receiver.instruction)];
  return bindActuals(pass, target, [...first, ...actualsOf(pass, at)]);
}

/** The parameters of one function being filled. */
class Binder {
  readonly bound: Bound;
  private next = 0;
  private readonly positional: number;
  private readonly keyword: number;

  constructor(
    private readonly pass: Pass,
    private readonly target: Scope,
  ) {
    const { parameters } = target.code;
    const count = parameters.length;
    this.bound = { values: new Array(count).fill(bottom), instructions: new Array(count).fill(-1) };
    this.positional = parameters.indexOf(ParameterKind.VarPositional);
    this.keyword = parameters.indexOf(ParameterKind.VarKeyword);
  }

  take({ mark, value, instruction }: Actual): void {
    if (mark === Argument.Positional) this.byPosition(value, instruction);
    else if (mark === Argument.Star) this.star(value);
    else if (mark === Argument.DoubleStar) this.doubleStar(value);
    else this.byName(mark, value, instruction);
  }

  private give(parameter: number, value: number, instruction: number): void {
    this.bound.values[parameter] = this.pass.domain.join(this.bound.values[parameter]!, value);
    this.bound.instructions[parameter] = instruction;
  }

  private get isFull(): boolean {
    const { parameters } = this.target.code;
    return this.next >= parameters.length || !takesPosition(parameters[this.next]!);
  }

  private byPosition(value: number, instruction: number): void {
    if (!this.isFull) this.give(this.next++, value, instruction);
    else if (this.positional >= 0) addTo(this.pass, this.bound, this.positional, value);
  }

  private star(value: number): void {
    const { pass, bound, positional } = this;
    const { domain } = pass;
    if (this.isFull && positional >= 0 && bound.values[positional] === bottom) {
      bound.values[positional] = value;
      return;
    }
    const known = unpacked(pass, value);
    for (const member of known) this.byPosition(member, -1);
    if (isComplete(pass, value)) return;
    for (let place = known.length; !this.isFull; place++)
      this.give(this.next++, read(domain, value, `i:${place}`), -1);
    if (positional < 0) return;
    const before = bound.values[positional]! || domain.container(ShapeKind.Tuple, [], bottom);
    bound.values[positional] = domain.withSome(before, readAny(domain, value));
  }

  private doubleStar(value: number): void {
    const { pass, bound } = this;
    const { parameters, slots } = this.target.code;
    for (let parameter = 0; parameter < parameters.length; parameter++) {
      if (parameters[parameter] === ParameterKind.VarPositional) continue;
      if (parameter === this.keyword) this.give(parameter, value, -1);
      else if (bound.values[parameter] === bottom)
        this.give(
          parameter,
          read(pass.domain, value, `s:${this.target.file.source.names[slots[parameter]!]}`),
          -1,
        );
    }
  }

  private byName(name: string, value: number, instruction: number): void {
    const { pass, bound, keyword } = this;
    const parameter = named(this.target, name);
    if (parameter >= 0) this.give(parameter, value, instruction);
    else if (keyword >= 0) {
      const before = bound.values[keyword]! || pass.domain.container(ShapeKind.Dict, [], bottom);
      bound.values[keyword] = pass.domain.withMember(before, `s:${name}`, value);
    }
  }
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

/** Adds to the arguments that a starred parameter collects: by place as long as all before it are known so. */
function addTo({ domain }: Pass, bound: Bound, parameter: number, value: number): void {
  const before = bound.values[parameter]! || domain.container(ShapeKind.Tuple, [], bottom);
  const shape = domain.shape(before);
  const isKnown = shape !== null && shape.rest === bottom && domain.labelsOf[before] === 0;
  const place = shape?.keys.length ?? maximumKeys;
  bound.values[parameter] =
    isKnown && place < maximumKeys
      ? domain.withMember(before, `i:${place}`, value)
      : domain.withSome(before, value);
}

function takesPosition(kind: number): boolean {
  return kind === ParameterKind.PositionalOnly || kind === ParameterKind.Normal;
}
