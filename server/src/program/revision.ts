// Compares two versions of a file scope by scope: which bodies changed, and whether anything around them did. Spans do
// not count; names must come from one growing table, as an open document keeps it.

import { type Code, ScopeKind, type SourceFile } from '../syntax/code';

/** Codes of a file by index. */
export interface ChangedBodies {
  /** Their instructions changed. */
  readonly changed: readonly number[];
  /** These, and the functions around and within them, which see their variables. */
  readonly concerned: readonly number[];
}

/** The functions whose instructions changed; null when more than bodies of functions changed. */
export function changedBodies(before: SourceFile, after: SourceFile): ChangedBodies | null {
  if (before.names !== after.names || before.constants !== after.constants) return null;
  if (before.codes.length !== after.codes.length) return null;
  const changed: number[] = [];
  for (let index = 0; index < after.codes.length; index++) {
    const old = before.codes[index]!;
    const code = after.codes[index]!;
    if (!sameHead(old, code)) return null;
    if (old === code || sameInstructions(old, code)) continue;
    if (!isFunction(code)) return null;
    changed.push(index);
  }
  const outermost = new Set(changed.map((index) => outermostOf(after, index)));
  const concerned: number[] = [];
  for (let index = 0; index < after.codes.length && outermost.size > 0; index++) {
    const code = after.codes[index]!;
    const outer = outermostOf(after, index);
    if (!outermost.has(outer)) {
      // A class within a function is seen in more ways than its functions show.
      if (code.kind === ScopeKind.Class && outermost.has(outermostOf(after, code.parent))) return null;
      continue;
    }
    if (index === outer && code.kind !== ScopeKind.Function) return null;
    concerned.push(index);
  }
  return { changed, concerned };
}

function isFunction({ kind }: Code): boolean {
  return kind === ScopeKind.Function || kind === ScopeKind.Lambda;
}

/** The outermost function around a function, itself if there is none, classes between not counted. */
function outermostOf({ codes }: SourceFile, index: number): number {
  let outer = index;
  while (isFunction(codes[outer]!) && isFunction(codes[codes[outer]!.parent]!)) outer = codes[outer]!.parent;
  return outer;
}

function sameHead(x: Code, y: Code): boolean {
  return (
    x === y ||
    (x.kind === y.kind &&
      x.name === y.name &&
      x.parent === y.parent &&
      x.flags === y.flags &&
      sameBytes(x.parameters, y.parameters) &&
      (x.slots === y.slots ||
        x.slots.subarray(0, x.parameters.length).every((name, slot) => y.slots[slot] === name)))
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
  if (x === y) return true;
  if (x.length !== y.length) return false;
  for (let at = 0; at < x.length; at++) if (x[at] !== y[at]) return false;
  return true;
}

function sameNumbers(x: Int32Array, y: Int32Array): boolean {
  if (x === y) return true;
  if (x.length !== y.length) return false;
  for (let at = 0; at < x.length; at++) if (x[at] !== y[at]) return false;
  return true;
}
