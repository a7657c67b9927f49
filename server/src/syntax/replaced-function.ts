// Puts the new code of one function in the place of its old one, with those within it, and moves what stands behind and
// around it. Knows no syntax; that nothing else changed is known before.

import { type Code, type Comment, Op } from './code';
import type { LoweredFile } from './lower/lower-file';
import { type Leftovers, STATEMENT_WIDTH } from './lower/reuse';
import { OUTWARD_WIDTH } from './lower/scope';
import { moveNotes } from './moved-notes';

/** What took the place of a function. */
export interface Replacement {
  /** The index of the function's code in the file. */
  readonly index: number;
  /** The codes of the function and of those within it from index 1 on, as many as before, with offsets in a text of
   * their own. */
  readonly codes: readonly Code[];
  readonly leftovers: Leftovers;
  /** Add it to their offsets for those in the file's text. */
  readonly shift: number;
  /** Where the edit ended in the text before, and how much longer the text became. */
  readonly editEnd: number;
  readonly growth: number;
  /** Of the text as it is now. */
  readonly length: number;
  readonly lineStarts: Int32Array;
  /** The comments from the function's start to what follows it, which was at `next` before. */
  readonly comments: readonly Comment[];
  readonly next: number;
}

/** The file with the function replaced. Codes behind the function are moved, not copied; what stands around it is
 * copied. */
export function replaceFunction({ file, leftovers }: LoweredFile, replacement: Replacement): LoweredFile {
  const { index, codes: own, leftovers: ownLeftovers, shift, editEnd, growth } = replacement;
  const count = leftovers.subtree[index]!;
  const before = file.codes[index]!;
  const codes = file.codes.slice();
  const outward = leftovers.outward.slice();
  const subtree = leftovers.subtree.slice();
  const depths = leftovers.depths.slice();
  for (let at = before.parent, way = 1; at >= 0; at = codes[at]!.parent, way++) {
    codes[at] = grown(codes[at]!, editEnd - codes[at]!.base, growth);
    // The module leaves nothing open.
    if (at > 0) outward[at] = exchanged(outward[at]!, index - at, count, ownLeftovers.outward[1]!, way);
  }
  for (let at = index + count; at < codes.length && growth !== 0; at++) codes[at]!.base += growth;
  for (let k = 1; k <= count; k++) {
    const code = own[k]!;
    const at = index + k - 1;
    code.base += shift;
    code.parent = k === 1 ? before.parent : code.parent + index - 1;
    if (ownLeftovers.subtree[k]! > 1) renumber(code, index - 1);
    codes[at] = code;
    outward[at] = ownLeftovers.outward[k]!;
    subtree[at] = ownLeftovers.subtree[k]!;
    depths[at] = ownLeftovers.depths[k]!;
  }
  const { length, lineStarts, comments, next } = replacement;
  const notes = moveNotes(file, { start: before.base, end: next, growth, comments, lineStarts });
  return {
    file: { ...file, ...notes, length, codes },
    leftovers: {
      outward,
      subtree,
      depths,
      statements: movedStatements(leftovers.statements, editEnd, growth),
    },
    stale: false,
  };
}

function movedStatements(statements: Int32Array, from: number, growth: number): Int32Array {
  if (growth === 0) return statements;
  const moved = statements.slice();
  for (let k = 0; k < moved.length; k += STATEMENT_WIDTH) if (moved[k]! > from) moved[k]! += growth;
  return moved;
}

/** A scope around the edit, which ended at `from` relative to the scope. */
function grown(code: Code, from: number, growth: number): Code {
  if (growth === 0) return { ...code };
  return {
    ...code,
    length: code.length + growth,
    start: moved(code.start, from, growth),
    end: moved(code.end, from, growth),
  };
}

function moved(offsets: Int32Array, from: number, growth: number): Int32Array {
  const result = offsets.slice();
  for (let k = 0; k < result.length; k++) if (result[k]! >= from) result[k]! += growth;
  return result;
}

/** What a class leaves open, with that of a function in it exchanged, whose codes are `count` from `first` on, relative to
 * the class. `way`: how many scopes outwards the class is from the function. */
function exchanged(
  outward: Int32Array,
  first: number,
  count: number,
  own: Int32Array,
  way: number,
): Int32Array {
  const list: number[] = [];
  const take = (from: Int32Array, k: number, code: number, outwards: number) =>
    list.push(code, from[k + 1]!, from[k + 2]!, outwards);
  for (let k = 0; k < outward.length; k += OUTWARD_WIDTH) {
    const code = outward[k]!;
    if (code < first || code >= first + count) take(outward, k, code, outward[k + 3]!);
  }
  for (let k = 0; k < own.length; k += OUTWARD_WIDTH) take(own, k, first + own[k]!, own[k + 3]! + way);
  return Int32Array.from(list);
}

/** Makes numbers of codes in a code those of the file. */
function renumber(code: Code, by: number): void {
  for (let at = 0; at < code.op.length; at++) {
    if (code.op[at] === Op.Function || code.op[at] === Op.Class) code.a[at]! += by;
  }
}
