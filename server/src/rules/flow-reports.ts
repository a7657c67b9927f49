// One report for all the flows that meet in one sink: the surest is told, the others are counted. Decides how; what is
// a defect and how sure it is, each rule says.

import type { Bounds } from '../flow/values/demand';
import { Mask } from '../flow/values/labels';
import type { Flow } from '../flow/values/summary';
import type { Analysis } from '../whole/analysis';
import type { Confidence, FixProposal } from './finding';
import { argumentPlace, bySinkCall, tellPath } from './flow-words';
import type { Report, Rule } from './rule';

/** How a rule tells its flows. */
export interface Telling {
  readonly confidence: (flow: Flow) => Confidence;
  readonly message: (best: Flow, group: readonly Flow[]) => string;
  /** The first and the last sentence of the path. */
  readonly ends: (best: Flow) => readonly [origin: string, end: string];
  readonly fixes?: (group: readonly Flow[]) => readonly FixProposal[];
}

const order: Readonly<Record<Confidence, number>> = { low: 0, medium: 1, high: 2 };

/** A path of more steps than these is one that a reader gives up on, and mostly one that cannot run as it is told. */
const maximumSteps = 8;

/** Ways of outside data that are told at more than low confidence. */
export const plainWays: Bounds = { steps: maximumSteps, sure: true };

/** Whether outside data comes on no such way. */
export function goesFar({ values }: Analysis, flow: Flow): boolean {
  return (flow.mask & Mask.Guessed) !== 0 || values.steps(flow) > maximumSteps;
}

/** The lower of two confidences. */
export function lowest(one: Confidence, other: Confidence): Confidence {
  return order[one] < order[other] ? one : other;
}

/** Reports flows, one finding for each sink. */
export function reportFlows(
  analysis: Analysis,
  report: Parameters<Rule['check']>[1],
  flows: readonly Flow[],
  telling: Telling,
): void {
  for (const group of bySinkCall(flows)) report(reportOn(analysis, group, telling));
}

function reportOn(analysis: Analysis, group: readonly Flow[], telling: Telling): Report {
  const { confidence, message, ends, fixes } = telling;
  const best = [...group].sort((x, y) => order[confidence(y)] - order[confidence(x)])[0]!;
  const [origin, end] = ends(best);
  return {
    ...argumentPlace(analysis, best),
    message: message(best, group),
    confidence: confidence(best),
    symbol: analysis.program.scopes[best.use.scope]!.qualifiedName,
    stepsKind: 'path',
    steps: tellPath(analysis, best, origin, end),
    ...(fixes ? { fixes: () => fixes(group) } : {}),
  };
}
