// Registrations of an object that is still being made: a method of it handed to a registry of the program
// (`bus.subscribe(self.on)`), and the object itself put into a container that all share (`_live[name] = self`). What the
// registry does with it is not asked.

import type { Scope } from '../../program/program';
import { CodeFlag, Op } from '../../syntax/code';
import { argumentCount, argumentValue } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { callablesOf } from '../../whole/spawned';
import { calleeName } from './lock-words';
import { methodsOf, registering, type Start, threadsNear } from './starts';

const putting = /^(append|add|insert|appendleft|setdefault)$/;

/** The places of a constructor from which on others have the object, or a method of it. */
export function* fromRegistries(analysis: Analysis, scope: Scope): Iterable<Start> {
  const { op, a, c } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  const isSelf = (value: number) => number[value] === op.length;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreItem && isSelf(c[at]!) && isShared(analysis, scope, a[at]!)) {
      yield* shown(analysis, scope, at);
      continue;
    }
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
    const name = calleeName(scope, at);
    const isPut = putting.test(name) && isShared(analysis, scope, a[a[at]!]!);
    if (!isPut && !registering.test(name)) continue;
    for (let k = 0; k < argumentCount(scope.code, at); k++) {
      const given = argumentValue(scope.code, at, k);
      if (isPut && isSelf(given)) yield* shown(analysis, scope, at);
      if (isPut || op[given] !== Op.Attribute || !isSelf(a[given]!)) continue;
      // A coroutine waits for its loop, which the constructor may be holding.
      const runs = callablesOf(analysis, scope, given).filter(
        (run) => (analysis.program.scopes[run]!.code.flags & CodeFlag.Async) === 0,
      );
      if (runs.length > 0) yield make(scope, at, runs, threadsNear(analysis, scope, at));
    }
  }
}

function* shown(analysis: Analysis, scope: Scope, at: number): Iterable<Start> {
  const { calls, program } = analysis;
  const runs = methodsOf(analysis, scope.owner).filter((id) =>
    calls.callers[id]!.some(
      ({ caller }) => program.scopes[caller]!.owner !== scope.owner && !program.scopes[caller]!.file.isTest,
    ),
  );
  if (runs.length > 0) yield make(scope, at, runs, false);
}

function make(scope: Scope, at: number, runs: readonly number[], thread: boolean): Start {
  const words = 'its methods may be called from here on';
  return { scope, at, runs, words, thread, green: false, direct: true, idle: false };
}

/** A variable of a module, or an attribute of a class: one for all objects. */
function isShared({ resolver }: Analysis, scope: Scope, value: number): boolean {
  const { op, a, b } = scope.code;
  const at = resolver.numberings.of(scope).number[value]!;
  if (at < 0 || at >= op.length) return false;
  if (op[at] === Op.Global) return true;
  if (op[at] !== Op.Attribute) return false;
  const name = scope.file.source.names[b[at]!]!;
  const { number } = resolver.numberings.of(scope);
  if (number[a[at]!] !== op.length) return op[number[a[at]!]!] === Op.Global;
  const { classes, bindings } = resolver;
  const owner = classes.ownerOf(scope.owner, name);
  return bindings.of(owner, name).length > 0 && classes.storesOf(owner, name).length === 0;
}
