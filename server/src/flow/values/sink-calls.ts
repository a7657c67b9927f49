// Which arguments of a call, which stores and which results arrive at a sink, by what the data files say. How a sink
// looks at what arrives is decided elsewhere.

import type { ArgumentPlace, Condition, Entry, Sink } from '../../library/schema';
import { Argument, ConstantKind, Op } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, elements } from '../../syntax/code-reader';
import { EntityKind } from '../entities';
import { dottedName } from '../function-facts';
import type { Resolver } from '../resolver';
import { argumentAt } from './arguments';
import { defaultTruth } from './binding';
import { calleeName } from './checks';
import { makesJson, namesOtherContent, saysOtherwise } from './content-types';
import { bottom, Type } from './domain';
import { checksMembers } from './member-checks';
import { isPlainMember } from './members';
import type { Pass } from './pass';
import { readAny } from './reading';
import { ShapeKind } from './shapes';
import { useSink } from './sinks';
import { SinkMode } from './summary';
import { constantText } from './text';

/** What a call hands to a sink. */
export function sinkCall(pass: Pass, at: number, path: string, sink: Sink): void {
  if (!applies(pass, at, sink)) return;
  if (sink.unlessMembersChecked && checksMembers(pass, at)) return;
  const mode = modeOf(pass, at, sink);
  const isWeak = (sink.weakUnlessCalled && !isCalled(pass, at)) || (sink.body && namesOtherContent(pass));
  const cap = isWeak ? 'low' : (sink.confidence ?? 'high');
  for (const argument of argumentsOf(pass, at, sink)) {
    const whole = sink.spread ? spread(pass, at, argument) : pass.values[argument]!;
    let value = sink.within === undefined ? whole : pass.domain.member(whole, `s:${sink.within}`);
    if (value === null) continue;
    if (sink.body) value = otherHeaders(pass, at) ? bottom : responseBody(pass, value);
    const told = sink.weakForJson && makesJson(pass) ? 'low' : cap;
    arriveAt(pass, at, argument, value, { ...sink, confidence: told }, mode, wordsOf(path, sink, mode));
  }
}

/** A sink by the names of an object of unknown type and its method, or of the method alone. */
export function sinkByName(pass: Pass, at: number, callee: number, name: string): void {
  const { library, resolver } = pass.context;
  const { op, a } = pass.scope.code;
  if (op[callee] !== Op.Attribute || library.sinkNames.size === 0) return;
  const object = a[callee]!;
  const sinks = library.sinkNames.get(`${calleeName(pass, object)}.${name}`) ?? library.sinkNames.get(name);
  if (sinks === undefined || !isOfUnknownType(resolver, pass.scope.id, object)) return;
  for (const sink of sinks) sinkCall(pass, at, name, sink);
}

/** Whether nothing says what a value is: not resolved, or made by library functions of which nothing is known. */
function isOfUnknownType(resolver: Resolver, scope: number, value: number): boolean {
  const { entities, library } = resolver;
  return resolver
    .denotes(scope, value)
    .every((one) => entities.kind[one] === EntityKind.Library && library.isUntyped(entities.path(one)));
}

/** Whether the result of a call is called in its turn, at once or under a name. */
function isCalled({ scope, numbering }: Pass, at: number): boolean {
  const { op, a } = scope.code;
  const number = numbering.number[at]!;
  for (let next = at + 1; next < op.length; next++) {
    if (op[next] === Op.Call && (a[next] === at || (number >= 0 && numbering.number[a[next]!] === number)))
      return true;
  }
  return false;
}

/** A method of a text, whatever made that; what an unknown function returns need not be one. */
export function textSink(pass: Pass, at: number, name: string): void {
  const { a } = pass.scope.code;
  const receiver = a[a[at]!]!;
  const isParameter = pass.inputs.parameterOf(pass.numbering.number[receiver]!) >= 0;
  if (!isParameter && !isText(pass, receiver, pass.values[receiver]!)) return;
  const path = `str.${name}`;
  for (const sink of pass.context.library.sinks.get(path) ?? []) sinkCall(pass, at, path, sink);
}

/** `object[index] = value`, where the object is a sink. */
export function storeItemSink(pass: Pass, at: number, object: number, index: number, value: number): void {
  const { library, resolver } = pass.context;
  const path = resolver.libraryPath(pass.scope.id, object);
  const named = dottedName(pass.scope, object).split('.').slice(-2).join('.');
  const sinks =
    path === ''
      ? library.sinkNames.get(`${named}.__setitem__`)
      : library.find(library.sinks, `${path}.__setitem__`);
  for (const sink of sinks ?? []) {
    const places = [index, value];
    if (!appliesTo(pass, sink, ({ position }) => places[position] ?? -1)) continue;
    for (const place of sink.arguments) {
      const argument = placeOf(place) === 0 ? index : placeOf(place) === 1 ? value : -1;
      if (argument < 0) continue;
      const words = sink.words ?? `${path}[...] keeps it`;
      const isWeak =
        argument === value
          ? !isTrusted(pass, at, index, sink)
          : sink.trustedKeys !== undefined && isPartKnown(pass, pass.values[index]!);
      const told: Sink = isWeak ? { ...sink, confidence: 'low' } : sink;
      arriveAt(pass, at, argument, pass.values[argument]!, told, addressMode(sink), words);
    }
  }
}

/** Whether later code trusts what stands under a key, and nobody was asked before whether it is right. */
function isTrusted(pass: Pass, at: number, index: number, { trustedKeys }: Sink): boolean {
  if (trustedKeys === undefined) return true;
  const key = constantText(pass, pass.values[index]!);
  if (key === null || !new RegExp(trustedKeys, 'i').test(key)) return false;
  const { op, a } = pass.scope.code;
  for (let before = 0; before < at; before++) {
    if (op[before] === Op.Call && asks.test(calleeName(pass, a[before]!))) return false;
  }
  return true;
}

/** Functions that say who somebody is. */
const asks =
  /auth|login|log_in|sign_?in|verif|valid|check|compare|passw|^(find|filter|query|lookup|first|one|exists|select)(_|$)/i;

/** `object.name = value`, where the attribute is a sink. */
export function storeAttributeSink(
  pass: Pass,
  at: number,
  object: number,
  name: string,
  value: number,
): void {
  const { library, resolver, setNames } = pass.context;
  if (!setNames.has(name)) return;
  const path = resolver.libraryPath(pass.scope.id, object);
  if (path === '') return;
  for (const sink of library.find(library.sinks, `${path}.${name}=`) ?? []) {
    arriveAt(
      pass,
      at,
      value,
      pass.values[value]!,
      sink,
      addressMode(sink),
      sink.words ?? `${name} is set to it`,
    );
  }
}

/** Whether a value is a text: one that was put together, or a piece of what came in. What another function returns may
 * be anything, a response that is finished or an object with methods of its own. */
function isText(pass: Pass, at: number, value: number): boolean {
  const { domain, scope, numbering } = pass;
  if ((domain.types[value]! & ~(Type.Text | Type.Unjudged)) === 0) return true;
  const { op, a, b } = scope.code;
  const shown = op[at] === Op.Tuple ? (elements(scope.code, at)[0] ?? at) : at;
  const number = numbering.number[shown]!;
  const made = op[shown] === Op.Local && number >= 0 && number < op.length ? number : shown;
  if (op[made] !== Op.Call) return op[made] === Op.Item;
  const callee = a[made]!;
  if (op[callee] !== Op.Attribute || !isPlainMember(scope.file.source.names[b[callee]!]!)) return false;
  return domain.hasLabels(pass.values[a[callee]!]!);
}

/** What a framework does with the result of a function that it calls. */
export function resultSink(pass: Pass, value: number, result: NonNullable<Entry['result']>): void {
  const body = responseBody(pass, pass.values[value]!);
  if (body === bottom || (result.text && !isText(pass, value, body))) return;
  const sink: Sink = { ...result, arguments: [], ...(namesOtherContent(pass) ? { confidence: 'low' } : {}) };
  arriveAt(pass, value, value, body, sink, SinkMode.Whole, result.words);
}

/** What is shown of a response: of a body with its status and headers the body; nothing of a mapping or list, which
 * becomes JSON, nor of a body whose headers say that it is no page. */
function responseBody(pass: Pass, response: number): number {
  const { domain } = pass;
  const shape = domain.shape(response);
  let body = response;
  if (shape !== null && shape.kind === ShapeKind.Tuple) {
    if (shape.values.some((part) => saysOtherwise(pass, part))) return bottom;
    body = domain.member(response, 'i:0') ?? bottom;
  }
  return body === bottom || domain.types[body] === Type.Container ? bottom : body;
}

/** Whether another argument holds headers of something that is no page. */
function otherHeaders(pass: Pass, at: number): boolean {
  const { code } = pass.scope;
  for (let k = 0; k < argumentCount(code, at); k++) {
    if (saysOtherwise(pass, pass.values[argumentValue(code, at, k)]!)) return true;
  }
  return false;
}

/** A value arrives at a sink of the data files or of the project. `movable`: a function that hands it on only lends its
 * name. `unread`: names alone make it a sink. */
export function arriveAt(
  pass: Pass,
  at: number,
  argument: number,
  value: number,
  sink: Sink,
  mode: SinkMode,
  words: string,
  movable = true,
  unread = false,
): void {
  if (sink.unlessPart && isPartKnown(pass, value)) return;
  const use = {
    kind: sink.kind,
    bit: pass.context.bitOf(sink.kind),
    mode,
    scope: pass.scope.id,
    at,
    argument,
    words,
    movable,
    inner: null,
    cap: sink.confidence ?? 'high',
    ...(sink.sources === undefined ? {} : { sources: sink.sources }),
    ...(unread ? { unread } : {}),
  } as const;
  useSink(pass, use, value);
}

/** Whether a text begins or ends with something known, and is not known as a whole. */
function isPartKnown({ domain }: Pass, value: number): boolean {
  const known = domain.knownOf[value]!;
  return domain.known.prefix(known) !== '' || domain.known.suffix(known) !== '';
}

function placeOf(place: ArgumentPlace | 'self' | 'all'): number {
  return typeof place === 'string' ? -1 : place.position;
}

/** The instructions of the arguments that count. */
function argumentsOf(pass: Pass, at: number, sink: Sink): readonly number[] {
  const { code } = pass.scope;
  const found: number[] = [];
  for (const place of sink.arguments) {
    if (place === 'self') {
      const callee = code.a[at]!;
      if (code.op[callee] === Op.Attribute) found.push(code.a[callee]!);
    } else if (place === 'all') {
      for (let k = 0; k < argumentCount(code, at); k++) found.push(argumentValue(code, at, k));
    } else {
      const argument = argumentAt(pass, at, place.position, place.keyword);
      if (argument >= 0) found.push(argument);
    }
  }
  return found;
}

function wordsOf(path: string, sink: Sink, mode: SinkMode): string {
  const name = sink.words ?? `${path}()`;
  if (sink.argv !== true && sink.when === undefined) return sink.words ?? `${name} takes it`;
  if (sink.shell) return name;
  return mode === SinkMode.Shell
    ? `${name} runs it in a shell`
    : `${name} takes its program or shell command from it`;
}

function addressMode(sink: Sink): SinkMode {
  if (sink.structure) return SinkMode.Structure;
  if (sink.onlyText) return SinkMode.Text;
  if (sink.address === 'path') return SinkMode.Partial;
  return sink.address ? SinkMode.Address : SinkMode.Whole;
}

function modeOf(pass: Pass, at: number, sink: Sink): SinkMode {
  if (sink.shell) return SinkMode.Shell;
  if (sink.when !== undefined && isTrue(pass, argumentAt(pass, at, -2, sink.when))) return SinkMode.Shell;
  if (sink.body) return SinkMode.Body;
  return sink.argv ? SinkMode.Argv : addressMode(sink);
}

/** What may be bound to conditions on other arguments. */
export type Conditional = Pick<Sink, 'only' | 'unless'>;

/** Whether the conditions on other arguments leave it what it is. */
export function applies(pass: Pass, at: number, one: Conditional): boolean {
  return appliesTo(pass, one, ({ position, keyword }) => argumentAt(pass, at, position, keyword));
}

function appliesTo(pass: Pass, one: Conditional, find: (place: ArgumentPlace) => number): boolean {
  if (one.unless?.some((condition) => holds(pass, find(condition.argument), condition))) return false;
  return one.only?.every((condition) => holds(pass, find(condition.argument), condition)) ?? true;
}

function holds(pass: Pass, instruction: number, { option, is, begins, orMissing }: Condition): boolean {
  if (instruction < 0) return orMissing ?? false;
  const { domain, context, scope } = pass;
  let value: number | null = pass.values[instruction]!;
  if (option !== undefined) value = domain.member(value, `.${option}`);
  if (value === null) return orMissing ?? false;
  const known = domain.knownOf[value]!;
  if (begins && is.some((start) => domain.known.prefix(known).startsWith(start))) return true;
  const one = domain.known.single(known);
  if (one !== null) return is.includes(spelled(one.kind, one.text));
  const path = option === undefined ? context.resolver.libraryPath(scope.id, instruction) : '';
  return path !== '' && is.includes(path);
}

function spelled(kind: ConstantKind, text: string): string {
  if (kind === ConstantKind.True) return 'True';
  if (kind === ConstantKind.False) return 'False';
  return kind === ConstantKind.None ? 'None' : text;
}

/** Whether an argument is surely true, or a parameter that is true unless a caller says otherwise. */
function isTrue(pass: Pass, instruction: number): boolean {
  if (instruction < 0) return false;
  const { domain, scope, context } = pass;
  const truth = domain.known.truth(domain.knownOf[pass.values[instruction]!]!);
  if (truth !== null || scope.code.op[instruction] !== Op.Local) return truth ?? false;
  const parameter = pass.inputs.parameterOf(pass.numbering.number[instruction]!);
  return parameter >= 0 && defaultTruth(context.resolver.program.scopes, scope, parameter) === true;
}

/** The arguments from one on as one argv list. */
function spread(pass: Pass, at: number, first: number): number {
  const { domain, values } = pass;
  const { code } = pass.scope;
  const entries: (readonly [string, number])[] = [];
  let rest: number = bottom;
  let started = false;
  for (let k = 0; k < argumentCount(code, at); k++) {
    const instruction = argumentValue(code, at, k);
    if (instruction === first) started = true;
    if (!started) continue;
    const keyword = argumentKeyword(code, at, k);
    if (keyword === Argument.Positional && rest === bottom)
      entries.push([`i:${entries.length}`, values[instruction]!]);
    else if (keyword === Argument.Star) rest = domain.join(rest, readAny(domain, values[instruction]!));
    else if (keyword === Argument.Positional) rest = domain.join(rest, values[instruction]!);
  }
  return domain.container(ShapeKind.List, entries, rest);
}
