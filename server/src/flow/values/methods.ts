// Methods of texts and containers, by name: what they return of their receiver and arguments, what they leave in it.
// Only for calls that are neither of the program nor known to the library.

import { Argument, Op } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, positional } from '../../syntax/code-reader';
import { argumentAt, argumentLabels, withoutSecrets } from './arguments';
import { calleeName } from './checks';
import { bottom, entriesOf, Type } from './domain';
import { namedSecret, readByGivenKey } from './evidence';
import { namedHeader } from './headers';
import { keyOf } from './keys';
import { Mask, StepKind } from './labels';
import { escapes, onOneLine, shownOnOneLine, takesLineBreaks } from './line-breaks';
import { counting, sameText, splitting, truthTests } from './members';
import type { Pass } from './pass';
import { lacks } from './proofs';
import { firstWord, follow, read, readAny, readUnknownKey } from './reading';
import { ShapeKind } from './shapes';
import { addTo, stepped, withoutKey, writeBack } from './stores';
import { items } from './structures';
import { isMaskingText } from './substitution';
import {
  atField,
  bracePieces,
  constantText,
  filledText,
  joinedText,
  partLabels,
  plain,
  unjudged,
} from './text';
import { serveInFile } from './weaknesses';

/** What a stream gives is what comes through it. */
const reading = new Set(['read', 'read1', 'readline', 'readexactly', 'readuntil', 'getvalue']);

/** The value of a method call; null when the name says nothing. */
export function methodCall(pass: Pass, at: number, callee: number, name: string): number | null {
  const { code } = pass.scope;
  const { domain, values } = pass;
  if (code.op[callee] !== Op.Attribute) return null;
  const object = code.a[callee]!;
  const receiver = values[object]!;
  if (truthTests.has(name)) return domain.value(Type.Bool);
  if (counting.has(name)) return domain.value(Type.Number);
  if (sameText.has(name))
    return domain.value(Type.Text | unjudged(pass, receiver), 0, partLabels(pass, receiver));
  if (reading.has(name)) return domain.value(Type.Any, 0, withoutSecrets(pass, partLabels(pass, receiver)));
  const first = positional(code, at, 0);
  if (splitting.has(name)) {
    const pieces = constantSplit(pass, first, receiver, name);
    if (pieces !== null) return pieces;
    const atBreaks = name === 'splitlines' || (first < 0 && name.endsWith('split'));
    const isLines = atBreaks || (first >= 0 && takesLineBreaks(constantText(pass, values[first]!)));
    return split(pass, isLines ? onOneLine(pass, receiver) : receiver);
  }
  switch (name) {
    case 'format':
      return formatted(pass, at, receiver);
    case 'join':
      return joined(pass, receiver, first);
    case 'replace':
      return replaced(pass, at, receiver);
    case 'pop':
      return popped(pass, at, object, first);
    case 'findtext':
    case 'safe_get':
    case 'getAttribute':
    case 'get':
      return taken(pass, at, receiver, first);
    case 'setdefault':
      return keptByDefault(pass, at, object, first);
    case 'load':
      return isSchema(pass, object) ? loaded(pass, at) : null;
    case 'getlist':
    case 'getall':
    case 'get_all':
      return domain.container(ShapeKind.List, [], taken(pass, at, receiver, first));
    case 'items':
    case 'iteritems':
      return items(pass, receiver);
    case 'values':
    case 'itervalues':
      return domain.container(ShapeKind.List, [], readAny(domain, receiver));
    case 'keys':
    case 'iterkeys':
      return keysOf(pass, receiver);
    case 'to_dict':
    case 'copy':
    case 'deepcopy':
      return receiver;
    case 'append':
    case 'appendleft':
    case 'add':
    case 'put':
      if (first >= 0) added(pass, at, object, values[first]!);
      return domain.value(Type.None);
    case 'insert': {
      const second = positional(code, at, 1);
      if (second >= 0) addTo(pass, at, object, values[second]!, false);
      return domain.value(Type.None);
    }
    case 'extend':
      if (first >= 0) addTo(pass, at, object, values[first]!, true);
      return domain.value(Type.None);
    case 'update':
      update(pass, at, object, first);
      return domain.value(Type.None);
    case 'write':
      if (first >= 0) serveInFile(pass, at, object, first);
      if (first >= 0)
        writeBack(pass, object, domain.labelled(receiver, withoutSecrets(pass, argumentLabels(pass, at))));
      return domain.value(Type.Number);
    default:
      return null;
  }
}

/** The pieces of a constant text. */
function constantSplit(pass: Pass, first: number, receiver: number, name: string): number | null {
  const text = constantText(pass, receiver);
  const by = first < 0 ? null : constantText(pass, pass.values[first]!);
  if (name !== 'split' || text === null || !by) return null;
  const pieces = text.split(by).map((piece, k) => [`i:${k}`, pass.domain.text(piece)] as const);
  return pieces.length > 16 ? null : pass.domain.container(ShapeKind.List, pieces, bottom);
}

/** `append` on a list of known length gives the next index. */
function added(pass: Pass, at: number, object: number, value: number): void {
  const { domain } = pass;
  const before = pass.values[object]!;
  const shape = domain.shape(before);
  if (
    shape !== null &&
    shape.kind === ShapeKind.List &&
    shape.rest === bottom &&
    domain.labelsOf[before] === 0
  ) {
    const next = `i:${shape.keys.length}`;
    if (shape.keys.length < 16 && !shape.keys.includes(next)) {
      const put = stepped(pass, at, value, StepKind.Added);
      writeBack(pass, object, domain.withMember(before, next, put));
      return;
    }
  }
  addTo(pass, at, object, value, false);
}

function split(pass: Pass, receiver: number): number {
  const { domain } = pass;
  const part = domain.value(Type.Text | unjudged(pass, receiver), 0, partLabels(pass, receiver));
  return domain.container(ShapeKind.List, [['i:0', firstWord(domain, receiver)]], part);
}

function formatted(pass: Pass, at: number, receiver: number): number {
  const { domain } = pass;
  const text = constantText(pass, receiver);
  const shown = text === null ? argumentLabels(pass, at) : shownLabels(pass, at, text);
  const labels = plain(pass, domain.labels.join(partLabels(pass, receiver), shown));
  const types = Type.Text | Type.Unjudged;
  if (text === null) return domain.value(types, 0, labels);
  const pieces = bracePieces(text);
  const filled = braceArguments(pass, at, text);
  if (filled !== null && filled.length === pieces.length - 1) {
    const result = filledText(pass, pieces, filled);
    return domain.value(types, domain.knownOf[result]!, domain.labelsOf[result]!);
  }
  const suffix = pieces.length > 1 ? pieces[pieces.length - 1]! : '';
  return domain.value(types, domain.known.affixes(pieces[0]!, suffix), labels);
}

/** The values that fill the fields of a format, when each field is a plain place or name. */
function braceArguments(pass: Pass, at: number, text: string): readonly number[] | null {
  const { code, file } = pass.scope;
  const fields = [...text.replaceAll(/\{\{|\}\}/g, '').matchAll(/\{([^{}]*)\}/g)].map((field) => field[1]!);
  const found: number[] = [];
  for (const [k, field] of fields.entries()) {
    const name = /^\w*$/.test(field) ? field : null;
    if (name === null) return null;
    const place = name === '' ? k : /^\d+$/.test(name) ? Number(name) : -1;
    const keyword = place < 0 ? file.source.names.indexOf(name) : -1;
    const argument =
      place >= 0 ? positional(code, at, place) : keyword < 0 ? -1 : argumentAt(pass, at, -2, name);
    if (argument < 0 || code.op[argument] === Op.Star) return null;
    found.push(pass.values[argument]!);
  }
  return found;
}

/** Labels of the arguments that a format shows; of one that it only indexes (`{0[user]}`), those of that member. */
function shownLabels(pass: Pass, at: number, text: string): number {
  const { domain, values } = pass;
  const { code, file } = pass.scope;
  const start = bracePieces(text)[0]!;
  let unnamed = 0;
  const fields = [...text.matchAll(/\{(\w*)((?:\[\w+\]|\.\w+)*)[^{}]*\}/g)].map(
    (field) => [field[0], field[1] || String(unnamed++), field[2]!] as const,
  );
  let labels = 0;
  let position = 0;
  for (let k = 0; k < argumentCount(code, at); k++) {
    const keyword = argumentKeyword(code, at, k);
    const value = values[argumentValue(code, at, k)]!;
    if (keyword === Argument.DoubleStar) {
      for (const field of fields) {
        const shown = partLabels(pass, follow(domain, value, [`s:${field[1]}`]));
        labels = domain.labels.join(labels, atField(pass, fields.indexOf(field), start, shown));
      }
      continue;
    }
    const name = keyword >= 0 ? file.source.names[keyword]! : String(position);
    if (keyword === Argument.Positional) position++;
    const mine = fields.filter((field) => field[1] === name);
    if (mine.length === 0 || mine.some((field) => field[2] === '')) {
      const isEscaped = mine.length > 0 && mine.every((field) => escapes(/!(\w)/.exec(field[0])?.[1] ?? ''));
      const shown = isEscaped ? onOneLine(pass, value) : shownOnOneLine(pass, value);
      const first = mine.length === 0 ? 0 : fields.indexOf(mine[0]!);
      labels = domain.labels.join(labels, atField(pass, first, start, partLabels(pass, shown)));
      continue;
    }
    for (const field of mine) {
      const keys = [...field[2].matchAll(/\[(\w+)\]|(\.\w+)/g)].map((key) => key[2] ?? `s:${key[1]}`);
      const shown = partLabels(pass, follow(domain, value, keys));
      labels = domain.labels.join(labels, atField(pass, fields.indexOf(field), start, shown));
    }
  }
  return labels;
}

function joined(pass: Pass, separator: number, list: number): number {
  const { domain, values } = pass;
  if (list < 0) return domain.value(Type.Text | Type.Unjudged);
  const value = values[list]!;
  const shape = domain.shape(value);
  if (shape !== null && shape.rest === bottom && domain.labelsOf[value] === 0 && shape.keys.length > 0) {
    const parts: number[] = [];
    shape.values.forEach((part, k) => {
      if (k > 0) parts.push(separator);
      parts.push(part);
    });
    if (shape.keys.every((key) => key.startsWith('i:')) && shape.keys.length < 10)
      return joinedText(pass, parts);
  }
  const labels = domain.labels.join(partLabels(pass, separator), partLabels(pass, value));
  return domain.value(Type.Text | Type.Unjudged, 0, labels);
}

/** `text.replace(secret, '***')` masks. */
function replaced(pass: Pass, at: number, receiver: number): number {
  const { domain } = pass;
  const by = argumentAt(pass, at, 1, undefined);
  const text = by < 0 ? null : constantText(pass, pass.values[by]!);
  const masks = text !== null && isMaskingText(text);
  const what = argumentAt(pass, at, 0, undefined);
  const isLines = what >= 0 && takesLineBreaks(constantText(pass, pass.values[what]!));
  let labels = partLabels(pass, isLines ? onOneLine(pass, receiver) : receiver);
  if (what >= 0) labels = withoutSign(pass, labels, constantText(pass, pass.values[what]!), text);
  if (by >= 0) labels = domain.labels.join(labels, insertedLabels(pass, pass.values[by]!));
  return domain.value(
    Type.Text | (masks ? 0 : unjudged(pass, receiver)),
    0,
    masks ? withoutSecrets(pass, labels) : labels,
  );
}

/** Labels of a text in which one sign was replaced by something without it. A doubled apostrophe ends no text. */
function withoutSign(pass: Pass, labels: number, sign: string | null, by: string | null): number {
  if (sign === null || by === null) return labels;
  const proof = lacks(pass, sign);
  const isGone = !by.includes(sign) || (by === "''" && sign === "'");
  return proof === 0 || !isGone
    ? labels
    : pass.domain.labels.map(labels, (label, mask) => [label, mask | proof]);
}

/** The labels of a text that takes the place of some words in another one. */
function insertedLabels(pass: Pass, value: number): number {
  const { labels } = pass.domain;
  return labels.map(partLabels(pass, value), (label, mask) => [label, mask | Mask.Inserted]);
}

/** `user_schema.load(data)`: the schema says which keys there are. */
function loaded(pass: Pass, at: number): number {
  const { domain } = pass;
  return domain.container(ShapeKind.Dict, [], domain.value(Type.Any, 0, argumentLabels(pass, at)));
}

function isSchema(pass: Pass, object: number): boolean {
  return /schema$/i.test(
    calleeName(pass, pass.scope.code.op[object] === Op.Call ? pass.scope.code.a[object]! : object),
  );
}

function taken(pass: Pass, at: number, receiver: number, first: number): number {
  const { domain } = pass;
  if (isConverted(pass, at)) return domain.value(Type.Number);
  const key = keyOf(pass, first);
  let value = key === null ? readUnknownKey(domain, receiver) : read(domain, receiver, key);
  value = key === null ? readByGivenKey(pass, value, first) : namedHeader(pass, value, key);
  if (key?.startsWith('s:')) value = namedSecret(pass, value, key.slice(2), at);
  const fallback = argumentAt(pass, at, 1, 'default');
  return fallback < 0 ? value : domain.join(value, pass.values[fallback]!);
}

/** `setdefault` leaves in the mapping what it gives. */
function keptByDefault(pass: Pass, at: number, object: number, first: number): number {
  const { domain, values } = pass;
  const value = taken(pass, at, values[object]!, first);
  const key = keyOf(pass, first);
  if (key?.startsWith('s:') && positional(pass.scope.code, at, 1) >= 0 && domain.hasLabels(value))
    writeBack(pass, object, domain.withMember(values[object]!, key, value));
  return value;
}

/** `pop` leaves the rest: a mapping from which a secret was taken out holds none under other keys. */
function popped(pass: Pass, at: number, object: number, first: number): number {
  const { values } = pass;
  const value = taken(pass, at, values[object]!, first);
  const key = keyOf(pass, first);
  const list = pass.domain.shape(values[object]!);
  if (list !== null && list.kind === ShapeKind.List && list.rest === bottom) {
    writeBack(pass, object, withoutIndex(pass, values[object]!, key ?? `i:${list.keys.length - 1}`));
  } else if (key !== null) {
    writeBack(pass, object, withoutKey(pass, values[object]!, key));
  }
  return value;
}

/** A list after `pop(index)`: what came behind moves up. */
function withoutIndex(pass: Pass, value: number, key: string): number {
  const { domain } = pass;
  const list = domain.shape(value)!;
  const removed = Number(key.slice(2));
  const kept = entriesOf(list)
    .map(([name, member]) => [Number(name.slice(2)), member] as const)
    .filter(([index]) => index !== removed)
    .map(([index, member]) => [`i:${index > removed ? index - 1 : index}`, member] as const);
  return domain.reshaped(value, list.kind, kept, bottom);
}

/** `args.get('page', type=int)`. */
function isConverted(pass: Pass, at: number): boolean {
  const type = argumentAt(pass, at, 2, 'type');
  return type >= 0 && /^(int|float|bool|UUID)$/.test(calleeName(pass, type));
}

function keysOf(pass: Pass, receiver: number): number {
  const { domain } = pass;
  const own = withoutSecrets(pass, domain.labelsOf[receiver]!);
  const unknown = domain.unknownKeys(receiver);
  if (unknown === bottom) return domain.value(Type.Container, 0, own);
  return domain.container(ShapeKind.List, [], domain.labelled(unknown, own));
}

function update(pass: Pass, at: number, object: number, first: number): void {
  const { domain, values } = pass;
  const { code, file } = pass.scope;
  if (first >= 0) {
    const other = values[first]!;
    const shape = domain.shape(other);
    let value = values[object]!;
    for (let k = 0; shape !== null && k < shape.keys.length; k++) {
      value = domain.withMember(value, shape.keys[k]!, shape.values[k]!);
    }
    if (shape === null || shape.rest !== bottom) value = domain.withSome(value, readAny(domain, other));
    writeBack(pass, object, value);
  }
  const from = code.b[at]!;
  for (let k = 0; k < code.extra[from]!; k++) {
    const keyword = code.extra[from + 1 + 2 * k]!;
    if (keyword < 0) continue;
    const name = file.source.names[keyword]!;
    const value = namedSecret(pass, values[code.extra[from + 2 + 2 * k]!]!, name, at);
    writeBack(pass, object, domain.withMember(values[object]!, `s:${name}`, value));
  }
}
