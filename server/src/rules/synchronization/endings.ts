// Functions that end their object, its work or the program: they mostly are the last to touch the state. Told by name, for
// those that end the whole; what ends one of its parts is given which.

import type { Program, Scope } from '../../program/program';
import { Op, ParameterKind } from '../../syntax/code';
import { callArguments, functionExtra } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const names =
  /^_*(a?close|stop|shut_?down|terminate|tear_?down|clean_?up|destroy|dispose|finali[sz]e|__exit__|__aexit__|__del__)(_|$)/i;

/** Whether a function ends the whole, or is called only by functions that do. Who tells another object of its own end
 * ends itself: `self.pool.release(self)`. */
export function isEnding({ program, calls, resolver }: Analysis, scope: Scope): boolean {
  if (endsAll(program, scope)) return true;
  const edges = calls.callers[scope.id]!.filter(({ caller }) => !program.scopes[caller]!.file.isTest);
  return (
    edges.length > 0 &&
    edges.every(({ caller: id, at }) => {
      const caller = program.scopes[id]!;
      return endsAll(program, caller) && !passesItself(resolver, caller, at);
    })
  );
}

function passesItself({ numberings }: Analysis['resolver'], caller: Scope, call: number): boolean {
  const { code, owner } = caller;
  if (owner < 0 || code.op[call] !== Op.Call) return false;
  const { number } = numberings.of(caller);
  return callArguments(code, call).some(({ value }) => number[value] === code.op.length);
}

/** Parameters that say why or how the whole ends, and not which part does. */
const manner =
  /^_*(reason|why|signum|sig|frame|code|status|exit_?code|timeout|wait|force|msg|message|exc(_\w+)?)$/;

function endsAll(program: Program, { name, code, owner, parent, definedAt, file }: Scope): boolean {
  if (!names.test(name)) return false;
  if (name.startsWith('__') || definedAt < 0) return true;
  const named = code.parameters.filter(
    (kind, slot) => kind <= ParameterKind.Normal && !manner.test(file.source.names[code.slots[slot]!]!),
  ).length;
  const optional = functionExtra(program.scopes[parent]!.code, definedAt).defaults.length;
  return named - optional <= (owner >= 0 ? 1 : 0);
}
