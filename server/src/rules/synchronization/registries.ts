// Containers that functions fill with what they are given: lists of callbacks, tables of handlers. What is called out of one
// is somebody else's code. What it does is not known here.

import { AccessKind } from '../../flow/accesses';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentValue, callArguments } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

/** Whether a call calls such a callback with a value among the arguments. */
export function handsTo(analysis: Analysis, scope: Scope, call: number, given: number): boolean {
  const { code } = scope;
  const { number } = analysis.resolver.numberings.of(scope);
  const isGiven = callArguments(code, call).some(({ value }) => number[value] === given);
  return isGiven && isFromRegistry(analysis, scope, code.a[call]!);
}

/** A function that puts one of its parameters where callbacks are kept. */
export interface Filler {
  readonly adder: Scope;
  readonly slot: number;
}

const none: readonly Filler[] = [];

/** Who fills what a callee comes out of: a container of the object or module, or a field of the method's own object. */
export function fillersOf(analysis: Analysis, scope: Scope, callee: number): readonly Filler[] {
  const found = fillersOfContainer(analysis, scope, callee);
  const value = analysis.resolver.numberings.of(scope).number[callee]!;
  if (found.length > 0 || !analysis.lockTaking.ofReceiver(scope, value)) return found;
  const { classes, program, numberings } = analysis.resolver;
  const name = scope.file.source.names[scope.code.b[value]!]!;
  return classes.storesOf(classes.ownerOf(scope.owner, name), name).flatMap((store) => {
    const adder = program.scopes[store.scope]!;
    const put = numberings.of(adder).number[store.value]!;
    return isParameter(adder, put) ? [{ adder, slot: put - adder.code.op.length }] : [];
  });
}

/** Whether a callee is an element of a container into which a function puts what it is given. */
function isFromRegistry(analysis: Analysis, scope: Scope, callee: number): boolean {
  return fillersOfContainer(analysis, scope, callee).length > 0;
}

function fillersOfContainer(analysis: Analysis, scope: Scope, callee: number): readonly Filler[] {
  const { op, a } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  let value = number[callee]!;
  for (let depth = 0; depth < 6 && value >= 0 && value < op.length; depth++) {
    const one = op[value] as Op;
    if (one === Op.Attribute || one === Op.Global)
      return depth > 0 ? fillersOfPlace(analysis, scope, value) : none;
    if (one === Op.Element || one === Op.Item || one === Op.Unpack) value = number[a[value]!]!;
    // `set(x)`, `list(self.x)`, `self.x.values()`.
    else if (one === Op.Call && argumentCount(scope.code, value) === 1)
      value = number[argumentValue(scope.code, value, 0)]!;
    else if (one === Op.Call && op[a[value]!] === Op.Attribute) value = number[a[a[value]!]!]!;
    else return none;
  }
  return none;
}

function fillersOfPlace(analysis: Analysis, scope: Scope, value: number): readonly Filler[] {
  const { program, resolver } = analysis;
  const { number } = resolver.numberings.of(scope);
  const read = analysis.accesses
    .of(scope)
    .find(({ load }) => load === value || number[load] === number[value]);
  const [guarded] = read ? analysis.guards.among(new Set([read.place])) : [];
  if (!guarded) return none;
  return guarded.accesses.flatMap((one) => {
    if (one.kind !== AccessKind.Mutate || one.shrinks) return [];
    const adder = program.scopes[one.scope]!;
    const { code } = adder;
    const values =
      code.op[one.at] === Op.Call
        ? callArguments(code, one.at).map((argument) => argument.value)
        : code.op[one.at] === Op.StoreItem
          ? [code.c[one.at]!]
          : [];
    const own = resolver.numberings.of(adder).number;
    return values.flatMap((put) =>
      isParameter(adder, own[put]!) ? [{ adder, slot: own[put]! - code.op.length }] : [],
    );
  });
}

function isParameter({ code, owner }: Scope, number: number): boolean {
  const slot = number - code.op.length;
  return slot >= (owner >= 0 ? 1 : 0) && slot < code.parameters.length;
}
