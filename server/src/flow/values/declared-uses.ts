// What declarations of the project do to values: a declared source gives its label, a declared sink takes what arrives,
// a sanitizer clears, and labels go where the project says that they go.

import type { ArgumentPlace, Sanitizer, Sink, Source } from '../../library/schema';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { ParameterKind } from '../../syntax/code';
import { Binding, bindingOf } from '../function-facts';
import { withoutSecrets } from './arguments';
import { type Bound, named } from './binding';
import type { DeclaredFunction } from './declared';
import { bottom, Type } from './domain';
import { LabelKind, Mask } from './labels';
import type { Pass } from './pass';
import { follow } from './reading';
import { cleared } from './refinement';
import { ShapeKind } from './shapes';
import { arriveAt } from './sink-calls';
import { SinkMode } from './summary';
import { partLabels } from './text';

/** A value that is a declared source, or has one as a member. */
export function sourced(
  pass: Pass,
  at: number,
  value: number,
  source: Source,
  evidence = SecretEvidence.Plain,
): number {
  const { domain, context } = pass;
  const keys = keysOf(source.at);
  if (!context.demand.asksOutside(source.trust)) return withinMember(pass, value, keys, (member) => member);
  const root = {
    kind: LabelKind.Untrusted,
    scope: pass.scope.id,
    at,
    words: source.words,
    trust: source.trust,
    evidence,
    parameter: -1,
    path: [],
    ...(source.kind === undefined ? {} : { data: source.kind }),
  } as const;
  const first = domain.labels.origin(root, source.text);
  // What is more than a text shows its parts as Python writes them.
  const origin = source.text ? first : domain.labels.map(first, (one, mask) => [one, mask | Mask.Exact]);
  // An uploaded file is no path and no address, only its name may be one.
  const file = context.bitOf('path') | context.bitOf('url');
  const label = source.upload ? domain.labels.map(origin, (one, mask) => [one, mask | file]) : origin;
  return withinMember(pass, value, keys, (member) => domain.labelled(member, label));
}

function withinMember(
  pass: Pass,
  value: number,
  keys: readonly string[],
  change: (member: number) => number,
): number {
  const { domain } = pass;
  const [key, ...further] = keys;
  if (key === undefined) return change(value === bottom ? domain.value(Type.Any) : value);
  const inner = withinMember(pass, domain.member(value, key) ?? domain.value(Type.Any), further, change);
  const whole = domain.shape(value) === null ? domain.container(ShapeKind.Dict, [], bottom) : value;
  const kept = domain.withMember(whole, key, inner);
  // Nobody says whether a member by name is an item or an attribute.
  return key.startsWith('s:') ? domain.withMember(kept, `.${key.slice(2)}`, inner) : kept;
}

function keysOf(at: readonly (string | number)[] | undefined): readonly string[] {
  return (at ?? []).map((key) => (typeof key === 'number' ? `i:${key}` : `s:${key}`));
}

/** The mask of a sanitizer, and whether secrets are gone too. */
function maskOf(pass: Pass, { clears }: Sanitizer): number {
  let mask = Mask.None as number;
  for (const kind of clears) if (kind !== 'secret') mask |= pass.context.bitOf(kind);
  return mask;
}

/** A value after a declared sanitizer. */
export function sanitizedBy(pass: Pass, value: number, sanitizer: Sanitizer): number {
  const { domain } = pass;
  const safe = cleared(domain, value, maskOf(pass, sanitizer));
  return sanitizer.clears.includes('secret') || sanitizer.clears.includes('*')
    ? domain.withLabels(safe, withoutSecrets(pass, domain.labelsOf[safe]!))
    : safe;
}

/** The parameters that an argument place means in a function's own terms. */
function parametersOf(pass: Pass, target: Scope, place: ArgumentPlace | 'self' | 'all'): readonly number[] {
  const { parameters } = target.code;
  const first = receivers(pass, target);
  if (place === 'self') return first > 0 ? [0] : [];
  if (place === 'all') return Array.from(parameters, (_, parameter) => parameter).slice(first);
  const byName = place.keyword === undefined ? -1 : named(target, place.keyword);
  if (byName >= 0) return [byName];
  if (place.position < 0) return [];
  const kind = parameters[place.position + first] as ParameterKind | undefined;
  if (kind === ParameterKind.Normal || kind === ParameterKind.PositionalOnly) return [place.position + first];
  const rest = parameters.indexOf(ParameterKind.VarPositional);
  return rest < 0 ? [] : [rest];
}

function receivers(pass: Pass, target: Scope): number {
  return target.owner >= 0 && bindingOf(pass.context.resolver.program, target) !== Binding.Static ? 1 : 0;
}

/** The parameters of the function at its entry, where the project declares them sinks. */
export function parameterSinks(pass: Pass, { sinks, path }: DeclaredFunction): void {
  for (const sink of sinks) {
    for (const place of sink.arguments) {
      for (const parameter of parametersOf(pass, pass.scope, place)) {
        const keys = typeof place === 'string' ? [] : keysOf(place.at);
        const value = follow(pass.domain, pass.environment!.values[parameter]!, keys);
        takeIn(pass, -1 - parameter, -1 - parameter, value, sink, `${path}() takes it`);
      }
    }
  }
}

/** What is stored where the project declares a sink. */
export function storedSinks(
  pass: Pass,
  at: number,
  argument: number,
  sinks: readonly Sink[],
  name: string,
): void {
  for (const sink of sinks)
    takeIn(pass, at, argument, pass.values[argument]!, sink, `\`${name}\` is set to it`);
}

/** What is put into an object that the project declares a sink. */
export function changedSinks(
  pass: Pass,
  at: number,
  value: number,
  sinks: readonly Sink[],
  name: string,
): void {
  for (const sink of sinks) takeIn(pass, at, at, value, sink, `it is put into \`${name}\``);
}

function takeIn(pass: Pass, at: number, argument: number, value: number, sink: Sink, words: string): void {
  arriveAt(
    pass,
    at,
    argument,
    value,
    sink,
    sink.address ? SinkMode.Address : SinkMode.Whole,
    sink.words ?? words,
  );
}

/** The result of a call of a function of which something is declared; what it leaves in its arguments is done. */
export function declaredResult(
  pass: Pass,
  at: number,
  target: Scope,
  declared: DeclaredFunction,
  bound: Bound,
  result: number,
): number {
  const { domain } = pass;
  let value = result;
  const { passthrough, source, sanitizer } = declared;
  if (passthrough !== undefined && passthrough.gives !== 'none') {
    let labels = 0;
    for (const from of passthrough.from) {
      const place = typeof from === 'number' ? { position: from } : from;
      for (const parameter of parametersOf(pass, target, place)) {
        labels = domain.labels.join(labels, partLabels(pass, bound.values[parameter]!));
      }
    }
    value = domain.labelled(value === bottom ? domain.value(Type.Any) : value, labels);
  }
  if (sanitizer !== undefined) value = sanitizedBy(pass, value, sanitizer);
  return source === undefined ? value : sourced(pass, at, value, source);
}

/** Labels that a declared function leaves in its arguments: parameter and what it is after the call. */
export function declaredEffects(
  pass: Pass,
  target: Scope,
  { passthrough }: DeclaredFunction,
  bound: Bound,
): readonly (readonly [parameter: number, value: number])[] {
  if (passthrough?.into === undefined) return [];
  const { domain } = pass;
  let labels = 0;
  for (const from of passthrough.from) {
    const place = typeof from === 'number' ? { position: from } : from;
    for (const parameter of parametersOf(pass, target, place)) {
      labels = domain.labels.join(labels, partLabels(pass, bound.values[parameter]!));
    }
  }
  const to = typeof passthrough.into === 'number' ? { position: passthrough.into } : passthrough.into;
  return parametersOf(pass, target, to).map((parameter) => [
    parameter,
    domain.labelled(bound.values[parameter]!, labels),
  ]);
}
