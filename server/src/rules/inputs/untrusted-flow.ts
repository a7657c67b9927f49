// What the rules of this family share: outside data reaches one kind of sink unchecked. How far the outside is decides
// the confidence; which sinks there are and what clears a value for them, the library's data say.

import type { FlowQuestion } from '../../flow/values/demand';
import { LabelKind, type Root, StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Trust } from '../../library/schema';
import { SecretEvidence } from '../../library/secret-words';
import type { Analysis } from '../../whole/analysis';
import type { Confidence, FixProposal } from '../finding';
import { lowest, plainWays, reportFlows } from '../flow-reports';
import { nameAt, placeOf, sourceWords } from '../flow-words';
import type { Rule, RuleOptions } from '../rule';
import { memberNames } from './archive-names';
import { innermost, isDoubtful } from './doubts';

/** One kind of use that outside data must not reach. */
export interface UntrustedUse {
  /** The kind of its sinks in the library's data. */
  readonly kind: string;
  /** What it reaches: "a command". */
  readonly reaches: string;
  /** How the message says it, in place of "reaches ... unchecked"; of an address the whole, then a part. */
  readonly says?: readonly [whole: string, part: string];
  /** Sources nearer than the network count too, at low confidence: the program runs what its user names. */
  readonly nearby?: boolean;
  /** Confidence of a value that decides only a part of an address; not told when missing. */
  readonly partial?: Confidence;
  /** Words of sinks that matter only where nothing worse is done with the same value. */
  readonly lesser?: RegExp;
  /** What came through calls of which nothing is known counts in full; otherwise it is told at low confidence. */
  readonly believes?: boolean;
  /** Sources, by their words, that whoever attacks can hardly set in another's browser: told at low confidence. */
  readonly faint?: RegExp;
  readonly fixes?: (analysis: Analysis, group: readonly Flow[]) => readonly FixProposal[];
}

/** What `checkUntrusted` asks for kinds of sinks. */
export function outsideAt(...sinks: readonly string[]): readonly FlowQuestion[] {
  return sinks.map((sink) => ({ sink, labels: [LabelKind.Untrusted], bounds: plainWays }));
}

/** The same for kinds that a project declares, where doubtful ways count in full. */
export function allOutsideAt(sinks: readonly string[]): readonly FlowQuestion[] {
  return sinks.map((sink) => ({ sink, labels: [LabelKind.Untrusted] }));
}

/** Reports what reaches sinks of a kind. */
export function checkUntrusted(
  analysis: Analysis,
  report: Parameters<Rule['check']>[1],
  use: UntrustedUse,
  options: RuleOptions = usual,
): void {
  const { values } = analysis;
  const flows = values.flows.filter((flow) => {
    if (flow.use.kind !== use.kind) return false;
    const { kind, trust } = values.origin(flow);
    if (kind !== LabelKind.Untrusted || (flow.partial && use.partial === undefined)) return false;
    return use.nearby === true || options.trust.includes(trust);
  });
  const told = use.lesser === undefined ? flows : withoutLesser(analysis, flows, use.lesser);
  const confidences = new Map(
    told.map((flow) => [flow, confidenceOf(analysis, flow, use, options)] as const),
  );
  if (use.believes !== true) lowerRepeated(analysis, confidences);
  reportFlows(analysis, report, told, {
    confidence: (flow) => confidences.get(flow)!,
    message: (best, group) => messageOf(analysis, best, group.length - 1, use),
    ends: (best) => {
      const root = values.origin(best);
      const who =
        root.words === memberNames
          ? 'whoever made the archive decides what is in them'
          : whoDecides[root.trust];
      return [`${sourceWords(analysis, root)}: ${who}.`, `${sinkWords(analysis, best)}.`];
    },
    fixes: (group) => use.fixes?.(analysis, group) ?? [],
  });
  if (options.audit) reportUses(analysis, report, use, flows);
}

/** Flows without those into lesser sinks of values that reach a worse one too, in the same function. */
function withoutLesser({ values }: Analysis, flows: readonly Flow[], lesser: RegExp): readonly Flow[] {
  const isLesser = (flow: Flow) => lesser.test(innermost(flow).words);
  const place = (flow: Flow) => `${flow.use.scope}|${values.origin(flow).scope}|${values.origin(flow).at}`;
  const worse = new Set(flows.filter((flow) => !isLesser(flow)).map(place));
  return flows.filter((flow) => !isLesser(flow) || !worse.has(place(flow)));
}

/** Of the uses of one value in other functions than the one where it came in, the nearest is told in full: the others have
 * the same cause and the same cure. */
function lowerRepeated(analysis: Analysis, confidences: Map<Flow, Confidence>): void {
  const nearest = new Map<string, Flow>();
  const away: (readonly [origin: string, flow: Flow])[] = [];
  const steps = (flow: Flow) => analysis.values.steps(flow);
  for (const [flow, confidence] of confidences) {
    if (confidence === 'low') continue;
    const { scope, at } = homeOf(analysis, flow);
    const origin = `${scope}|${at}`;
    const known = nearest.get(origin);
    if (known === undefined || steps(flow) < steps(known)) nearest.set(origin, flow);
    if (innermost(flow).scope !== scope) away.push([origin, flow]);
  }
  for (const [origin, flow] of away) if (nearest.get(origin) !== flow) confidences.set(flow, 'low');
}

/** Where a value comes in, behind the helpers that read it for their callers. */
function homeOf({ values }: Analysis, flow: Flow): { readonly scope: number; readonly at: number } {
  let { scope, at }: { scope: number; at: number } = values.origin(flow);
  for (const link of values.path(flow)) {
    if (link.scope === scope) continue;
    if (link.step !== StepKind.Returned) break;
    ({ scope, at } = link);
  }
  return { scope, at };
}

const usual: RuleOptions = { trust: ['remote'], audit: false };

/** Uses of a value that is not constant, apart from those that were reported. */
function reportUses(
  analysis: Analysis,
  report: Parameters<Rule['check']>[1],
  { kind }: UntrustedUse,
  flows: readonly Flow[],
): void {
  const known = new Set(flows.map(({ use }) => `${use.scope}|${use.at}`));
  for (const use of analysis.sinkUses) {
    if (use.kind !== kind || known.has(`${use.scope}|${use.at}`)) continue;
    known.add(`${use.scope}|${use.at}`);
    const name = nameAt(analysis, use.scope, use.argument);
    const what = name === '' ? 'The value' : `\`${name}\``;
    report({
      ...placeOf(analysis, use.scope, use.argument),
      message: `${what} is not constant here: ${use.words}. Where it comes from was not shown.`,
      confidence: 'low',
      symbol: analysis.program.scopes[use.scope]!.qualifiedName,
    });
  }
}

function messageOf(analysis: Analysis, best: Flow, others: number, use: UntrustedUse): string {
  const source = sourceWords(analysis, analysis.values.origin(best));
  const also =
    others > 0
      ? ` ${others} more ${others > 1 ? 'values' : 'value'} from outside reach${others > 1 ? '' : 'es'} it too.`
      : '';
  const says = use.says?.[best.partial ? 1 : 0] ?? `reaches ${use.reaches} unchecked`;
  return `${source} ${says}: ${sinkWords(analysis, best)}.${also}`;
}

/** What happens at the sink: at once, or behind the call that hands the value on. */
function sinkWords(analysis: Analysis, { use }: Flow): string {
  if (use.inner === null) return use.words;
  return `\`${nameAt(analysis, use.scope, use.at)}\` hands it on, ${use.words}`;
}

const whoDecides: Readonly<Record<Trust, string>> = {
  remote: 'whoever sends the request decides what is in it',
  message: 'whoever can put a message there decides what is in it',
  local: 'whoever starts the program decides what is in it',
  environment: 'whoever sets the environment decides what is in it',
  file: 'whoever writes the file decides what is in it',
};

function confidenceOf(analysis: Analysis, flow: Flow, use: UntrustedUse, { trust }: RuleOptions): Confidence {
  const root: Root = analysis.values.origin(flow);
  const byName = root.evidence === SecretEvidence.Likely;
  const full = byName ? 'medium' : 'high';
  const confidence = lowest(trust.includes(root.trust) ? full : 'low', flow.use.cap);
  if (confidence === 'low' || use.faint?.test(root.words)) return 'low';
  if (use.believes !== true && isDoubtful(analysis, flow)) return 'low';
  return flow.partial ? lowest(confidence, use.partial ?? 'low') : confidence;
}
