// What the rules of this family share: outside data reaches one kind of sink unchecked. How far the outside is decides
// the confidence; which sinks there are and what clears a value for them, the library's data say.

import { lastName } from '../../flow/function-facts';
import type { FlowQuestion } from '../../flow/values/demand';
import { LabelKind, Mask, type Root } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Trust } from '../../library/schema';
import { SecretEvidence } from '../../library/secret-words';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Confidence, FixProposal } from '../finding';
import { lowest, reportFlows } from '../flow-reports';
import { nameAt, placeOf, sourceWords } from '../flow-words';
import type { Rule, RuleOptions } from '../rule';
import { isFromPrivileged } from './privileges';

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
  /** What those who run the service send to entry points of their own is told at low confidence: they may do so anyway. */
  readonly leavesAdmins?: boolean;
  /** Sources, by their words, that whoever attacks can hardly set in another's browser: told at low confidence. */
  readonly faint?: RegExp;
  readonly fixes?: (analysis: Analysis, group: readonly Flow[]) => readonly FixProposal[];
}

/** What `checkUntrusted` asks for kinds of sinks. */
export function outsideAt(...sinks: readonly string[]): readonly FlowQuestion[] {
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
  reportFlows(analysis, report, told, {
    confidence: (flow) => confidenceOf(analysis, flow, use, options),
    message: (best, group) => messageOf(analysis, best, group.length - 1, use),
    ends: (best) => {
      const root = values.origin(best);
      return [`${sourceWords(analysis, root)}: ${whoDecides[root.trust]}.`, `${sinkWords(analysis, best)}.`];
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

function innermost({ use }: Flow): Flow['use'] {
  let inner = use;
  while (inner.inner !== null) inner = inner.inner;
  return inner;
}

/** Whether a function itself gives what it was sent to a lesser sink, and not to something that refuses what is wrong. */
function isLesserAlone({ program }: Analysis, flow: Flow, root: Root): boolean {
  const { scope } = innermost(flow);
  if (scope !== root.scope) return false;
  const { op, a } = program.scopes[scope]!.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call) continue;
    if (
      /^(send_from_directory|safe_join|serve_file|static_file)$/.test(
        lastName(program.scopes[scope]!, a[at]!),
      )
    )
      return false;
  }
  return true;
}

/** A path of more steps than these is one that a reader gives up on, and mostly one that cannot run as it is told. */
const maximumSteps = 11;

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
  if (use.faint?.test(root.words)) return 'low';
  if (use.believes !== true && (flow.mask & Mask.Guessed) !== 0) return 'low';
  if (use.leavesAdmins && isFromPrivileged(analysis, root)) return 'low';
  if (use.lesser?.test(innermost(flow).words) && !isLesserAlone(analysis, flow, root)) return 'low';
  if (use.believes !== true && analysis.values.path(flow).length > maximumSteps) return 'low';
  return flow.partial ? lowest(confidence, use.partial ?? 'low') : confidence;
}
