// Objects that two functions make each for itself: what one of them puts into a field of its own command is not in the
// command of the other, though the values of a field are kept for the class. Looks at variables that are given a new
// object once; what is handed around is not followed.

import { EntityKind } from '../../flow/entities';
import { StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

/** The call by which a function made the object that a value is, or is a part of; -1 when it did not make it. */
export function madeBy({ resolver }: Analysis, scope: Scope, value: number): number {
  const { op, a } = scope.code;
  let at = value;
  while (at >= 0 && (op[at] === Op.Attribute || op[at] === Op.Item)) at = a[at]!;
  if (at < 0 || op[at] !== Op.Local) return -1;
  const number = resolver.numberings.of(scope).number[at]!;
  if (number < 0 || number >= op.length || op[number] !== Op.Call) return -1;
  const { entities } = resolver;
  return resolver.denotes(scope.id, a[number]!).some((entity) => entities.kind[entity] === EntityKind.Class)
    ? number
    : -1;
}

/** Whether a value was put into an object that one function made, and is said to come out of one that another made. */
export function isOfAnotherObject(analysis: Analysis, flow: Flow): boolean {
  const { scopes } = analysis.program;
  const { use } = flow;
  let into = -1;
  for (const { step, scope: id, at } of analysis.values.path(flow)) {
    if (at < 0) continue;
    const scope = scopes[id]!;
    const { op, a } = scope.code;
    if (step === StepKind.Stored) {
      const isField = op[at] === Op.StoreAttribute || op[at] === Op.StoreItem;
      into = isField && madeBy(analysis, scope, a[at]!) >= 0 ? id : -1;
    } else if (into >= 0 && id !== into && op[at] === Op.Call) {
      const called = a[at]!;
      // What a call without arguments is passed, it is passed as the object that it is called on.
      const isReceived = step === StepKind.Passed && argumentCount(scope.code, at) === 0;
      if (step !== StepKind.Returned && !isReceived) continue;
      if (op[called] === Op.Attribute && madeBy(analysis, scope, a[called]!) >= 0) return true;
    }
  }
  return into >= 0 && into !== use.scope && madeBy(analysis, scopes[use.scope]!, use.argument) >= 0;
}
