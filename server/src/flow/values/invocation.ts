// Entering a function of the program, from a call that is written or one that the language makes: its summary applied,
// what the project declares of it added. Who is entered and with which arguments is decided elsewhere.

import type { Scope } from '../../program/program';
import { ScopeKind } from '../../syntax/code';
import { doubted, withoutSecrets } from './arguments';
import type { Bound } from './binding';
import { bindCaptures } from './closures';
import { declaredEffects, declaredResult } from './declared-uses';
import { anything, bottom, Type } from './domain';
import { inputsToFollow } from './followed-inputs';
import { applySummary } from './instantiate';
import type { Pass } from './pass';
import { writeBack } from './stores';
import { partLabels } from './text';

/** The value of entering a function with these arguments; its sinks and effects are done. `callee`: the function's own
 * value, which knows what a nested one captured. */
export function invoke(pass: Pass, at: number, target: Scope, bound: Bound, callee = bottom): number {
  const { context } = pass;
  if (isNested(pass, target)) bindCaptures(pass, target, bound, callee);
  const inputs = inputsToFollow(pass, bound);
  const declared = context.declared?.function(target) ?? null;
  const summary = context.summary(target.id, inputs);
  const effects = declared === null ? [] : declaredEffects(pass, target, declared, bound);
  let result = anything;
  if (summary !== undefined) result = applySummary(pass, at, target, summary, bound);
  else if (inputs !== 0) result = carried(pass, bound);
  for (const [parameter, value] of effects) {
    bound.values[parameter] = value;
    const instruction = bound.instructions[parameter] ?? -1;
    if (instruction >= 0) writeBack(pass, instruction, value, false);
  }
  return declared === null ? result : declaredResult(pass, at, target, declared, bound, result);
}

function isNested({ context }: Pass, { parent }: Scope): boolean {
  const kind = parent < 0 ? ScopeKind.Module : context.resolver.program.scopes[parent]!.code.kind;
  return kind === ScopeKind.Function || kind === ScopeKind.Lambda;
}

/** The result of a function that is not finished or nested too deeply: outside data goes through, secrets don't. */
function carried(pass: Pass, bound: Bound): number {
  const { domain } = pass;
  let labels = 0;
  for (const value of bound.values) labels = domain.labels.join(labels, partLabels(pass, value));
  return domain.value(Type.Any, 0, doubted(pass, withoutSecrets(pass, labels)));
}
