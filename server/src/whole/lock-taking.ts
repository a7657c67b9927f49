// Which locks a function takes, by itself or through what it calls, and by which way. A lock of an instance counts as
// "on the receiver" only while every step passes the receiver on; after that it is some lock of that class.
// Bottom-up over the call graph, shortest ways first; calls that merely make a coroutine or generator take nothing.

import { Binding, bindingOf } from '../flow/function-facts';
import { type Lock, LockScope } from '../flow/locks';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { CodeFlag, Op } from '../syntax/code';
import type { CallGraph, Edge } from './call-graph';
import { neverReached } from './constant-calls';
import type { EntryLocks } from './entry-locks';
import { type LockUse, type LockUses, UseKind } from './lock-uses';

/** How a function comes to take a lock. */
export interface Way {
  readonly lock: Lock;
  /** The same object as the one meant by the function's own receiver, or the only one of its kind. */
  readonly same: boolean;
  /** The instruction of the function that takes it or calls on; -1 for a decorator. */
  readonly at: number;
  /** Scope called, -1 where it is taken here. */
  readonly next: number;
  /** Calls between here and there. */
  readonly depth: number;
  /** The use that takes it, null for a decorator. */
  readonly use: LockUse | null;
}

const maximumDepth = 8;
const maximumTargets = 3;

/** Locks taken by functions, transitively. */
export class LockTaking {
  private readonly ways = new Map<number, Map<number, Way>>();

  constructor(
    private readonly resolver: Resolver,
    private readonly locksOf: (scope: number, number: number) => readonly Lock[],
    private readonly uses: LockUses,
    private readonly graph: CallGraph,
    private readonly entry: EntryLocks,
  ) {
    this.solve();
  }

  /** The ways in which a function takes locks, in order of discovery. */
  of(scopeId: number): Iterable<Way> {
    return this.ways.get(scopeId)?.values() ?? [];
  }

  /** The instructions on a way, from the function down to the one that takes the lock. */
  path(scopeId: number, way: Way): readonly { readonly scope: number; readonly at: number }[] {
    const path: { scope: number; at: number }[] = [];
    let scope = scopeId;
    let current: Way | undefined = way;
    for (let step = 0; current && step <= maximumDepth; step++) {
      path.push({ scope, at: current.at });
      if (current.next < 0) break;
      scope = current.next;
      const table: Map<number, Way> | undefined = this.ways.get(scope);
      const lock: Lock = current.lock;
      current = table?.get(lock.id * 2 + 1) ?? table?.get(lock.id * 2);
    }
    return path;
  }

  /** Whether a call is made on the receiver of the function in which it stands. */
  onReceiver(scope: Scope, call: number): boolean {
    const { op, a } = scope.code;
    const callee = a[call]!;
    if (op[callee] !== Op.Attribute || scope.owner < 0) return false;
    if (bindingOf(this.resolver.program, scope) !== Binding.Instance) return false;
    return this.isReceiver(scope, a[callee]!) || isSuper(scope, a[callee]!);
  }

  /** Whether a lock's value is a field of the receiver. */
  ofReceiver(scope: Scope, number: number): boolean {
    const { op, a } = scope.code;
    if (number < 0 || number >= op.length || op[number] !== Op.Attribute || scope.owner < 0) return false;
    return this.isReceiver(scope, a[number]!);
  }

  private isReceiver(scope: Scope, value: number): boolean {
    return this.resolver.numberings.of(scope).number[value] === scope.code.op.length;
  }

  private solve(): void {
    const queue: { scope: number; way: Way }[] = [];
    for (const scope of this.resolver.program.scopes) {
      if (scope.file.isTest) continue;
      for (const { lock } of this.entry.wrappersOf(scope))
        this.put(queue, scope.id, { lock, same: true, at: -1, next: -1, depth: 0, use: null });
      for (const use of this.uses.of(scope.id)) this.direct(queue, scope, use);
    }
    for (let k = 0; k < queue.length; k++) {
      const { scope, way } = queue[k]!;
      if (way.depth >= maximumDepth) continue;
      for (const edge of this.graph.callers[scope]!) this.climb(queue, edge, way);
    }
  }

  private direct(queue: { scope: number; way: Way }[], scope: Scope, use: LockUse): void {
    if (use.kind !== UseKind.With && use.kind !== UseKind.Acquire) return;
    if (!use.certain) return;
    for (const lock of this.locksOf(scope.id, use.number)) {
      if (lock.scope === LockScope.Keyed || lock.scope === LockScope.Local) continue;
      const same = lock.scope === LockScope.Program || this.ofReceiver(scope, use.number);
      this.put(queue, scope.id, { lock, same, at: use.at, next: -1, depth: 0, use });
    }
  }

  private climb(queue: { scope: number; way: Way }[], edge: Edge, way: Way): void {
    const caller = this.resolver.program.scopes[edge.caller]!;
    if (caller.file.isTest || !this.runsAtOnce(caller, edge.at, edge.callee)) return;
    if (this.resolver.targets(caller.id, edge.at).length > maximumTargets) return;
    const callee = this.resolver.program.scopes[edge.callee]!;
    if (neverReached(this.resolver, caller, edge.at, callee, way.at)) return;
    const same = way.lock.scope === LockScope.Program || (way.same && this.onReceiver(caller, edge.at));
    this.put(queue, caller.id, { ...way, same, at: edge.at, next: edge.callee, depth: way.depth + 1 });
  }

  /** A coroutine runs where it is awaited, a generator where it is walked: not at the call. */
  runsAtOnce(caller: Scope, at: number, callee: number): boolean {
    const { flags } = this.resolver.program.scopes[callee]!.code;
    if (flags & CodeFlag.Generator) return false;
    if (!(flags & CodeFlag.Async)) return true;
    const by = this.resolver.numberings.of(caller).user[at]!;
    return by >= 0 && caller.code.op[by] === Op.Await;
  }

  private put(queue: { scope: number; way: Way }[], scope: number, way: Way): void {
    let table = this.ways.get(scope);
    if (!table) {
      table = new Map();
      this.ways.set(scope, table);
    }
    const key = way.lock.id * 2 + (way.same ? 1 : 0);
    if (table.has(key)) return;
    table.set(key, way);
    queue.push({ scope, way });
  }
}

function isSuper(scope: Scope, value: number): boolean {
  const { op, a } = scope.code;
  if (op[value] !== Op.Call) return false;
  const callee = a[value]!;
  return op[callee] === Op.Global && scope.file.source.names[a[callee]!] === 'super';
}
