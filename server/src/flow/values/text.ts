// Texts made of other values: concatenation, `%`, f-strings, `format`, `join`. What is known of the ends is kept, the
// labels of all parts arrive in the result.

import { ConstantKind } from '../../syntax/code';
import { bottom, Type } from './domain';
import { LabelKind, Mask } from './labels';
import { escapes, onOneLine, percentConversions, shownOnOneLine, showsNumber } from './line-breaks';
import type { Pass } from './pass';
import { ShapeKind } from './shapes';

/** The labels of a value as parts of something computed from it. */
export function partLabels(pass: Pass, value: number): number {
  const { domain } = pass;
  return domain.labels.map(domain.deepLabels(value), (label, mask) => [label, mask & ~Mask.Exact]);
}

/** Labels of a text that shows what they are of. */
export function plain({ domain }: Pass, labels: number): number {
  return domain.labels.map(labels, (label, mask) => [label, mask | Mask.Plain]);
}

/** Whether anything is unknown in a value, so that a name may still judge what is computed from it. */
export function unjudged(pass: Pass, value: number): number {
  return pass.domain.types[value]! & Type.Unjudged;
}

/** A text of these parts in order. */
export function joinedText(pass: Pass, parts: readonly number[]): number {
  const { domain } = pass;
  const { known } = domain;
  let labels = 0;
  let types = Type.Text;
  let text = known.constant(ConstantKind.String, '');
  parts.forEach((part, k) => {
    const own = partLabels(pass, shownOnOneLine(pass, part));
    if (own !== 0) {
      const next = k + 1 < parts.length ? known.prefix(asText(pass, parts[k + 1]!)) : '';
      labels = domain.labels.join(labels, placed(pass, own, text, next));
    }
    types |= unjudged(pass, part);
    text = known.concatenated(text, asText(pass, part));
  });
  return domain.value(types, text, plain(pass, labels));
}

/** Labels of what stands behind the host of an address. */
function later(pass: Pass, set: number): number {
  return pass.domain.labels.map(set, (label, mask) => [label, mask | Mask.Later]);
}

/** Labels of what stands between two known texts: behind the host of an address, below a path, within quotes. */
function placed(pass: Pass, set: number, before: number, after: string): number {
  const { known, labels } = pass.domain;
  const behindHost = hostStandsBefore(pass, before) ? Mask.Later : Mask.None;
  const end = known.suffix(before);
  const below = end.endsWith('/') ? pass.context.bitOf('path') : Mask.None;
  const quote = end.at(-1) === after[0] ? after[0] : undefined;
  const whole = quote === "'" ? Mask.NoSingle : quote === '"' ? Mask.NoDouble : Mask.None;
  const quoted = pass.context.bitOf('sql') | pass.context.bitOf('xpath');
  return labels.map(set, (label, mask) => {
    let now = mask | behindHost;
    if ((mask & Mask.Undotted) !== 0) now |= below;
    if ((mask & whole) !== 0) now |= quoted;
    return [label, now];
  });
}

/** Labels that stand behind a text: they decide a part only when it has the host of an address. */
export function behindHost(pass: Pass, start: string, labels: number): number {
  return hasHost(start) ? later(pass, labels) : labels;
}

/** Whether a text that is read as an address has its host, or says that it stays on this one. A text of which anything
 * is unknown is taken for one that has. */
function hostStandsBefore(pass: Pass, text: number): boolean {
  const one = pass.domain.known.single(text);
  if (one?.kind !== ConstantKind.String) return true;
  return hasHost(one.text);
}

/** Labels that a field of a format shows; `start` is the text before the first one. What stands behind another field is
 * taken to stand behind the host. */
export function atField(pass: Pass, field: number, start: string, labels: number): number {
  return field > 0 ? later(pass, labels) : behindHost(pass, start, labels);
}

/** Whether a text that begins an address fixes its host. */
export function hasHost(text: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/?#\\]*[/?#]|^\/[^/\\]|^[?#]|^[^/:\\]+[/?#]/i.test(text);
}

/** What is known of the text that a value is shown as. */
export function asText(pass: Pass, value: number): number {
  const { known, knownOf } = pass.domain;
  const one = known.single(knownOf[value]!);
  if (one === null)
    return (pass.domain.types[value]! & ~(Type.Text | Type.Unjudged)) === 0 ? knownOf[value]! : 0;
  if (one.kind === ConstantKind.String) return knownOf[value]!;
  if (one.kind === ConstantKind.Integer) return known.constant(ConstantKind.String, one.text);
  return 0;
}

/** `format % argument`. */
export function percentFormatted(pass: Pass, format: number, argument: number): number {
  const { domain } = pass;
  const text = constantText(pass, format);
  const pieces = text === null ? null : percentPieces(text);
  const filled =
    pieces === null || text!.includes('%(') ? null : percentArguments(pass, argument, pieces.length - 1);
  if (filled !== null) {
    const conversions = percentConversions(text!);
    const shown = filled.map((value, k) => asShown(pass, value, conversions[k] ?? ''));
    return filledText(pass, pieces!, shown);
  }
  const shown = formatLabels(pass, text, argument, pieces?.[0] ?? '');
  const labels = plain(pass, domain.labels.join(partLabels(pass, format), shown));
  const types = Type.Text | unjudged(pass, format) | unjudged(pass, argument);
  if (pieces === null) return domain.value(types, 0, labels);
  const known = domain.known.affixes(pieces[0]!, pieces.length > 1 ? pieces[pieces.length - 1]! : '');
  return pieces.length === 1
    ? domain.value(types, domain.knownOf[format]!, labels)
    : domain.value(types, known, labels);
}

/** A value as a conversion shows it: on one line, or as a number, which no secret is. */
function asShown(pass: Pass, value: number, conversion: string): number {
  if (!escapes(conversion)) return value;
  const shown = onOneLine(pass, value);
  if (!showsNumber(conversion)) return shown;
  const { labels, labelsOf } = pass.domain;
  const own = labels.map(labelsOf[shown]!, (label, mask) =>
    labels.kindOf(label) === LabelKind.Secret ? null : [label, mask | Mask.SecretCleared],
  );
  return pass.domain.withLabels(shown, own);
}

/** The values that fill the placeholders of a `%` format, when they are known one by one. */
function percentArguments(pass: Pass, argument: number, count: number): readonly number[] | null {
  const { domain } = pass;
  const shape = domain.shape(argument);
  if (shape === null)
    return count === 1 && (domain.types[argument]! & Type.Container) === 0 ? [argument] : null;
  if (shape.kind !== ShapeKind.Tuple || shape.rest !== bottom || shape.keys.length !== count) return null;
  return shape.keys.map((_, k) => domain.member(argument, `i:${k}`) ?? bottom);
}

/** Literal pieces with values between them. */
export function filledText(pass: Pass, pieces: readonly string[], values: readonly number[]): number {
  return joinedText(
    pass,
    pieces.flatMap((piece, k) =>
      k < values.length ? [pass.domain.text(piece), values[k]!] : [pass.domain.text(piece)],
    ),
  );
}

/** Labels of what a format shows: `%(name)s` takes its keys only; `%r` quotes nothing for a shell. */
function formatLabels(pass: Pass, text: string | null, argument: number, start: string): number {
  const { domain } = pass;
  const names = text === null ? [] : [...text.matchAll(/%\((\w+)\)/g)].map((found) => found[1]!);
  const shape = domain.shape(argument);
  const conversions = text === null ? [] : percentConversions(text);
  if (names.length === 0 || shape === null) return orderedLabels(pass, conversions, argument, start);
  let labels = domain.labels.map(domain.labelsOf[argument]!, (label, mask) => [label, mask & ~Mask.Exact]);
  names.forEach((name, k) => {
    const member = domain.member(argument, `s:${name}`);
    if (member === null) return;
    const shown = atField(pass, k, start, shownBy(pass, conversions[k], member));
    labels = domain.labels.join(labels, shown);
  });
  return labels;
}

/** Labels of the members of a tuple, or of the one value, as their conversions show them. */
function orderedLabels(pass: Pass, conversions: readonly string[], argument: number, start: string): number {
  const { domain } = pass;
  const shape = domain.shape(argument);
  const isTuple = shape !== null && shape.kind === ShapeKind.Tuple && shape.rest === bottom;
  if (!isTuple || domain.labelsOf[argument] !== 0 || shape.keys.length !== conversions.length)
    return conversions.length === 1 && (shape === null || !isTuple)
      ? atField(pass, 0, start, shownBy(pass, conversions[0], argument))
      : atField(pass, 0, start, partLabels(pass, argument));
  return conversions.reduce(
    (labels, conversion, k) =>
      domain.labels.join(
        labels,
        atField(pass, k, start, shownBy(pass, conversion, domain.member(argument, `i:${k}`) ?? bottom)),
      ),
    0,
  );
}

function shownBy(pass: Pass, conversion: string | undefined, value: number): number {
  const isEscaped = conversion !== undefined && escapes(conversion);
  const labels = partLabels(pass, isEscaped ? onOneLine(pass, value) : shownOnOneLine(pass, value));
  if (conversion === undefined || !showsNumber(conversion)) return labels;
  const table = pass.domain.labels;
  return table.map(labels, (label, mask) =>
    table.kindOf(label) === LabelKind.Secret ? null : [label, mask | Mask.SecretCleared],
  );
}

/** The one text that a value is, or null. */
export function constantText(pass: Pass, value: number): string | null {
  if (value === bottom) return null;
  const one = pass.domain.known.single(pass.domain.knownOf[value]!);
  return one?.kind === ConstantKind.String ? one.text : null;
}

/** The literal pieces of a `%` format, one more than it has placeholders. */
export function percentPieces(format: string): string[] {
  return format
    .split(/%(?:\(\w*\))?[-+ #0]*(?:\d+|\*)?(?:\.\d+)?[hlL]?[diouxXeEfFgGcrsa]/)
    .map((piece) => piece.replaceAll('%%', '%'));
}

/** The literal pieces of a `str.format` or loguru format. */
export function bracePieces(format: string): string[] {
  return format.split(/(?<!\{)\{[^{}]*\}(?!\})/);
}

/** Paths put behind each other: a later one that begins at the root takes the place of those before. */
export function joinedPath(pass: Pass, parts: readonly number[]): number {
  const { domain } = pass;
  const texts = parts.map((part) => constantText(pass, part));
  if (parts.length > 0 && texts.every((text) => text !== null))
    return domain.text(joinedConstants(texts as string[]));
  let labels = 0;
  let types = Type.Text as number;
  for (const part of parts) {
    labels = domain.labels.join(labels, partLabels(pass, part));
    types |= domain.types[part]! & Type.Other;
  }
  const last = parts.length === 0 ? null : texts[texts.length - 1]!;
  return domain.value(types, last === null ? 0 : domain.known.affixes('', last), labels);
}

function joinedConstants(texts: readonly string[]): string {
  let path = '';
  for (const text of texts)
    path = text.startsWith('/') || path === '' ? text : `${path.replace(/\/$/, '')}/${text}`;
  return path;
}
