// Work that a function hands over and waits for, holding its locks all the while: to a pool, or to a function that calls
// it before it returns (the predicate of `wait_for`, a key of `sorted`). Nobody else who needs the locks can run
// meanwhile, so the worker runs as if it held them. That workers run beside each other is not looked at here.

import { EntityKind } from '../flow/entities';
import { lastName } from '../flow/function-facts';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import { positional } from '../syntax/code-reader';
import type { Edge } from './call-graph';
import type { ScopeFacts } from './scope-facts';

const handing = new Set(['submit', 'spawn', 'spawn_n', 'apply_async', 'map', 'starmap', 'map_async']);
const joining = new Set(['wait', 'waitall', 'join', 'joinall', 'result', 'as_completed', 'gather']);
/** Functions and methods that call what they are given, and keep nothing of it. */
const calling = new Set(['wait_for', 'sort', 'sorted', 'min', 'max', 'any', 'all', 'sum', 'reduce', 'next']);
const none: readonly Edge[] = [];

/** Functions whose value goes nowhere but to pools that are waited for; each with the places of the waiting. */
export class JoinedWork {
  private readonly edges = new Map<number, readonly Edge[]>();

  /** Names of functions that are handed over. */
  private readonly names: ReadonlySet<string>;

  constructor(
    private readonly resolver: Resolver,
    private readonly facts: ScopeFacts,
  ) {
    const handed = new Map<number, Edge[]>();
    for (const scope of resolver.program.scopes) {
      if (scope.file.isTest) continue;
      const atOnce = facts.of(calledAtOnce, scope);
      for (let k = 0; k < atOnce.length; k++) this.edges.set(atOnce[k]!.callee, [atOnce[k]!]);
      const later = facts.of(handedOver, scope);
      for (let k = 0; k < later.length; k++) {
        const edge = later[k]!;
        const list = handed.get(edge.callee);
        if (list) list.push(edge);
        else handed.set(edge.callee, [edge]);
      }
    }
    this.names = new Set([...handed.keys()].map((id) => nameOf(resolver, id)));
    const values = this.valueUses();
    for (const [worker, edges] of handed) {
      if (values.get(nameOf(resolver, worker)) === edges.length) this.edges.set(worker, edges);
    }
  }

  /** Where the worker is waited for; empty when it may run on its own. */
  of(worker: number): readonly Edge[] {
    return this.edges.get(worker) ?? none;
  }

  /** What a scope hands over, with the places of the waiting. */
  in(scope: Scope): readonly Edge[] {
    return [...this.facts.of(calledAtOnce, scope), ...this.facts.of(handedOver, scope)];
  }

  /** How often a scope uses each name that matters other than by calling it, in words. */
  usesIn(scope: Scope): readonly string[] {
    const uses = new Map<string, number>();
    if (this.names.size > 0) countValueUses(this.resolver, scope, this.names, uses);
    return [...uses].map(([name, count]) => `${name} ${count}`).sort();
  }

  /** How often each name is used other than by calling it, outside of tests. */
  private valueUses(): ReadonlyMap<string, number> {
    const uses = new Map<string, number>();
    if (this.names.size === 0) return uses;
    const { files, scopes } = this.resolver.program;
    for (const { isTest, source, firstScope } of files) {
      if (isTest || !source.names.some((name) => this.names.has(name))) continue;
      for (let id = firstScope; id < firstScope + source.codes.length; id++)
        countValueUses(this.resolver, scopes[id]!, this.names, uses);
    }
    return uses;
  }
}

function nameOf(resolver: Resolver, scope: number): string {
  return resolver.program.scopes[scope]!.name;
}

function handedOver(resolver: Resolver, scope: Scope): readonly Edge[] {
  const found: Edge[] = [];
  const { op } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || !handing.has(methodOf(scope, at))) continue;
    const { held } = resolver.numberings.of(scope);
    const worker = positional(scope.code, at, 0);
    if (worker < 0 || (op[worker] !== Op.Attribute && op[worker] !== Op.Global)) continue;
    let waits = -1;
    for (let later = at + 1; later < op.length; later++)
      if (held[later] === held[at] && joining.has(methodOf(scope, later))) waits = later;
    if (waits < 0) continue;
    for (const entity of resolver.denotes(scope.id, worker)) {
      const kind = resolver.entities.kind[entity];
      if (kind !== EntityKind.Function && kind !== EntityKind.Method) continue;
      const callee = resolver.entities.x[entity]!;
      found.push({ caller: scope.id, at: waits, callee });
    }
  }
  return found.length === 0 ? none : found;
}

/** Lambdas that are an argument of a function that calls them at once. */
function calledAtOnce(resolver: Resolver, scope: Scope): readonly Edge[] {
  const { op, a } = scope.code;
  if (!op.includes(Op.Function)) return none;
  const { user } = resolver.numberings.of(scope);
  const found: Edge[] = [];
  for (let made = 0; made < op.length; made++) {
    const at = op[made] === Op.Function ? user[made]! : -1;
    if (at < 0 || op[at] !== Op.Call || a[at] === made || !calling.has(lastName(scope, a[at]!))) continue;
    for (const entity of resolver.denotes(scope.id, made)) {
      if (resolver.entities.kind[entity] !== EntityKind.Function) continue;
      const callee = resolver.entities.x[entity]!;
      if (resolver.program.scopes[callee]!.code.kind === ScopeKind.Lambda)
        found.push({ caller: scope.id, at, callee });
    }
  }
  return found.length === 0 ? none : found;
}

function methodOf(scope: Scope, at: number): string {
  const { op, a, b } = scope.code;
  if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) return '';
  return scope.file.source.names[b[a[at]!]!]!;
}

/** Adds how often a scope uses each name other than by calling it. */
function countValueUses(
  resolver: Resolver,
  scope: Scope,
  names: ReadonlySet<string>,
  uses: Map<string, number>,
): void {
  const { op, a, b } = scope.code;
  const { user } = resolver.numberings.of(scope);
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Attribute && op[at] !== Op.Global) continue;
    const name = scope.file.source.names[op[at] === Op.Attribute ? b[at]! : a[at]!]!;
    const by = user[at]!;
    if (!names.has(name) || (by >= 0 && op[by] === Op.Call && a[by] === at)) continue;
    uses.set(name, (uses.get(name) ?? 0) + 1);
  }
}
