// Parameter lists of functions and lambdas: kinds, defaults, annotations, and the slots they get.

import { Op, ParameterKind } from '../code';
import { Kind } from '../grammar';
import type { Lowering } from './lowering';

/** One parameter as written; nodes of the flat tree, or -1. */
export interface Parameter {
  /** The name's identifier, or the tuple that Python 2 unpacks. */
  readonly name: number;
  readonly default: number;
  readonly annotation: number;
  kind: ParameterKind;
}

/** Reads a parameter list; `list` may be -1. */
export function readParameters(l: Lowering, list: number): Parameter[] {
  const { tree } = l;
  const parameters: Parameter[] = [];
  let kind = ParameterKind.Normal;
  for (let child = list < 0 ? -1 : tree.first(list); child >= 0; child = tree.next(child, list)) {
    const form = tree.kind[child] as Kind;
    if (form === Kind.PositionalSeparator) {
      for (const before of parameters) before.kind = ParameterKind.PositionalOnly;
      continue;
    }
    if (form === Kind.KeywordSeparator) {
      kind = ParameterKind.KeywordOnly;
      continue;
    }
    const parameter = readParameter(l, child, form, kind);
    if (parameter === undefined) continue;
    parameters.push(parameter);
    if (parameter.kind === ParameterKind.VarPositional) kind = ParameterKind.KeywordOnly;
  }
  return parameters;
}

function readParameter(l: Lowering, node: number, form: Kind, kind: ParameterKind): Parameter | undefined {
  const { tree } = l;
  let name = node;
  let annotation = -1;
  let preset = -1;
  if (form === Kind.TypedParameter || form === Kind.TypedDefaultParameter || form === Kind.DefaultParameter) {
    name = tree.first(node);
    let after = name < 0 ? -1 : tree.next(name, node);
    if (after >= 0 && form !== Kind.DefaultParameter) {
      annotation = after;
      after = tree.next(after, node);
    }
    if (form !== Kind.TypedParameter) preset = after;
  }
  if (name < 0) return undefined;
  switch (tree.kind[name]) {
    case Kind.Identifier:
    case Kind.TuplePattern:
    case Kind.ListPattern:
      return { name, annotation, default: preset, kind };
    case Kind.ListSplatPattern:
    case Kind.ListSplat:
      return { name: tree.first(name), annotation, default: preset, kind: ParameterKind.VarPositional };
    case Kind.DictionarySplatPattern:
    case Kind.DictionarySplat:
      return { name: tree.first(name), annotation, default: preset, kind: ParameterKind.VarKeyword };
    default:
      return undefined;
  }
}

/** Gives the parameters the first slots of the scope just opened, unpacks Python 2's tuples, and returns the kinds. */
export function declareParameters(l: Lowering, parameters: readonly Parameter[]): Uint8Array {
  const { tree, scope } = l;
  const kinds = new Uint8Array(parameters.length);
  const tuples: number[] = [];
  parameters.forEach((parameter, index) => {
    kinds[index] = parameter.kind;
    const { name } = parameter;
    if (name >= 0 && tree.kind[name] === Kind.Identifier && !tree.isMissing(name)) {
      // A name given twice is an error in Python; it must not make two parameters share a slot.
      const known = scope.slots.length;
      if (scope.slot(l.name(name)) < known) scope.freshSlot(l.name(name));
      return;
    }
    scope.freshSlot(l.tables.name(''));
    if (name >= 0 && tree.kind[name] === Kind.TuplePattern) tuples.push(index);
  });
  for (const index of tuples) {
    const { name } = parameters[index] as Parameter;
    l.target(name, l.emit(Op.Local, index, -1, -1, name));
  }
  return kinds;
}
