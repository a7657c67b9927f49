// Takes over the code of a definition that an edit left alone: moves it, renumbers what points at other codes, and
// asks the enclosing scopes again for the names it left open, because those may have changed.

import { type Code, CodeFlag, Op, ScopeKind } from '../code';
import type { Lowering } from './lowering';
import { OUTWARD_WIDTH } from './scope';

/** The index of the kept code of a definition, now part of this lowering; undefined when it must be lowered. */
export function reuseCode(l: Lowering, node: number): number | undefined {
  const { kept, tree, codes, scope } = l;
  if (kept === undefined) return undefined;
  const start = tree.start[node] as number;
  const from = kept.find(start, tree.end[node] as number);
  if (from < 0) return undefined;
  const { leftovers } = kept;
  // The bound on nesting would cut elsewhere; what the walk left out is missing now.
  if (leftovers.depths[from] !== l.depth) l.stale = true;
  const index = codes.length;
  const moved = index - from;
  const shift = start - (kept.codes[from] as Code).base;
  const count = leftovers.subtree[from] as number;
  for (let at = from; at < from + count; at++) {
    const before = kept.codes[at] as Code;
    const code = isWithinFunction(scope) ? copied(before) : before;
    code.base += shift;
    code.parent = at === from ? scope.index : code.parent + moved;
    if (moved !== 0 && (leftovers.subtree[at] as number) > 1) renumber(code, moved);
    if ((code.flags & CodeFlag.Truncated) !== 0) l.truncated = true;
    l.keep(
      code,
      leftovers.outward[at] as Int32Array,
      leftovers.subtree[at] as number,
      leftovers.depths[at] as number,
    );
  }
  const open = leftovers.outward[from] as Int32Array;
  for (let i = 0; i < open.length; i += OUTWARD_WIDTH) {
    scope.receive(
      codes,
      index + (open[i] as number),
      open[i + 1] as number,
      open[i + 2] as number,
      open[i + 3] as number,
    );
  }
  return index;
}

/** What a function around binds may change what the code's names mean; whoever has the old code must not see that. */
function isWithinFunction(scope: Lowering['scope']): boolean {
  for (let outer: Lowering['scope'] | null = scope; outer !== null; outer = outer.parent) {
    if (outer.kind === ScopeKind.Function || outer.kind === ScopeKind.Lambda) return true;
  }
  return false;
}

function copied(code: Code): Code {
  return { ...code, op: code.op.slice(), a: code.a.slice(), b: code.b.slice(), c: code.c.slice() };
}

function renumber(code: Code, moved: number): void {
  for (let i = 0; i < code.op.length; i++) {
    if (code.op[i] === Op.Function || code.op[i] === Op.Class) code.a[i] = (code.a[i] as number) + moved;
  }
}
