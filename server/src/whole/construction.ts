// Which functions run only while an object is being made or a module imported: before anybody else can see the state.

import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { ScopeKind } from '../syntax/code';
import type { CallGraph, Edge } from './call-graph';

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
  const isTest = ({ caller }: Edge) => scopes[caller]!.file.isTest;
  let left = scopes.filter(
    ({ id, name }) =>
      !only[id] &&
      name.startsWith('_') &&
      !name.endsWith('__') &&
      !graph.escapes[id] &&
      !graph.unresolvedNames.has(name) &&
      !graph.callers[id]!.every(isTest),
  );
  // Calls among private helpers are shallow; a bound keeps the order of rounds out of the answer's cost.
  for (let round = 0; round < 8; round++) {
    const count = left.length;
    left = left.filter(({ id }) => {
      if (!graph.callers[id]!.every((edge) => only[edge.caller] || isTest(edge))) return true;
      only[id] = 1;
      return false;
    });
    if (left.length === count) break;
  }
  return only;
}
