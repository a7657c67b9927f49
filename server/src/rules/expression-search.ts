// Finds, in the expression that reaches a sink, the very read that brings a value in: the place where a fix goes.
// Follows variables to the expression that they were given, within one function.

import { StepKind } from '../flow/values/labels';
import type { Flow } from '../flow/values/summary';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import { elements, entries } from '../syntax/code-reader';
import type { Analysis } from '../whole/analysis';

/** A read within an expression, and what it stands in. */
export interface FoundRead {
  readonly scope: Scope;
  /** The reading instruction: Local, Attribute, Item or Call. */
  readonly at: number;
  /** The instruction that uses it, -1 when the sink itself does. */
  readonly parent: number;
}

const maximumVisited = 200;

/** The one read in the sink's argument by which the flow's value comes in; null when it is not in plain sight. */
export function findRead(analysis: Analysis, flow: Flow): FoundRead | null {
  const { use } = flow;
  const scope = analysis.program.scopes[use.scope]!;
  const wanted = wantedReads(analysis, flow, scope);
  if (wanted === null) return null;
  const found: FoundRead[] = [];
  const queue: { at: number; parent: number }[] = [{ at: use.argument, parent: -1 }];
  const seen = new Set<number>();
  while (queue.length > 0 && seen.size < maximumVisited) {
    const { at, parent } = queue.shift()!;
    if (at < 0 || seen.has(at)) continue;
    seen.add(at);
    if (wanted(at)) {
      found.push({ scope, at, parent });
      continue;
    }
    for (const child of childrenOf(analysis, scope, at)) queue.push({ at: child, parent: at });
  }
  return found.length === 1 ? found[0]! : null;
}

/** Tells the reads by which the value comes into the expression: what was read or stored last, before the sink. */
function wantedReads(analysis: Analysis, flow: Flow, scope: Scope): ((at: number) => boolean) | null {
  const { op, a } = scope.code;
  const slots = new Set<number>();
  const names = new Set<number>();
  const places = new Set<number>();
  for (const link of analysis.values.path(flow)) {
    if (link.scope !== scope.id) continue;
    if (link.step === StepKind.Origin && link.at >= 0) places.add(link.at);
    else if (link.step === StepKind.Origin) slots.add(-1 - link.at);
    else if (link.step === StepKind.Returned) places.add(link.at);
    else if (link.step === StepKind.Assigned && op[link.at] === Op.StoreLocal) {
      // Only a variable that holds the bare value: one that holds a text made of it is looked into.
      if (isBare(op[scope.code.b[link.at]!] as Op)) slots.add(a[link.at]!);
    } else if (link.step === StepKind.Assigned && op[link.at] === Op.StoreGlobal) {
      if (isBare(op[scope.code.b[link.at]!] as Op)) names.add(a[link.at]!);
    }
  }
  if (slots.size + names.size + places.size === 0) return null;
  return (at) =>
    places.has(at) ||
    (op[at] === Op.Local && slots.has(a[at]!)) ||
    (op[at] === Op.Global && names.has(a[at]!));
}

function isBare(op: Op): boolean {
  return (
    op === Op.Local ||
    op === Op.Attribute ||
    op === Op.Item ||
    op === Op.Call ||
    op === Op.Await ||
    op === Op.Unpack
  );
}

function childrenOf(analysis: Analysis, scope: Scope, at: number): readonly number[] {
  const { code } = scope;
  switch (code.op[at] as Op) {
    case Op.Binary:
      return [code.a[at]!, code.b[at]!];
    case Op.Format:
    case Op.List:
    case Op.Tuple:
    case Op.Set:
      return [...elements(code, at)];
    case Op.Dict:
      return entries(code, at).map(([, value]) => value);
    case Op.Interpolate:
    case Op.Attribute:
    case Op.Item:
      return [code.a[at]!];
    case Op.Call: {
      const from = code.b[at]!;
      const values: number[] = [code.a[at]!];
      for (let k = 0; k < code.extra[from]!; k++) values.push(code.extra[from + 2 + 2 * k]!);
      return values;
    }
    case Op.Local: {
      const number = analysis.resolver.numberings.of(scope).number[at]!;
      return number >= 0 && number < code.op.length && number !== at ? [number] : [];
    }
    default:
      return [];
  }
}
