// Moves instructions within a scope when others come or go before them: which operands point at instructions, at the
// extra column, at codes. The layouts are those of `code-reader`.

import { type Code, Op } from '../code';
import type { Columns } from './columns';

/** By how much each kind of number grows. */
export interface Growth {
  readonly instructions: number;
  readonly extra: number;
  readonly codes: number;
  readonly offset: number;
}

/** Appends the instructions of a code from some place on, moved. What they point at comes from that place on, too. */
export function appendMoved(
  into: Columns,
  code: Code,
  from: number,
  extraFrom: number,
  growth: Growth,
): void {
  const at = into.size;
  const extraAt = into.extraSize;
  into.append(code, from, code.op.length, extraFrom, code.extra.length);
  const { start, end } = into;
  if (growth.offset !== 0) {
    for (let k = at; k < into.size; k++) {
      start[k]! += growth.offset;
      end[k]! += growth.offset;
    }
  }
  if (growth.instructions === 0 && growth.extra === 0 && growth.codes === 0) return;
  if (extraAt - extraFrom !== growth.extra || at - from !== growth.instructions)
    throw new Error('Instructions are moved by less or more than they are moved by.');
  for (let k = at; k < into.size; k++) moveOperands(into, k, growth);
}

function moveOperands(code: Columns, k: number, growth: Growth): void {
  const { a, b, c } = code;
  const by = growth.instructions;
  switch (code.op[k] as Op) {
    case Op.Attribute:
    case Op.Unary:
    case Op.Star:
    case Op.Await:
    case Op.Yield:
    case Op.YieldFrom:
    case Op.Element:
    case Op.Entered:
    case Op.Caught:
    case Op.Unpack:
    case Op.DeleteAttribute:
    case Op.Discard:
    case Op.If:
    case Op.Loop:
    case Op.Except:
    case Op.With:
    case Op.Return:
      move(a, k, by);
      break;
    case Op.Item:
    case Op.Binary:
    case Op.Compare:
    case Op.DeleteItem:
    case Op.Annotate:
    case Op.Raise:
      move(a, k, by);
      move(b, k, by);
      break;
    case Op.Interpolate:
    case Op.StoreAttribute:
      move(a, k, by);
      move(c, k, by);
      break;
    case Op.Slice:
    case Op.Collect:
    case Op.StoreItem:
      move(a, k, by);
      move(b, k, by);
      move(c, k, by);
      break;
    case Op.StoreLocal:
    case Op.StoreGlobal:
    case Op.StoreCaptured:
      move(b, k, by);
      break;
    case Op.Call:
      move(a, k, by);
      b[k]! += growth.extra;
      movePairs(code.extra, b[k]!, by, false);
      break;
    case Op.Dict:
      b[k]! += growth.extra;
      movePairs(code.extra, b[k]!, by, true);
      break;
    case Op.Phi:
    case Op.Format:
    case Op.List:
    case Op.Tuple:
    case Op.Set:
      b[k]! += growth.extra;
      moveList(code.extra, b[k]!, by);
      break;
    case Op.Function: {
      a[k]! += growth.codes;
      b[k]! += growth.extra;
      const defaults = moveList(code.extra, b[k]!, by);
      const annotations = movePairs(code.extra, defaults, by, false);
      move(code.extra, movePairs(code.extra, annotations, by, false), by);
      break;
    }
    case Op.Class:
      a[k]! += growth.codes;
      b[k]! += growth.extra;
      movePairs(code.extra, moveList(code.extra, b[k]!, by), by, false);
      break;
    default:
  }
}

/** Absent values stay absent. */
function move(column: Int32Array, k: number, by: number): void {
  if (column[k]! >= 0) column[k]! += by;
}

/** [n, values...]; what comes behind. */
function moveList(extra: Int32Array, from: number, by: number): number {
  const behind = from + 1 + extra[from]!;
  for (let k = from + 1; k < behind; k++) move(extra, k, by);
  return behind;
}

/** [n, pairs...] with values second, or both; what comes behind. */
function movePairs(extra: Int32Array, from: number, by: number, both: boolean): number {
  const behind = from + 1 + 2 * extra[from]!;
  for (let k = from + 1; k < behind; k += 2) {
    if (both) move(extra, k, by);
    move(extra, k + 1, by);
  }
  return behind;
}
