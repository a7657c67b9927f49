// A file open in an editor: keeps its tree between edits, and the code of every definition that an edit left alone.
// What it hands out is the same as a compilation of the text from scratch, up to the numbering of names and
// constants. Owns a tree: close it.

import type { Tree } from 'web-tree-sitter';
import { findLineStarts, lineAt, moveLineStarts } from '../text/line-index';
import type { TextEdit } from '../text/span';
import type { Code, SourceFile } from './code';
import type { SkipBody } from './cursor-walk';
import { ERROR_LIMIT, type FlatTree } from './flat-tree';
import { definitionAround, parseAlone } from './lone-definition';
import { parseStatements, statementsAround } from './lone-statements';
import {
  type LoweredFile,
  lowerFile,
  lowerFunctionAlone,
  readComments,
  unreadFile,
} from './lower/lower-file';
import { lowerAgain } from './lower/lower-statements';
import type { KeptCodes } from './lower/reuse';
import type { Scope } from './lower/scope';
import { Tables } from './lower/tables';
import { replaceFunction } from './replaced-function';

/** What a document needs of the parser that opened it. */
export interface DocumentParser {
  readonly tree: FlatTree;
  readonly pool: Scope[];
  /** Parses a text, with an edited tree of the text before where there is one; null when it gives up. */
  parse(text: string, before?: Tree): Tree | null;
  /** Refills `tree` from a parsed tree. */
  walk(parsed: Tree, text: string, skip?: SkipBody): void;
}

const NOTHING: LoweredFile['leftovers'] = {
  outward: [],
  subtree: [],
  depths: [],
  statements: new Int32Array(0),
};

/** A start that no definition has: it was touched by an edit. */
const TOUCHED = -1;

/** An open file. Not for use after `close`. */
export class Document {
  /** Null while the parser gives up on the text. */
  private parsed: Tree | null;
  private lowered: LoweredFile;
  private tables = new Tables();
  /** True when the tree was made from an older one. */
  private resumed = false;
  /** Of the text as it is now. */
  private lineStarts: Int32Array;
  /** How large the tables were when they were last made. */
  private tableSize = 0;
  /** Codes of what was parsed alone since the tree was made. */
  private ahead = new WeakSet<Code>();

  /** Use `PythonParser.open`. */
  constructor(
    private readonly parser: DocumentParser,
    private content: string,
  ) {
    this.parsed = parser.parse(content);
    this.lineStarts = findLineStarts(content);
    this.lowered = this.lowerAll();
  }

  /** The text as it is now. */
  get text(): string {
    return this.content;
  }

  /** The code of the text as it is now. */
  get file(): SourceFile {
    return this.lowered.file;
  }

  /** Applies edits one after the other: the offsets of each count in the text that the one before left.
   * The codes of the file handed out before are moved, not copied: read only the newest one. */
  edit(edits: readonly TextEdit[]): SourceFile {
    let done = 0;
    while (done < edits.length && this.editAlone(edits[done]!)) done++;
    return done === edits.length ? this.file : this.editTree(edits.slice(done));
  }

  private editTree(edits: readonly TextEdit[]): SourceFile {
    const { codes } = this.file;
    const starts = codes.map((code) => code.base);
    for (const code of codes)
      if (this.ahead.has(code)) touch(starts, codes, code.base, code.base + code.length);
    for (const edit of edits) {
      const { start, end, text } = this.apply(edit);
      const shift = text.length - (end - start);
      touch(starts, codes, start, end);
      for (let i = 0; i < starts.length; i++) if ((starts[i] as number) > end) (starts[i] as number) += shift;
    }
    return this.parseOn(starts);
  }

  /** Parses from where the tree is. `starts`: where each definition is now, or TOUCHED. */
  private parseOn(starts: number[]): SourceFile {
    const { codes } = this.file;
    this.ahead = new WeakSet();
    const before = this.parsed;
    if (before === null) return this.replace(this.content);
    this.parsed = this.parser.parse(this.content, before);
    if (this.parsed === null) {
      before.delete();
      return this.replace(this.content);
    }
    for (const range of before.getChangedRanges(this.parsed)) {
      touch(starts, codes, range.startIndex, range.endIndex);
    }
    before.delete();
    this.resumed = true;
    this.lowered = this.lowerAround(this.parsed, starts);
    return this.file;
  }

  /** Call when typing pauses. A parser that goes on from an old tree may repair broken text in another way than
   * one that starts afresh; this parses broken text afresh, so that the outcome depends on the text alone. */
  settle(): SourceFile {
    if (!this.resumed || this.file.errors.length === 0) return this.file;
    return this.replace(this.content);
  }

  /** Replaces the whole text. */
  replace(text: string): SourceFile {
    this.parsed?.delete();
    this.ahead = new WeakSet();
    this.content = text;
    this.lineStarts = findLineStarts(text);
    this.parsed = this.parser.parse(text);
    this.resumed = false;
    this.lowered = this.lowerAll();
    return this.file;
  }

  /** Frees the tree. */
  close(): void {
    this.parsed?.delete();
    this.parsed = null;
  }

  /** Parses what is around an edit alone, where nothing else can mean something else. The tree is behind then. */
  private editAlone(given: TextEdit): boolean {
    if (this.parsed === null || this.areTablesFull) return false;
    const edit = clamped(given, this.content.length);
    return this.editFunction(edit) || this.editStatements(edit);
  }

  private editFunction(edit: TextEdit): boolean {
    const { parser, lowered, tables, content } = this;
    const definition = definitionAround(lowered.file, lowered.leftovers.subtree, content, edit);
    const found = definition && parseAlone(parser, definition, content, edit);
    if (!found) return false;
    const { index } = definition;
    const depth = lowered.leftovers.depths[index] as number;
    const alone = lowerFunctionAlone(parser.tree, found.text, found.node, depth, {
      tables,
      pool: parser.pool,
    });
    if (alone === null || alone.codes.length - 1 !== lowered.leftovers.subtree[index]) return false;
    this.apply(edit);
    this.resumed = true;
    this.lowered = replaceFunction(lowered, {
      index,
      ...alone,
      shift: found.shift,
      editEnd: edit.end,
      growth: this.content.length - content.length,
      length: this.content.length,
      lineStarts: this.lineStarts,
      comments: readComments(parser.tree, this.content, this.lineStarts, found.shift),
      next: definition.next,
    });
    for (let k = 1; k < alone.codes.length; k++) this.ahead.add(alone.codes[k] as Code);
    return true;
  }

  private editStatements(edit: TextEdit): boolean {
    const { parser, lowered, tables, content } = this;
    const before = lowered.file;
    const around = statementsAround(before, lowered.leftovers.statements, content, edit);
    if (around === null) return false;
    const growth = edit.text.length - (edit.end - edit.start);
    const starts = before.codes.map(({ base, length }) => {
      if (base < around.start || base >= around.end) return TOUCHED;
      if (base <= edit.end && base + length >= edit.start) return TOUCHED;
      return base - around.start + (base > edit.end ? growth : 0);
    });
    const kept = keptCodes(lowered, starts);
    const part = parseStatements(parser, around, content, edit, skipKept(before, kept, parser.tree));
    if (part === null) return false;
    this.apply(edit);
    this.resumed = true;
    const { tree, pool } = parser;
    const { content: text, lineStarts } = this;
    const result = lowerAgain(lowered, { ...around, tree, part, text, lineStarts, tables, pool, kept });
    if (result === null) {
      // What could be kept may have been moved.
      this.parseOn(before.codes.map(() => TOUCHED));
      return true;
    }
    this.lowered = result;
    for (const code of result.file.codes)
      if (code.base >= around.start && code.base < around.end + growth) this.ahead.add(code);
    return true;
  }

  /** Applies one edit to the text and the tree. The edit within the bounds of the text. */
  private apply(given: TextEdit): TextEdit {
    const text = this.content;
    const edit = clamped(given, text.length);
    const { start, end } = edit;
    const newEnd = start + edit.text.length;
    this.content = text.slice(0, start) + edit.text + text.slice(end);
    const startPosition = pointAt(text, this.lineStarts, start);
    this.lineStarts = moveLineStarts(this.lineStarts, this.content, start, end, newEnd - end);
    this.parsed?.edit({
      startIndex: start,
      oldEndIndex: end,
      newEndIndex: newEnd,
      startPosition,
      oldEndPosition: pointBehind(startPosition, text.slice(start, end)),
      newEndPosition: pointBehind(startPosition, edit.text),
    } as Parameters<Tree['edit']>[0]);
    return edit;
  }

  /** Tables only grow. */
  private get areTablesFull(): boolean {
    return this.tables.size > 2 * this.tableSize + 1000;
  }

  private lowerAll(): LoweredFile {
    const { parser } = this;
    this.tables = new Tables();
    if (this.parsed === null) return { file: unreadFile(this.content), leftovers: NOTHING, stale: false };
    parser.walk(this.parsed, this.content);
    const lowered = lowerFile(parser.tree, this.content, {
      tables: this.tables,
      pool: parser.pool,
      recording: true,
      lineStarts: this.lineStarts,
    });
    this.tableSize = this.tables.size;
    return lowered;
  }

  /** Lowers again what the edits touched. `starts`: where each definition is now, or TOUCHED. */
  private lowerAround(parsed: Tree, starts: readonly number[]): LoweredFile {
    const { parser, lowered } = this;
    const before = lowered.file;
    // Beyond the limit some errors are not recorded, so they can't be carried over either.
    if (before.errors.length >= ERROR_LIMIT || this.areTablesFull) return this.lowerAll();
    const kept = keptCodes(lowered, starts);
    parser.walk(parsed, this.content, skipKept(before, kept, parser.tree));
    const options = {
      tables: this.tables,
      pool: parser.pool,
      recording: true,
      kept,
      lineStarts: this.lineStarts,
    };
    const result = lowerFile(parser.tree, this.content, options);
    return result.stale ? this.lowerAll() : result;
  }
}

/** What an edit left alone. `starts`: where each definition is now in the text that is lowered, or TOUCHED. */
function keptCodes({ file: { codes }, leftovers }: LoweredFile, starts: readonly number[]): KeptCodes {
  const found = new Map<number, number>();
  for (let i = 1; i < starts.length; i++) if (starts[i] !== TOUCHED) found.set(starts[i] as number, i);
  const find = (start: number, end: number) => {
    const index = found.get(start) ?? -1;
    return index >= 0 && codes[index]?.length === end - start ? index : -1;
  };
  return { codes, leftovers, find };
}

/** Leaves out of a walk what is kept. */
function skipKept(before: SourceFile, kept: KeptCodes, into: FlatTree): SkipBody {
  return (start, end, bodyStart, bodyEnd) => {
    const index = kept.find(start, end);
    if (index < 0) return false;
    const shift = start - (before.codes[index]?.base ?? 0);
    carryOver(before, bodyStart - shift, bodyEnd - shift, shift, into);
    return true;
  };
}

function clamped({ start, end, text }: TextEdit, length: number): TextEdit {
  const from = Math.min(Math.max(0, start), length);
  return { start: from, end: Math.min(Math.max(from, end), length), text };
}

/** Marks the definitions that a changed span reaches or borders on. Offsets count in the same text as the starts. */
function touch(starts: number[], codes: SourceFile['codes'], from: number, to: number): void {
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] as number;
    if (start <= to && start + (codes[i]?.length ?? 0) >= from) starts[i] = TOUCHED;
  }
}

/** Notes the comments and errors of a body that the walk leaves out. Offsets are those before the edit. */
function carryOver(before: SourceFile, from: number, to: number, shift: number, into: FlatTree): void {
  for (const { start, end } of before.comments) {
    if (start >= from && end <= to) into.comments.push(start + shift, end + shift);
  }
  for (const { start, end } of before.errors) {
    if (start >= from && end <= to) into.noteError(start + shift, end + shift);
  }
}

interface Point {
  readonly row: number;
  readonly column: number;
}

/** The row and column that tree-sitter gives an offset: its rows end at \n only. */
function pointAt(text: string, lineStarts: Int32Array, offset: number): Point {
  if (text.includes('\r')) return pointBehind({ row: 0, column: 0 }, text.slice(0, offset));
  const row = lineAt(lineStarts, offset);
  return { row, column: offset - (lineStarts[row] as number) };
}

/** Where a text ends that begins at a point. */
function pointBehind({ row: first, column }: Point, text: string): Point {
  let row = first;
  let lineStart = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: row === first ? column + text.length : text.length - lineStart };
}
