// Lowers some statements of a module again and takes over the rest of it: what comes before stays, what comes behind moves.
// Decides nothing about which statements these are.

import { type Code, Op, ScopeKind } from '../code';
import type { FlatTree } from '../flat-tree';
import { moveNotes } from '../moved-notes';
import { docstringOf } from './definitions';
import { FORMS, type LoweredFile, lowerEach, readComments } from './lower-file';
import { Lowering } from './lowering';
import { appendMoved } from './moved-code';
import { type KeptCodes, STATEMENT_WIDTH } from './reuse';
import type { Scope } from './scope';
import type { Tables } from './tables';

/** The text after an edit, and what of it is to be lowered again. */
export interface EditedStatements {
  readonly tree: FlatTree;
  /** Of the tree. */
  readonly part: string;
  /** Where it begins in the text, and where its end was before the edit. */
  readonly start: number;
  readonly end: number;
  /** The statements that it takes the place of, by their places in the module. */
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly lineStarts: Int32Array;
  readonly tables: Tables;
  readonly pool: Scope[];
  readonly kept: KeptCodes;
}

const none = new Uint8Array(0);

/** The file with these statements lowered again; null where the rest would not fit. Codes behind them are moved, not
 * copied, unless it is null. */
export function lowerAgain({ file, leftovers }: LoweredFile, edited: EditedStatements): LoweredFile | null {
  const { tree, part, start, end, from, to, text, lineStarts } = edited;
  const module = file.codes[0]!;
  const { statements } = leftovers;
  const place = (statement: number, k: number, last: number) =>
    statement * STATEMENT_WIDTH < statements.length ? statements[statement * STATEMENT_WIDTH + k]! : last;
  const boundary = (statement: number) => ({
    op: place(statement, 1, module.op.length),
    extra: place(statement, 2, module.extra.length),
    slot: place(statement, 3, module.slots.length),
    code: place(statement, 4, file.codes.length),
  });
  const first = boundary(from);
  const behind = boundary(to);
  const l = new Lowering(tree, part, edited.tables, FORMS, edited.pool, edited.kept, true);
  const scope = l.open(ScopeKind.Module, -start);
  scope.append(module, 0, first.op, 0, first.extra);
  for (let slot = 0; slot < first.slot; slot++) {
    scope.slots.push(module.slots[slot]!);
    scope.captured.push(module.captured[slot]!);
  }
  const { outward, subtree, depths } = leftovers;
  for (let at = 1; at < first.code; at++) l.keep(file.codes[at]!, outward[at]!, subtree[at]!, depths[at]!);
  const own = lowerEach(l, start);
  const ownEnd = l.codes.length;
  // Slots are named by codes that stay as they are.
  if (l.stale || l.truncated || scope.slots.length !== behind.slot || scope.flags !== 0 || module.flags !== 0)
    return null;
  const offset = text.length - file.length;
  const growth = {
    instructions: scope.size - behind.op,
    extra: scope.extraSize - behind.extra,
    codes: ownEnd - behind.code,
    offset,
  };
  for (let slot = behind.slot; slot < module.slots.length; slot++) {
    scope.slots.push(module.slots[slot]!);
    scope.captured.push(module.captured[slot]!);
  }
  appendMoved(scope, module, behind.op, behind.extra, growth);
  for (let at = first.code; at < ownEnd; at++) l.codes[at]!.base += start;
  for (let at = behind.code; at < file.codes.length; at++) {
    const code = file.codes[at]!;
    code.base += offset;
    if (growth.codes !== 0) renumber(code, growth.codes, subtree[at]!);
    l.keep(code, outward[at]!, subtree[at]!, depths[at]!);
  }
  const docstring = from === 0 ? docstringOf(l, 0) : module.docstring;
  scope.base = 0;
  l.close(module.name, 0, 0, text.length, none, docstring);
  const moved = statements.slice(to * STATEMENT_WIDTH);
  for (let k = 0; k < moved.length; k += STATEMENT_WIDTH) {
    moved[k]! += offset;
    moved[k + 1]! += growth.instructions;
    moved[k + 2]! += growth.extra;
    moved[k + 4]! += growth.codes;
  }
  const comments = readComments(tree, text, lineStarts, start);
  const all = new Int32Array(from * STATEMENT_WIDTH + own.length + moved.length);
  all.set(statements.subarray(0, from * STATEMENT_WIDTH));
  all.set(own, from * STATEMENT_WIDTH);
  all.set(moved, from * STATEMENT_WIDTH + own.length);
  return {
    file: {
      ...file,
      ...moveNotes(file, { start, end, growth: offset, comments, lineStarts }),
      length: text.length,
      codes: l.codes,
    },
    leftovers: { outward: l.outward, subtree: l.subtree, depths: l.depths, statements: all },
    stale: false,
  };
}

/** Codes behind others that came or went. */
function renumber(code: Code, by: number, subtree: number): void {
  if (code.parent > 0) code.parent += by;
  for (let at = 0; subtree > 1 && at < code.op.length; at++) {
    if (code.op[at] === Op.Function || code.op[at] === Op.Class) code.a[at]! += by;
  }
}
