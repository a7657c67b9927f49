// The two ends of a function: what its parameters are at entry, and what its callers learn when it returns.
// Collects the summary while the pass runs.

import { SecretEvidence } from '../../library/secret-words';
import { ParameterKind } from '../../syntax/code';
import { Binding, bindingOf } from '../function-facts';
import { parameterSinks } from './declared-uses';
import { dependencyValue } from './dependencies';
import { bottom, Type } from './domain';
import { entryLabels, entryResults } from './entries';
import { namedSecret, otherParameters, refusesSecrets } from './evidence';
import { reprSink } from './exceptions';
import { truthMasks } from './guards';
import { allSinks, LabelKind, Mask, manner, noLabels, proofs } from './labels';
import { holdsMask, unmaskedOnPurpose } from './masks';
import type { Pass } from './pass';
import { ShapeKind } from './shapes';
import { resultSink } from './sink-calls';
import { type InputSink, inputBit, type Summary } from './summary';
import { makesSecret, serveAsSecret } from './weaknesses';

/** Sinks that one input may reach: an object that is handed about must not crowd out what is beside it. */
const maximumSinks = 40;

/** The inputs of one function and what becomes of them. */
export class Inputs {
  private result = bottom;
  private givesMask = false;
  private readonly left: number[];
  private readonly sinks: InputSink[] = [];
  /** Place of a sink in `sinks`, by what arrives where. */
  private readonly sinkPlaces = new Map<string, number>();
  private readonly sinkCounts: number[] = [];
  private checked: number[] | null = null;
  private checkedIfTrue: number[] | null = null;
  private readonly count: number;
  /** What captured variables hold (see `closures`), as this function leaves them. */
  private readonly captured: number[] = [];
  private results: ReturnType<typeof entryResults> = [];

  private readonly name: string;

  constructor(private readonly pass: Pass) {
    const { qualifiedName } = pass.scope;
    this.name = qualifiedName.slice(qualifiedName.lastIndexOf('.') + 1);
    this.count = pass.scope.code.parameters.length;
    this.left = new Array<number>(this.count + pass.captures.length).fill(bottom);
  }

  /** Gives the parameters their values. */
  enter(): void {
    const { pass } = this;
    const { scope, domain, environment } = pass;
    const { parameters, slots, op } = scope.code;
    const outside = entryLabels(pass);
    this.results = entryResults(pass);
    const paths = pass.context.objectUses.pathParameters(scope, pass.numbering);
    const receiver =
      scope.owner >= 0 && bindingOf(pass.context.resolver.program, scope) !== Binding.Static ? 0 : -1;
    const others = otherParameters(pass);
    for (let parameter = 0; parameter < this.count; parameter++) {
      let value = domain.value(Type.Any, 0, this.inputLabel(parameter));
      const kind = parameters[parameter] as ParameterKind;
      if (kind === ParameterKind.VarPositional || kind === ParameterKind.VarKeyword) {
        value = domain.value(Type.Container, 0, this.inputLabel(parameter));
      } else if (parameter !== receiver && !others.has(parameter) && !pass.isObject(op.length + parameter)) {
        value = ownSecret(
          pass,
          namedSecret(pass, value, pass.name(slots[parameter]!), -1 - parameter),
          value,
        );
      }
      const name = pass.name(slots[parameter]!);
      const isOther = parameter === receiver || others.has(parameter) || refusesSecrets(pass, name);
      if (isOther || paths.has(parameter)) value = withoutInputSecret(pass, value);
      const given = dependencyValue(pass, parameter);
      if (given !== bottom) value = domain.join(value, given);
      value = domain.labelled(value, outside[parameter] ?? 0);
      environment!.values[parameter] = value;
      environment!.numbers[parameter] = op.length + parameter;
    }
    pass.captures.forEach((_, k) => {
      this.captured[k] = domain.value(Type.Any, 0, this.inputLabel(this.count + k));
    });
    const declared = pass.context.declared?.function(scope);
    if (declared) parameterSinks(pass, declared);
  }

  /** What a captured variable holds. */
  capture(index: number): number {
    return this.captured[index]!;
  }

  /** A captured variable, or the object in it, was changed to this. */
  changeCapture(name: string, levels: number, value: number): void {
    const { captures, domain } = this.pass;
    const index = captures.findIndex((one) => one.name === name && one.levels === levels);
    if (index < 0) return;
    this.captured[index] = domain.join(this.captured[index]!, value);
    this.change(this.count + index, value);
  }

  /** The number under which a parameter's own object is known, or -1 for any other number. */
  parameterOf(number: number): number {
    const parameter = number - this.pass.scope.code.op.length;
    return parameter >= 0 && parameter < this.count ? parameter : -1;
  }

  /** The object of a parameter was changed to this. */
  change(parameter: number, value: number): void {
    this.left[parameter] = this.pass.domain.join(this.left[parameter]!, value);
  }

  /** A return of this value instruction, -1 for none. */
  leave(value: number): void {
    const { pass } = this;
    const returned = value < 0 ? pass.domain.value(Type.None) : pass.values[value]!;
    this.result = pass.domain.join(this.result, returned);
    // Where another way out gives stars in its place, what this one gives is shown on purpose.
    this.givesMask ||= holdsMask(pass.domain, returned);
    if (this.givesMask) this.result = unmaskedOnPurpose(pass.domain, this.result);
    if (value >= 0) {
      reprSink(pass, value);
      for (const result of this.results) resultSink(pass, value, result);
      if (pass.domain.hasLabels(returned) && makesSecret(pass, this.name))
        serveAsSecret(pass, value, value, returned, `what \`${this.name}()\` returns`, 'predictable');
    }
    // Without inputs that are followed, nothing is told of them.
    if (pass.followed === 0) return;
    const masks = this.masks((parameter) => this.currentMask(parameter));
    this.checked = met(this.checked, masks);
    const ifTrue =
      value < 0 ? null : truthMasks(pass, value, this.count, (parameter) => this.currentMask(parameter));
    if (ifTrue !== null) this.checkedIfTrue = met(this.checkedIfTrue, ifTrue);
  }

  /** A value that a generator yields. */
  yielded(value: number): void {
    const { domain } = this.pass;
    this.result = domain.join(this.result, domain.container(ShapeKind.List, [], value));
  }

  /** An input arrives at a sink. */
  arrive(sink: InputSink): void {
    const { labels } = this.pass.domain;
    const key = `${labels.rootId(sink.label)}|${sink.use.scope}|${sink.use.at}|${sink.use.argument}|${sink.use.kind}`;
    const known = this.sinkPlaces.get(key);
    if (known !== undefined) {
      this.sinks[known] = eitherWay(this.sinks[known]!, sink);
    } else if (this.countSink(labels.rootOf(sink.label).parameter) <= maximumSinks) {
      this.sinkPlaces.set(key, this.sinks.length);
      this.sinks.push(sink);
    }
  }

  private countSink(parameter: number): number {
    this.sinkCounts[parameter] = (this.sinkCounts[parameter] ?? 0) + 1;
    return this.sinkCounts[parameter];
  }

  /** What callers need to know. */
  summary(): Summary {
    const { reach } = this.pass.context;
    return {
      scope: this.pass.scope.id,
      inputs: this.pass.followed,
      returns: this.result !== bottom,
      result: reach.returned(this.result),
      left: this.left.map((value) => reach.returned(value)),
      sinks: this.sinks,
      checked: this.earned(this.checked),
      checkedIfTrue: this.earned(this.checkedIfTrue),
    };
  }

  /** What inputs that are followed have earned. */
  private earned(masks: readonly number[] | null): readonly number[] {
    const { followed } = this.pass;
    if (masks === null || followed === 0) return [];
    return masks.map((mask, parameter) => ((followed & inputBit(parameter)) === 0 ? Mask.None : mask));
  }

  private inputLabel(parameter: number): number {
    if ((this.pass.followed & inputBit(parameter)) === 0) return noLabels;
    return this.pass.domain.labels.input(this.pass.scope.id, parameter);
  }

  private masks(of: (parameter: number) => number): number[] {
    return Array.from({ length: this.count }, (_, parameter) => of(parameter));
  }

  /** What the parameter's own label has earned here; nothing when the slot holds something else by now. */
  private currentMask(parameter: number): number {
    const { pass } = this;
    const { environment, domain } = pass;
    if (environment === null) return Mask.None;
    if (environment.numbers[parameter] !== pass.scope.code.op.length + parameter) return Mask.None;
    return inputMask(pass, environment.values[parameter]!, parameter, domain);
  }
}

/** A parameter that is a secret by its name: what callers say of the argument adds nothing. */
function ownSecret(pass: Pass, named: number, unnamed: number): number {
  return named === unnamed || isPersonal(pass, named) ? named : withoutInputSecret(pass, named);
}

/** Data about a person may be a secret as well. */
function isPersonal({ domain }: Pass, value: number): boolean {
  const { labels, labelsOf } = domain;
  const pairs = labels.sets[labelsOf[value]!]!;
  return pairs.some((label, k) => {
    const root = k % 2 === 0 ? labels.rootOf(label) : null;
    return root?.kind === LabelKind.Secret && root.evidence === SecretEvidence.Personal;
  });
}

/** A parameter whose argument is no secret here, whatever callers take it for. */
function withoutInputSecret(pass: Pass, value: number): number {
  const { labels, labelsOf } = pass.domain;
  const own = labels.map(labelsOf[value]!, (label, mask) =>
    labels.kindOf(label) === LabelKind.Input ? [label, mask | Mask.SecretCleared] : [label, mask],
  );
  return pass.domain.withLabels(value, own);
}

/** The mask on the label of a parameter in a value; all bits when the label is gone. */
export function inputMask(pass: Pass, value: number, parameter: number, domain = pass.domain): number {
  const { labels } = domain;
  const pairs = labels.sets[domain.labelsOf[value]!]!;
  for (let k = 0; k < pairs.length; k += 2) {
    const root = labels.rootOf(pairs[k]!);
    if (root.kind === LabelKind.Input && root.parameter === parameter && root.scope === pass.scope.id) {
      return pairs[k + 1]! & (~manner | proofs);
    }
  }
  return allSinks;
}

function met(before: number[] | null, masks: readonly number[]): number[] {
  return before === null ? [...masks] : before.map((mask, k) => mask & masks[k]!);
}

/** An input that arrives at one sink in two ways: what holds of both. */
function eitherWay(one: InputSink, other: InputSink): InputSink {
  return {
    ...one,
    mask: one.mask & other.mask,
    hidden: one.hidden.filter((key) => other.hidden.includes(key)),
    conditions: one.conditions.filter((condition) => other.conditions.includes(condition)),
  };
}
