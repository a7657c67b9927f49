// Applies a function's summary at a call: its inputs become the arguments, its result and what it leaves in its
// arguments come back, inputs that reach a sink inside become flows or sinks of the caller.

import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { type Bound, defaultTruth } from './binding';
import { takeBack } from './closures';
import { bottom, Type } from './domain';
import { givenKey, namesSecret, readByGivenKey, withSecret } from './evidence';
import { LabelKind, Mask, type Root, StepKind } from './labels';
import type { Pass } from './pass';
import { follow } from './reading';
import { cleared, refine } from './refinement';
import { arrivals, arrive, replacedKeys } from './sinks';
import { writeBack } from './stores';
import { type InputSink, SinkMode, type SinkUse, type Summary } from './summary';
import { constantText } from './text';

const maximumDepth = 4;

/** The application of one summary at one call. */
class Application {
  private readonly known = new Map<number, number>();

  constructor(
    private readonly pass: Pass,
    private readonly at: number,
    private readonly target: Scope,
    private readonly bound: Bound,
  ) {}

  /** A value of the callee in terms of the caller. */
  translated(value: number, depth = 0): number {
    if (value === bottom || depth > maximumDepth)
      return value === bottom ? bottom : this.pass.domain.value(127);
    let result = this.known.get(value);
    if (result !== undefined) return result;
    const { domain } = this.pass;
    const [own, exact] = this.labels(domain.labelsOf[value]!);
    const shape = domain.shape(value);
    result = domain.withLabels(value, own);
    if (shape !== null) {
      const entries = shape.keys.map(
        (key, k) => [key, this.translated(shape.values[k]!, depth + 1)] as const,
      );
      result = domain.reshaped(result, shape.kind, entries, this.translated(shape.rest, depth + 1));
    }
    // The very object comes back: it is the argument, not merely something that carries its labels.
    const pairs = domain.labels.sets[domain.labelsOf[value]!]!;
    const onlyInput = pairs.length === 2 && exact !== bottom && shape === null;
    result = onlyInput ? exact : domain.join(result, exact);
    this.known.set(value, result);
    return result;
  }

  /** Labels in terms of the caller, and the arguments that come through as they are. */
  private labels(set: number): [labels: number, exact: number] {
    const { domain, scope } = this.pass;
    const table = domain.labels;
    let result = 0;
    let exact = bottom;
    const pairs = table.sets[set]!;
    for (let k = 0; k < pairs.length; k += 2) {
      const label = pairs[k]!;
      const mask = pairs[k + 1]!;
      const root = table.rootOf(label);
      if (this.isRefuted(root)) continue;
      if (root.kind !== LabelKind.Input) {
        const returned = table.extended(label, StepKind.Returned, scope.id, this.at);
        result = table.join(result, table.set([returned, mask]));
      } else if (root.scope === this.target.id) {
        const argument = this.argument(root.parameter, root.path);
        if ((mask & Mask.Exact) !== 0) {
          const through = table.map(domain.labelsOf[argument]!, (one, before) => [
            this.passed(one, label),
            before | (mask & ~Mask.Exact),
          ]);
          exact = domain.join(
            exact,
            cleared(domain, domain.withLabels(argument, through), mask & ~Mask.Exact & ~Mask.SecretCleared),
          );
        } else {
          result = table.join(
            result,
            table.map(domain.deepLabels(argument), (one, before) =>
              dropped(table.kindOf(one), mask)
                ? null
                : [this.passed(one, label), (before | mask) & ~Mask.Exact],
            ),
          );
        }
      }
    }
    return [result, exact];
  }

  /** A parameter that is a secret by its name, and the argument that it got here is none. */
  private isRefuted(root: Root): boolean {
    if (root.kind !== LabelKind.Secret || root.scope !== this.target.id || root.at >= 0) return false;
    const argument = this.bound.values[-1 - root.at] ?? bottom;
    const { types, labelsOf } = this.pass.domain;
    return argument !== bottom && (types[argument]! & Type.Unjudged) === 0 && labelsOf[argument] === 0;
  }

  argument(parameter: number, path: readonly string[]): number {
    if (path[0] === givenKey) return this.readByKey(parameter);
    return follow(this.pass.domain, this.bound.values[parameter] ?? bottom, path);
  }

  /** What the callee reads under the key that it is given. */
  private readByKey(parameter: number): number {
    const { pass, at, bound } = this;
    const { domain } = pass;
    const key = bound.values[parameter] ?? bottom;
    const evidence = namesSecret(pass, key);
    if (evidence >= SecretEvidence.Likely) {
      const words = constantText(pass, key)!;
      return withSecret(pass, domain.value(Type.Any), words, at, evidence);
    }
    const instruction = bound.instructions[parameter] ?? -1;
    return instruction < 0 ? bottom : readByGivenKey(pass, domain.value(Type.Any), instruction);
  }

  /** The way of an argument's label into the callee and on along the callee's. */
  passed(label: number, inner: number): number {
    return this.pass.domain.labels.extended(label, StepKind.Passed, this.pass.scope.id, this.at, inner);
  }
}

function dropped(kind: LabelKind, mask: number): boolean {
  return kind === LabelKind.Secret && (mask & Mask.SecretCleared) !== 0;
}

/** The sink as callers see it: the call itself, when the callee hands the argument on as it is. */
function movedUse(
  pass: Pass,
  at: number,
  target: Scope,
  sink: InputSink,
  instruction: number,
  whole: boolean,
): SinkUse {
  const { use } = sink;
  const isDeclared = use.at < 0;
  if (!use.movable || (instruction < 0 && !isDeclared)) return use;
  // An exception is told where it is made, whatever its class makes of what it is given.
  const makes = use.kind === 'exception' && use.inner === null && target.name === '__init__';
  if (!makes && (!(whole || isDeclared) || (sink.mask & Mask.Exact) === 0)) return use;
  return { ...use, scope: pass.scope.id, at, argument: instruction < 0 ? at : instruction, inner: use };
}

/** Conditions on a callee's parameters as conditions on the caller's; null when an argument contradicts one. */
function conditionsHere(
  pass: Pass,
  target: Scope,
  bound: Bound,
  conditions: readonly number[],
): readonly number[] | null {
  const { domain, context } = pass;
  const kept: number[] = [];
  for (const condition of conditions) {
    const parameter = condition >> 1;
    const wanted = (condition & 1) === 1;
    const value = bound.values[parameter] ?? bottom;
    const truth =
      value === bottom
        ? defaultTruth(context.resolver.program.scopes, target, parameter)
        : domain.known.truth(domain.knownOf[value]!);
    if (truth !== null && truth !== wanted) return null;
    const instruction = bound.instructions[parameter] ?? -1;
    if (truth !== null || instruction < 0) continue;
    const own = pass.inputs.parameterOf(pass.numbering.number[instruction]!);
    if (own >= 0) kept.push(2 * own + (wanted ? 1 : 0));
  }
  return kept;
}

/** The value of a call of `target` with these arguments; sinks and effects are taken over. */
export function applySummary(pass: Pass, at: number, target: Scope, summary: Summary, bound: Bound): number {
  const application = new Application(pass, at, target, bound);
  const { domain } = pass;
  const { labels } = domain;
  for (const sink of summary.sinks) {
    const root = labels.rootOf(sink.label);
    let value = application.argument(root.parameter, root.path);
    if (value === bottom) continue;
    for (const key of sink.hidden) value = domain.withMember(value, key, domain.value(Type.None));
    const hidden = [...new Set([...sink.hidden, ...replacedKeys(pass, value)])];
    const further = conditionsHere(pass, target, bound, sink.conditions);
    if (further === null) continue;
    const use = movedUse(
      pass,
      at,
      target,
      sink,
      bound.instructions[root.parameter] ?? -1,
      root.path.length === 0,
    );
    const moved = use !== sink.use;
    for (const [label, mask, mode] of arrivals(pass, value, sink.mode)) {
      if (dropped(labels.kindOf(label), sink.mask)) continue;
      const stays = mode >= SinkMode.Partial || (sink.mask & Mask.Exact) !== 0;
      const kept = stays ? mode : SinkMode.Whole;
      const reached = ((mask | sink.mask) & ~Mask.Exact) | (mask & sink.mask & Mask.Exact);
      const passed = moved ? label : application.passed(label, sink.label);
      arrive(pass, use, passed, reached, kept, hidden, further);
    }
  }
  const result = application.translated(summary.result);
  const own = target.code.parameters.length;
  const left = summary.left.map((value, k) =>
    k < own || value === bottom ? bottom : application.translated(value),
  );
  if (left.length > own) takeBack(pass, target, left);
  summary.left.forEach((value, parameter) => {
    if (parameter >= own) return;
    const shape = domain.shape(value);
    const instruction = bound.instructions[parameter] ?? -1;
    if (shape === null) return;
    let object = bound.values[parameter]!;
    shape.keys.forEach((key, k) => {
      object = domain.withMember(object, key, application.translated(shape.values[k]!));
    });
    if (shape.rest !== bottom) object = domain.withSome(object, application.translated(shape.rest));
    bound.values[parameter] = object;
    if (instruction >= 0) writeBack(pass, instruction, object, false);
  });
  summary.checked.forEach((mask, parameter) => {
    const instruction = bound.instructions[parameter] ?? -1;
    if (mask !== 0 && instruction >= 0) refine(pass, instruction, (value) => cleared(domain, value, mask));
  });
  return result;
}
