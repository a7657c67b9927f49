// Whether an object that has a finalizer is kept alive by others until it has said goodbye: it puts itself into
// something that outlives it, or leaves a method of its own for the end of the process. Its finalizer then comes after
// that, and turns back at a test of its own state.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentValue } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { partsOf } from './lock-words';
import { isReceiver } from './one-object';
import { goesHome } from './turned-back';

/** Whether the object of a finalizer is kept by others, and the way to the lock turns back once it is not. */
export function isKept(
  analysis: Analysis,
  finalizer: Scope,
  path: readonly { readonly scope: number; readonly at: number }[],
): boolean {
  if (finalizer.name !== '__del__' || !keepsItself(analysis, finalizer.owner)) return false;
  return path.some(({ scope: id, at }) => {
    const scope = analysis.program.scopes[id]!;
    if (scope.owner < 0) return false;
    for (let k = 0; k < at; k++)
      if (scope.code.op[k] === Op.If && goesHome(scope, k) && looksAtItself(analysis, scope, k)) return true;
    return false;
  });
}

/** Whether a condition reads a field of the receiver. */
function looksAtItself(analysis: Analysis, scope: Scope, condition: number): boolean {
  const { op, a } = scope.code;
  return partsOf(scope.code, condition).some(
    (k) => op[k] === Op.Attribute && isReceiver(analysis, scope, a[k]!),
  );
}

/** Whether a method of the class hands its object to somebody who stores it, or a method of it to `atexit`. */
function keepsItself(analysis: Analysis, owner: number): boolean {
  const { program, resolver } = analysis;
  for (let id = owner + 1; id < program.scopes.length; id++) {
    const scope = program.scopes[id]!;
    if (scope.file !== program.scopes[owner]!.file) break;
    if (scope.owner !== owner) continue;
    const { code } = scope;
    for (let at = 0; at < code.op.length; at++) {
      if (code.op[at] !== Op.Call) continue;
      for (let k = 0; k < argumentCount(code, at); k++) {
        if (!isReceiver(analysis, scope, argumentValue(code, at, k))) continue;
        const targets = resolver.targets(scope.id, at);
        if (
          targets.some((one) => one.kind === 'function' && storesIt(analysis, program.scopes[one.scope]!, k))
        )
          return true;
      }
    }
  }
  return analysis.spawned.some(
    ({ path, runs }) =>
      path === 'atexit.register' && runs.some((run) => program.scopes[run]!.owner === owner),
  );
}

/** Whether a function puts the k-th of what it is given into a container of its receiver's or of the module's. */
function storesIt(analysis: Analysis, scope: Scope, k: number): boolean {
  const { op, a, c } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  const parameter = op.length + k + (scope.owner >= 0 ? 1 : 0);
  return op.some((one, at) => {
    if (one !== Op.StoreItem || number[c[at]!] !== parameter) return false;
    const container = a[at]!;
    if (op[container] !== Op.Attribute && op[container] !== Op.Global) return false;
    const { entities } = analysis.resolver;
    return !analysis.resolver
      .denotes(scope.id, container)
      .some((entity) => entities.path(entity).startsWith('weakref.'));
  });
}
