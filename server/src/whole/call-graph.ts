// Who calls whom; which functions are handed about as values; what share of the calls is known. Two rounds: the first
// finds the arguments of parameters, the second resolves with them. Kept per calling scope, so that a changed body
// swaps its own contribution.

import { EntityKind } from '../flow/entities';
import { maximumArguments, type Resolver } from '../flow/resolver';
import { eachArgument } from '../flow/unfilled-arguments';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import {
  boundsOf,
  CallWriter,
  learnCalls,
  type Part,
  type SharedArguments,
  type SharedCalls,
} from './call-sharing';
import { functionNames } from './function-names';

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
  /** Calls outside tests that go into the program, or by their name may. */
  readonly ownCalls: number;
  /** Those of them that are resolved. */
  readonly ownResolved: number;
}

/** What one scope adds to the graph. */
interface Contribution {
  readonly edges: readonly Edge[];
  readonly escaping: readonly number[];
  /** Names of methods called on receivers of unknown type. */
  readonly unresolvedNames: readonly string[];
  readonly calls: number;
  readonly resolved: number;
  readonly modelled: number;
}

const noCalls: CallCounts = {
  calls: 0,
  resolved: 0,
  modelled: 0,
  unresolved: 0,
  ownCalls: 0,
  ownResolved: 0,
};
const noEdges: readonly Edge[] = [];

/** The call graph of a program. A shared one looks at the parts that it is asked for, gathers arguments before it takes
 * them, and answers nothing before `takeCalls`. */
export class CallGraph {
  private readonly contributions: Contribution[];
  private byCallee: readonly (readonly Edge[])[] = [];
  private escapeFlags: Uint8Array = new Uint8Array(0);
  private names: ReadonlySet<string> = new Set();
  private totals: CallCounts = noCalls;
  private readonly definedNames: ReadonlySet<string>;
  private readonly attributes: ReadonlySet<string>;
  private readonly variables: ReadonlySet<string>;
  /** Arguments by parameter, in the form of `Resolver.arguments`, while they are gathered. */
  private found = new Map<number, { scope: number; value: number }[]>();
  /** Where the parts begin that were asked for last. */
  private bounds: readonly number[] = [];

  constructor(
    private readonly resolver: Resolver,
    isShared = false,
  ) {
    const { scopes } = resolver.program;
    this.definedNames = new Set(scopes.map((scope) => scope.name));
    [this.attributes, this.variables] = functionNames(resolver.program);
    this.contributions = new Array(scopes.length);
    if (isShared) return;
    for (const scope of scopes) this.collectArguments(scope);
    this.show();
    for (const scope of scopes) this.contributions[scope.id] = this.contribution(scope);
    this.sum();
  }

  /** The scopes of a part, as a range of ids. */
  rangeOf({ index, of }: Part): readonly [from: number, to: number] {
    if (this.bounds.length !== of + 1) this.bounds = boundsOf(this.resolver.program.scopes, of);
    return [this.bounds[index]!, this.bounds[index + 1]!];
  }

  /** The arguments that the calls of a part give. */
  gatherArguments(part: Part): SharedArguments {
    const { scopes } = this.resolver.program;
    const [from, to] = this.rangeOf(part);
    for (let id = from; id < to; id++) this.collectArguments(scopes[id]!);
    const numbers: number[] = [];
    for (const [key, list] of this.found) {
      for (const { scope, value } of list) numbers.push(Math.floor(key / 256), key % 256, scope, value);
    }
    this.found = new Map();
    return Int32Array.from(numbers);
  }

  /** Takes the arguments of all parts, in order. */
  takeArguments(parts: readonly SharedArguments[]): void {
    for (const numbers of parts) {
      for (let k = 0; k < numbers.length; k += 4) {
        this.addArgument(numbers[k]!, numbers[k + 1]!, numbers[k + 2]!, numbers[k + 3]!);
      }
    }
    this.show();
  }

  /** What the calls of a part reach. */
  resolveCalls(part: Part): SharedCalls {
    const { scopes } = this.resolver.program;
    const [from, to] = this.rangeOf(part);
    const writer = new CallWriter(from);
    for (let id = from; id < to; id++) {
      const scope = scopes[id]!;
      const escaping = this.findEscaping(scope);
      writer.scope(escaping);
      this.contributions[id] = this.contribution(scope, escaping, writer);
    }
    return writer.finish();
  }

  /** Takes what the calls of all parts reach, in order. */
  takeCalls(parts: readonly SharedCalls[]): void {
    const { scopes } = this.resolver.program;
    for (const calls of parts) {
      if (this.contributions[calls.numbers[0]!]) continue;
      for (const { scope, escaping } of learnCalls(this.resolver, calls)) {
        this.contributions[scope] = this.contribution(scopes[scope]!, escaping);
      }
    }
    this.sum();
  }

  /** Edges into each function, in source order of the caller. */
  get callers(): readonly (readonly Edge[])[] {
    return this.byCallee;
  }

  /** Edges out of a scope, in source order. */
  calleesOf(scope: number): readonly Edge[] {
    return this.contributions[scope]!.edges;
  }

  /** Functions whose value a scope uses other than by calling it. */
  escapingIn(scope: number): readonly number[] {
    return this.contributions[scope]!.escaping;
  }

  /** Names of functions of the program that a scope calls on receivers of unknown type. */
  openNamesIn(scope: number): readonly string[] {
    const { unresolvedNames } = this.contributions[scope]!;
    return unresolvedNames.length === 0
      ? unresolvedNames
      : unresolvedNames.filter((name) => this.defines(name));
  }

  /** Whether something in the program is defined under a name. */
  defines(name: string): boolean {
    return this.definedNames.has(name);
  }

  /** 1 for functions whose value is used other than by calling it, tests left out. */
  get escapes(): Uint8Array {
    return this.escapeFlags;
  }

  /** Names of methods called on receivers of unknown type, tests left out. */
  get unresolvedNames(): ReadonlySet<string> {
    return this.names;
  }

  get counts(): CallCounts {
    return this.totals;
  }

  /** Computes the contributions of changed scopes again. Whether they tell the same as before, of places apart. */
  update(changed: readonly number[]): boolean {
    let isSame = true;
    let isMoved = false;
    for (const id of changed) {
      const before = this.contributions[id]!;
      const now = this.contribution(this.resolver.program.scopes[id]!);
      if (!tellsSame(before, now)) isSame = false;
      else if (before.edges.every(({ at }, k) => at === now.edges[k]!.at)) continue;
      this.contributions[id] = now;
      isMoved = true;
    }
    if (isMoved) this.sum();
    return isSame;
  }

  private collectArguments(scope: Scope): void {
    eachArgument(this.resolver, scope, ({ callee, slot, value }) =>
      this.addArgument(callee, slot, scope.id, value),
    );
  }

  private addArgument(callee: number, slot: number, scope: number, value: number): void {
    const key = callee * 256 + slot;
    const list = this.found.get(key);
    if (!list) this.found.set(key, [{ scope, value }]);
    else if (list.length < maximumArguments || this.resolver.askers !== null) list.push({ scope, value });
  }

  /** Shows the resolver all arguments at once: while they are gathered it sees none, so that no call is favoured for
   * coming later. */
  private show(): void {
    this.found.forEach((list, key) => {
      this.resolver.arguments.set(key, list);
    });
    this.found = new Map();
    this.resolver.reset();
  }

  private findEscaping(scope: Scope): readonly number[] {
    const { op, a, b } = scope.code;
    const { names } = scope.file.source;
    const escaping: number[] = [];
    if (scope.file.isTest) return escaping;
    const { user } = this.resolver.numberings.of(scope);
    const hasNested = op.includes(Op.Function);
    for (let at = 0; at < op.length; at++) {
      const by = user[at]!;
      if (by < 0 || (op[by] === Op.Call && a[by] === at)) continue;
      if (op[at] === Op.Attribute || op[at] === Op.Global || op[at] === Op.Captured) {
        // What keeps a function under another name was given it under its own, and there it escaped.
        if (op[at] === Op.Attribute && !this.attributes.has(names[b[at]!]!)) continue;
        if (op[at] === Op.Global && !this.variables.has(names[a[at]!]!)) continue;
        this.addEscapes(scope, at, by, escaping);
      } else if (hasNested && (op[at] === Op.Local || op[at] === Op.Function)) {
        if (this.leaves(scope, by)) this.addEscapes(scope, at, by, escaping);
      }
    }
    return escaping;
  }

  /** `writer`: who writes the calls down. */
  private contribution(
    scope: Scope,
    escaping = this.findEscaping(scope),
    writer: CallWriter | null = null,
  ): Contribution {
    const { op, a, b } = scope.code;
    const { names } = scope.file.source;
    const edges: Edge[] = [];
    const unresolvedNames: string[] = [];
    let calls = 0;
    let resolved = 0;
    let modelled = 0;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call) continue;
      calls++;
      let known = 0;
      const targets = this.resolver.targets(scope.id, at);
      writer?.call(at, targets);
      for (let k = 0; k < targets.length; k++) {
        const target = targets[k]!;
        if (target.kind === 'library') known ||= 1;
        else known = 2;
        const callee = target.kind === 'function' ? target.scope : target.kind === 'class' ? target.init : -1;
        if (callee >= 0) edges.push({ caller: scope.id, at, callee });
      }
      if (known === 2) resolved++;
      else if (known === 1) modelled++;
      else if (op[a[at]!] === Op.Attribute && !scope.file.isTest) unresolvedNames.push(names[b[a[at]!]!]!);
    }
    return { edges, escaping, unresolvedNames, calls, resolved, modelled };
  }

  private addEscapes(scope: Scope, at: number, by: number, escaping: number[]): void {
    const { op, a } = scope.code;
    const isObject = op[by] === Op.StoreAttribute || op[by] === Op.StoreItem || op[by] === Op.Item;
    if (op[by] === Op.Attribute || op[by] === Op.Compare || (isObject && a[by] === at)) return;
    const found = this.resolver.denotes(scope.id, at);
    for (let k = 0; k < found.length; k++) {
      const kind = this.resolver.entities.kind[found[k]!];
      if (kind === EntityKind.Function || kind === EntityKind.Method)
        escaping.push(this.resolver.entities.x[found[k]!]!);
    }
  }

  /** Whether a value of this scope goes where nobody follows it: not into a variable, nor into a call whose targets
   * are all known functions, which show themselves what they do with it. */
  private leaves(scope: Scope, by: number): boolean {
    const op = scope.code.op[by];
    if (op === Op.StoreLocal || op === Op.StoreGlobal) return false;
    if (op !== Op.Call) return true;
    const targets = this.resolver.targets(scope.id, by);
    return targets.length === 0 || targets.some(({ kind }) => kind === 'library');
  }

  private sum(): void {
    const byCallee = new Array<Edge[] | typeof noEdges>(this.contributions.length).fill(noEdges);
    const escapes = new Uint8Array(this.contributions.length);
    const names = new Set<string>();
    let calls = 0;
    let resolved = 0;
    let modelled = 0;
    let ownResolved = 0;
    let ownMissed = 0;
    const { program, library } = this.resolver;
    for (let scope = 0; scope < this.contributions.length; scope++) {
      const one = this.contributions[scope]!;
      calls += one.calls;
      resolved += one.resolved;
      modelled += one.modelled;
      if (!program.scopes[scope]!.file.isTest) ownResolved += one.resolved;
      const { edges, escaping, unresolvedNames } = one;
      for (let k = 0; k < unresolvedNames.length; k++) {
        const name = unresolvedNames[k]!;
        if (this.definedNames.has(name) && !library.containerMethods.has(name)) ownMissed++;
        names.add(name);
      }
      for (let k = 0; k < edges.length; k++) {
        const edge = edges[k]!;
        const list = byCallee[edge.callee]!;
        if (list === noEdges) byCallee[edge.callee] = [edge];
        else (list as Edge[]).push(edge);
      }
      for (let k = 0; k < escaping.length; k++) escapes[escaping[k]!] = 1;
    }
    this.byCallee = byCallee;
    this.escapeFlags = escapes;
    this.names = names;
    const unresolved = calls - resolved - modelled;
    this.totals = { calls, resolved, modelled, unresolved, ownCalls: ownResolved + ownMissed, ownResolved };
  }
}

function tellsSame(one: Contribution, other: Contribution): boolean {
  return (
    one.calls === other.calls &&
    one.resolved === other.resolved &&
    one.modelled === other.modelled &&
    one.edges.length === other.edges.length &&
    one.edges.every(({ callee }, k) => callee === other.edges[k]!.callee) &&
    one.escaping.join() === other.escaping.join() &&
    one.unresolvedNames.join() === other.unresolvedNames.join()
  );
}
