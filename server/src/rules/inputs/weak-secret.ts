// What the rules on weak hashes and predictable numbers share: something weak comes to serve as a secret. One finding for
// each place where the weak thing is made, at that place; where it serves is told as its path.

import type { FlowQuestion } from '../../flow/values/demand';
import { LabelKind, Mask, type Root } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { secretUse, secretUses } from '../../flow/values/weaknesses';
import type { Analysis } from '../../whole/analysis';
import type { FixProposal } from '../finding';
import { placeOf, tellPath } from '../flow-words';
import type { Report, Rule } from '../rule';

/** Which weak things a rule tells, and how. */
export interface WeakThing {
  readonly weakness: NonNullable<Root['weakness']>;
  readonly message: (made: string, use: string) => string;
  /** Whether something speaks for that weak thing: it is told at low confidence. */
  readonly isExcused?: (flow: Flow) => boolean;
  readonly fixes?: (analysis: Analysis, root: Root) => readonly FixProposal[];
}

/** The calls that make something weak in this way that serves as a secret, as `scope|instruction`. */
export function weakPlaces({ values }: Analysis, weakness: WeakThing['weakness']): ReadonlySet<string> {
  const found = new Set<string>();
  for (const flow of values.flows) {
    const root = values.origin(flow);
    if (isUse(flow, weakness) && root.weakness === weakness) found.add(`${root.scope}|${root.at}`);
  }
  return found;
}

function isUse({ use }: Flow, weakness: WeakThing['weakness']): boolean {
  return use.kind === secretUse || use.kind === secretUses[weakness];
}

/** Steps after which the weak thing is hardly what serves as a secret any more. */
const maximumSteps = 5;

/** What `checkWeak` asks. What a request brings decides what serves as a secret. */
export function weakFlows(weakness: WeakThing['weakness']): readonly FlowQuestion[] {
  return [secretUse, secretUses[weakness]].map((sink) => ({
    sink,
    labels: [LabelKind.Weak],
    beside: [LabelKind.Untrusted],
    bounds: { steps: maximumSteps, sure: true },
  }));
}

/** Reports weak things that serve as secrets. */
export function checkWeak(analysis: Analysis, report: Parameters<Rule['check']>[1], thing: WeakThing): void {
  const isTest = (scope: number) => analysis.program.scopes[scope]!.file.isTest;
  const groups = new Map<string, Flow[]>();
  for (const flow of analysis.values.flows) {
    const root = analysis.values.origin(flow);
    if (root.kind !== LabelKind.Weak || root.weakness !== thing.weakness || !isUse(flow, thing.weakness))
      continue;
    // What a test calls a secret says nothing of the program.
    if (isTest(flow.use.scope) && !isTest(root.scope)) continue;
    const key = `${root.scope}|${root.at}`;
    const group = groups.get(key);
    if (group) group.push(flow);
    else groups.set(key, [flow]);
  }
  const told = new Map<string, Report[]>();
  for (const group of groups.values()) {
    const best = nearest(analysis, group);
    const { scope } = analysis.values.origin(best);
    const key = `${scope}|${best.use.scope}|${best.use.at}`;
    const reports = told.get(key) ?? [];
    told.set(key, [...reports, reportOn(analysis, best, thing)]);
  }
  for (const reports of told.values()) {
    const [first] = reports.sort((x, y) => x.start - y.start);
    const others = reports.length - 1;
    const also = others === 0 ? '' : ` ${others} more like it in this function.`;
    report({ ...first!, message: first!.message + also, fixes: () => together(reports) });
  }
}

/** One fix for all. */
function together(reports: readonly Report[]): readonly FixProposal[] {
  const proposals = reports.map(({ fixes }) => (typeof fixes === 'function' ? fixes() : fixes)?.[0]);
  const [first] = proposals;
  if (first === undefined || proposals.some((one) => one?.title !== first.title)) return [];
  return [
    { ...first, data: { edits: proposals.flatMap((one) => one!.data['edits'] as readonly unknown[]) } },
  ];
}

/** The flow that is told of those of one weak thing. */
function nearest({ values }: Analysis, group: readonly Flow[]): Flow {
  return [...group].sort((x, y) => values.steps(x) - values.steps(y))[0]!;
}

function reportOn(analysis: Analysis, best: Flow, thing: WeakThing): Report {
  const { values, program } = analysis;
  const root = values.origin(best);
  const isPlain = (best.mask & Mask.Guessed) === 0 && values.steps(best) <= maximumSteps;
  return {
    ...placeOf(analysis, root.scope, root.at),
    message: thing.message(root.words, best.use.words),
    confidence: isPlain && thing.isExcused?.(best) !== true ? best.use.cap : 'low',
    symbol: program.scopes[root.scope]!.qualifiedName,
    stepsKind: 'path',
    steps: tellPath(analysis, best, `${root.words} makes it.`, `It serves as ${best.use.words}.`),
    ...(thing.fixes ? { fixes: thing.fixes(analysis, root) } : {}),
  };
}
