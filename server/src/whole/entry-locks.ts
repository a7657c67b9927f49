// The locks held whenever a function is entered: the intersection over its callers, a greatest fixpoint from "all".
// A function that may be entered from outside the program (registered, overriding, escaping, without callers)
// is entered with nothing. Contracts of this kind follow RacerD's ownership and lock summaries (OOPSLA 2018) in spirit.

import { decoratorNames } from '../flow/function-facts';
import type { Lock, Locks } from '../flow/locks';
import type { Resolver } from '../flow/resolver';
import { type WrappingLock, wrappingLocks } from '../flow/wrapped';
import type { Scope } from '../program/program';
import { ScopeKind } from '../syntax/code';
import type { CallGraph } from './call-graph';

const none: readonly Lock[] = [];
const maximumRounds = 64;
const harmless =
  /(^|\.)(property|cached_property|staticmethod|classmethod|(async)?contextmanager|wraps|abstractmethod|override|overload|log_helpers\.log_method_call|trace\w*|synchronized|lru_cache|cache|setter|getter|deleter|profile|removals\.\w+|deprecated)$/;

/** Entry locksets of all functions. */
export class EntryLocks {
  private readonly entry: (readonly Lock[] | null)[];
  private readonly wrapping = new Map<number, readonly WrappingLock[]>();

  constructor(
    private readonly resolver: Resolver,
    private readonly locks: Locks,
    private readonly graph: CallGraph,
    private readonly construction: Uint8Array,
  ) {
    const { scopes } = resolver.program;
    this.entry = scopes.map((scope) => (this.isFree(scope) ? none : null));
    this.solve(scopes);
  }

  /** The locks that the function's decorators hold around it. */
  wrappersOf(scope: Scope): readonly WrappingLock[] {
    let found = this.wrapping.get(scope.id);
    if (!found) {
      found = scope.code.kind === ScopeKind.Function ? wrappingLocks(this.resolver, this.locks, scope) : [];
      this.wrapping.set(scope.id, found);
    }
    return found;
  }

  /** Locks held whenever the function's callers enter it, decorators aside. */
  of(scope: Scope): readonly Lock[] {
    return this.entry[scope.id] ?? none;
  }

  /** All locks held at an instruction: by callers, by decorators, and in the function itself. */
  at(scope: Scope, instruction: number): readonly Lock[] {
    const set = this.resolver.numberings.of(scope).held[instruction]!;
    const wrappers = this.wrappersOf(scope);
    const entry = this.entry[scope.id] ?? none;
    if (set === 0 && wrappers.length === 0) return entry;
    return union(
      union(
        entry,
        wrappers.map(({ lock }) => lock),
      ),
      this.locks.ofSet(scope.id, set),
    );
  }

  /** Whether somebody outside the program may enter the function. */
  private isFree(scope: Scope): boolean {
    if (scope.code.kind !== ScopeKind.Function && scope.code.kind !== ScopeKind.Lambda) return true;
    const callers = this.graph.callers[scope.id]!.filter((edge) => this.counts(edge.caller));
    if (callers.length === 0 || this.graph.escapes[scope.id]) return true;
    if (scope.name.startsWith('__') && scope.name.endsWith('__')) return true;
    if (decoratorNames(this.resolver.program, scope).some((name) => !harmless.test(name))) return true;
    if (scope.name.startsWith('_')) return false;
    return this.graph.unresolvedNames.has(scope.name) || this.overrides(scope);
  }

  private overrides(scope: Scope): boolean {
    if (scope.owner < 0) return false;
    const { classes, entities } = this.resolver;
    return classes
      .order(scope.owner)
      .slice(1)
      .some(
        (entity) => entities.path(entity) === '' && classes.ownMethod(entities.x[entity]!, scope.name) >= 0,
      );
  }

  /** Calls from tests and from construction say nothing of what callers hold. */
  private counts(caller: number): boolean {
    const scope = this.resolver.program.scopes[caller]!;
    return !scope.file.isTest;
  }

  private solve(scopes: readonly Scope[]): void {
    for (let round = 0, changed = true; changed && round < maximumRounds; round++) {
      changed = false;
      for (const scope of scopes) {
        const before = this.entry[scope.id]!;
        if (before === none || before?.length === 0) continue;
        const after = this.meet(scope);
        if (after === null || (before !== null && before.length === after.length)) continue;
        this.entry[scope.id] = after;
        changed = true;
      }
    }
  }

  private meet(scope: Scope): readonly Lock[] | null {
    let held: readonly Lock[] | null = null;
    for (const edge of this.graph.callers[scope.id]!) {
      if (!this.counts(edge.caller)) continue;
      if (this.construction[edge.caller] && !this.construction[scope.id]) continue;
      const caller = this.resolver.program.scopes[edge.caller]!;
      // Still "all": a caller that was not reached yet takes nothing away.
      if (this.entry[edge.caller] === null) continue;
      const there = this.at(caller, edge.at);
      held = held === null ? there : held.filter((lock) => there.includes(lock));
    }
    return held;
  }
}

function union(x: readonly Lock[], y: readonly Lock[]): readonly Lock[] {
  if (y.length === 0) return x;
  if (x.length === 0) return y;
  return [...x, ...y.filter((lock) => !x.includes(lock))];
}
