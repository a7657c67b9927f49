// What reading a member of a value gives: from its shape where that knows the key, from the whole otherwise.
// Decides which labels of the whole a part inherits: outside data taints its parts; a secret does not make its named
// attributes or keys secret, only its pieces.

import { anything, bottom, type Domain, Type } from './domain';
import { LabelKind, Mask, noLabels } from './labels';
import { isElement, ShapeKind } from './shapes';

const maximumPath = 4;

/** The member of a value under a key (see `shapes` for the form of keys). */
export function read(domain: Domain, value: number, key: string): number {
  if (value === bottom) return bottom;
  const shape = domain.shape(value);
  const known = shape === null ? null : domain.member(value, key);
  if (known !== null && shape!.keys.includes(key)) return known;
  const labels = inherited(domain, domain.labelsOf[value]!, key);
  if (known !== null)
    return domain.labelled(isNamed(key) ? withoutSecretLabels(domain, known) : known, labels);
  return labels === noLabels ? anything : domain.value(Type.Any, 0, labels);
}

/** What is found under a key that is not known, or by iteration. */
export function readAny(domain: Domain, value: number): number {
  if (value === bottom) return bottom;
  const labels = inherited(domain, domain.labelsOf[value]!, '*');
  const contents = domain.contents(value);
  if (contents !== bottom) return domain.labelled(contents, labels);
  return labels === noLabels ? anything : domain.value(Type.Any, 0, labels);
}

/** What a mapping holds under a key that is not known: a secret among its members says nothing of this one. */
export function readUnknownKey(domain: Domain, value: number): number {
  if (value === bottom) return bottom;
  const shape = domain.shape(value);
  const isSequence = shape !== null && shape.kind !== ShapeKind.Dict && shape.kind !== ShapeKind.Object;
  if (isSequence) return readAny(domain, value);
  const whole = domain.types[value] === Type.Container ? withoutSecretLabels(domain, value) : value;
  const labels = inherited(domain, domain.labelsOf[whole]!, '?');
  const contents = withoutSecretLabels(domain, domain.contents(value));
  return contents === bottom ? domain.value(Type.Any, 0, labels) : domain.labelled(contents, labels);
}

/** The first word of a text: known when the text surely begins with it, else with the labels of the whole. */
export function firstWord(domain: Domain, value: number): number {
  if (value === bottom) return bottom;
  const start = /^\s*(\S+)\s/.exec(domain.known.prefix(domain.knownOf[value]!));
  if (start !== null) return domain.text(start[1]!);
  return domain.value(Type.Text | Type.Unjudged, 0, inherited(domain, domain.deepLabels(value), '^'));
}

/** What iteration gives: the keys of a mapping, the elements of any other. */
export function element(domain: Domain, iterable: number): number {
  if (iterable === bottom) return bottom;
  const shape = domain.shape(iterable);
  if (shape === null) {
    const labels = inherited(domain, domain.labelsOf[iterable]!, '#');
    return labels === noLabels ? anything : domain.value(Type.Any, 0, labels);
  }
  if (shape.kind !== ShapeKind.Dict && shape.kind !== ShapeKind.Object) return readAny(domain, iterable);
  let keys: number = domain.unknownKeys(iterable);
  if (shape.rest !== bottom || domain.labelsOf[iterable] !== noLabels) {
    return domain.join(keys, domain.value(Type.Any, 0, inherited(domain, domain.labelsOf[iterable]!, '#')));
  }
  for (const key of shape.keys) if (isElement(key)) keys = domain.join(keys, domain.text(key.slice(2)));
  return keys;
}

/** Follows a path of keys inwards. */
export function follow(domain: Domain, value: number, path: readonly string[]): number {
  let current = value;
  for (const key of path) {
    if (key === '^') current = firstWord(domain, current);
    else if (key === '#') current = element(domain, current);
    else if (key === '*') current = readAny(domain, current);
    else current = key === '?' ? readUnknownKey(domain, current) : read(domain, current, key);
  }
  return current;
}

function isNamed(key: string): boolean {
  return key.startsWith('.') || key.startsWith('s:');
}

/** Of a member that is only known as "some key": a secret among the others says nothing of the one that is named. */
function withoutSecretLabels(domain: Domain, value: number): number {
  if (value === bottom) return bottom;
  const { labels } = domain;
  const own = labels.map(domain.labelsOf[value]!, (label, mask) =>
    isOurs(labels.kindOf(label)) ? null : [label, mask | Mask.SecretCleared],
  );
  return domain.withLabels(value, own);
}

/** Secrets and what is weak: labels of one thing, not of all that is around it. */
function isOurs(kind: LabelKind): boolean {
  return kind === LabelKind.Secret || kind === LabelKind.Weak;
}

function inherited(domain: Domain, labels: number, key: string): number {
  if (labels === noLabels) return noLabels;
  const table = domain.labels;
  const named = isNamed(key);
  let result = noLabels;
  const pairs = table.sets[labels]!;
  for (let k = 0; k < pairs.length; k += 2) {
    const label = pairs[k]!;
    const mask = pairs[k + 1]!;
    const root = table.rootOf(label);
    if (root.kind === LabelKind.Secret) {
      if (!named) result = table.join(result, table.set([label, mask & ~Mask.Exact]));
    } else if (root.kind === LabelKind.Weak) {
      // A named part of a thing that was picked at random is not random.
      if (!named) result = table.join(result, table.set([label, mask & ~Mask.Exact]));
    } else if (root.kind === LabelKind.Untrusted && root.members !== undefined && key.startsWith('s:')) {
      result = table.join(result, table.entered(label, mask & ~Mask.Exact, key));
    } else if (root.kind === LabelKind.Untrusted) {
      result = table.join(result, table.set([label, mask & ~Mask.Exact]));
    } else if ((mask & Mask.Exact) !== 0 && root.path.length < maximumPath) {
      const origin = table.member(label, key);
      // What an object shows of itself says nothing of its fields.
      const own = key.startsWith('.') ? mask & ~Mask.SecretCleared : mask;
      result = table.join(
        result,
        table.map(origin, (one) => [one, own]),
      );
    } else {
      const cleared = named ? Mask.SecretCleared : Mask.None;
      result = table.join(result, table.set([label, (mask & ~Mask.Exact) | cleared]));
    }
  }
  return result;
}
