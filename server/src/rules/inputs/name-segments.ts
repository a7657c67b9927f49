// Whether a value only goes on with the name of a file or folder that begins with a fixed text: `task_v{version}.yaml`.
// What leads upwards in it needs a folder of that very beginning. Not where the path is shortened by its letters.

import { argumentBindings } from '../../flow/argument-bindings';
import { lastName } from '../../flow/function-facts';
import { textPieces } from '../../flow/text-pieces';
import { StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { parts } from './tested-on-the-way';

const shortens = /^(normpath|abspath|realpath|resolve|absolute)$/;
const maximumVisits = 20;

/** Whether the function where a value comes in puts its segments together by something else: `'_'.join(path.split('/'))`. */
export function isRejoined({ program }: Analysis, flow: Flow, { scope: from }: Origin): boolean {
  const scope = program.scopes[from]!;
  const { code, file } = scope;
  const { op, a } = code;
  const isCalled = (at: number, name: string) => op[at] === Op.Call && lastName(scope, a[at]!) === name;
  const textOf = (at: number) => (op[at] === Op.Const ? file.source.constants[a[at]!]!.text : null);
  return op.some((_, at) => {
    if (!isCalled(at, 'join') || op[a[at]!] !== Op.Attribute) return false;
    const between = textOf(a[a[at]!]!);
    const given = positional(code, at, 0);
    if (between === null || /[\\/]/.test(between) || given < 0 || !isCalled(given, 'split')) return false;
    const by = positional(code, given, 0);
    return by >= 0 && textOf(by) === '/' && flow.use.kind === 'path';
  });
}

/** Whether a fixed beginning stands before the value of a flow wherever it is put into the name of a file. */
export function isBehindFixedStart(analysis: Analysis, flow: Flow): boolean {
  let found = false;
  for (const [id, slots] of slotsOf(analysis, flow)) {
    const scope = analysis.program.scopes[id]!;
    const starts = startsIn(analysis, scope, slots, analysis.values.origin(flow));
    if (starts === 'free') return false;
    found ||= starts === 'fixed';
  }
  return found;
}

interface Origin {
  readonly scope: number;
  readonly at: number;
}

/** How the names begin that a function puts the value into; null where it makes none. */
function startsIn(
  { resolver }: Analysis,
  scope: Scope,
  slots: ReadonlySet<number>,
  origin: Origin,
): 'fixed' | 'free' | null {
  const { op, a } = scope.code;
  const numbering = resolver.numberings.of(scope);
  let found: 'fixed' | null = null;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Call && shortens.test(lastName(scope, a[at]!))) return 'free';
    if (op[at] !== Op.Format && op[at] !== Op.Binary && op[at] !== Op.Call) continue;
    const pieces = textPieces(numbering, scope, at);
    // What has spaces in it is told to somebody, and names no file.
    if (pieces === null || pieces.some(({ text }) => /\s/.test(text))) continue;
    for (const [k, piece] of pieces.entries()) {
      if (piece.at < 0 || !isOf(scope, piece.at, slots, origin)) continue;
      const before = pieces[k - 1];
      if (before === undefined || before.at >= 0 || !/[\w.-]$/.test(before.text)) return 'free';
      found = 'fixed';
    }
  }
  return found;
}

/** Whether a value is made of one of these variables, or of the source itself. */
function isOf(scope: Scope, value: number, slots: ReadonlySet<number>, origin: Origin): boolean {
  const { op, a } = scope.code;
  const work = [value];
  for (let visits = 0; work.length > 0 && visits < maximumVisits; visits++) {
    const at = work.pop()!;
    if (at < 0) continue;
    if (at === origin.at && scope.id === origin.scope) return true;
    if (op[at] === Op.Local && slots.has(a[at]!)) return true;
    work.push(...parts(scope, at));
  }
  return false;
}

/** The variables that hold the value of a flow, by function. */
function slotsOf(
  { program, resolver, values }: Analysis,
  flow: Flow,
): ReadonlyMap<number, ReadonlySet<number>> {
  const found = new Map<number, Set<number>>();
  const origin = values.origin(flow);
  const note = (id: number, slot: number) => {
    const known = found.get(id);
    if (known === undefined) found.set(id, new Set([slot]));
    else known.add(slot);
  };
  found.set(origin.scope, new Set(origin.at < 0 ? [-1 - origin.at] : []));
  const enter = (id: number, call: number) => {
    const scope = program.scopes[id]!;
    if (scope.code.op[call] !== Op.Call) return;
    for (const { callee, slot, value } of argumentBindings(resolver, scope, call))
      if (isOf(scope, value, found.get(id) ?? new Set(), origin)) note(callee, slot);
  };
  for (const { step, scope, at } of values.path(flow)) {
    if (at < 0) continue;
    const { op, a } = program.scopes[scope]!.code;
    if (op[at] === Op.StoreLocal) note(scope, a[at]!);
    if (step === StepKind.Passed) enter(scope, at);
  }
  for (let use: Flow['use'] | null = flow.use; use?.inner; use = use.inner) enter(use.scope, use.at);
  return found;
}
