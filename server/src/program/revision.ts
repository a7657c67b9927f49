// Compares two versions of a file scope by scope: which bodies changed, and whether anything around them did. Spans do
// not count; names must come from one growing table, as an open document keeps it.

import { type Code, ScopeKind, type SourceFile } from '../syntax/code';

/** Indexes of the codes whose instructions changed; null when more than bodies of plain functions changed. */
export function changedBodies(before: SourceFile, after: SourceFile): readonly number[] | null {
  if (before.names !== after.names || before.constants !== after.constants) return null;
  if (before.codes.length !== after.codes.length || !sameMarks(before, after)) return null;
  const changed: number[] = [];
  for (let index = 0; index < after.codes.length; index++) {
    const old = before.codes[index]!;
    const code = after.codes[index]!;
    if (!sameHead(old, code)) return null;
    if (old === code || sameInstructions(old, code)) continue;
    if (code.kind !== ScopeKind.Function) return null;
    changed.push(index);
  }
  for (const index of changed) {
    const { parent } = after.codes[index]!;
    // A function with or within another one is seen through closures, whose reach is not tracked.
    if (after.codes[parent]!.kind === ScopeKind.Function) return null;
    if (after.codes.some((code) => code.parent === index)) return null;
  }
  return changed;
}

/** Whether comments say the same of the values that are assigned. */
function sameMarks(before: SourceFile, after: SourceFile): boolean {
  const marks = ({ comments }: SourceFile) =>
    comments.filter(({ text }) => /airlock:\s*(secret|trusted)/i.test(text)).map(({ line }) => line);
  return marks(before).join() === marks(after).join();
}

function sameHead(x: Code, y: Code): boolean {
  return (
    x === y ||
    (x.kind === y.kind &&
      x.name === y.name &&
      x.parent === y.parent &&
      x.flags === y.flags &&
      sameBytes(x.parameters, y.parameters) &&
      x.slots.subarray(0, x.parameters.length).every((name, slot) => y.slots[slot] === name))
  );
}

function sameInstructions(x: Code, y: Code): boolean {
  return (
    sameBytes(x.op, y.op) &&
    sameNumbers(x.a, y.a) &&
    sameNumbers(x.b, y.b) &&
    sameNumbers(x.c, y.c) &&
    sameNumbers(x.extra, y.extra) &&
    sameNumbers(x.slots, y.slots)
  );
}

function sameBytes(x: Uint8Array, y: Uint8Array): boolean {
  if (x.length !== y.length) return false;
  for (let at = 0; at < x.length; at++) if (x[at] !== y[at]) return false;
  return true;
}

function sameNumbers(x: Int32Array, y: Int32Array): boolean {
  if (x.length !== y.length) return false;
  for (let at = 0; at < x.length; at++) if (x[at] !== y[at]) return false;
  return true;
}
