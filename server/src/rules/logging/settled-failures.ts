// Handlers that nothing comes to: `except HTTPError` around a call of the program's own function, which turns that very
// exception into another one where it arises. Goes a few calls down by names of exceptions; a function on the way that
// makes the same failing call without such a handler settles nothing.

import { dottedName, lastName } from '../../flow/function-facts';
import { type Handler, handledNames, handlersOf } from '../../flow/handlers';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';

const maximumDepth = 3;
const maximumFunctions = 40;

/** Whether a call stands in a handler of exceptions that do not get there. */
export function isInSettledHandler(analysis: Analysis, { use }: Flow): boolean {
  const scope = analysis.program.scopes[use.scope]!;
  const around = handlersOf(scope.code).filter(({ at, end }) => at < use.at && use.at < end);
  const handler = around.at(-1);
  if (handler === undefined) return false;
  const caught = handledNames(scope, handler.at);
  // What becomes of such an exception is taken, too.
  if (caught.length === 0 || caught.some((name) => /^(Base)?Exception$/.test(name))) return false;
  const reached = functionsWithin(analysis, scope, handler);
  return reached.length > 0 && caught.every((name) => isSettled(reached, name));
}

/** Whether a variable holds, where it is read, what it held before a try statement: its one assignment is the last thing
 * that the statement guards, and this is a handler. */
export function isStillUnset({ code }: Scope, read: number): boolean {
  const { op, a } = code;
  if (op[read] !== Op.Local) return false;
  const stores: number[] = [];
  for (let at = 0; at < op.length; at++) if (op[at] === Op.StoreLocal && a[at] === a[read]) stores.push(at);
  return (
    stores.length === 1 &&
    handlersOf(code).some(({ at, end, to }) => at < read && read < end && stores[0] === to - 1)
  );
}

/** The functions of the program that the guarded calls run, these first. */
function functionsWithin(analysis: Analysis, scope: Scope, handler: Handler): readonly Scope[] {
  const { program, resolver } = analysis;
  const found = new Set<number>();
  let level: readonly (readonly [Scope, number, number])[] = [[scope, handler.from, handler.to]];
  for (let depth = 0; depth < maximumDepth && found.size < maximumFunctions; depth++) {
    const next: (readonly [Scope, number, number])[] = [];
    for (const [caller, from, to] of level) {
      for (let at = from; at < to; at++) {
        if (caller.code.op[at] !== Op.Call) continue;
        for (const target of resolver.targets(caller.id, at)) {
          if (target.kind !== 'function' || found.has(target.scope)) continue;
          found.add(target.scope);
          const called = program.scopes[target.scope]!;
          next.push([called, 0, called.code.op.length]);
        }
      }
    }
    level = next;
  }
  return [...found].map((id) => program.scopes[id]!);
}

/** Whether one of the functions turns an exception into another, and none makes the same calls without doing so. */
function isSettled(reached: readonly Scope[], name: string): boolean {
  const settling = new Set<string>();
  const others = new Set<string>();
  for (const scope of reached) {
    const { op, a } = scope.code;
    const handlers = handlersOf(scope.code).filter((one) => turnsInto(scope, one, name));
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call) continue;
      const isGuarded = handlers.some(({ from, to }) => from < at && at < to);
      (isGuarded ? settling : others).add(lastName(scope, a[at]!));
    }
  }
  return settling.size > 0 && ![...settling].some((one) => others.has(one));
}

/** Whether a handler of an exception ends by raising another one. */
function turnsInto(scope: Scope, { at, end }: Handler, name: string): boolean {
  const { op, a } = scope.code;
  if (!handledNames(scope, at).includes(name) || op[end - 1] !== Op.Raise) return false;
  const raised = a[end - 1]!;
  return raised >= 0 && op[raised] === Op.Call && dottedName(scope, a[raised]!) !== name;
}
