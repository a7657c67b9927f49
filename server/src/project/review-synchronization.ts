// What a review says of a file's locks: which functions enter with which lock, which state each lock guards and on
// how many accesses, and which state is changed with no lock in sight.

import { isWrite } from '../flow/accesses';
import type { Lock } from '../flow/locks';
import type { Scope } from '../program/program';
import { ScopeKind } from '../syntax/code';
import type { Analysis } from '../whole/analysis';
import type { Guarded } from '../whole/guards';
import type { ProjectFile } from './positions';
import type { Statement } from './protocol';
import { type Facts, listOf } from './review-facts';
import { statement } from './statement';

/** More places than these tell a reader nothing. */
const mostPlaces = 40;

interface Site {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The synchronization facts of a file. */
export function reviewSynchronization(analysis: Analysis, file: ProjectFile): Facts {
  const scopes = analysis.program.scopes.filter((scope) => scope.file.path === file.path);
  return {
    good: [...entryStatements(analysis, file, scopes), ...guardStatements(analysis, file)],
    undecided: undecidedStatements(analysis, file),
  };
}

/** "3 functions take 'port-forwarding' for their whole body". */
function entryStatements(analysis: Analysis, file: ProjectFile, scopes: readonly Scope[]): Statement[] {
  const wrapped = new Map<Lock, Site[]>();
  const inside = new Map<Lock, Site[]>();
  for (const scope of scopes) {
    if (scope.code.kind !== ScopeKind.Function) continue;
    const outer = scope.parent < 0 ? null : analysis.program.scopes[scope.parent]!;
    for (const { lock, decorator } of analysis.entryLocks.wrappersOf(scope)) {
      if (outer) push(wrapped, lock, { name: scope.name, ...analysis.program.span(outer, decorator) });
    }
    const { held, sets } = analysis.resolver.numberings.of(scope);
    const told = new Set<Lock>();
    for (let at = 1; at < held.length; at++) {
      if (held[at] === held[at - 1] || sets.lists[held[at]!]!.length === 0) continue;
      for (const lock of analysis.locks.ofSet(scope.id, held[at]!)) {
        if (told.has(lock)) continue;
        told.add(lock);
        push(inside, lock, { name: scope.name, ...analysis.program.span(scope, at - 1) });
      }
    }
  }
  return [
    ...[...wrapped].map(([lock, sites]) =>
      statement(
        file,
        `${count(sites.length, 'function takes', 'functions take')} ${nameOf(lock)} for the whole body: ${names(sites)}`,
        sites,
      ),
    ),
    ...[...inside].map(([lock, sites]) =>
      statement(
        file,
        `${count(sites.length, 'function takes', 'functions take')} ${nameOf(lock)} inside: ${names(sites)}`,
        sites,
      ),
    ),
  ];
}

/** "Every access of X after construction is made under L (12 of 12)". */
function guardStatements(analysis: Analysis, file: ProjectFile): Statement[] {
  const byLock = new Map<Lock, Guarded[]>();
  for (const guarded of analysis.guards.all) {
    if (!guarded.guard || !concerns(analysis, guarded, file)) continue;
    if (!guarded.accesses.every((access) => access.locks.includes(guarded.guard!))) continue;
    push(byLock, guarded.guard, guarded);
  }
  return [...byLock].map(([lock, places]) => {
    const total = places.reduce((sum, { accesses }) => sum + accesses.length, 0);
    const labels = listOf(places.map(({ place }) => `\`${place.label}\``));
    return statement(
      file,
      `Every access of ${labels} after construction is made under ${nameOf(lock)} (${total} of ${total})`,
      places.flatMap((guarded) => sitesIn(analysis, guarded, file)).slice(0, mostPlaces),
    );
  });
}

function undecidedStatements(analysis: Analysis, file: ProjectFile): Statement[] {
  const open: Statement[] = [];
  for (const guarded of analysis.guards.all) {
    if (guarded.guard || !guarded.changes || !concerns(analysis, guarded, file)) continue;
    const locked = guarded.accesses.some((access) => isWrite(access.kind) && access.locks.length > 0);
    if (!locked) continue;
    open.push(
      statement(
        file,
        `\`${guarded.place.label}\` is changed after construction, some of it under a lock, but no lock covers enough accesses to be its guard`,
        sitesIn(analysis, guarded, file).slice(0, mostPlaces),
      ),
    );
  }
  return open;
}

function concerns(analysis: Analysis, guarded: Guarded, file: ProjectFile): boolean {
  return analysis.program.scopes[guarded.place.owner]!.file.path === file.path;
}

function sitesIn(analysis: Analysis, guarded: Guarded, file: ProjectFile): { start: number; end: number }[] {
  return guarded.accesses
    .map((access) => ({ scope: analysis.program.scopes[access.scope]!, at: access.at }))
    .filter(({ scope }) => scope.file.path === file.path)
    .map(({ scope, at }) => analysis.program.span(scope, at));
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

function count(many: number, one: string, more: string): string {
  return `${many} ${many === 1 ? one : more}`;
}

function names(sites: readonly Site[]): string {
  return listOf(sites.map(({ name }) => `\`${name}()\``));
}

/** A lock as the code names it: an expression as code, a name in its quotes. */
function nameOf(lock: Lock): string {
  return lock.label.startsWith("'") ? lock.label : `\`${lock.label}\``;
}
