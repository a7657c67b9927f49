// Who enters a function: calls, reads of properties and work that is waited for; and whether somebody outside the program
// may: who registers it, who got its value, users of a name that is called on what nobody knows. Answered when asked.

import { EntityKind } from '../flow/entities';
import { decoratorNames } from '../flow/function-facts';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import { functionExtra } from '../syntax/code-reader';
import type { CallGraph, Edge } from './call-graph';
import { harmless, plainBases, registering } from './entering-words';
import type { JoinedWork } from './joined-work';
import type { PropertyReads } from './property-reads';
import type { UnresolvedCalls } from './unresolved-calls';

const enum Known {
  Yes = 1,
  No,
}

/** Who enters which function. */
export class Entering {
  private readonly free: Uint8Array;

  constructor(
    private readonly resolver: Resolver,
    private readonly graph: CallGraph,
    private readonly reads: PropertyReads,
    private readonly joined: JoinedWork,
    private readonly unresolved: UnresolvedCalls,
  ) {
    this.free = new Uint8Array(resolver.program.scopes.length);
  }

  /** Calls, property reads and waited-for hand-overs that enter the function, tests left out. */
  callersOf(scope: Scope): readonly Edge[] {
    const calls = this.graph.callers[scope.id]!;
    const reads = this.reads.of(scope.id);
    const joined = this.joined.of(scope.id);
    const all = reads.length + joined.length === 0 ? calls : [...calls, ...reads, ...joined];
    return all.some((edge) => this.isByTest(edge)) ? all.filter((edge) => !this.isByTest(edge)) : all;
  }

  /** What a scope enters in these ways, perhaps more than once. */
  *entriesOf(scope: Scope): Iterable<Edge> {
    yield* this.graph.calleesOf(scope.id);
    yield* this.reads.in(scope);
    yield* this.joined.in(scope);
  }

  /** Whether somebody outside the program may enter the function. */
  isFree(scope: Scope): boolean {
    let known = this.free[scope.id]!;
    if (known === 0) {
      known = this.findFree(scope, new Set()) ? Known.Yes : Known.No;
      this.free[scope.id] = known;
    }
    return known === Known.Yes;
  }

  /** Whether nothing in the program outside of its tests can enter the function, and nothing hands it on. */
  isUnused(scope: Scope): boolean {
    if (scope.code.kind !== ScopeKind.Function || !isPrivate(scope.name)) return false;
    if (this.resolver.program.scopes[scope.parent]!.code.kind === ScopeKind.Function) return false;
    if (this.hasCallers(scope) || this.graph.escapes[scope.id]) return false;
    if (this.graph.unresolvedNames.has(scope.name) || this.inheritsFromElsewhere(scope)) return false;
    if (decoratorNames(this.resolver.program, scope).length > 0 || this.overridden(scope).length > 0)
      return false;
    // The name of a method put together at run time may be this one.
    return scope.owner < 0 || !scope.file.source.names.includes('getattr');
  }

  private isByTest({ caller }: Edge): boolean {
    return this.resolver.program.scopes[caller]!.file.isTest;
  }

  private hasCallers(scope: Scope): boolean {
    return (
      this.graph.callers[scope.id]!.some((edge) => !this.isByTest(edge)) || this.callersOf(scope).length > 0
    );
  }

  private findFree(scope: Scope, seen: Set<number>): boolean {
    // Classes whose bases are bound anew may be bases of each other.
    if (seen.has(scope.id)) return false;
    seen.add(scope.id);
    if (scope.code.kind !== ScopeKind.Function && scope.code.kind !== ScopeKind.Lambda) return true;
    if (scope.name.startsWith('__') && scope.name.endsWith('__')) return true;
    if (!this.hasCallers(scope) || this.escapes(scope)) return true;
    const decorators = decoratorNames(this.resolver.program, scope);
    if (decorators.some((name) => registering.test(name) && !harmless.test(name))) return true;
    if (isPrivate(scope.name)) return false;
    if (decorators.some((name, k) => !harmless.test(name) && !this.isOwnDecorator(scope, k))) return true;
    // An override of a method of the program is entered where that method is called.
    return this.unresolved.mayReach(scope) || this.overridden(scope).some((one) => this.findFree(one, seen));
  }

  /** Whether a decorator is a function of the program: it wraps what it is given, as far as its name tells. */
  private isOwnDecorator(scope: Scope, index: number): boolean {
    const outer = this.resolver.program.scopes[scope.parent]!;
    const decorator = functionExtra(outer.code, scope.definedAt).decorators[index]!;
    const callee = outer.code.op[decorator] === Op.Call ? outer.code.a[decorator]! : decorator;
    const { entities } = this.resolver;
    return this.resolver
      .denotes(outer.id, callee)
      .some((entity) => entities.kind[entity] === EntityKind.Function);
  }

  private escapes(scope: Scope): boolean {
    return this.graph.escapes[scope.id] === 1 && this.joined.of(scope.id).length === 0;
  }

  /** A base that is not of the program may call what it knows by name. */
  private inheritsFromElsewhere(scope: Scope): boolean {
    if (scope.owner < 0) return false;
    const { classes, entities } = this.resolver;
    return classes.order(scope.owner).some((entity) => {
      const path = entities.path(entity);
      return path !== '' && !plainBases.test(path);
    });
  }

  /** The functions of the program's classes that a method overrides. */
  private overridden(scope: Scope): readonly Scope[] {
    if (scope.owner < 0) return [];
    const { classes, entities, program } = this.resolver;
    const found: Scope[] = [];
    for (const entity of classes.order(scope.owner).slice(1)) {
      if (entities.path(entity) !== '') continue;
      const method = classes.ownMethod(entities.x[entity]!, scope.name);
      if (method >= 0) found.push(program.scopes[method]!);
    }
    return found;
  }
}

function isPrivate(name: string): boolean {
  return name.startsWith('_') && !name.endsWith('__');
}
