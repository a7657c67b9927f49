// Line breaks of outside data, for logs that write one line a record: which forms of a text show them escaped, which
// operations take them out. Decides for the sink kind `log` and for nothing else.

import { bottom, type Domain, isObject, Type } from './domain';
import { LabelKind, Mask } from './labels';
import type { Pass } from './pass';
import { cleared } from './refinement';

/** Conversions of a format after which no line break is left: `repr`, and numbers. */
export function escapes(conversion: string): boolean {
  return /^[radiouxXeEfFgGc]$/.test(conversion);
}

/** Conversions that take a number and nothing else. */
export function showsNumber(conversion: string): boolean {
  return /^[dioxXeEfFgGu]$/.test(conversion);
}

/** The conversion characters of a `%` format, in order. */
export function percentConversions(format: string): string[] {
  return [
    ...format
      .replaceAll('%%', '')
      .matchAll(/%(?:\(\w*\))?[-+ #0]*(?:\d+|\*)?(?:\.\d+)?[hlL]?([diouxXeEfFgGcrsa])/g),
  ].map((found) => found[1]!);
}

/** The value without line breaks. */
export function onOneLine(pass: Pass, value: number): number {
  return value === bottom ? bottom : cleared(pass.domain, value, pass.context.bitOf('log'));
}

/** What a value is shown as in a text: a container shows the `repr` of its members. */
export function shownOnOneLine(pass: Pass, value: number): number {
  const { domain } = pass;
  if (isContainer(domain, value)) return onOneLine(pass, value);
  const { labels, labelsOf } = domain;
  const bit = pass.context.bitOf('log');
  const own = labels.map(labelsOf[value]!, (label, mask) =>
    labels.kindOf(label) === LabelKind.Untrusted && (mask & Mask.Exact) !== 0
      ? [label, mask | bit]
      : [label, mask],
  );
  return domain.withLabels(value, own);
}

function isContainer(domain: Domain, value: number): boolean {
  const shape = domain.shape(value);
  if (shape !== null) return !isObject(shape);
  return value !== bottom && domain.types[value] === Type.Container;
}

/** Whether replacing this text, or splitting at it, takes the line breaks out. */
export function takesLineBreaks(text: string | null): boolean {
  return text !== null && (text === '\n' || text === '\r\n');
}

/** Whether a pattern whose matches are replaced covers line breaks. */
export function coversLineBreaks(pattern: string): boolean {
  return /\\n|\n|\\s|\\W|\\x0a|\\x00-|\\u0000-|\[\^/i.test(pattern);
}
