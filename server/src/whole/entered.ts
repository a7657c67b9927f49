// Whether anything in the program enters a function once its object is in use. What only constructors lead to, what nothing
// calls, what is called on objects just made only, and what a function of the same name calls that is itself not entered,
// is not. Public methods without a caller may be entered by users of a library, who are not seen: they prove nothing.

import { EntityKind } from '../flow/entities';
import { decoratorNames } from '../flow/function-facts';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import type { CallGraph } from './call-graph';
import type { FreshObjects } from './fresh-objects';
import type { PropertyReads } from './property-reads';
import type { Roots } from './roots';
import type { ScopeFacts } from './scope-facts';

const special = /^__\w+__$/;
/** What a base of a library calls when something happens. */
const hook = /^_?(on|do|handle|process|perform|visit)(_|[A-Z])/;
const plainBase = /^(object|abc\.ABC|typing\.\w+|enum\.\w+|threading\.\w+|\w*(Exception|Error))$/;
const maximumRounds = 16;

/** Which functions are entered. */
export class Entered {
  private readonly flags: Uint8Array;
  private readonly isRoot: ReadonlySet<number>;
  /** 1 for functions that only the making of their own object calls. */
  private readonly making: Uint8Array;
  /** Names of methods called on what is not known, or of a library. */
  private readonly names = new Set<string>();

  constructor(
    private readonly resolver: Resolver,
    private readonly graph: CallGraph,
    roots: Roots,
    private readonly reads: PropertyReads,
    construction: Uint8Array,
    facts: ScopeFacts,
    private readonly fresh: FreshObjects,
  ) {
    const { scopes } = resolver.program;
    // Constructors of others use what is no method as everybody else does.
    this.making = construction.map((flag, id) => (scopes[id]!.owner >= 0 ? flag : 0));
    this.flags = new Uint8Array(scopes.length);
    this.isRoot = new Set(roots.all.map(({ scope }) => scope));
    for (const scope of scopes) {
      if (!scope.file.isTest) for (const name of facts.of(foreignNames, scope)) this.names.add(name);
    }
    const open = scopes.filter((scope) => this.isOpen(scope));
    for (const scope of open) this.flags[scope.id] = 1;
    this.spread((scope) => {
      if (this.making[scope.id] || this.flags[scope.id]) return false;
      const callers = this.callersOf(scope);
      const isMaking = callers.length > 0 && callers.every((from) => this.makes(from, scope));
      if (isMaking) this.making[scope.id] = 1;
      return isMaking;
    });
    this.spread((scope) => {
      if (this.flags[scope.id] || this.making[scope.id]) return false;
      const isEntered =
        this.callersOf(scope, true).some(
          (from) =>
            !this.makes(from, scope) &&
            (this.flags[from.id] === 1 || (from.name !== scope.name && this.isOffered(from))),
        ) || this.bases(scope).some((one) => this.flags[one]);
      if (isEntered) this.flags[scope.id] = 1;
      return isEntered;
    });
  }

  /** Whether something in the program may enter the function when its object is in use. */
  has(scope: Scope): boolean {
    return this.flags[scope.id] === 1;
  }

  /** Adds only, so that it comes to an end. */
  private spread(step: (scope: Scope) => boolean): void {
    for (let round = 0, changed = true; changed && round < maximumRounds; round++) {
      changed = false;
      for (const scope of this.resolver.program.scopes) if (step(scope)) changed = true;
    }
  }

  /** Entered without a call that is seen: by a name, by whoever got it, by the language. */
  private isOpen(scope: Scope): boolean {
    const { program, library } = this.resolver;
    const { kind } = scope.code;
    if (kind === ScopeKind.Module || kind === ScopeKind.Lambda) return true;
    if (kind === ScopeKind.Class || scope.file.isTest || this.making[scope.id]) return false;
    if (special.test(scope.name) || this.graph.escapes[scope.id]) return true;
    if (program.scopes[scope.parent]!.code.kind === ScopeKind.Function) return true;
    if (this.isRoot.has(scope.id) || decoratorNames(program, scope).length > 0) return true;
    if (hook.test(scope.name) && this.hasForeignBase(scope)) return true;
    return scope.owner >= 0 && this.names.has(scope.name) && !library.containerMethods.has(scope.name);
  }

  /** Who calls a function; with `inUse` those that call it on an object that others may have. */
  private callersOf(scope: Scope, inUse = false): readonly Scope[] {
    const { scopes } = this.resolver.program;
    const calls = this.graph.callers[scope.id]!;
    const counted = inUse ? calls.filter((edge) => !this.fresh.isFresh(edge)) : calls;
    return [...counted, ...this.reads.of(scope.id)]
      .map(({ caller }) => scopes[caller]!)
      .filter((from) => !from.file.isTest && from !== scope);
  }

  /** Nothing in the program calls it, and others may: a function of a module, or a method of a class of which the program
   * makes no object. */
  private isOffered(scope: Scope): boolean {
    if (this.callersOf(scope).length > 0) return false;
    if (scope.owner < 0) return true;
    const maker = this.resolver.classes.method(scope.owner, '__init__');
    const { scopes } = this.resolver.program;
    return maker < 0 || this.graph.callers[maker]!.every(({ caller }) => scopes[caller]!.file.isTest);
  }

  /** The call is part of making the object. */
  private makes(from: Scope, scope: Scope): boolean {
    if (!this.making[from.id] || from.owner < 0 || scope.owner < 0) return false;
    const { classes, entities } = this.resolver;
    return classes
      .order(from.owner)
      .some((one) => entities.kind[one] === EntityKind.Class && entities.x[one] === scope.owner);
  }

  /** Its class extends one of a library that may call what it knows by name. */
  private hasForeignBase({ owner }: Scope): boolean {
    if (owner < 0) return false;
    const { classes, entities } = this.resolver;
    return classes.order(owner).some((entity) => {
      const path = entities.path(entity);
      return path !== '' && !plainBase.test(path);
    });
  }

  /** The methods of bases in the program that a method stands for. */
  private bases(scope: Scope): readonly number[] {
    if (scope.owner < 0) return [];
    const { classes, entities } = this.resolver;
    return classes
      .order(scope.owner)
      .slice(1)
      .flatMap((entity) => {
        if (entities.path(entity) !== '') return [];
        const method = classes.ownMethod(entities.x[entity]!, scope.name);
        return method >= 0 ? [method] : [];
      });
  }
}

const noNames: readonly string[] = [];

/** Names of the methods that a scope calls on receivers that are no objects of the program. */
function foreignNames(resolver: Resolver, scope: Scope): readonly string[] {
  const { op, a, b } = scope.code;
  const found = new Set<string>();
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
    if (resolver.targets(scope.id, at).some(({ kind }) => kind !== 'library')) continue;
    found.add(scope.file.source.names[b[a[at]!]!]!);
  }
  return found.size === 0 ? noNames : [...found];
}
