// String literals: prefixes, escapes, adjacent literals folded into one, f-strings as Format and Interpolate.
// Works on the text of the literal, not on the grammar's pieces of it, except for interpolations.

import { ConstantKind, Op } from '../code';
import { Kind } from '../grammar';
import { decodeEscapes } from './escapes';
import type { ExpressionForm, Lowering } from './lowering';

/** Where the content of a literal begins and ends (absolute), and what its prefix says. */
export interface LiteralParts {
  readonly contentStart: number;
  readonly contentEnd: number;
  readonly raw: boolean;
  readonly bytes: boolean;
  readonly format: boolean;
  /** Python 2's backticks: the repr of an expression, not a literal. */
  readonly backticks: boolean;
}

/** Reads prefix and quotes of the literal between two absolute offsets; an unterminated one ends where it ends. */
export function literalParts(text: string, start: number, end: number): LiteralParts {
  let at = start;
  let raw = false;
  let bytes = false;
  let format = false;
  for (; at < end; at++) {
    const letter = text.charCodeAt(at) | 32;
    if (letter === 114) raw = true;
    else if (letter === 98) bytes = true;
    else if (letter === 102 || letter === 116) format = true;
    else if (letter !== 117) break;
  }
  const quote = text.charCodeAt(at);
  const triple = text.charCodeAt(at + 1) === quote && text.charCodeAt(at + 2) === quote && at + 3 <= end;
  const width = triple ? 3 : 1;
  const contentStart = Math.min(at + width, end);
  let contentEnd = end;
  let closing = 0;
  while (closing < width && contentEnd > contentStart && text.charCodeAt(contentEnd - 1) === quote) {
    contentEnd--;
    closing++;
  }
  return { contentStart, contentEnd, raw, bytes, format, backticks: quote === 96 };
}

/** The decoded text of a literal without interpolations. */
export function literalText(text: string, start: number, end: number): string {
  const parts = literalParts(text, start, end);
  return decodeEscapes(text.slice(parts.contentStart, parts.contentEnd), parts.raw, parts.bytes);
}

/** The pieces of an f-string under construction: text so far, and the values already gathered. */
interface Pieces {
  text: string;
  interpolated: boolean;
  represented: boolean;
}

function lowerString(l: Lowering, node: number): number {
  return lowerLiterals(l, node, [node]);
}

function lowerConcatenated(l: Lowering, node: number): number {
  const { tree } = l;
  const literals: number[] = [];
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    if (tree.kind[child] === Kind.String) literals.push(child);
  }
  return lowerLiterals(l, node, literals);
}

function lowerLiterals(l: Lowering, node: number, literals: readonly number[]): number {
  const { tree, text } = l;
  const pieces: Pieces = { text: '', interpolated: false, represented: false };
  const mark = l.gather();
  let bytes = false;
  for (let k = 0; k < literals.length; k++) {
    const literal = literals[k]!;
    const start = tree.start[literal] as number;
    const end = tree.end[literal] as number;
    const parts = literalParts(text, start, end);
    if (parts.backticks) {
      l.drop(mark);
      return l.unknown(node);
    }
    bytes ||= parts.bytes;
    if (parts.format && tree.first(literal) >= 0) gatherParts(l, literal, parts.raw, pieces, true);
    else
      pieces.text += decodeEscapes(text.slice(parts.contentStart, parts.contentEnd), parts.raw, parts.bytes);
  }
  if (!pieces.interpolated) {
    l.drop(mark);
    return l.constant(bytes ? ConstantKind.Bytes : ConstantKind.String, pieces.text, node);
  }
  gatherText(l, pieces, node);
  return l.emit(Op.Format, -1, l.list(mark), pieces.represented ? 1 : 0, node);
}

function gatherText(l: Lowering, pieces: Pieces, node: number): void {
  if (pieces.text === '') return;
  l.add(l.constant(ConstantKind.String, pieces.text, node));
  pieces.text = '';
}

/** Gathers text and interpolations of an f-string, or of a format specification, in order. */
function gatherParts(l: Lowering, node: number, raw: boolean, pieces: Pieces, literal: boolean): void {
  const { tree, text } = l;
  let at = -1;
  for (let child = tree.first(node); child >= 0; child = tree.next(child, node)) {
    const kind = tree.kind[child];
    if (kind === Kind.StringContent) {
      pieces.text += unescapeBraces(decodeEscapes(l.source(child), raw, false));
    } else if (kind === Kind.Interpolation) {
      // The grammar names no text inside a format specification: it is what lies between.
      if (!literal && at >= 0) pieces.text += text.slice(at, tree.start[child]);
      gatherText(l, pieces, node);
      l.add(lowerInterpolation(l, child, raw, pieces));
      pieces.interpolated = true;
    }
    at = tree.end[child] as number;
  }
}

function unescapeBraces(text: string): string {
  return text.includes('{') || text.includes('}') ? text.replaceAll('{{', '{').replaceAll('}}', '}') : text;
}

function lowerInterpolation(l: Lowering, node: number, raw: boolean, pieces: Pieces): number {
  const { tree, text } = l;
  const expression = tree.first(node);
  if (expression < 0) return l.unknown(node);
  let conversion = 0;
  let specification = -1;
  let debug = false;
  for (let child = tree.next(expression, node); child >= 0; child = tree.next(child, node)) {
    const kind = tree.kind[child];
    if (kind === Kind.TypeConversion) conversion = text.charCodeAt((tree.start[child] as number) + 1);
    else if (kind === Kind.FormatSpecifier) specification = child;
    else if (kind === Kind.Assign) debug = true;
  }
  if (debug) {
    const name = l.tables.constant(ConstantKind.String, `${l.source(expression)}=`);
    l.add(l.emit(Op.Const, name, -1, -1, expression));
    if (conversion === 0 && specification < 0) conversion = 114;
  }
  if (conversion === 114 || conversion === 97) pieces.represented = true;
  const value = l.expression(expression);
  const format = specification < 0 ? -1 : lowerSpecification(l, specification, raw);
  return l.emit(Op.Interpolate, value, conversion, format, node);
}

function lowerSpecification(l: Lowering, node: number, raw: boolean): number {
  const { tree, text } = l;
  const start = (tree.start[node] as number) + 1;
  const end = tree.end[node] as number;
  if (tree.first(node) < 0) return l.constant(ConstantKind.String, text.slice(start, end), node);
  const pieces: Pieces = {
    text: text.slice(start, tree.start[tree.first(node)]),
    interpolated: false,
    represented: false,
  };
  const mark = l.gather();
  gatherParts(l, node, raw, pieces, false);
  pieces.text += text.slice(tree.end[tree.last(node)], end);
  gatherText(l, pieces, node);
  return l.emit(Op.Format, -1, l.list(mark), 0, node);
}

/** Forms of this family, by kind. */
export const stringForms: readonly (readonly [Kind, ExpressionForm])[] = [
  [Kind.String, lowerString],
  [Kind.ConcatenatedString, lowerConcatenated],
];
