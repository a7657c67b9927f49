// Changes to what is known of a value after a proof: safe for some sinks, or another value altogether.

import { Op } from '../../syntax/code';
import { callArguments, positional } from '../../syntax/code-reader';
import { bottom, type Domain } from './domain';
import { keyOf } from './keys';
import { allSinks, LabelKind } from './labels';
import type { Pass } from './pass';
import { ShapeKind } from './shapes';

const spelling = new Set(['lower', 'upper', 'casefold', 'strip', 'lstrip', 'rstrip', 'title', 'capitalize']);

/** Changes what is known of the object that an instruction read. */
export function refine(pass: Pass, instruction: number, change: (value: number) => number): void {
  const { environment, values } = pass;
  const number = pass.numberAt(instruction);
  if (environment === null || number < 0) return;
  const held = environment.numbers.indexOf(number);
  const before =
    held >= 0 ? environment.values[held]! : (environment.facts?.get(number) ?? values[instruction]!);
  const after = change(before);
  if (after === before) return;
  if (held >= 0) environment.update(number, after);
  const { op } = pass.scope.code;
  if (op[instruction] !== Op.Local) environment.note(number, after);
  refineContainer(pass, number, after);
}

/** What was proved of a member, in the mapping that it was read from: `d['k']` and `d.get('k')`. */
function refineContainer(pass: Pass, member: number, after: number): void {
  const { code } = pass.scope;
  if (member >= code.op.length) return;
  let object = -1;
  let index = -1;
  if (code.op[member] === Op.Item) {
    object = code.a[member]!;
    index = code.b[member]!;
  } else if (code.op[member] === Op.Call && code.op[code.a[member]!] === Op.Attribute) {
    const callee = code.a[member]!;
    if (pass.name(code.b[callee]!) !== 'get') return;
    object = code.a[callee]!;
    index = positional(code, member, 0);
  }
  const key = object < 0 ? null : keyOf(pass, index);
  const number = object < 0 ? -1 : pass.numberAt(object);
  if (key === null || number < 0) return;
  const environment = pass.environment!;
  const slot = environment.numbers.indexOf(number);
  const whole =
    slot >= 0 ? environment.values[slot]! : (environment.facts?.get(number) ?? pass.values[object]!);
  if (!pass.domain.hasLabels(whole)) return;
  const changed = pass.domain.withMember(whole, key, after);
  if (slot >= 0) environment.update(number, changed);
  else if (code.op[object] === Op.Attribute) environment.note(number, changed);
}

/** The value, safe for the sinks of the mask. */
export function cleared(domain: Domain, value: number, mask: number): number {
  const { labels } = domain;
  const own = labels.map(domain.labelsOf[value]!, (label, before) =>
    labels.kindOf(label) === LabelKind.Secret ? [label, before] : [label, before | mask],
  );
  const result = domain.withLabels(value, own);
  const shape = domain.shape(result);
  if (shape === null || shape.kind === ShapeKind.Object) return result;
  const entries = shape.keys.map((key, k) => [key, cleared(domain, shape.values[k]!, mask)] as const);
  return domain.reshaped(
    result,
    shape.kind,
    entries,
    shape.rest === bottom ? bottom : cleared(domain, shape.rest, mask),
  );
}

/** The value that a test is about, behind changes of spelling, and whether it is that very value. */
export function subjectOf(pass: Pass, tested: number): readonly [instruction: number, exactly: boolean] {
  const { op, a, b } = pass.scope.code;
  let at = tested;
  for (let depth = 0; depth < 4; depth++) {
    if (op[at] !== Op.Call) break;
    const callee = a[at]!;
    if (op[callee] === Op.Attribute && spelling.has(pass.name(b[callee]!))) at = a[callee]!;
    else if (
      op[callee] === Op.Global &&
      pass.name(a[callee]!) === 'str' &&
      callArguments(pass.scope.code, at).length === 1
    ) {
      at = positional(pass.scope.code, at, 0);
    } else break;
  }
  return [at, at === tested];
}

/** The instruction that made a tested value: what a variable holds, when that is one thing. */
export function definition(pass: Pass, value: number): number {
  if (value < 0) return value;
  const number = pass.numberAt(value);
  const { op } = pass.scope.code;
  const isTest = number >= 0 && number < op.length && op[value] === Op.Local;
  if (!isTest) return value;
  const kind = op[number] as Op;
  return kind === Op.Compare || kind === Op.Call || kind === Op.Unary ? number : value;
}

/** The sinks for which a check makes a value safe. Of the signs of a text that a loop goes through, each may be harmless
 * and the whole still be what the sender wants. */
export function vouched(pass: Pass, subject: number): number {
  const number = pass.numberAt(subject);
  const { op } = pass.scope.code;
  const isPiece = number >= 0 && number < op.length && op[number] === Op.Element;
  return isPiece ? pass.context.namedSinks : allSinks;
}

/** Nothing from outside is in it: no label, or constants only. */
export function isOurs(domain: Domain, value: number): boolean {
  const { labels } = domain;
  const pairs = labels.sets[domain.deepLabels(value)]!;
  for (let k = 0; k < pairs.length; k += 2) if (isForeign(labels.kindOf(pairs[k]!))) return false;
  return true;
}

function isForeign(kind: LabelKind): boolean {
  return kind === LabelKind.Untrusted || kind === LabelKind.Input;
}
