// Which functions run only while an object is being made or a module imported: before anybody else can see the state.

import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { ScopeKind } from '../syntax/code';
import type { CallGraph } from './call-graph';

const constructors = new Set([
  '__init__',
  '__new__',
  '__post_init__',
  '__setstate__',
  '__init_subclass__',
  '__set_name__',
  '__attrs_post_init__',
]);

/** 1 for scopes that run only during construction or import. A private method counts when all its callers do. */
export function constructionOnly(resolver: Resolver, graph: CallGraph): Uint8Array {
  return calledOnlyFrom(
    resolver,
    graph,
    (scope) => runsAtImport(scope) || (scope.owner >= 0 && constructors.has(scope.name)),
  );
}

/** 1 for scopes that run only while a module is imported: state of the module is not shared yet. */
export function importOnly(resolver: Resolver, graph: CallGraph): Uint8Array {
  return calledOnlyFrom(resolver, graph, runsAtImport);
}

function runsAtImport({ code: { kind } }: Scope): boolean {
  return kind === ScopeKind.Module || kind === ScopeKind.Class;
}

function calledOnlyFrom(
  resolver: Resolver,
  graph: CallGraph,
  isFirst: (scope: Scope) => boolean,
): Uint8Array {
  const { scopes } = resolver.program;
  const only = new Uint8Array(scopes.length);
  for (const scope of scopes) if (isFirst(scope)) only[scope.id] = 1;
  // Calls among private helpers are shallow; a bound keeps the order of rounds out of the answer's cost.
  for (let round = 0, changed = true; changed && round < 8; round++) {
    changed = false;
    for (const scope of scopes) {
      if (
        only[scope.id] ||
        graph.escapes[scope.id] ||
        !scope.name.startsWith('_') ||
        scope.name.endsWith('__')
      )
        continue;
      const callers = graph.callers[scope.id]!.filter((edge) => !scopes[edge.caller]!.file.isTest);
      if (callers.length === 0 || graph.unresolvedNames.has(scope.name)) continue;
      if (callers.every((edge) => only[edge.caller])) {
        only[scope.id] = 1;
        changed = true;
      }
    }
  }
  return only;
}
