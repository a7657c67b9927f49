// What the body of a scope tells the entry locksets: whom it enters under which locks, which functions it hands about,
// which calls it leaves open, what it imports. Bodies that tell the same leave everybody else's locksets as they are.

import type { Locks } from '../flow/locks';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import type { CallGraph, Edge } from './call-graph';
import type { JoinedWork } from './joined-work';
import type { PropertyReads } from './property-reads';
import type { UnresolvedCalls } from './unresolved-calls';

/** What is asked about a body. */
export interface EntryFacts {
  readonly resolver: Resolver;
  readonly locks: Locks;
  readonly graph: CallGraph;
  readonly reads: PropertyReads;
  readonly joined: JoinedWork;
  readonly unresolved: UnresolvedCalls;
}

/** All that a body tells, as text; equal texts tell the same. */
export function entryFace(facts: EntryFacts, scope: Scope): string {
  const { resolver, locks, graph, reads, joined, unresolved } = facts;
  const { held } = resolver.numberings.of(scope);
  const told = ({ callee, at }: Edge) => `${callee}:${locks.ofSet(scope.id, held[at]!).map(({ id }) => id)}`;
  return [
    graph.calleesOf(scope.id).map(told),
    reads.in(scope).map(told),
    joined.in(scope).map(told),
    joined.usesIn(scope),
    graph.escapingIn(scope.id),
    graph.openNamesIn(scope.id),
    unresolved.importsIn(scope),
  ]
    .map((list) => [...new Set<unknown>(list)].join(' '))
    .join('\n');
}

const placed = /^(?:made|value|named-like|named-at):(\d+):/;

/** The scope whose code a lock's identity names a place in; -1 for none. */
export function scopeOfLock(key: string): number {
  const found = placed.exec(key);
  return found ? Number(found[1]) : -1;
}
