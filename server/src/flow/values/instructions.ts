// What each instruction means: the value it makes and the state it changes. One short case a construct; anything that
// takes more than a few lines has a file of its own.

import { SecretEvidence } from '../../library/secret-words';
import { BinaryOperator, CompareOperator, Op, ScopeKind } from '../../syntax/code';
import { elements, entries } from '../../syntax/code-reader';
import { dottedName, isContextManager } from '../function-facts';
import { withoutSecrets } from './arguments';
import { type Actual, actual } from './binding';
import { evaluateCall } from './calls';
import { functionValue } from './closures';
import { storedSinks } from './declared-uses';
import { anything, bottom, Type } from './domain';
import { disowned, namedSecret, readByGivenKey } from './evidence';
import { messageSink } from './exceptions';
import { namedHeader } from './headers';
import { setProperty, specialCall } from './implicit-calls';
import { keyOf } from './keys';
import { LabelKind, StepKind } from './labels';
import { escapes, onOneLine } from './line-breaks';
import { marked } from './marks';
import { isMask, unmaskedOnPurpose } from './masks';
import { attribute, captured, globalName, imported } from './names';
import { binary, compared, constantSlice, unary } from './operators';
import type { Pass } from './pass';
import { element, read, readAny, readUnknownKey } from './reading';
import { ShapeKind } from './shapes';
import { isShownEntry } from './shown-entries';
import { storeAttributeSink, storeItemSink } from './sink-calls';
import {
  keepCaptured,
  keepGlobal,
  stepped,
  storeAttribute,
  storeItem,
  withoutKey,
  writeBack,
} from './stores';
import { constantText, joinedText, partLabels } from './text';
import { serveAsSecret, serveInComparison, serveUnderName } from './weaknesses';

/** Does an instruction that is reached and has an effect. */
export function execute(pass: Pass, at: number, op: Op): void {
  const { a, b, c } = pass.scope.code;
  switch (op) {
    case Op.StoreLocal:
      storeLocal(pass, at, a[at]!, b[at]!);
      return;
    case Op.StoreGlobal:
      storeGlobal(pass, at, a[at]!, b[at]!);
      return;
    case Op.StoreCaptured:
      keepCaptured(
        pass,
        pass.name(a[at]!),
        c[at]!,
        assigned(pass, at, pass.valueOf(b[at]!), pass.name(a[at]!)),
      );
      return;
    case Op.StoreAttribute: {
      const name = pass.name(b[at]!);
      const value = namedSecret(pass, pass.valueOf(c[at]!), name, at);
      storeAttributeSink(pass, at, a[at]!, name, c[at]!);
      serveUnderName(pass, at, c[at]!, value, name);
      declaredStore(pass, at, a[at]!, name, c[at]!);
      if (setProperty(pass, at, a[at]!, name, c[at]!)) return;
      const kept = marked(pass, at, c[at]!, value, name);
      storeAttribute(pass, a[at]!, name, stepped(pass, at, kept, StepKind.Stored));
      messageSink(pass, at, a[at]!, name, c[at]!);
      return;
    }
    case Op.StoreItem: {
      const key = keyOf(pass, b[at]!);
      const value = pass.valueOf(c[at]!);
      const named = key?.startsWith('s:') ? namedSecret(pass, value, key.slice(2), at) : value;
      storeItemSink(pass, at, a[at]!, b[at]!, c[at]!);
      if (key?.startsWith('s:')) serveUnderName(pass, at, c[at]!, value, key.slice(2));
      if (pass.compared.has(at))
        serveAsSecret(pass, at, c[at]!, value, 'what a request must match', 'predictable');
      if (specialCall(pass, at, a[at]!, '__setitem__', [given(pass, b[at]!), given(pass, c[at]!)]) !== null)
        return;
      const kept = marked(pass, at, c[at]!, named, key?.slice(2) ?? '');
      storeItem(pass, a[at]!, b[at]!, stepped(pass, at, kept, StepKind.Stored));
      return;
    }
    case Op.Collect:
      collect(pass, a[at]!, b[at]!, c[at]!);
      return;
    case Op.DeleteLocal:
      pass.environment!.values[a[at]!] = bottom;
      pass.environment!.numbers[a[at]!] = -1;
      return;
    case Op.DeleteItem: {
      const key = keyOf(pass, b[at]!);
      if (key !== null) writeBack(pass, a[at]!, withoutKey(pass, pass.valueOf(a[at]!), key));
      return;
    }
    default:
      pass.values[at] = evaluate(pass, at, op);
  }
}

/** The value of an expression that is reached. */
export function evaluate(pass: Pass, at: number, op: Op): number {
  const { a, b, c } = pass.scope.code;
  const { domain } = pass;
  switch (op) {
    case Op.Const:
      return domain.constant(pass.scope.file.source.constants[a[at]!]!);
    case Op.Local:
      return local(pass, at, a[at]!);
    case Op.Captured:
      return captured(pass, at);
    case Op.Global:
      return globalName(pass, at);
    case Op.Attribute:
      return attribute(pass, at);
    case Op.Item:
      return (
        specialCall(pass, at, a[at]!, '__getitem__', [given(pass, b[at]!)]) ?? item(pass, at, a[at]!, b[at]!)
      );
    case Op.Call: {
      const value = evaluateCall(pass, at);
      pass.mayRaise();
      pass.endIfGone();
      return value;
    }
    case Op.Binary:
      return binary(pass, pass.valueOf(a[at]!), pass.valueOf(b[at]!), c[at]! & ~BinaryOperator.InPlace);
    case Op.Unary:
      return unary(pass, pass.valueOf(a[at]!), c[at]!);
    case Op.Compare:
      if (c[at] === CompareOperator.Equal || c[at] === CompareOperator.NotEqual)
        serveInComparison(pass, at, a[at]!, b[at]!);
      return compared(pass, pass.valueOf(a[at]!), pass.valueOf(b[at]!), c[at]!);
    case Op.Phi:
      return phi(pass, at);
    case Op.Format:
      return joinedText(
        pass,
        [...elements(pass.scope.code, at)].map((part) => pass.valueOf(part)),
      );
    case Op.Interpolate: {
      const value =
        specialCall(pass, at, a[at]!, '__str__', []) ??
        specialCall(pass, at, a[at]!, '__repr__', []) ??
        pass.valueOf(a[at]!);
      return b[at] !== 0 && escapes(String.fromCharCode(b[at]!)) ? onOneLine(pass, value) : value;
    }
    case Op.List:
      return sequence(pass, at, ShapeKind.List);
    case Op.Tuple:
      return sequence(pass, at, ShapeKind.Tuple);
    case Op.Set:
      return sequence(pass, at, ShapeKind.Set);
    case Op.Dict:
      return dictionary(pass, at);
    case Op.Comprehension:
      return domain.container(
        ([ShapeKind.List, ShapeKind.Set, ShapeKind.Dict, ShapeKind.List] as const)[c[at]!]!,
        [],
        bottom,
      );
    case Op.Star:
    case Op.Await:
      return pass.valueOf(a[at]!);
    case Op.Yield:
      pass.inputs.yielded(a[at]! < 0 ? domain.value(Type.None) : pass.valueOf(a[at]!));
      return anything;
    case Op.YieldFrom:
      pass.inputs.yielded(readAny(domain, pass.valueOf(a[at]!)));
      return anything;
    case Op.Element:
      return iterated(pass, at, a[at]!);
    case Op.Entered:
      return entered(pass, at, pass.scope.code.a[a[at]!]!);
    case Op.Unpack:
      return c[at]! >= 0
        ? read(domain, pass.valueOf(a[at]!), `i:${c[at]}`)
        : readAny(domain, pass.valueOf(a[at]!));
    case Op.Function:
      return functionValue(pass, pass.scope.file.firstScope + a[at]!);
    case Op.Class:
      return domain.value(Type.Other);
    case Op.Import:
      return imported(pass, at);
    default:
      return anything;
  }
}

/** A store into an attribute that the project declares a sink. */
function declaredStore(pass: Pass, at: number, object: number, name: string, value: number): void {
  const { declared, resolver } = pass.context;
  if (declared === null) return;
  const sinks = declared.attributeSinks(resolver.denotes(pass.scope.id, object), name);
  storedSinks(pass, at, value, sinks, name);
}

function given(pass: Pass, instruction: number): Actual {
  return actual(pass.valueOf(instruction), instruction);
}

/** An element of an iteration; of an object of the program, what its own methods give. */
function iterated(pass: Pass, at: number, iterable: number): number {
  const { domain } = pass;
  const made =
    specialCall(pass, at, iterable, '__iter__', []) ?? specialCall(pass, at, iterable, '__aiter__', []);
  return element(domain, made !== null && domain.shape(made) !== null ? made : pass.valueOf(iterable));
}

function local(pass: Pass, at: number, slot: number): number {
  const environment = pass.environment!;
  if (environment.numbers[slot] === -1) environment.numbers[slot] = pass.numbering.number[at]!;
  pass.noteRead(at, environment.numbers[slot]!);
  const value = environment.values[slot] || anything;
  const isOther = pass.domain.labelsOf[value] !== 0 && pass.isObject(pass.numbering.number[at]!);
  return isOther ? withoutSecretsIn(pass, value) : value;
}

function storeGlobal(pass: Pass, at: number, name: number, from: number): void {
  const value = assigned(pass, at, pass.valueOf(from), pass.name(name));
  serveUnderName(pass, at, from, value, pass.name(name));
  const slot = pass.nameSlots.get(name);
  if (slot !== undefined) {
    pass.environment!.values[slot] = value;
    pass.environment!.numbers[slot] = -1;
  }
  keepGlobal(pass, pass.name(name), value);
  const { declared } = pass.context;
  if (declared !== null)
    storedSinks(pass, at, from, declared.nameSinks(pass.scope, pass.name(name)), pass.name(name));
  pass.mayRaise();
}

function storeLocal(pass: Pass, at: number, slot: number, from: number): void {
  const { slots } = pass.scope.code;
  const name = pass.name(slots[slot]!);
  const number = pass.numberAt(from);
  const value =
    pass.isObject(number) || isPiece(pass, from, name) || isDeclared(pass, from) || isMade(pass, from)
      ? stepped(pass, at, withoutSecretsIn(pass, pass.valueOf(from)), StepKind.Assigned)
      : assigned(pass, at, pass.valueOf(from), name);
  serveUnderName(pass, at, from, value, name);
  const environment = pass.environment!;
  environment.values[slot] = value;
  environment.numbers[slot] = number;
  const { kind, captured } = pass.scope.code;
  if (captured[slot] === 1 || kind === ScopeKind.Class) keepCaptured(pass, name, 0, value);
  pass.mayRaise();
}

/** What a call in the body of a class gives describes a field: `password = CharField()`. */
function isDeclared({ scope }: Pass, from: number): boolean {
  const { code } = scope;
  if (code.kind !== ScopeKind.Class || code.op[from] !== Op.Call) return false;
  return !/(^|\.)(get|getenv|getpass|config|env|read|load)\w*$/i.test(dottedName(scope, from));
}

/** An object of a class that is not known is no text: `jwt = JsonWebToken(keys)`. */
function isMade(pass: Pass, from: number): boolean {
  const { code } = pass.scope;
  if (code.op[from] !== Op.Call || pass.domain.hasLabels(pass.valueOf(from))) return false;
  const name = dottedName(pass.scope, from).split('.').at(-1)!;
  return /^_*[A-Z]\w*[a-z]/.test(name) && code.op[code.a[from]!] !== Op.Call;
}

/** Whether an item is looked into by a key: it is a mapping, and no token itself. */
function isMapping(pass: Pass, at: number): boolean {
  const { op, a, b } = pass.scope.code;
  const user = pass.numbering.user[at]!;
  if (user < 0 || (op[user] !== Op.Item && op[user] !== Op.StoreItem) || a[user] !== at) return false;
  return keyOf(pass, b[user]!)?.startsWith('s:') ?? op[b[user]!] === Op.Local;
}

/** A token that a loop goes through is a piece of a text that is parsed; a user or path beside a secret is none. */
function isPiece(pass: Pass, from: number, name: string): boolean {
  const { op } = pass.scope.code;
  const { secretWords } = pass.context.library;
  // One of several things that stand together: what it is, its name says, or nothing does.
  if (op[from] === Op.Unpack) {
    const isOfMany =
      op[pass.scope.code.a[from]!] === Op.Element && pass.domain.shape(pass.valueOf(from)) === null;
    if (secretWords.isNeutral(name)) return true;
    if (isOfMany && !secretWords.mayName(name)) return !isShownEntry(pass, from);
  }
  return op[from] === Op.Element && secretWords.judge(name) === SecretEvidence.Likely;
}

/** Used as an object or a path: a secret that came along is not this very thing. */
function withoutSecretsIn(pass: Pass, value: number): number {
  const { labels, labelsOf } = pass.domain;
  const own = labels.map(labelsOf[value]!, (label, mask) =>
    labels.kindOf(label) === LabelKind.Secret ? null : [label, mask],
  );
  return pass.domain.withLabels(value, own);
}

/** A value under a new name: the name may say that it is a secret; the path of its labels goes through here. */
function assigned(pass: Pass, at: number, value: number, name: string): number {
  const named = namedSecret(pass, disowned(pass, value, name), name, at);
  return stepped(pass, at, marked(pass, at, pass.scope.code.b[at]!, named, name), StepKind.Assigned);
}

function item(pass: Pass, at: number, object: number, index: number): number {
  const fact = pass.environment!.facts?.get(pass.numbering.number[at]!);
  if (fact !== undefined) return fact;
  const { domain } = pass;
  const value = pass.valueOf(object);
  if (pass.scope.code.op[index] === Op.Slice) {
    const shape = domain.shape(value);
    if (shape === null) return constantSlice(pass, value, index) ?? sliced(pass, value, index);
    return domain.container(shape.kind, [], readAny(domain, value), domain.labelsOf[value]!);
  }
  const key = keyOf(pass, index);
  if (key === null)
    return isOwnKey(pass, object, index)
      ? readAny(domain, value)
      : readByGivenKey(pass, readUnknownKey(domain, value), index);
  const sign = key.startsWith('i:') ? constantText(pass, value)?.at(Number(key.slice(2))) : undefined;
  if (sign !== undefined) return domain.text(sign);
  const found = namedHeader(pass, read(domain, value, key), key);
  return key.startsWith('s:') && !pass.isObject(pass.numbering.number[at]!) && !isMapping(pass, at)
    ? namedSecret(pass, found, key.slice(2), at)
    : found;
}

/** What a generator that serves as a context manager yields; the manager itself for any other. */
function entered(pass: Pass, at: number, manager: number): number {
  const value = pass.valueOf(manager);
  const own =
    specialCall(pass, at, manager, '__enter__', []) ?? specialCall(pass, at, manager, '__aenter__', []);
  if (own !== null) return own;
  if (pass.scope.code.op[manager] !== Op.Call) return value;
  const { resolver } = pass.context;
  const { scopes } = resolver.program;
  const yields = resolver
    .targets(pass.scope.id, manager)
    .some(
      (target) => target.kind === 'function' && isContextManager(resolver.program, scopes[target.scope]!),
    );
  return yields ? readAny(pass.domain, value) : value;
}

/** `d[k]` where the loop goes over `d`: one member after the other. */
function isOwnKey(pass: Pass, object: number, index: number): boolean {
  const { number } = pass.numbering;
  const key = number[index]!;
  const { op, a } = pass.scope.code;
  return key >= 0 && key < op.length && op[key] === Op.Element && number[a[key]!] === number[object];
}

/** A few signs of a text tell little of a secret: that is how it is shown in part. */
function sliced(pass: Pass, value: number, slice: number): number {
  const { domain } = pass;
  const { a, b } = pass.scope.code;
  const bounded = [a[slice]!, b[slice]!].some(
    (bound) => bound >= 0 && domain.known.single(domain.knownOf[pass.valueOf(bound)]!) !== null,
  );
  const labels = partLabels(pass, value);
  const types = domain.types[value]! & (bounded ? ~Type.Unjudged : Type.Any);
  return domain.value(types, 0, bounded ? withoutSecrets(pass, labels) : labels);
}

function collect(pass: Pass, comprehension: number, value: number, key: number): void {
  const { domain, values } = pass;
  const name = key < 0 ? null : keyOf(pass, key);
  values[comprehension] =
    name === null
      ? key < 0
        ? domain.withSome(values[comprehension]!, pass.valueOf(value))
        : domain.withUnknownKey(values[comprehension]!, pass.valueOf(key), pass.valueOf(value))
      : domain.withMember(values[comprehension]!, name, pass.valueOf(value));
}

function sequence(pass: Pass, at: number, kind: ShapeKind): number {
  const { domain } = pass;
  const { code } = pass.scope;
  const parts = elements(code, at);
  const known: (readonly [string, number])[] = [];
  let rest: number = bottom;
  for (const part of parts) {
    const value = pass.valueOf(part);
    if (code.op[part] === Op.Star) {
      const shape = domain.shape(value);
      const flat = shape !== null && shape.rest === bottom && rest === bottom && domain.labelsOf[value] === 0;
      if (flat) for (const one of shape.values) known.push([`i:${known.length}`, one]);
      else rest = domain.join(rest, readAny(domain, value));
    } else if (rest === bottom) known.push([`i:${known.length}`, value]);
    else rest = domain.join(rest, value);
  }
  return domain.container(kind, known, rest);
}

function dictionary(pass: Pass, at: number): number {
  const { domain } = pass;
  let result = domain.container(ShapeKind.Dict, [], bottom);
  for (const [key, value] of entries(pass.scope.code, at)) {
    const member = pass.valueOf(value);
    if (key < 0) {
      const shape = domain.shape(member);
      for (let k = 0; shape !== null && k < shape.keys.length; k++) {
        result = domain.withMember(result, shape.keys[k]!, shape.values[k]!);
      }
      if (shape === null || shape.rest !== bottom) result = domain.withSome(result, readAny(domain, member));
      continue;
    }
    const name = keyOf(pass, key);
    const named = name?.startsWith('s:') ? namedSecret(pass, member, name.slice(2), value) : member;
    if (name?.startsWith('s:')) serveUnderName(pass, at, value, member, name.slice(2), true);
    result =
      name === null
        ? domain.withUnknownKey(result, pass.valueOf(key), named)
        : domain.withMember(result, name, named);
  }
  return result;
}

function phi(pass: Pass, at: number): number {
  let result: number = bottom;
  const { domain } = pass;
  const { code } = pass.scope;
  const parts = elements(code, at);
  const isOr = code.c[at] === 1;
  const isAnd = code.a[at] === 1 && !isOr;
  let masks = false;
  parts.forEach((part, k) => {
    let value = pass.valueOf(part);
    const last = k === parts.length - 1;
    // A non-last operand of `and` is the result only when it is false: nothing of it is left.
    if (isAnd && !last) value = domain.withLabels(value, 0);
    if (isOr && !last && domain.known.truth(domain.knownOf[value]!) === false) return;
    result = domain.join(result, value);
    masks ||= isMask(domain, value);
  });
  // Where one way is stars, the other one is shown on purpose.
  return masks ? unmaskedOnPurpose(domain, result) : result;
}
