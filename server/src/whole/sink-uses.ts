// Every use of a sink with a value that is not plainly constant, wherever the value comes from: what a reviewer would
// look at one by one. Judged call by call from the text alone; nothing is followed.

import { lastName } from '../flow/function-facts';
import type { Resolver } from '../flow/resolver';
import type { Library } from '../library/library';
import type { ArgumentPlace, Condition, Sink } from '../library/schema';
import type { Scope } from '../program/program';
import { ConstantKind, Op } from '../syntax/code';
import { argumentCount, argumentValue, elements, keyword, positional } from '../syntax/code-reader';

/** One use. */
export interface SinkUseFact {
  readonly kind: string;
  readonly scope: number;
  readonly at: number;
  /** The value instruction of the argument. */
  readonly argument: number;
  readonly words: string;
}

const maximumDepth = 6;

/** The uses in a program, in the order of its code; tests are left out. */
export function sinkUses(resolver: Resolver, library: Library): readonly SinkUseFact[] {
  return sinkUsesIn(
    resolver,
    library,
    resolver.program.scopes.filter((scope) => !scope.file.isTest),
  );
}

/** The uses in these scopes, in their order. */
export function sinkUsesIn(
  resolver: Resolver,
  library: Library,
  scopes: readonly Scope[],
): readonly SinkUseFact[] {
  const names = library.sinkLastNames();
  const found: SinkUseFact[] = [];
  for (const scope of scopes) {
    const wanted = scope.file.source.names.some((name) => names.has(name));
    if (wanted) usesIn(resolver, library, scope, names, found);
  }
  return found;
}

function usesIn(
  resolver: Resolver,
  library: Library,
  scope: Scope,
  names: ReadonlySet<string>,
  found: SinkUseFact[],
): void {
  const { op, a } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || !names.has(lastName(scope, a[at]!))) continue;
    for (const target of resolver.targets(scope.id, at)) {
      if (target.kind !== 'library') continue;
      for (const sink of library.find(library.sinks, target.path) ?? []) {
        const argument = openArgument(resolver, scope, at, sink);
        if (argument < 0 || sink.kind === 'log') continue;
        const words = sink.words ?? `${target.path}() takes it`;
        found.push({ kind: sink.kind, scope: scope.id, at, argument, words });
      }
    }
  }
}

/** The first argument of a sink that is not constant; -1 when there is none, or when it is no sink here. */
function openArgument(resolver: Resolver, scope: Scope, at: number, sink: Sink): number {
  const { code } = scope;
  const holds = (condition: Condition) => isOneOf(resolver, scope, at, condition);
  if (sink.unless?.some(holds) || sink.only?.some((condition) => !holds(condition))) return -1;
  if (sink.when !== undefined && sink.argv !== true && !isTruth(scope, named(scope, at, sink.when)))
    return -1;
  for (const place of sink.arguments) {
    if (place === 'self') {
      const callee = code.a[at]!;
      if (code.op[callee] === Op.Attribute && !isConstant(resolver, scope, code.a[callee]!))
        return code.a[callee]!;
    } else if (place === 'all') {
      for (let k = 0; k < argumentCount(code, at); k++) {
        if (!isConstant(resolver, scope, argumentValue(code, at, k))) return argumentValue(code, at, k);
      }
    } else {
      const value = argumentOf(scope, at, place);
      const program = value >= 0 && sink.argv === true ? programOf(scope, value) : value;
      if (program >= 0 && !isConstant(resolver, scope, program)) return program;
    }
  }
  return -1;
}

function argumentOf(scope: Scope, at: number, { position, keyword: name }: ArgumentPlace): number {
  const byPlace = position < 0 ? -1 : positional(scope.code, at, position);
  return byPlace >= 0 || name === undefined ? byPlace : named(scope, at, name);
}

function named(scope: Scope, at: number, name: string): number {
  return keyword(scope.code, at, scope.file.source.names.indexOf(name));
}

/** The program of an argv list that is written out; the value itself otherwise. */
function programOf({ code }: Scope, value: number): number {
  const isWrittenOut = code.op[value] === Op.List || code.op[value] === Op.Tuple;
  return isWrittenOut ? (elements(code, value)[0] ?? -1) : value;
}

function isTruth({ code, file }: Scope, value: number): boolean {
  if (value < 0 || code.op[value] !== Op.Const) return value >= 0;
  const { kind } = file.source.constants[code.a[value]!]!;
  return kind !== ConstantKind.False && kind !== ConstantKind.None;
}

function isOneOf(resolver: Resolver, scope: Scope, at: number, condition: Condition): boolean {
  const value = argumentOf(scope, at, condition.argument);
  if (value < 0) return condition.orMissing ?? false;
  if (scope.code.op[value] === Op.Const) {
    const { kind, text } = scope.file.source.constants[scope.code.a[value]!]!;
    const spelled = kind === ConstantKind.None ? 'None' : kind === ConstantKind.True ? 'True' : text;
    return condition.is.includes(kind === ConstantKind.False ? 'False' : spelled);
  }
  const path = resolver.libraryPath(scope.id, value);
  return path !== '' && condition.is.includes(path);
}

/** Whether a value is written in the code: a constant, what is made of constants, a name in capitals. */
function isConstant(resolver: Resolver, scope: Scope, value: number, depth = 0): boolean {
  const { code, file } = scope;
  if (depth > maximumDepth) return false;
  const inside = (one: number) => one < 0 || isConstant(resolver, scope, one, depth + 1);
  switch (code.op[value] as Op) {
    case Op.Const:
    case Op.Function:
      return true;
    case Op.Global:
    case Op.Captured:
      return isCapital(file.source.names[code.a[value]!]!);
    case Op.Attribute:
      return isCapital(file.source.names[code.b[value]!]!);
    case Op.Local: {
      const number = resolver.numberings.of(scope).number[value]!;
      return number >= 0 && number < code.op.length && code.op[number] !== Op.Local && inside(number);
    }
    case Op.Binary:
      return inside(code.a[value]!) && inside(code.b[value]!);
    case Op.List:
    case Op.Tuple:
    case Op.Format:
      return elements(code, value).every(inside);
    case Op.Interpolate:
      return inside(code.a[value]!);
    default:
      return false;
  }
}

function isCapital(name: string): boolean {
  return /^_*[A-Z][A-Z0-9_]*$/.test(name);
}
