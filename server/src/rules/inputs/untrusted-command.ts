// Rule 301: outside data becomes a command. Asks which outside labels arrive at command sinks unquoted and unchecked;
// how far the outside is decides the confidence.

import { LabelKind, type Root } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { SecretEvidence } from '../../library/secret-words';
import type { Analysis } from '../../whole/analysis';
import type { Confidence } from '../finding';
import { argumentPlace, bySinkCall, nameAt, sourceWords, tellPath } from '../flow-words';
import type { Report, Rule } from '../rule';
import { quoteFixes } from './quote-fix';

export const rule: Rule = {
  number: 301,
  name: 'untrusted-command',
  concern: 'inputs',
  severity: 'error',
  preview: false,
  cwe: [78],
  category: 'command-injection',
  summary: 'Data from outside reaches a shell or decides which program runs.',
  check(analysis, report) {
    const flows = analysis.values.flows.filter(
      (flow) => flow.use.kind === 'command' && analysis.values.origin(flow).kind === LabelKind.Untrusted,
    );
    for (const group of bySinkCall(flows)) report(reportOn(analysis, group));
  },
};

const confidences: Readonly<Record<Root['trust'], Confidence>> = {
  remote: 'high',
  local: 'low',
  environment: 'low',
  file: 'low',
};
const order: Readonly<Record<Confidence, number>> = { low: 0, medium: 1, high: 2 };

function reportOn(analysis: Analysis, group: readonly Flow[]): Report {
  const best = [...group].sort(
    (x, y) => order[confidenceOf(analysis, y)] - order[confidenceOf(analysis, x)],
  )[0]!;
  const { program, values } = analysis;
  const root = values.origin(best);
  const source = sourceWords(analysis, root);
  const others = group.length - 1;
  const also =
    others > 0
      ? ` ${others} more ${others > 1 ? 'values' : 'value'} from outside reach${others > 1 ? '' : 'es'} it too.`
      : '';
  return {
    ...argumentPlace(analysis, best),
    message: `${source} reaches a command unchecked: ${sinkWords(analysis, best)}.${also}`,
    confidence: confidenceOf(analysis, best),
    symbol: program.scopes[best.use.scope]!.qualifiedName,
    stepsKind: 'path',
    steps: tellPath(analysis, best, `${source}: ${whoDecides[root.trust]}.`, `${sinkWords(analysis, best)}.`),
    fixes: quoteFixes(analysis, group),
  };
}

/** What happens at the sink: at once, or behind the call that hands the value on. */
function sinkWords(analysis: Analysis, { use }: Flow): string {
  if (use.inner === null) return use.words;
  return `\`${nameAt(analysis, use.scope, use.at)}\` hands it on, ${use.words}`;
}

const whoDecides: Readonly<Record<Root['trust'], string>> = {
  remote: 'whoever sends the request decides what is in it',
  local: 'whoever starts the program decides what is in it',
  environment: 'whoever sets the environment decides what is in it',
  file: 'whoever writes the file decides what is in it',
};

function confidenceOf(analysis: Analysis, flow: Flow): Confidence {
  const root = analysis.values.origin(flow);
  const byName = root.evidence === SecretEvidence.Likely && root.trust === 'remote';
  const confidence = byName ? 'medium' : confidences[root.trust];
  return order[flow.use.cap] < order[confidence] ? flow.use.cap : confidence;
}
