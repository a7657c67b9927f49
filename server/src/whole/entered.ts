// Whether anything in the program enters a function once its object is in use. What only constructors lead to, what nothing
// calls, what is called on objects just made only, and what a function of the same name calls that is itself not entered,
// is not. Public methods without a caller may be entered by users of a library, who are not seen: they prove nothing.
// Answered when asked, by walking the calls backwards.

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

const enum Known {
  Yes = 1,
  No,
}

/** Which functions are entered. */
export class Entered {
  /** What is known of each function yet; 0 for nothing. */
  private readonly entered: Uint8Array;
  private readonly making: Uint8Array;
  private readonly isRoot: ReadonlySet<number>;
  /** Names of methods called on what is not known, or of a library. */
  private names: ReadonlySet<string> | null = null;

  constructor(
    private readonly resolver: Resolver,
    private readonly graph: CallGraph,
    roots: Roots,
    private readonly reads: PropertyReads,
    private readonly construction: Uint8Array,
    private readonly facts: ScopeFacts,
    private readonly fresh: FreshObjects,
  ) {
    const { scopes } = resolver.program;
    this.entered = new Uint8Array(scopes.length);
    this.making = new Uint8Array(scopes.length);
    this.isRoot = new Set(roots.all.map(({ scope }) => scope));
  }

  /** Whether something in the program may enter the function when its object is in use. */
  has(asked: Scope): boolean {
    const { scopes } = this.resolver.program;
    // All that leads there, until something is met that is entered without it.
    const way = new Set([asked.id]);
    for (const id of way) {
      const known = this.entered[id];
      if (known === Known.No) continue;
      if (known === Known.Yes || this.isEnteredAnyhow(scopes[id]!)) {
        this.entered[asked.id] = Known.Yes;
        return true;
      }
      if (this.isMaking(scopes[id]!)) continue;
      for (const from of this.callersOf(scopes[id]!, true)) {
        if (!this.makes(from, scopes[id]!)) way.add(from.id);
      }
      for (const base of this.bases(scopes[id]!)) way.add(base);
    }
    for (const id of way) this.entered[id] = Known.No;
    return false;
  }

  /** Open, or called by what others may call. */
  private isEnteredAnyhow(scope: Scope): boolean {
    if (this.isOpen(scope)) return true;
    if (this.isMaking(scope)) return false;
    return this.callersOf(scope, true).some(
      (from) => from.name !== scope.name && !this.makes(from, scope) && this.isOffered(from),
    );
  }

  /** Whether only the making of its own object calls a function. */
  private isMaking(asked: Scope): boolean {
    if (this.making[asked.id] === 0) this.findMaking(asked);
    return this.making[asked.id] === Known.Yes;
  }

  /** Finds it for all that lead to a function by calls of its own kind. */
  private findMaking(asked: Scope): void {
    const { scopes } = this.resolver.program;
    const way = new Set([asked.id]);
    const open: { readonly id: number; readonly callers: readonly Scope[] }[] = [];
    for (const id of way) {
      if (this.making[id] !== 0) continue;
      const scope = scopes[id]!;
      const callers = this.isMaker(scope) || this.isOpen(scope) ? [] : this.callersOf(scope);
      if (callers.length > 0 && callers.every((from) => this.mayMake(from, scope))) {
        open.push({ id, callers });
        for (const from of callers) way.add(from.id);
      } else {
        this.making[id] = this.isMaker(scope) ? Known.Yes : Known.No;
      }
    }
    open.reverse();
    for (let changed = true; changed; ) {
      changed = false;
      for (const { id, callers } of open) {
        if (this.making[id] !== 0 || !callers.every((from) => this.making[from.id] === Known.Yes)) continue;
        this.making[id] = Known.Yes;
        changed = true;
      }
    }
    // What only calls itself has nobody who makes its object.
    for (const { id } of open) this.making[id] ||= Known.No;
  }

  /** Constructors of others use what is no method as everybody else does. */
  private isMaker({ id, owner }: Scope): boolean {
    return owner >= 0 && this.construction[id] === 1;
  }

  /** Entered without a call that is seen: by a name, by whoever got it, by the language. */
  private isOpen(scope: Scope): boolean {
    const { program, library } = this.resolver;
    const { kind } = scope.code;
    if (kind === ScopeKind.Module || kind === ScopeKind.Lambda) return true;
    if (kind === ScopeKind.Class || scope.file.isTest || this.isMaker(scope)) return false;
    if (special.test(scope.name) || this.graph.escapes[scope.id]) return true;
    if (program.scopes[scope.parent]!.code.kind === ScopeKind.Function) return true;
    if (this.isRoot.has(scope.id) || decoratorNames(program, scope).length > 0) return true;
    if (hook.test(scope.name) && this.hasForeignBase(scope)) return true;
    if (scope.owner < 0 || library.containerMethods.has(scope.name)) return false;
    this.names ??= this.findNames();
    return this.names.has(scope.name);
  }

  private findNames(): ReadonlySet<string> {
    const names = new Set<string>();
    for (const scope of this.resolver.program.scopes) {
      if (scope.file.isTest) continue;
      const foreign = this.facts.of(foreignNames, scope);
      for (let k = 0; k < foreign.length; k++) names.add(foreign[k]!);
    }
    return names;
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
    return this.mayMake(from, scope) && this.isMaking(from);
  }

  /** It is, if the caller makes it. */
  private mayMake(from: Scope, scope: Scope): boolean {
    if (from.owner < 0 || scope.owner < 0) return false;
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
  let found: Set<string> | null = null;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
    const targets = resolver.targets(scope.id, at);
    let k = 0;
    while (k < targets.length && targets[k]!.kind === 'library') k++;
    if (k < targets.length) continue;
    found ??= new Set();
    found.add(scope.file.source.names[b[a[at]!]!]!);
  }
  return found === null ? noNames : [...found];
}
