// What arrives at a sink: which labels of the argument count for the way the sink looks at it, and whether they are
// concrete (a flow that a rule may report) or inputs (a sink of the callers).

import { bottom, type Domain, Type } from './domain';
import { LabelKind, Mask } from './labels';
import type { Pass } from './pass';
import { type Shape, ShapeKind } from './shapes';
import { type Flow, SinkMode, type SinkUse } from './summary';

/** A label at a sink, its mask, and the mode in which it counts there. */
export type Arrival = readonly [label: number, mask: number, mode: SinkMode];

/** The labels of a value that count at a sink. */
export function arrivals(pass: Pass, value: number, mode: SinkMode): readonly Arrival[] {
  if (mode === SinkMode.Argv) return argvArrivals(pass, value);
  if (mode === SinkMode.Partial) return listed(pass, pass.domain.deepLabels(value), mode);
  if (mode === SinkMode.Structure)
    return listed(pass, pass.domain.deepLabels(value), mode).filter(([, mask]) => (mask & Mask.Plain) === 0);
  if (mode === SinkMode.Text) {
    const { labels } = pass.domain;
    return listed(pass, pass.domain.deepLabels(value), mode).filter(
      ([label, mask]) => (mask & Mask.Plain) !== 0 || labels.kindOf(label) !== LabelKind.Untrusted,
    );
  }
  if (mode === SinkMode.Address) {
    return listed(pass, pass.domain.deepLabels(value), mode).map(([label, mask]) => [
      label,
      mask,
      (mask & Mask.Later) !== 0 ? SinkMode.Partial : SinkMode.Address,
    ]);
  }
  const { domain } = pass;
  if (mode === SinkMode.Body)
    return domain.types[value] === Type.Container ? [] : listed(pass, domain.deepLabels(value), mode);
  if (mode === SinkMode.Shell) {
    const shape = domain.shape(value);
    if (shape !== null && isSequence(shape))
      return listed(pass, domain.deepLabels(firstOf(pass, shape)), SinkMode.Whole);
    return listed(pass, domain.deepLabels(value), SinkMode.Shell);
  }
  return listed(pass, domain.deepLabels(value), SinkMode.Whole);
}

/** Hands a label to the rules, or to the callers when it is an input; `hidden` keys of the input were replaced,
 * `further` conditions come from a callee. */
export function arrive(
  pass: Pass,
  use: SinkUse,
  label: number,
  mask: number,
  mode: SinkMode,
  hidden: readonly string[] = [],
  further: readonly number[] = [],
): void {
  const root = pass.domain.labels.rootOf(label);
  if (!mayCount(pass.context, root.kind, mask, use)) return;
  if (root.kind === LabelKind.Input) {
    if (!pass.context.reach.arrives(label, mask)) return;
    const conditions = [...new Set([...(pass.environment?.conditions ?? []), ...further])];
    if (root.scope === pass.scope.id) pass.inputs.arrive({ use, label, mask, mode, hidden, conditions });
  } else {
    record(pass, { use, label, mask, partial: mode === SinkMode.Partial });
  }
}

const below = Mask.Undotted | Mask.Relative;

/** Whether anything is asked of a label at a sink, and it is not safe there. An input may turn out to be of any kind. */
function mayCount({ demand, reach }: Pass['context'], kind: LabelKind, mask: number, use: SinkUse): boolean {
  const isInput = kind === LabelKind.Input;
  if (!isInput && !demand.asksFor(kind, use.kind)) return false;
  const mayBeSecret = (mask & Mask.SecretCleared) === 0 && (!isInput || reach.secretsEnter);
  const asSecret = mayBeSecret && demand.asksFor(LabelKind.Secret, use.kind);
  if (asSecret) return true;
  const asOther = demand.asksFor(LabelKind.Untrusted, use.kind) || demand.asksFor(LabelKind.Weak, use.kind);
  return asOther && !isSafe(mask, use);
}

/** Whether a value from outside does no harm at a sink. */
function isSafe(mask: number, { kind, bit }: SinkUse): boolean {
  return (mask & bit) !== 0 || (kind === 'path' && (mask & below) === below);
}

/** What tells a flow from the others: its sink and its origin. */
export function keyOfFlow({ labels }: Domain, { use, label }: Flow): string {
  return `${use.kind}|${use.scope}|${use.at}|${use.argument}|${labels.rootId(label)}`;
}

/** Records that a concrete label arrives at a sink, unless it is safe there. */
function record(pass: Pass, flow: Flow): void {
  const { labels } = pass.domain;
  const { use } = flow;
  const isSecret = labels.kindOf(flow.label) === LabelKind.Secret;
  if (isSecret ? (flow.mask & Mask.SecretCleared) !== 0 : isSafe(flow.mask, use)) return;
  if (!isSecret && !isTaken(pass, flow)) return;
  const key = keyOfFlow(pass.domain, flow);
  const known = pass.flows.get(key);
  if (known === undefined || (known.partial && !flow.partial)) pass.flows.set(key, flow);
}

/** Whether data of this kind counts at the sink, and was not taken away. */
function isTaken(pass: Pass, { use, label, mask }: Flow): boolean {
  const { data } = pass.domain.labels.rootOf(label);
  if (data !== undefined && (mask & pass.context.bitOf(data)) !== 0) return false;
  return use.sources === undefined ? data === undefined : use.sources.includes(data ?? 'untrusted');
}

/** A value arrives at a sink in this function. */
export function useSink(pass: Pass, use: SinkUse, value: number): void {
  if (value === bottom || !pass.context.demand.asksAt(use.kind)) return;
  const hidden = replacedKeys(pass, value);
  for (const [label, mask, mode] of arrivals(pass, value, use.mode)) {
    arrive(pass, use, label, mask, mode, hidden);
  }
}

/** Keys of a mapping that came in whole and had members replaced since. */
export function replacedKeys(pass: Pass, value: number): readonly string[] {
  const shape = pass.domain.shape(value);
  if (shape === null || pass.domain.labelsOf[value] === 0) return [];
  return shape.keys.filter((key) => key.startsWith('s:'));
}

function listed(pass: Pass, set: number, mode: SinkMode): Arrival[] {
  const pairs = pass.domain.labels.sets[set]!;
  const found: Arrival[] = [];
  for (let k = 0; k < pairs.length; k += 2) found.push([pairs[k]!, pairs[k + 1]!, mode]);
  return found;
}

const shells = /(^|\/)(ba|da|z|k|c|tc|fi)?sh$|^cmd(\.exe)?$|^powershell(\.exe)?$/;
const commandOption = /^-[a-z]*c$|^\/[cCkK]$|^-Command$/i;

/** In an argv list the program counts, and what follows `sh -c`. */
function argvArrivals(pass: Pass, value: number): readonly Arrival[] {
  const { domain } = pass;
  const shape = domain.shape(value);
  if (shape === null || !isSequence(shape)) {
    if (domain.known.prefix(domain.knownOf[value]!) !== '') return [];
    if (domain.types[value] === Type.Container) return listed(pass, domain.labelsOf[value]!, SinkMode.Argv);
    return listed(pass, domain.deepLabels(value), SinkMode.Argv);
  }
  const found = listed(pass, domain.deepLabels(programOf(pass, shape)), SinkMode.Whole).filter(
    ([, mask]) => (mask & Mask.Inserted) === 0,
  );
  let shell = -1;
  for (let k = 0; member(shape, k) !== bottom; k++) {
    if (isAny(pass, member(shape, k), shells)) shell = k;
    else if (shell >= 0 && isAny(pass, member(shape, k), commandOption)) {
      const command = member(shape, k + 1) || shape.rest;
      if (command !== bottom) found.push(...listed(pass, domain.deepLabels(command), SinkMode.Whole));
      break;
    }
  }
  return found;
}

/** Whether a value is one of a few constants and one of them is like this. */
function isAny(pass: Pass, value: number, pattern: RegExp): boolean {
  const { known, knownOf } = pass.domain;
  return known.constantsOf(knownOf[value]!)?.some(({ text }) => pattern.test(text)) ?? false;
}

function member(shape: Shape, index: number): number {
  const at = shape.keys.indexOf(`i:${index}`);
  return at < 0 ? bottom : shape.values[at]!;
}

/** The program of an argv list: behind `env`, `sudo` and their like, and behind the options of those. */
function programOf(pass: Pass, shape: Shape): number {
  let index = 0;
  while (isAny(pass, member(shape, index), launchers)) {
    index++;
    while (isAny(pass, member(shape, index), launcherOptions)) index++;
  }
  const program = index === 0 ? firstOf(pass, shape) : member(shape, index);
  return program === bottom && index > 0 ? shape.rest : program;
}

const launchers = /(^|\/)(env|sudo|doas|nohup|nice|setsid|stdbuf|time|exec)$/;
const launcherOptions = /^-|=/;

function firstOf(pass: Pass, shape: Shape): number {
  const first = member(shape, 0);
  return first !== bottom ? first : pass.domain.join(first, shape.rest);
}

function isSequence(shape: Shape): boolean {
  return shape.kind === ShapeKind.List || shape.kind === ShapeKind.Tuple;
}
