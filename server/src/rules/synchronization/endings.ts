// Functions that end their object, its work or the program: they mostly are the last to touch the state. Told by name, for
// those that end the whole; what ends one of its parts is given which.

import type { Program, Scope } from '../../program/program';
import { ParameterKind } from '../../syntax/code';
import { functionExtra } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const names =
  /^_*(a?close|stop|shut_?down|terminate|tear_?down|clean_?up|destroy|dispose|finali[sz]e|__exit__|__aexit__|__del__)(_|$)/i;

/** Whether a function ends the whole, or is called only by functions that do. */
export function isEnding({ program, calls }: Analysis, scope: Scope): boolean {
  if (endsAll(program, scope)) return true;
  const callers = calls.callers[scope.id]!.map(({ caller }) => program.scopes[caller]!).filter(
    ({ file }) => !file.isTest,
  );
  return callers.length > 0 && callers.every((caller) => endsAll(program, caller));
}

function endsAll(program: Program, { name, code, owner, parent, definedAt }: Scope): boolean {
  if (!names.test(name)) return false;
  if (name.startsWith('__') || definedAt < 0) return true;
  const named = code.parameters.filter((kind) => kind <= ParameterKind.Normal).length;
  const optional = functionExtra(program.scopes[parent]!.code, definedAt).defaults.length;
  return named - optional <= (owner >= 0 ? 1 : 0);
}
