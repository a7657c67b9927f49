// Takes over the code of a definition that an edit left alone: moves it, renumbers what points at other codes, and
// asks the enclosing scopes again for the names it left open, because those may have changed.

import { type Code, Op } from '../code';
import type { Lowering } from './lowering';
import { OUTWARD_WIDTH } from './scope';

/** The index of the kept code of a definition, now part of this lowering; undefined when it must be lowered. */
export function reuseCode(l: Lowering, node: number): number | undefined {
  if (l.reuse === undefined) return undefined;
  const { tree, codes, scope } = l;
  const kept = l.reuse.find(tree.start[node] as number, tree.end[node] as number, l.depth);
  if (kept === undefined) return undefined;
  const index = codes.length;
  const moved = index - kept.index;
  kept.codes.forEach((code, at) => {
    code.base += kept.shift;
    code.parent = at === 0 ? scope.index : code.parent + moved;
    if (moved !== 0 && (kept.subtree[at] as number) > 1) renumber(code, moved);
    codes.push(code);
    l.subtree.push(kept.subtree[at] as number);
    l.depths.push(kept.depths[at] as number);
    l.outward.push(kept.outward[at] as Int32Array);
  });
  const open = kept.outward[0] as Int32Array;
  for (let i = 0; i < open.length; i += OUTWARD_WIDTH) {
    const [code, instruction, name, outwards] = [open[i], open[i + 1], open[i + 2], open[i + 3]];
    scope.receive(codes, index + (code as number), instruction as number, name as number, outwards as number);
  }
  return index;
}

function renumber(code: Code, moved: number): void {
  for (let i = 0; i < code.op.length; i++) {
    if (code.op[i] === Op.Function || code.op[i] === Op.Class) code.a[i] = (code.a[i] as number) + moved;
  }
}
