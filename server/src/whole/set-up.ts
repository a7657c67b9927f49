// Functions that make an object ready, or ready again: nobody else works with it meanwhile. Told by what they do (make
// the lock anew, note the process they run in) or by their name, as long as only such functions call them.

import type { Lock } from '../flow/locks';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import type { CallGraph } from './call-graph';

const names =
  /^_*(init|initiali[sz]e|init_host|set_?up|configure|bootstrap)$|(^|_)after_(in_child_)?fork(_|$)/i;

/** 1 for functions that run only before the object is in use: constructors, functions called what set-up is called,
 * and private ones; all of them only as long as everything in the program that calls them is one of them. */
export function setUpOnly(resolver: Resolver, graph: CallGraph, construction: Uint8Array): Uint8Array {
  const { scopes } = resolver.program;
  const only = construction.slice();
  for (const scope of scopes) {
    if (only[scope.id] || graph.escapes[scope.id] || scope.code.kind !== ScopeKind.Function) continue;
    const isPrivate = scope.name.startsWith('_') && !scope.name.endsWith('__');
    const isCalled = graph.callers[scope.id]!.some((edge) => !scopes[edge.caller]!.file.isTest);
    if (names.test(scope.name) || (isPrivate && isCalled && !graph.unresolvedNames.has(scope.name)))
      only[scope.id] = 1;
  }
  const left = scopes.filter(({ id }) => only[id] && !construction[id]);
  // Takes away only, so that it comes to an end; cycles of private functions that nobody enters stay in.
  for (let changed = true; changed; ) {
    changed = false;
    for (const { id } of left) {
      if (!only[id]) continue;
      if (graph.callers[id]!.every(({ caller }) => only[caller] || scopes[caller]!.file.isTest)) continue;
      only[id] = 0;
      changed = true;
    }
  }
  return only;
}

/** Whether a function makes the lock anew or notes its process: state that it touches can't be guarded by that lock. */
export function renewsObject(resolver: Resolver, scope: Scope, lock: Lock): boolean {
  const { op, a, b, c } = scope.code;
  const { names: texts } = scope.file.source;
  const lockName = lock.label.slice(lock.label.lastIndexOf('.') + 1);
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreGlobal && lock.key.startsWith('global:') && texts[a[at]!] === lockName)
      return true;
    if (op[at] !== Op.StoreAttribute) continue;
    if (lock.key.startsWith('field:') && texts[b[at]!] === lockName) return true;
    const value = c[at]!;
    if (op[value] === Op.Call && resolver.libraryPath(scope.id, a[value]!) === 'os.getpid') return true;
  }
  return false;
}
