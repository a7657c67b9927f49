// An edit within or between statements of a module: these alone are parsed, from one that begins a line to the next one
// behind the edit that does. Between complete statements at the margin the parser remembers nothing, so each part of the
// text means by itself what it means in the whole. Decides where that holds, and refuses everything else.

import type { TextEdit } from '../text/span';
import type { SourceFile } from './code';
import type { SkipBody } from './cursor-walk';
import type { DefinitionParser } from './lone-definition';
import { STATEMENT_WIDTH } from './lower/reuse';
import { maySpill } from './open-end';

/** Statements around an edit that may be parsed alone. Absolute offsets before the edit. */
export interface LoneStatements {
  /** The first of them, and the one behind the last, by their places in the module. */
  readonly from: number;
  readonly to: number;
  readonly start: number;
  /** Where the one behind begins, or the end of the text. */
  readonly end: number;
}

/** Statements this short are parsed alone in files of any length; longer ones where they are a small part of it. */
const short = 2000;
const smallPart = 6;

/** The statements around an edit; null where they can't be parsed alone. `statements`: see `Leftovers`. */
export function statementsAround(
  { codes, errors, notes }: SourceFile,
  statements: Int32Array,
  text: string,
  edit: TextEdit,
): LoneStatements | null {
  const module = codes[0]!;
  if (notes.length > 0 || module.flags !== 0) return null;
  const count = statements.length / STATEMENT_WIDTH;
  const startOf = (statement: number) => statements[statement * STATEMENT_WIDTH]!;
  const beginsLine = (statement: number) => text.charCodeAt(startOf(statement) - 1) === newline;
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(middle) < edit.start) low = middle + 1;
    else high = middle;
  }
  let from = low - 1;
  while (from > 0 && !beginsLine(from)) from--;
  let to = low;
  while (to < count && (startOf(to) <= edit.end || !beginsLine(to))) to++;
  from = Math.max(0, from);
  const start = from === 0 ? 0 : startOf(from);
  const end = to === count ? text.length : startOf(to);
  const length = end - start;
  if (length > short && length * smallPart > text.length) return null;
  if (errors.some((error) => error.start <= end && error.end >= start)) return null;
  // Comprehensions have variables of the module, which are numbered throughout.
  const slotAt = (statement: number) =>
    statement === count ? module.slots.length : statements[statement * STATEMENT_WIDTH + 3]!;
  return slotAt(from) === slotAt(to) ? { from, to, start, end } : null;
}

/** Fills the parser's flat tree with the statements after an edit; their text, null where they can't be read by
 * themselves. `skip`: offsets in that text. */
export function parseStatements(
  parser: DefinitionParser,
  { from, start, end }: LoneStatements,
  before: string,
  edit: TextEdit,
  skip: SkipBody,
): string | null {
  const text = before.slice(start, edit.start) + edit.text + before.slice(edit.end, end);
  const isLast = end === before.length;
  if (maySpill(text) || maySpill(before, start) || (!isLast && !text.endsWith('\n'))) return null;
  const parsed = parser.parse(text);
  if (parsed === null) return null;
  parser.walk(parsed, text, skip);
  parsed.delete();
  const { tree } = parser;
  if (tree.broken) return null;
  const isEmpty = tree.size <= 1;
  // What comes before ends where it did if something at the margin follows.
  const follows = from > 0 ? !isEmpty && tree.start[1] === 0 : !isEmpty || isLast;
  return follows ? text : null;
}

const newline = 10;
