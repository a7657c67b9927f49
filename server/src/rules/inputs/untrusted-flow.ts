// What the rules of this family share: outside data reaches one kind of sink unchecked. How far the outside is decides
// the confidence; which sinks there are and what clears a value for them, the library's data say.

import { LabelKind, type Root } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Trust } from '../../library/schema';
import { SecretEvidence } from '../../library/secret-words';
import type { Analysis } from '../../whole/analysis';
import type { Confidence, FixProposal } from '../finding';
import { lowest, reportFlows } from '../flow-reports';
import { nameAt, sourceWords } from '../flow-words';
import type { Rule } from '../rule';

/** One kind of use that outside data must not reach. */
export interface UntrustedUse {
  /** The kind of its sinks in the library's data. */
  readonly kind: string;
  /** What it reaches: "a command". */
  readonly reaches: string;
  /** Sources nearer than the network count too, at low confidence: the program runs what its user names. */
  readonly nearby?: boolean;
  /** Confidence of a value that decides only a part of an address; not told when missing. */
  readonly partial?: Confidence;
  readonly fixes?: (analysis: Analysis, group: readonly Flow[]) => readonly FixProposal[];
}

/** Reports what reaches sinks of a kind. */
export function checkUntrusted(
  analysis: Analysis,
  report: Parameters<Rule['check']>[1],
  use: UntrustedUse,
): void {
  const { values } = analysis;
  const flows = values.flows.filter((flow) => {
    if (flow.use.kind !== use.kind) return false;
    const { kind, trust } = values.origin(flow);
    if (kind !== LabelKind.Untrusted || (flow.partial && use.partial === undefined)) return false;
    return use.nearby === true || trust === 'remote';
  });
  reportFlows(analysis, report, flows, {
    confidence: (flow) => confidenceOf(analysis, flow, use),
    message: (best, group) => messageOf(analysis, best, group.length - 1, use),
    ends: (best) => {
      const root = values.origin(best);
      return [`${sourceWords(analysis, root)}: ${whoDecides[root.trust]}.`, `${sinkWords(analysis, best)}.`];
    },
    fixes: (group) => use.fixes?.(analysis, group) ?? [],
  });
}

function messageOf(analysis: Analysis, best: Flow, others: number, use: UntrustedUse): string {
  const source = sourceWords(analysis, analysis.values.origin(best));
  const also =
    others > 0
      ? ` ${others} more ${others > 1 ? 'values' : 'value'} from outside reach${others > 1 ? '' : 'es'} it too.`
      : '';
  const reaches = best.partial ? `a part of ${use.reaches}` : use.reaches;
  return `${source} reaches ${reaches} unchecked: ${sinkWords(analysis, best)}.${also}`;
}

/** What happens at the sink: at once, or behind the call that hands the value on. */
function sinkWords(analysis: Analysis, { use }: Flow): string {
  if (use.inner === null) return use.words;
  return `\`${nameAt(analysis, use.scope, use.at)}\` hands it on, ${use.words}`;
}

const confidences: Readonly<Record<Trust, Confidence>> = {
  remote: 'high',
  message: 'low',
  local: 'low',
  environment: 'low',
  file: 'low',
};

const whoDecides: Readonly<Record<Trust, string>> = {
  remote: 'whoever sends the request decides what is in it',
  message: 'whoever can put a message there decides what is in it',
  local: 'whoever starts the program decides what is in it',
  environment: 'whoever sets the environment decides what is in it',
  file: 'whoever writes the file decides what is in it',
};

function confidenceOf(analysis: Analysis, flow: Flow, use: UntrustedUse): Confidence {
  const root: Root = analysis.values.origin(flow);
  const byName = root.evidence === SecretEvidence.Likely && root.trust === 'remote';
  const confidence = lowest(byName ? 'medium' : confidences[root.trust], flow.use.cap);
  return flow.partial ? lowest(confidence, use.partial ?? 'low') : confidence;
}
