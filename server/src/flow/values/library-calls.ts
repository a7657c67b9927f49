// Calls into libraries, by what the data files say: sinks, sources, sanitizers, what goes through. A few functions of
// the language whose meaning is a program's own structure are here by name.

import type { Source } from '../../library/schema';
import { SecretEvidence } from '../../library/secret-words';
import { Argument, ConstantKind } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, positional } from '../../syntax/code-reader';
import { addressOfParts, partsOfAddress } from './addresses';
import { argumentLabels, withoutSecrets } from './arguments';
import { actualsOf } from './binding';
import { callbackCall } from './callbacks';
import { accept, receiverOf } from './checks';
import { fieldList, namedTuple } from './construction';
import { sourced } from './declared-uses';

import { bottom, entriesOf, Type } from './domain';
import { namedSecret, readByGivenKey, withSecret } from './evidence';
import { specialCall } from './implicit-calls';
import { allSinks, Mask, proofs } from './labels';
import { logCall } from './log-calls';
import { objectCall } from './objects';
import type { Pass } from './pass';
import { bitsOf } from './proofs';
import { element, firstWord, readAny } from './reading';
import { cleared } from './refinement';
import { ShapeKind } from './shapes';
import { sinkCall } from './sink-calls';
import { structureCall } from './structures';
import { substituted } from './substitution';
import { constantText, joinedPath, partLabels, plain, unjudged } from './text';
import { weakLabel } from './weaknesses';

const conversions = new Set([
  'int',
  'float',
  'complex',
  'uuid.UUID',
  'decimal.Decimal',
  'ipaddress.ip_address',
]);
const copies = new Set([
  'list',
  'tuple',
  'set',
  'frozenset',
  'sorted',
  'reversed',
  'iter',
  'copy.copy',
  'copy.deepcopy',
]);

/** The value of a call of a library function; null when nothing is known of it. */
export function libraryCall(pass: Pass, at: number, path: string): number | null {
  const { library } = pass.context;
  for (const sink of library.find(library.sinks, path) ?? []) {
    if (sink.kind === 'log') logCall(pass, at, sink.confidence ?? 'high');
    else sinkCall(pass, at, path, sink);
  }
  const secret = library.secretSources.get(path);
  if (secret !== undefined)
    return withSecret(pass, pass.domain.value(Type.Any), secret, at, SecretEvidence.Plain);
  const source = library.find(library.sources, path);
  if (source !== undefined) return sourceCall(pass, at, source);
  const sanitizer = library.sanitizers.get(path);
  if (sanitizer !== undefined) return sanitized(pass, at, sanitizer.clears);
  const first = positional(pass.scope.code, at, 0);
  if (conversions.has(path) && first >= 0) accept(pass, first);
  return (
    callbackCall(pass, at, path) ??
    structureCall(pass, at, path) ??
    structural(pass, at, path, first) ??
    objectCall(pass, at, path) ??
    weakened(pass, at, path)
  );
}

/** Calls after which what could be predicted still can be, though nothing else goes through. */
const keepsWeakness = /^(hashlib\..*|int|float|round|abs|hex|bin|oct)$/;

/** Labels of predictable numbers among the arguments. */
function weakPart(pass: Pass, at: number): number {
  const { labels } = pass.domain;
  return labels.map(argumentLabels(pass, at), (label, mask) =>
    labels.rootOf(label).weakness === 'predictable' ? [label, mask] : null,
  );
}

/** What goes through, with a mark when the call makes something too weak for a secret. */
function weakened(pass: Pass, at: number, path: string): number | null {
  const made = weakLabel(pass, at, path);
  const weak = keepsWeakness.test(path) ? pass.domain.labels.join(made, weakPart(pass, at)) : made;
  const value = carried(pass, at, path);
  if (weak === 0) return value;
  const labels = value === null ? 0 : pass.domain.labelsOf[value]!;
  return pass.domain.value(Type.Any & ~Type.Unjudged, 0, pass.domain.labels.join(labels, weak));
}

/** A value from outside. */
export function outside(pass: Pass, at: number, source: Source, evidence = SecretEvidence.Plain): number {
  return sourced(pass, at, bottom, source, evidence);
}

function sourceCall(pass: Pass, at: number, source: Source): number {
  const value = outside(pass, at, source);
  const first = positional(pass.scope.code, at, 0);
  const name = first < 0 ? null : constantText(pass, pass.values[first]!);
  return name === null ? value : namedSecret(pass, value, name, at);
}

function sanitized(pass: Pass, at: number, clears: readonly string[]): number {
  const { domain, context } = pass;
  let mask = Mask.None as number;
  for (const kind of clears) if (kind !== 'secret') mask |= kind === '*' ? allSinks : context.bitOf(kind);
  const labels = argumentLabels(pass, at);
  const safe = clears.includes('secret') ? withoutSecrets(pass, labels) : labels;
  const first = positional(pass.scope.code, at, 0);
  const types = Type.Text | (first < 0 ? Type.Unjudged : unjudged(pass, pass.values[first]!));
  return cleared(domain, domain.value(clears.includes('secret') ? Type.Text : types, 0, safe), mask);
}

/** Functions that keep the structure of what they are given. */
function structural(pass: Pass, at: number, path: string, first: number): number | null {
  const { domain, values } = pass;
  const { code, file } = pass.scope;
  if (copies.has(path) && first >= 0) {
    const value = values[first]!;
    const shape = domain.shape(value);
    if (path.startsWith('copy.')) return value;
    const isMapping = shape !== null && (shape.kind === ShapeKind.Dict || shape.kind === ShapeKind.Object);
    if (shape !== null && !isMapping) return value;
    return domain.container(ShapeKind.List, [], element(domain, value));
  }
  if (path === 'dict' || path === 'collections.OrderedDict') {
    let result = first < 0 ? domain.container(ShapeKind.Dict, [], bottom) : values[first]!;
    for (let k = 0; k < argumentCount(code, at); k++) {
      const keyword = argumentKeyword(code, at, k);
      if (keyword < 0 && keyword !== Argument.DoubleStar) continue;
      const value = values[argumentValue(code, at, k)]!;
      if (keyword === Argument.DoubleStar) result = domain.withSome(result, readAny(domain, value));
      else {
        const name = file.source.names[keyword]!;
        result = domain.withMember(result, `s:${name}`, namedSecret(pass, value, name, at));
      }
    }
    return result;
  }
  if (path === 'getattr' && first >= 0) {
    const second = positional(code, at, 1);
    const name = second < 0 ? null : constantText(pass, values[second]!);
    if (name === null)
      return second < 0
        ? null
        : readByGivenKey(pass, domain.value(Type.Any, 0, partLabelsOf(pass, first)), second);
    const member =
      domain.member(values[first]!, `.${name}`) ?? domain.value(Type.Any, 0, partLabelsOf(pass, first));
    return namedSecret(pass, member, name, at);
  }
  if (path === 'os.path.splitext' && first >= 0) return nameAndEnding(pass, values[first]!);
  if ((path === 're.sub' || path === 're.subn') && first >= 0)
    return substituted(pass, at, path === 're.sub', () => carried(pass, at, path));
  if (/^urllib\.parse\.urlun(parse|split)$/.test(path) && first >= 0)
    return addressOfParts(pass, values[first]!);
  if (/^urllib\.parse\.url(parse|split)$/.test(path) && first >= 0)
    return partsOfAddress(pass, values[first]!);
  if (path === 'collections.namedtuple') return madeNamedTuple(pass, at);
  if (path === 'collections.namedtuple()')
    return namedTuple(pass, pass.values[code.a[at]!]!, actualsOf(pass, at));
  const shown = path === 'str' || path === 'repr' || path === 'format' || path === 'ascii';
  if (shown && first >= 0) return shownText(pass, at, first, path === 'str' || path === 'format');
  if (path === 're.compile' && first >= 0) {
    return domain.withMember(domain.value(Type.Other), '.pattern', values[first]!);
  }
  if (path === 'os.path.join' || path === 'pathlib.Path' || path === 'pathlib.PurePath')
    return paths(pass, at);
  if (path === 'len' && first >= 0) {
    const text = constantText(pass, values[first]!);
    if (text !== null) return domain.constant({ kind: ConstantKind.Integer, text: String(text.length) });
  }
  // It quotes for the program that it names.
  if (path === 'subprocess.list2cmdline') return first < 0 ? null : values[first]!;
  if (path === 'shlex.split') return splitText(pass, at);
  return null;
}

/** The two parts of a path at its last dot: the ending leads nowhere. */
function nameAndEnding(pass: Pass, path: number): number {
  const { domain, context } = pass;
  const labels = partLabels(pass, path);
  const name = domain.value(Type.Text, 0, labels);
  const ending = domain.value(Type.Text, 0, marked(pass, labels, context.bitOf('path'), 0));
  const parts = [['i:0', name] as const, ['i:1', ending] as const];
  return domain.container(ShapeKind.Tuple, parts, bottom);
}

/** Paths put together; unpacked ones as far as they are known. */
function paths(pass: Pass, at: number): number | null {
  const { code } = pass.scope;
  const parts: number[] = [];
  for (let k = 0; k < argumentCount(code, at); k++) {
    if (argumentKeyword(code, at, k) !== Argument.Positional) return null;
    parts.push(pass.values[argumentValue(code, at, k)]!);
  }
  return joinedPath(pass, parts);
}

/** The class that `namedtuple(name, fields)` makes: it keeps the list of its fields. */
function madeNamedTuple(pass: Pass, at: number): number | null {
  const { domain, values } = pass;
  const second = positional(pass.scope.code, at, 1);
  if (second < 0) return null;
  const list = entriesOf(domain.shape(values[second]!)).map(([, one]) => constantText(pass, one));
  const text = constantText(pass, values[second]!) ?? (list.includes(null) ? '' : list.join(' '));
  return text === '' ? null : domain.withMember(domain.value(Type.Other), fieldList, domain.text(text));
}

/** `str(x)`, `repr(x)`: what an object of the program says of itself. */
function shownText(pass: Pass, at: number, object: number, plainly: boolean): number | null {
  return (
    (plainly ? specialCall(pass, at, object, '__str__', []) : null) ??
    specialCall(pass, at, object, '__repr__', [])
  );
}

function partLabelsOf(pass: Pass, value: number): number {
  return withoutSecrets(pass, partLabels(pass, pass.values[value]!));
}

/** `shlex.split` keeps a known first word. */
function splitText(pass: Pass, at: number): number {
  const { domain } = pass;
  const first = positional(pass.scope.code, at, 0);
  const part = domain.value(Type.Text | Type.Unjudged, 0, argumentLabels(pass, at));
  const start = first < 0 ? part : firstWord(domain, pass.values[first]!);
  return domain.container(ShapeKind.List, [['i:0', start]], part);
}

/** What the data files say goes through a call; null when they say nothing. */
function carried(pass: Pass, at: number, path: string): number | null {
  const { domain, context } = pass;
  const passthrough = context.library.find(context.library.passthrough, path);
  if (passthrough === undefined) return null;
  let labels = 0;
  let types = 0;
  for (const from of passthrough.from) {
    const instruction =
      from === 'self'
        ? receiverOf(pass, at).instruction
        : from === 'all'
          ? -1
          : positional(pass.scope.code, at, from);
    if (from === 'all') labels = domain.labels.join(labels, argumentLabels(pass, at));
    if (instruction < 0) continue;
    labels = domain.labels.join(labels, partLabels(pass, pass.values[instruction]!));
    types |= unjudged(pass, pass.values[instruction]!);
  }
  if (passthrough.gives === 'structure') labels = structured(pass, labels);
  if (passthrough.gives === 'text') labels = plain(pass, labels);
  // A path is made of names, whatever they are called.
  if (passthrough.gives === 'path') types = 0;
  if (passthrough.normalizes) labels = marked(pass, labels, Mask.Normalized, 0);
  if (passthrough.undoes) labels = marked(pass, labels, 0, bitsOf(pass, passthrough.undoes) | proofs);
  return domain.value(types | (typesOf[passthrough.gives ?? 'same'] ?? Type.Any), 0, labels);
}

function marked(pass: Pass, set: number, added: number, taken: number): number {
  return pass.domain.labels.map(set, (label, mask) => [label, (mask | added) & ~taken]);
}

/** What a text says is more than a text, and no secret because of its name. */
function structured(pass: Pass, labels: number): number {
  return pass.domain.labels.map(withoutSecrets(pass, labels), (label, mask) => [label, mask & ~Mask.Plain]);
}

const typesOf: Readonly<Record<string, number>> = {
  text: Type.Text,
  path: Type.Text,
  number: Type.Number,
  boolean: Type.Bool,
  none: Type.None,
  container: Type.Container,
  structure: Type.Any,
  same: Type.Any,
};
