// Texts that stand in a secret's place: where one of two ways gives stars, what the other way gives is shown on purpose.
// Decides what such a text looks like, and what is left of a value that one may have taken the place of.

import { ConstantKind } from '../../syntax/code';
import { bottom, type Domain, Type } from './domain';
import { LabelKind, Mask, noLabels } from './labels';

const maskText =
  /^[<([]*([a-z]+[-_])*(hidden|redacted|masked|censored|filtered|removed)[>)\]]*$|^[xX•]{3,}$|^[<([]?\*+[>)\]]?$/i;

/** Whether a value is a text that stands in a secret's place. */
export function isMask(domain: Domain, value: number): boolean {
  if (value === bottom) return false;
  const { known, knownOf } = domain;
  const one = known.single(knownOf[value]!);
  if (one !== null) return one.kind === ConstantKind.String && maskText.test(one.text);
  const suffix = known.suffix(knownOf[value]!);
  return suffix !== '' && saysSo.test(known.prefix(knownOf[value]!) + suffix);
}

/** The same, or a pair or mapping with such a text in it: `(name, '***')`. */
export function holdsMask(domain: Domain, value: number): boolean {
  if (isMask(domain, value)) return true;
  return value !== bottom && (domain.shape(value)?.values.some((member) => isMask(domain, member)) ?? false);
}

/** `<12 sensitive bytes>`: of the text's ends, what it says stands in its place. */
const saysSo = /^[<([].{0,20}\b(sensitive|secret|hidden|redacted|masked|omitted)\b.{0,20}[>)\]]$/i;

/** A value of two ways that meet. */
export function either(domain: Domain, x: number, y: number): number {
  const both = domain.join(x, y);
  if (domain.labelsOf[both] === noLabels || isMask(domain, x) === isMask(domain, y)) return both;
  return unmaskedOnPurpose(domain, both);
}

/** The value without secrets, and nothing that a name could make one. */
export function unmaskedOnPurpose(domain: Domain, value: number): number {
  const { labels, labelsOf, types, knownOf, shapeOf } = domain;
  const own = labels.map(labelsOf[value]!, (label, mask) =>
    labels.kindOf(label) === LabelKind.Secret ? null : [label, (mask | Mask.SecretCleared) & ~Mask.Exact],
  );
  return domain.value((types[value]! & ~Type.Unjudged) | Type.Text, knownOf[value], own, shapeOf[value]);
}
