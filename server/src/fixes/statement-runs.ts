// Which physical lines a statement takes, with its block and its further clauses, and the smallest run of whole
// statements of one block that covers several. Reads the text and its indentation alone; what statements mean is not
// known here.

import { findLogicalLines, type LogicalLines } from '../syntax/logical-lines';
import { type Line, splitLines, withoutQuoted } from './line-blocks';

/** A run of whole statements of one block, as physical lines. */
export interface Run {
  readonly first: number;
  readonly last: number;
}

const clause = /^\s*(elif\b|else\s*:|except\b|finally\s*:|case\s+(?!(=|in|is|and|or)\b)[^=\s])/;
const deepest = 200;

/** The lines of a file and the statements that they hold. */
export class StatementRuns {
  readonly lines: readonly Line[];
  private readonly logical: LogicalLines;

  constructor(readonly text: string) {
    this.lines = splitLines(text);
    this.logical = findLogicalLines(text, this.lines.length);
  }

  /** The physical line of an offset, -1 for none. */
  lineOf(offset: number): number {
    return this.lines.findIndex((one) => offset >= one.start && offset < one.next);
  }

  indentOf(line: number): string {
    return /^[ \t]*/.exec(this.lines[line]!.text)![0];
  }

  /** Whether an offset lies in a run. */
  covers({ first, last }: Run, offset: number): boolean {
    return offset >= this.lines[first]!.start && offset < this.lines[last]!.next;
  }

  /** What a block is indented by here: as the enclosing one is. */
  unitOf(line: number): string {
    const indent = this.indentOf(line);
    const outer = this.outerLine(line);
    const unit = outer < 0 ? '' : indent.slice(this.indentOf(outer).length);
    return unit || (indent.includes('\t') ? '\t' : '    ');
  }

  /** The statement of a line, all its clauses included; null for definitions. */
  statementAt(line: number): Run | null {
    if (line < 0) return null;
    let first = this.logical.first[line]!;
    for (let step = 0; step < deepest && first >= 0 && this.isClause(first); step++)
      first = this.headOf(first);
    if (first < 0 || /^\s*(@|(async\s+)?(def|class)\b)/.test(this.lines[first]!.text)) return null;
    const last = this.logical.last[first]!;
    const head = withoutQuoted(this.text.slice(this.lines[first]!.start, this.lines[last]!.next)).trimEnd();
    return { first, last: head.endsWith(':') ? this.blockEnd(first, last) : last };
  }

  /** The smallest run that covers both; null where only a definition does. */
  join(one: Run, other: Run): Run | null {
    let [a, b]: [Run | null, Run | null] = [one, other];
    for (let step = 0; a && b && step < deepest; step++) {
      if (a.first <= b.first && b.last <= a.last) return a;
      if (b.first <= a.first && a.last <= b.last) return b;
      if (this.inOneBlock(a, b)) return { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) };
      if (this.indentOf(a.first).length >= this.indentOf(b.first).length) a = this.outer(a);
      else b = this.outer(b);
    }
    return null;
  }

  /** The statement in whose block a run stands. */
  outer({ first }: Run): Run | null {
    return this.statementAt(this.outerLine(first));
  }

  /** The statement of the same block right before a run. */
  before({ first }: Run): Run | null {
    const depth = this.indentOf(first).length;
    for (let each = first - 1; each >= 0; each--) {
      if (!this.begins(each) || this.indentOf(each).length > depth) continue;
      return this.indentOf(each).length === depth ? this.statementAt(each) : null;
    }
    return null;
  }

  /** The statement of the same block right behind a run. */
  behind({ first, last }: Run): Run | null {
    for (let each = last + 1; each < this.lines.length; each++) {
      if (!this.begins(each)) continue;
      const same = this.indentOf(each) === this.indentOf(first) && !this.isClause(each);
      return same ? this.statementAt(each) : null;
    }
    return null;
  }

  /** Whether a line begins a statement or clause. */
  private begins(line: number): boolean {
    const text = this.lines[line]!.text.trimStart();
    return text !== '' && !text.startsWith('#') && this.logical.first[line] === line;
  }

  private isClause(line: number): boolean {
    return clause.test(this.lines[line]!.text);
  }

  /** The line that opens the block in which a line stands, -1 at module level. */
  private outerLine(line: number): number {
    const depth = this.indentOf(line).length;
    for (let each = line - 1; each >= 0; each--)
      if (this.begins(each) && this.indentOf(each).length < depth) return each;
    return -1;
  }

  /** The line that a clause belongs to. */
  private headOf(line: number): number {
    if (/^\s*case\b/.test(this.lines[line]!.text)) return this.outerLine(line);
    const depth = this.indentOf(line).length;
    for (let each = line - 1; each >= 0; each--) {
      if (!this.begins(each)) continue;
      const own = this.indentOf(each).length;
      if (own < depth) return -1;
      if (own === depth && !this.isClause(each)) return each;
    }
    return -1;
  }

  private blockEnd(head: number, from: number): number {
    const depth = this.indentOf(head).length;
    let end = from;
    for (let each = from + 1; each < this.lines.length; each++) {
      const text = this.lines[each]!.text.trimStart();
      // The indentation of blank lines, comments and the inside of a statement means nothing.
      if (text === '' || text.startsWith('#')) continue;
      if (this.logical.first[each] === each) {
        const own = this.indentOf(each).length;
        if (own < depth || (own === depth && !this.isClause(each))) break;
      }
      end = each;
    }
    return end;
  }

  private inOneBlock(a: Run, b: Run): boolean {
    const indent = this.indentOf(a.first);
    if (indent !== this.indentOf(b.first)) return false;
    const [from, to] = a.last < b.first ? [a, b] : [b, a];
    for (let each = from.last + 1; each < to.first; each++) {
      if (this.begins(each) && this.indentOf(each).length < indent.length) return false;
    }
    return true;
  }
}
