// Which locks a function takes, by itself or through what it calls, and by which way. A lock of an instance counts as
// "on the receiver" only while every step passes the receiver on; after that it is some lock of that class.
// Bottom-up over the call graph, shortest ways first; calls that merely make a coroutine or generator take nothing.

import { EntityKind } from '../flow/entities';
import { Binding, bindingOf } from '../flow/function-facts';
import { type Lock, LockScope } from '../flow/locks';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { CodeFlag, Op, ScopeKind } from '../syntax/code';
import { positional } from '../syntax/code-reader';
import type { CallGraph, Edge } from './call-graph';
import { neverReached } from './constant-calls';
import type { EntryLocks } from './entry-locks';
import { type ImpliedCalls, specialAt } from './implied-calls';
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
/** Runs a coroutine to its end on this very thread. */
const runsLoop = /^asyncio\.(run|AbstractEventLoop\.run_until_complete)$/;
/** What is awaited with all that it is given. */
const gathering = /^asyncio\.(tasks\.)?(gather|shield|create_task|ensure_future)$/;

/** Locks taken by functions, transitively. */
export class LockTaking {
  private readonly ways = new Map<number, Map<number, Way>>();

  constructor(
    private readonly resolver: Resolver,
    private readonly locksOf: (scope: number, number: number) => readonly Lock[],
    private readonly uses: LockUses,
    private readonly graph: CallGraph,
    private readonly implied: ImpliedCalls,
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

  /** Whether a call, written or implied, is made on the receiver of the method in which it stands. */
  onReceiver(scope: Scope, call: number): boolean {
    return scope.owner >= 0 && this.isOnSelf(scope, call);
  }

  /** Whether what a call enters has the caller's receiver for its own: a method called on it, or a function that is
   * defined within the same method. */
  keepsReceiver(caller: Scope, call: number, callee: Scope): boolean {
    if (this.isOnSelf(caller, call)) return true;
    if (callee.owner >= 0) return false;
    const method = this.methodAround(callee);
    return method !== null && method === this.methodAround(caller);
  }

  /** Whether a lock's value is a field of the method's receiver. */
  ofReceiver(scope: Scope, number: number): boolean {
    return scope.owner >= 0 && this.ofSelf(scope, number);
  }

  /** The same, in a function that a method defines too. */
  ofSelf(scope: Scope, number: number): boolean {
    const { op, a, b } = scope.code;
    // `with self:`
    if (number === op.length && scope.owner >= 0)
      return bindingOf(this.resolver.program, scope) === Binding.Instance;
    if (number < 0 || number >= op.length) return false;
    // `self._locks['items']`
    const field = op[number] === Op.Item && op[b[number]!] === Op.Const ? a[number]! : number;
    return op[field] === Op.Attribute && this.isReceiver(scope, a[field]!);
  }

  private isOnSelf(scope: Scope, call: number): boolean {
    const { op, a } = scope.code;
    if (op[call] === Op.Attribute) return this.isReceiver(scope, a[call]!) || isSuper(scope, a[call]!);
    const special = specialAt(scope, call);
    if (special) return this.isReceiver(scope, special.object);
    if (op[call] !== Op.Call || op[a[call]!] !== Op.Attribute) return false;
    const object = a[a[call]!]!;
    // What a metaclass makes is another object than itself.
    if (isSuper(scope, object)) return this.resolver.libraryPath(scope.id, a[call]!) !== 'type.__call__';
    if (this.isReceiver(scope, object)) return true;
    return this.isHanded(scope, call) && this.isClass(scope, object);
  }

  /** `Base.close(self)`: the method of a base, called by its name. */
  private isHanded(scope: Scope, call: number): boolean {
    const first = positional(scope.code, call, 0);
    return first >= 0 && this.isReceiver(scope, first);
  }

  private isClass(scope: Scope, value: number): boolean {
    const { entities } = this.resolver;
    const found = this.resolver.denotes(scope.id, value);
    return found.length > 0 && found.every((entity) => entities.kind[entity] === EntityKind.Class);
  }

  /** Whether a value is the object of the method, also within a function that the method defines. */
  private isReceiver(scope: Scope, value: number): boolean {
    const { op, b, c } = scope.code;
    const { program, numberings } = this.resolver;
    const { number } = numberings.of(scope);
    if (scope.owner >= 0)
      return number[value] === op.length && bindingOf(program, scope) === Binding.Instance;
    if (op[value] !== Op.Captured || c[value] !== 0) return false;
    let outer = scope;
    for (let out = b[value]!; out > 0 && outer.parent >= 0; out--) outer = program.scopes[outer.parent]!;
    return (
      outer.owner >= 0 &&
      bindingOf(program, outer) === Binding.Instance &&
      !outer.code.op.some((one, at) => one === Op.StoreLocal && outer.code.a[at] === 0)
    );
  }

  /** The method in which a function is defined, or is; null for none. */
  private methodAround(scope: Scope): Scope | null {
    const { scopes } = this.resolver.program;
    for (let one = scope; ; one = scopes[one.parent]!) {
      if (one.owner >= 0) return one;
      if (one.parent < 0 || one.code.kind === ScopeKind.Class) return null;
    }
  }

  private solve(): void {
    const queue: { scope: number; way: Way }[] = [];
    const { scopes } = this.resolver.program;
    for (const scope of scopes) {
      if (scope.file.isTest) continue;
      for (const { lock } of this.entry.wrappersOf(scope))
        this.put(queue, scope.id, { lock, same: true, at: -1, next: -1, depth: 0, use: null });
      const uses = this.uses.of(scope.id);
      for (let k = 0; k < uses.length; k++) this.direct(queue, scope, uses[k]!);
    }
    for (let k = 0; k < queue.length; k++) {
      const { scope, way } = queue[k]!;
      if (way.depth >= maximumDepth) continue;
      for (const edge of this.graph.callers[scope]!) this.climb(queue, edge, way);
      for (const edge of this.implied.of(scopes[scope]!)) this.climb(queue, edge, way);
    }
  }

  private direct(queue: { scope: number; way: Way }[], scope: Scope, use: LockUse): void {
    if (use.kind !== UseKind.With && use.kind !== UseKind.Acquire) return;
    if (!use.certain) return;
    for (const lock of this.locksOf(scope.id, use.number)) {
      if (lock.scope === LockScope.Keyed || lock.scope === LockScope.Local) continue;
      const same = lock.scope === LockScope.Program || this.ofSelf(scope, use.number);
      this.put(queue, scope.id, { lock, same, at: use.at, next: -1, depth: 0, use });
    }
  }

  /** The lock of the object that a call makes, taken by its constructor: nobody else has it yet. */
  isOfNewObject(caller: Scope, at: number, callee: number, { lock, same }: Way): boolean {
    if (!same || lock.scope !== LockScope.Instance || caller.code.op[at] !== Op.Call) return false;
    return this.resolver
      .targets(caller.id, at)
      .some(
        (target) =>
          target.kind === 'class' &&
          target.init === callee &&
          this.resolver.classes.method(target.scope, '__new__') < 0,
      );
  }

  private climb(queue: { scope: number; way: Way }[], edge: Edge, way: Way): void {
    const caller = this.resolver.program.scopes[edge.caller]!;
    if (caller.file.isTest || !this.runsAtOnce(caller, edge.at, edge.callee)) return;
    if (this.isOfNewObject(caller, edge.at, edge.callee, way)) return;
    const isCall = caller.code.op[edge.at] === Op.Call;
    if (isCall && this.resolver.targets(caller.id, edge.at).length > maximumTargets) return;
    const callee = this.resolver.program.scopes[edge.callee]!;
    if (isCall && neverReached(this.resolver, caller, edge.at, callee, way.at)) return;
    const same =
      way.lock.scope === LockScope.Program || (way.same && this.keepsReceiver(caller, edge.at, callee));
    this.put(queue, caller.id, { ...way, same, at: edge.at, next: edge.callee, depth: way.depth + 1 });
  }

  /** A coroutine runs where it is awaited, a generator where it is walked: not at the call. */
  runsAtOnce(caller: Scope, at: number, callee: number): boolean {
    const { flags } = this.resolver.program.scopes[callee]!.code;
    if (flags & CodeFlag.Generator) return false;
    if (!(flags & CodeFlag.Async)) return true;
    return this.isAwaited(caller, at);
  }

  /** Whether a coroutine is awaited at once: by itself, or as one of several that are gathered. */
  private isAwaited(caller: Scope, made: number): boolean {
    const { op, a } = caller.code;
    const { user } = this.resolver.numberings.of(caller);
    let at = made;
    for (let depth = 0; depth < 6; depth++) {
      const by = user[at]!;
      if (by < 0) return false;
      switch (op[by] as Op) {
        case Op.Await:
          return true;
        case Op.Collect:
          at = a[by]!;
          break;
        case Op.List:
        case Op.Tuple:
        case Op.Star:
          at = by;
          break;
        case Op.Call:
          if (a[by] !== at && runsLoop.test(this.resolver.libraryPath(caller.id, a[by]!))) return true;
          if (a[by] === at || !gathering.test(this.resolver.libraryPath(caller.id, a[by]!))) return false;
          at = by;
          break;
        default:
          return false;
      }
    }
    return false;
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
