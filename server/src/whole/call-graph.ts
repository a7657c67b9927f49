// Who calls whom, with what held at the call; which functions are handed about as values; what share of the calls is
// known. Two rounds: the first finds the arguments of parameters, the second resolves with them.

import { EntityKind } from '../flow/entities';
import type { Resolver } from '../flow/resolver';
import type { Program, Scope } from '../program/program';
import { Argument, Op, ScopeKind } from '../syntax/code';

/** A call of a function of the program. */
export interface Edge {
  readonly caller: number;
  readonly at: number;
  readonly callee: number;
}

/** Counts of call instructions. */
export interface CallCounts {
  readonly calls: number;
  /** Into functions and classes of the program. */
  readonly resolved: number;
  /** Into libraries, by path. */
  readonly modelled: number;
  readonly unresolved: number;
}

const maximumArguments = 4;

/** The call graph of a program. */
export class CallGraph {
  /** Edges by callee, in source order of the caller. */
  readonly callers: readonly (readonly Edge[])[];
  /** 1 for functions whose value is used other than by calling it. */
  readonly escapes: Uint8Array;
  readonly counts: CallCounts;
  /** Names of methods called on receivers of unknown type, tests left out. */
  readonly unresolvedNames: ReadonlySet<string>;

  constructor(private readonly resolver: Resolver) {
    const { program } = resolver;
    this.collectArguments();
    resolver.reset();
    const callers: Edge[][] = program.scopes.map(() => []);
    const escapes = new Uint8Array(program.scopes.length);
    const unresolved = new Set<string>();
    let calls = 0;
    let resolved = 0;
    let modelled = 0;
    for (const scope of program.scopes) {
      const { op, a, b } = scope.code;
      const { user } = resolver.numberings.of(scope);
      for (let at = 0; at < op.length; at++) {
        if (op[at] === Op.Attribute || op[at] === Op.Global || op[at] === Op.Captured) {
          const by = user[at]!;
          if (by >= 0 && !(op[by] === Op.Call && a[by] === at)) this.markEscape(scope, at, by, escapes);
        }
        if (op[at] !== Op.Call) continue;
        calls++;
        let known = 0;
        for (const target of resolver.targets(scope.id, at)) {
          if (target.kind === 'library') known ||= 1;
          else known = 2;
          const callee =
            target.kind === 'function' ? target.scope : target.kind === 'class' ? target.init : -1;
          if (callee >= 0) callers[callee]!.push({ caller: scope.id, at, callee });
        }
        if (known === 2) resolved++;
        else if (known === 1) modelled++;
        else if (op[a[at]!] === Op.Attribute && !scope.file.isTest)
          unresolved.add(scope.file.source.names[b[a[at]!]!]!);
      }
    }
    this.callers = callers;
    this.escapes = escapes;
    this.unresolvedNames = unresolved;
    this.counts = { calls, resolved, modelled, unresolved: calls - resolved - modelled };
  }

  private collectArguments(): void {
    const { resolver } = this;
    for (const scope of resolver.program.scopes) {
      const { op } = scope.code;
      for (let at = 0; at < op.length; at++) {
        if (op[at] !== Op.Call) continue;
        for (const target of resolver.targets(scope.id, at)) {
          if (target.kind === 'function') this.bind(scope, at, target.scope, target.bound ? 1 : 0);
          else if (target.kind === 'class' && target.init >= 0) this.bind(scope, at, target.init, 1);
        }
      }
    }
  }

  private bind(scope: Scope, at: number, callee: number, shift: number): void {
    const { b, extra } = scope.code;
    const target = this.resolver.program.scopes[callee]!;
    const { slots, parameters } = target.code;
    const from = b[at]!;
    let position = shift;
    for (let k = 0; k < extra[from]!; k++) {
      const keyword = extra[from + 1 + 2 * k]!;
      const value = extra[from + 2 + 2 * k]!;
      let slot = -1;
      if (keyword === Argument.Positional) slot = position++;
      else if (keyword >= 0) slot = slotOf(target, scope.file.source.names[keyword]!);
      else return;
      if (slot < 0 || slot >= parameters.length || slot >= slots.length || slot > 200) continue;
      const key = callee * 256 + slot;
      const list = this.resolver.arguments.get(key);
      if (!list) this.resolver.arguments.set(key, [{ scope: scope.id, value }]);
      else if (list.length < maximumArguments) list.push({ scope: scope.id, value });
    }
  }

  private markEscape(scope: Scope, at: number, by: number, escapes: Uint8Array): void {
    const { op } = scope.code;
    if (
      op[by] === Op.Attribute ||
      op[by] === Op.StoreAttribute ||
      op[by] === Op.Item ||
      op[by] === Op.Compare
    )
      return;
    for (const entity of this.resolver.denotes(scope.id, at)) {
      const kind = this.resolver.entities.kind[entity];
      if (kind === EntityKind.Function || kind === EntityKind.Method)
        escapes[this.resolver.entities.x[entity]!] = 1;
    }
  }
}

/** Slot of a parameter by name, -1 when there is none. */
export function slotOf(scope: Scope, name: string): number {
  const { slots, parameters } = scope.code;
  for (let slot = 0; slot < parameters.length; slot++) {
    if (scope.file.source.names[slots[slot]!] === name) return slot;
  }
  return -1;
}

/** Scopes that are functions. */
export function functionsOf(program: Program): readonly Scope[] {
  return program.scopes.filter(
    (scope) => scope.code.kind === ScopeKind.Function || scope.code.kind === ScopeKind.Lambda,
  );
}
