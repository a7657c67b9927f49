// What a condition proves of a value when it holds or fails. A proof is a mask on the labels (safe for these sinks), or
// that the value is one of a few constants. It belongs to the object tested, under whatever name it goes.

import { CompareOperator, ConstantKind, Op, UnaryOperator } from '../../syntax/code';
import { elements } from '../../syntax/code-reader';
import { acceptAffix, acceptHost, isHost } from './address-checks';
import { believeTest } from './belief';
import { assumeCall, calleeName } from './checks';
import { type Domain, Type } from './domain';
import { type Environment, joined } from './environment';
import { excludeKey } from './evidence';
import { keyOf } from './keys';
import { allSinks } from './labels';
import type { Pass } from './pass';
import { assumeCommon, assumeLacks, assumeSecondSign, assumeTextCall } from './proofs';
import { cleared, definition, isOurs, refine, subjectOf, vouched } from './refinement';
import { assumeAbsent } from './stores';

const maximumDepth = 8;
const maximumParts = 4;

/** Takes into account that a condition holds, or fails. */
export function assume(pass: Pass, condition: number, holds: boolean, depth = 0): void {
  if (pass.environment === null || depth > maximumDepth) return;
  const { op, a, b, c } = pass.scope.code;
  const at = definition(pass, condition);
  switch (op[at] as Op) {
    case Op.Unary:
      if (c[at] === UnaryOperator.Not) assume(pass, a[at]!, !holds, depth + 1);
      return;
    case Op.Phi: {
      const isOr = c[at] === 1;
      const parts = elements(pass.scope.code, at);
      if (isOr === holds && parts.length > 1) {
        assumeOne(pass, parts, holds, depth + 1);
        return;
      }
      for (const part of parts) assume(pass, part, holds, depth + 1);
      return;
    }
    case Op.Compare:
      assumeComparison(pass, c[at] as CompareOperator, a[at]!, b[at]!, holds);
      return;
    case Op.Call:
      if (!holds && op[condition] === Op.Local)
        refine(pass, condition, (value) => emptied(pass.domain, value));
      assumeTextCall(pass, at, a[at]!, calleeName(pass, a[at]!), holds);
      believeTest(
        pass,
        at,
        calleeName(pass, a[at]!),
        pass.context.resolver.libraryPath(pass.scope.id, a[at]!),
      );
      if (holds) acceptAffix(pass, at, calleeName(pass, a[at]!));
      assumeCall(pass, at, holds, (condition) => assume(pass, condition, holds, depth + 1));
      return;
    case Op.Local:
    case Op.Attribute:
    case Op.Item:
      suppose(pass, at, holds);
      if (!holds) {
        refine(pass, at, (value) => emptied(pass.domain, value));
        acceptHost(pass, at);
      }
      return;
    default:
  }
}

/** One of several conditions holds, or fails, and nobody knows which. */
function assumeOne(pass: Pass, parts: ArrayLike<number>, holds: boolean, depth: number): void {
  const before = pass.environment;
  if (before === null || parts.length > maximumParts) return;
  let after: Environment | null = null;
  for (let k = 0; k < parts.length; k++) {
    pass.environment = before.copy();
    assume(pass, parts[k]!, holds, depth);
    after = joined(pass.domain, after, pass.environment);
  }
  pass.environment = after;
}

function suppose(pass: Pass, at: number, holds: boolean): void {
  const parameter = pass.inputs.parameterOf(pass.numbering.number[at]!);
  if (parameter >= 0) pass.environment!.suppose(parameter, holds);
}

/** A value that is false as a condition holds nothing. */
function emptied(domain: Domain, value: number): number {
  return domain.withLabels(value, 0);
}

const negated: Partial<Record<CompareOperator, CompareOperator>> = {
  [CompareOperator.NotEqual]: CompareOperator.Equal,
  [CompareOperator.NotIn]: CompareOperator.In,
  [CompareOperator.IsNot]: CompareOperator.Is,
};

function assumeComparison(
  pass: Pass,
  operator: CompareOperator,
  left: number,
  right: number,
  holds: boolean,
): void {
  const plain = negated[operator];
  const positive = plain ?? operator;
  if (positive === CompareOperator.Is && isMatch(pass, left)) {
    assume(pass, left, holds === (plain !== undefined), maximumDepth - 1);
    return;
  }
  if (positive === CompareOperator.Is && isNone(pass, right))
    suppose(pass, left, holds === (plain !== undefined));
  if (holds === (plain !== undefined)) {
    if (positive === CompareOperator.In) {
      if (!assumeLacks(pass, left, right)) assumeNoMember(pass, left, right);
      assumeSecondSign(pass, left, right);
    }
    if (positive === CompareOperator.Equal) {
      excludeKey(pass, left, right);
      assumeSecondSign(pass, left, right);
    }
    return;
  }
  if (positive === CompareOperator.Equal || positive === CompareOperator.Is) {
    assumeEqual(pass, left, right);
    assumeEqual(pass, right, left);
    assumeCommon(pass, left, right);
    assumeCommon(pass, right, left);
  } else if (positive === CompareOperator.In) {
    assumeMember(pass, left, right);
  }
}

/** A constant key is not in a mapping. */
function assumeNoMember(pass: Pass, tested: number, mapping: number): void {
  const key = keyOf(pass, tested);
  const { domain, values } = pass;
  if (key === null || (domain.types[values[mapping]!]! & Type.Container) === 0) return;
  if (domain.labelsOf[values[mapping]!] !== 0 || domain.shape(values[mapping]!) !== null) {
    assumeAbsent(pass, mapping, key);
  }
}

function isNone(pass: Pass, value: number): boolean {
  const { known, knownOf } = pass.domain;
  return known.single(knownOf[pass.values[value]!]!)?.kind === ConstantKind.None;
}

/** `re.match(...) is None` asks for the match's truth. */
function isMatch(pass: Pass, left: number): boolean {
  const at = definition(pass, left);
  if (pass.scope.code.op[at] !== Op.Call) return false;
  return /^(full)?match$|^search$/.test(calleeName(pass, pass.scope.code.a[at]!));
}

function assumeEqual(pass: Pass, tested: number, other: number): void {
  const { domain } = pass;
  const against = pass.values[other]!;
  const { constants } = domain.known.entries[domain.knownOf[against]!]!;
  if (constants !== null || isOurs(domain, against) || isHost(pass, other)) acceptHost(pass, tested);
  const [subject, exactly] = subjectOf(pass, tested);
  if (constants !== null && exactly) refine(pass, subject, () => against);
  else if (constants !== null || isOurs(domain, against))
    refine(pass, subject, (value) => cleared(domain, value, allSinks));
}

/** Whether a collection holds single signs. */
function isSigns(domain: Domain, collection: number): boolean {
  const shape = domain.shape(collection);
  if (shape === null) return false;
  return shape.values.every((one) => domain.known.single(domain.knownOf[one]!)?.text.length === 1);
}

/** `('', request.host)`. */
function isListOfHosts(pass: Pass, collection: number): boolean {
  const { code } = pass.scope;
  const { op } = code;
  if (op[collection] !== Op.List && op[collection] !== Op.Tuple && op[collection] !== Op.Set) return false;
  return [...elements(code, collection)].every((one) => op[one] === Op.Const || isHost(pass, one));
}

function assumeMember(pass: Pass, tested: number, collection: number): void {
  const { domain } = pass;
  const against = pass.values[collection]!;
  const shape = domain.shape(against);
  const mayBeText =
    shape === null && (domain.types[against]! & Type.Text) !== 0 && domain.types[against] !== Type.Any;
  if (mayBeText) return;
  if (!isOurs(domain, against)) {
    if (isListOfHosts(pass, collection)) acceptHost(pass, tested);
    return;
  }
  acceptHost(pass, tested);
  const [subject] = subjectOf(pass, tested);
  refine(pass, subject, (value) =>
    cleared(domain, value, isSigns(domain, against) ? vouched(pass, subject) : allSinks),
  );
}

/** For each parameter, the mask it has where `returned` is true; null where it never is. */
export function truthMasks(
  pass: Pass,
  returned: number,
  count: number,
  current: (parameter: number) => number,
): number[] | null {
  const { domain } = pass;
  const value = pass.values[returned]!;
  const truth = domain.known.truth(domain.knownOf[value]!);
  const one = domain.known.single(domain.knownOf[value]!);
  if (truth === false || one?.kind === ConstantKind.None) return null;
  const before = pass.environment;
  if (before === null) return null;
  if (truth === null) {
    pass.environment = before.copy();
    assume(pass, returned, true);
  }
  const masks: number[] = [];
  for (let parameter = 0; parameter < count; parameter++) masks.push(current(parameter));
  pass.environment = before;
  return masks;
}
