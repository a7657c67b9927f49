// Whether two functions may work on the same state at the same time, and how sure that is: by the roots that reach them,
// by the models that run these, and by who starts whom. Which object they work on is not asked.

import type { ExecutionModel } from '../library/schema';
import type { Program, Scope } from '../program/program';
import { CodeFlag, ScopeKind } from '../syntax/code';
import type { CallGraph, Edge } from './call-graph';
import type { Root, Roots } from './roots';
import type { Spawned } from './spawned';

/** How sure it is that two functions overlap. */
export const enum Meeting {
  /** One runner does both, or one of them runs when everything ends. */
  Apart,
  /** No root reaches either: whoever uses the program may call both. */
  Unseen,
  /** A thread reaches one of them, and whoever uses the program may call the other. */
  OneSide,
  /** Two runners reach them, or one that runs beside itself. */
  Met,
}

/** How two functions come to overlap. */
export interface Overlap {
  readonly meeting: Meeting;
  /** Threads interleave anywhere, the others where they give way. */
  readonly model: ExecutionModel;
}

const apart: Overlap = { meeting: Meeting.Apart, model: 'thread' };
const unseen: Overlap = { meeting: Meeting.Unseen, model: 'thread' };
const deepest = 5;
const mostAbove = 24;

/** Who meets whom. */
export class Meetings {
  /** Functions that run on an event loop alone, as far as their callers show, and such that do not. */
  private readonly onLoop = new Map<number, boolean>();
  private readonly spawnsOf = new Map<number, number[]>();

  constructor(
    private readonly program: Program,
    private readonly graph: CallGraph,
    private readonly roots: Roots,
    spawned: readonly Spawned[],
    private readonly construction: Uint8Array,
  ) {
    for (const { scope, at } of spawned) {
      const list = this.spawnsOf.get(scope.id);
      if (list) list.push(at);
      else this.spawnsOf.set(scope.id, [at]);
    }
  }

  /** Whether two functions, or two runs of one, overlap; as far as both runners can have the same object. */
  of(one: number, other: number, canShare: (first: Root, second: Root) => boolean = always): Overlap {
    const first = this.runnersOf(one);
    const second = this.runnersOf(other);
    if (!first || !second) return apart;
    if (first.length > 0 && second.length > 0) return best(first, second, canShare);
    const known = first.length > 0 ? first : second;
    if (known.length === 0) {
      if (!this.isOnLoop(one) && !this.isOnLoop(other)) return unseen;
      // Two coroutines, or one and a function of which nothing is known: most likely one loop runs both.
      return { meeting: Meeting.Unseen, model: 'asyncio' };
    }
    const preemptive = known.find(({ model }) => model !== 'asyncio');
    return { meeting: Meeting.OneSide, model: preemptive ? preemptive.model : 'asyncio' };
  }

  /** Whether a function that no root reaches, or the one that calls it, goes on to start work: what it does before that,
   * it does alone. */
  isBeforeStart(scope: number, at: number): boolean {
    let place = at;
    for (const one of this.wayUp(scope)) {
      if (one.at >= 0) place = one.at;
      if (this.roots.reaching(one.scope).length > 0) return false;
      if (this.spawnsOf.get(one.scope)?.some((spawn) => spawn > place)) return true;
      if (this.graph.calleesOf(one.scope).some((edge) => edge.at > place && this.spawnsOf.has(edge.callee)))
        return true;
    }
    return false;
  }

  /** Whether one function calls both, or one leads to the other, and nothing else does: one mostly comes after the other. */
  haveOneCaller(one: number, other: number): boolean {
    if (one === other) return false;
    const first = new Set(this.wayUp(one).map(({ scope }) => scope));
    if (this.wayUp(other).some(({ scope }) => first.has(scope))) return true;
    return this.isOnlyWay(one, other) || this.isOnlyWay(other, one);
  }

  private isOnlyWay(from: number, to: number): boolean {
    const tops = this.topsOf(to, from);
    return tops?.size === 1 && tops.has(from);
  }

  /** The functions that somebody else enters and that lead to a function once its object is made, `last` and none above it
   * among them; null where too many do. */
  private topsOf(from: number, last: number): ReadonlySet<number> | null {
    const { scopes } = this.program;
    const tops = new Set<number>();
    const seen = [from];
    for (let k = 0; k < seen.length; k++) {
      if (seen.length > mostAbove) return null;
      const scope = scopes[seen[k]!]!;
      if (scope.id === last) {
        tops.add(last);
        continue;
      }
      const edges = this.graph.callers[scope.id]!.filter(({ caller }) => !scopes[caller]!.file.isTest);
      if (edges.length === 0 || this.isOpen(scope)) tops.add(scope.id);
      for (const { caller } of edges) {
        if (!this.construction[caller] && !seen.includes(caller)) seen.push(caller);
      }
    }
    return tops;
  }

  private isOpen({ id, name }: Scope): boolean {
    return this.graph.escapes[id] === 1 || this.graph.unresolvedNames.has(name) || name.startsWith('__');
  }

  /** The function, its only caller, the only caller of that; each with the place of its last call on the way. */
  private wayUp(from: number): readonly { readonly scope: number; readonly at: number }[] {
    const way = [{ scope: from, at: -1 }];
    for (let scope = from; way.length < deepest; ) {
      if (this.isOpen(this.program.scopes[scope]!)) break;
      const edges = this.graph.callers[scope]!.filter(
        ({ caller }) => !this.program.scopes[caller]!.file.isTest,
      );
      const caller = edges[0]?.caller ?? -1;
      if (caller < 0 || edges.some((edge) => edge.caller !== caller)) break;
      if (way.some((one) => one.scope === caller)) break;
      way.push({ scope: caller, at: Math.max(...edges.map(({ at }) => at)) });
      scope = caller;
    }
    return way;
  }

  /** The roots that run beside others; null when there are roots, and all of them run at the end. */
  private runnersOf(scope: number): readonly Root[] | null {
    const all = this.roots.reaching(scope);
    const found = all.filter(({ kind }) => !ending.has(kind) && kind !== 'main');
    return found.length === 0 && all.length > 0 && all.every(({ kind }) => ending.has(kind)) ? null : found;
  }

  /** Coroutine functions, and what only they call; functions that only call each other, too. */
  isOnLoop(asked: number): boolean {
    const { scopes } = this.program;
    const way = new Set([asked]);
    for (const id of way) {
      const scope = scopes[id]!;
      const known = this.onLoop.get(id) ?? this.isCoroutine(scope);
      if (known) continue;
      const callers = this.onLoop.has(id) ? [] : this.knownCallersOf(scope);
      if (callers.length === 0) {
        this.onLoop.set(asked, false);
        return false;
      }
      for (const { caller } of callers) way.add(caller);
    }
    for (const id of way) this.onLoop.set(id, true);
    return true;
  }

  private isCoroutine({ code }: Scope): boolean {
    return (code.flags & CodeFlag.Async) !== 0;
  }

  /** The calls of a function, tests left out; none where others may call it, too. */
  private knownCallersOf({ id, name, code: { kind } }: Scope): readonly Edge[] {
    const isFunction = kind === ScopeKind.Function || kind === ScopeKind.Lambda;
    if (!isFunction || this.graph.escapes[id] || this.graph.unresolvedNames.has(name)) return [];
    return this.graph.callers[id]!.filter(({ caller }) => !this.program.scopes[caller]!.file.isTest);
  }
}

const ending = new Set(['exit', 'signal', 'finalizer']);

const always = () => true;

function best(
  first: readonly Root[],
  second: readonly Root[],
  canShare: (first: Root, second: Root) => boolean,
): Overlap {
  let found = apart;
  for (const one of first) {
    for (const other of second) {
      if (one.runner === other.runner && !(one.id === other.id && one.many)) continue;
      if (!canShare(one, other)) continue;
      if (one.model !== other.model || one.model === 'thread')
        return { meeting: Meeting.Met, model: 'thread' };
      if (found.meeting === Meeting.Apart) found = { meeting: Meeting.Met, model: one.model };
    }
  }
  return found;
}
