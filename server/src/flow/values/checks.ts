// What a call in a condition proves: character classes, conversions that passed, full matches of harmless patterns,
// types, and the checks of the program's own functions by their summaries.

import { Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import { EntityKind } from '../entities';
import { lastName } from '../function-facts';
import { bindArguments } from './binding';
import { inputsToFollow } from './followed-inputs';
import { LabelKind, Mask } from './labels';
import type { Pass } from './pass';
import { cleared, refine, subjectOf, vouched } from './refinement';
import { constantText } from './text';

const characterTests = new Set(['isdigit', 'isalnum', 'isnumeric', 'isdecimal', 'isalpha', 'isidentifier']);
const numbers = new Set(['int', 'float', 'bool', 'complex', 'Decimal', 'UUID']);

/** Takes into account that a call's result is true, or false. */
export function assumeCall(
  pass: Pass,
  at: number,
  holds: boolean,
  assumeFirst: (condition: number) => void,
): void {
  const { code } = pass.scope;
  const callee = code.a[at]!;
  const first = positional(code, at, 0);
  const name = calleeName(pass, callee);
  if (name === 'bool' && first >= 0) {
    assumeFirst(first);
    return;
  }
  assumeSummary(pass, at, holds);
  // What is no text is a number, or a structure whose parts are looked at where they are taken out.
  if (!holds && name === 'isinstance' && first >= 0 && isTextType(pass, positional(code, at, 1)))
    refine(pass, first, (value) => cleared(pass.domain, value, pass.context.namedSinks));
  if (!holds) return;
  if (name === 'isinstance' && first >= 0 && isOwnType(pass, positional(code, at, 1)))
    refine(pass, first, (value) => noText(pass, value));
  const subject = vouchedFor(pass, at, callee, name, first);
  if (subject >= 0) accept(pass, subject);
}

/** The value that a call's being true makes safe, or -1. */
function vouchedFor(pass: Pass, at: number, callee: number, name: string, first: number): number {
  const { code } = pass.scope;
  if (code.op[callee] === Op.Attribute && characterTests.has(name)) return code.a[callee]!;
  if (name === 'isinstance' && first >= 0 && isNumberType(pass, positional(code, at, 1))) return first;
  return matched(pass, at, callee, name);
}

/** The object that an instruction read is safe for every sink. */
export function accept(pass: Pass, instruction: number): void {
  const [subject] = subjectOf(pass, instruction);
  refine(pass, subject, (value) => cleared(pass.domain, value, vouched(pass, subject)));
}

/** The last name of a callee. */
export function calleeName(pass: Pass, callee: number): string {
  return lastName(pass.scope, callee);
}

function isNumberType(pass: Pass, value: number): boolean {
  if (value < 0) return false;
  const { op, b, extra } = pass.scope.code;
  if (op[value] !== Op.Tuple) return numbers.has(calleeName(pass, value));
  const from = b[value]!;
  for (let k = 1; k <= extra[from]!; k++) if (!numbers.has(calleeName(pass, extra[from + k]!))) return false;
  return extra[from]! > 0;
}

/** Whether a class is one of the program's own, and no kind of text or container. */
function isOwnType({ context, scope }: Pass, type: number): boolean {
  if (type < 0) return false;
  const { classes, entities } = context.resolver;
  const found = context.resolver.denotes(scope.id, type);
  return (
    found.length > 0 &&
    found.every(
      (one) =>
        entities.kind[one] === EntityKind.Class &&
        !classes.order(entities.x[one]!).some((base) => plainTypes.test(context.resolver.pathOf(base))),
    )
  );
}

const plainTypes = /(^|\.)(str|bytes|dict|list|tuple|set|User\w+|\w*Dict|\w*Mapping|\w*Sequence)$/;

/** An object that is no text: what it holds is taken out of it. */
function noText({ domain, context }: Pass, value: number): number {
  const { labels, labelsOf } = domain;
  const own = labels.map(labelsOf[value]!, (label, mask) =>
    labels.kindOf(label) === LabelKind.Secret
      ? null
      : [label, mask | Mask.SecretCleared | context.namedSinks],
  );
  return domain.withLabels(value, own);
}

function isTextType(pass: Pass, value: number): boolean {
  return value >= 0 && /^(str|string_types|basestring|text_type)$/.test(calleeName(pass, value));
}

/** The value that a successful match of a harmless pattern vouches for, or -1. */
function matched(pass: Pass, at: number, callee: number, name: string): number {
  if (name !== 'match' && name !== 'fullmatch' && name !== 'search') return -1;
  const { code } = pass.scope;
  const whole = name === 'fullmatch';
  const path = pass.context.resolver.libraryPath(pass.scope.id, callee);
  const direct = path === `re.${name}`;
  const [pattern, subject] = direct
    ? [constantText(pass, pass.valueOf(positional(code, at, 0))), positional(code, at, 1)]
    : [
        compiledPattern(pass, code.op[callee] === Op.Attribute ? code.a[callee]! : -1),
        positional(code, at, 0),
      ];
  if (pattern === null || subject < 0) return -1;
  return pass.context.patterns.isSafe(pattern, whole, name === 'match') ? subject : -1;
}

/** The pattern of a compiled expression: what `re.compile` was given is kept as member `.pattern`. */
function compiledPattern(pass: Pass, receiver: number): string | null {
  if (receiver < 0) return null;
  const pattern = pass.domain.member(pass.values[receiver]!, '.pattern');
  return pattern === null ? null : constantText(pass, pattern);
}

function assumeSummary(pass: Pass, at: number, holds: boolean): void {
  if (!holds) return;
  const { resolver } = pass.context;
  const targets = resolver.targets(pass.scope.id, at);
  if (targets.length !== 1 || targets[0]!.kind !== 'function') return;
  const target = targets[0]!;
  const bound = bindArguments(
    pass,
    at,
    resolver.program.scopes[target.scope]!,
    target.bound ? receiverOf(pass, at) : null,
  );
  const inputs = inputsToFollow(pass, bound);
  if (inputs === 0) return;
  const summary = pass.context.summary(target.scope, inputs);
  summary?.checkedIfTrue.forEach((mask, parameter) => {
    const instruction = bound.instructions[parameter] ?? -1;
    if (mask !== 0 && instruction >= 0)
      refine(pass, instruction, (value) => cleared(pass.domain, value, mask));
  });
}

/** The receiver's value and instruction of a method call. */
export function receiverOf(pass: Pass, at: number): { readonly value: number; readonly instruction: number } {
  const callee = pass.scope.code.a[at]!;
  if (pass.scope.code.op[callee] !== Op.Attribute) return { value: 1, instruction: -1 };
  const instruction = pass.scope.code.a[callee]!;
  return { value: pass.values[instruction]!, instruction };
}
