// How rules tell the path of a flow: one place and one sentence a link, from where the value comes in to where it
// does harm. Words only; which flows are defects each rule decides.

import { dottedName } from '../flow/function-facts';
import { type Link, type Root, StepKind } from '../flow/values/labels';
import type { Flow } from '../flow/values/summary';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import type { Analysis } from '../whole/analysis';
import type { Place, Report } from './rule';

type Steps = NonNullable<Report['steps']>;

/** The path of a flow: `origin` says what comes in, `end` what happens at the sink. */
export function tellPath(analysis: Analysis, flow: Flow, origin: string, end: string): Steps {
  const steps: (Place & { readonly message: string })[] = [];
  for (const link of analysis.values.path(flow)) {
    const message = link.step === StepKind.Origin ? origin : sentence(analysis, link);
    if (message === '') continue;
    const place = placeOf(analysis, link.scope, link.at);
    const last = steps[steps.length - 1];
    if (
      last !== undefined &&
      last.file === place.file &&
      last.start === place.start &&
      last.end === place.end
    )
      continue;
    steps.push({ ...place, message });
  }
  steps.push({ ...argumentPlace(analysis, flow), message: end });
  for (let inner = flow.use.inner; inner !== null; inner = inner.inner) {
    const name = nameAt(analysis, inner.scope, inner.at);
    const message = inner.inner === null ? `\`${name}\` takes it.` : `It is handed on to \`${name}\`.`;
    steps.push({ ...placeOf(analysis, inner.scope, inner.argument), message });
  }
  return steps;
}

/** The span of the argument that a flow ends in. */
export function argumentPlace(analysis: Analysis, { use }: Flow): Place {
  return placeOf(analysis, use.scope, use.argument);
}

/** The span of an instruction; of a parameter's function when `at` is negative. */
export function placeOf(analysis: Analysis, scopeId: number, at: number): Place {
  const { program } = analysis;
  const scope = program.scopes[scopeId]!;
  return at >= 0 ? program.span(scope, at) : program.nameSpan(scope);
}

/** What an instruction reads, stores or calls, as the source names it. */
export function nameAt(analysis: Analysis, scopeId: number, at: number): string {
  const scope = analysis.program.scopes[scopeId]!;
  if (at < 0) return nameOfSlot(scope, -1 - at);
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  switch (op[at] as Op) {
    case Op.StoreLocal:
      return nameOfSlot(scope, a[at]!);
    case Op.StoreGlobal:
    case Op.StoreCaptured:
      return names[a[at]!]!;
    case Op.StoreAttribute:
      return `${dottedName(scope, a[at]!)}.${names[b[at]!]}`;
    case Op.StoreItem:
      return dottedName(scope, a[at]!);
    case Op.Call:
      return `${dottedName(scope, a[at]!)}()`;
    default:
      return dottedName(scope, at);
  }
}

function nameOfSlot(scope: Scope, slot: number): string {
  const name = scope.code.slots[slot];
  return name === undefined ? '' : scope.file.source.names[name]!;
}

function sentence(analysis: Analysis, link: Link): string {
  const name = nameAt(analysis, link.scope, link.at);
  switch (link.step) {
    case StepKind.Assigned:
      return name === '' ? '' : `It is kept in \`${name}\`.`;
    case StepKind.Stored:
      return name === '' ? 'It is stored here.' : `It is stored in \`${name}\`.`;
    case StepKind.Added:
      return name === '()' ? 'It is put in here.' : `\`${name}\` puts it in.`;
    case StepKind.Passed:
      return name === '()' ? 'It is passed on.' : `It is passed to \`${name}\`.`;
    case StepKind.Returned:
      return name === '()' ? 'It is returned here.' : `\`${name}\` returns it.`;
    default:
      return '';
  }
}

/** Flows of one sink call together, in source order. */
export function bySinkCall(flows: readonly Flow[]): readonly (readonly Flow[])[] {
  const groups = new Map<string, Flow[]>();
  for (const flow of flows) {
    const key = `${flow.use.scope}|${flow.use.at}`;
    const group = groups.get(key);
    if (group) group.push(flow);
    else groups.set(key, [flow]);
  }
  return [...groups.values()];
}

/** Where outside data came in, in words: "`request.args` (the query string)". */
export function sourceWords(analysis: Analysis, root: Root): string {
  const name = nameAt(analysis, root.scope, root.at);
  return name === '' ? root.words : `\`${name}\` (${root.words})`;
}
