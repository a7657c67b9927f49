// Who runs a function: the roots from which calls reach it. A root is a function that somebody else enters: handed to a
// thread, pool, timer, signal or callback by library knowledge, a method that a base class says is entered so, or one
// that a decorator registers. Code that no root reaches is run by whoever uses the program, which is not told here.

import { EntityKind } from '../flow/entities';
import { lastName } from '../flow/function-facts';
import type { Resolver } from '../flow/resolver';
import type { ExecutionModel, Root as RootKnowledge, SpawnKind } from '../library/schema';
import type { Scope } from '../program/program';
import { CodeFlag, Op, ScopeKind } from '../syntax/code';
import { functionExtra, isInLoop } from '../syntax/code-reader';
import type { CallGraph } from './call-graph';
import type { ScopeFacts } from './scope-facts';
import type { Spawned } from './spawned';

/** A function that somebody else enters. */
export interface Root {
  /** Index into `Roots.all`. */
  readonly id: number;
  readonly scope: number;
  readonly kind: SpawnKind;
  readonly model: ExecutionModel;
  /** It may run in parallel with itself. */
  readonly many: boolean;
  /** Roots of one runner follow each other: the first of them. */
  readonly runner: number;
}

const mostRoots = 8;
const none: readonly number[] = [];

/** The roots of a program, and what they reach. */
export class Roots {
  readonly all: readonly Root[];
  private readonly reached: (readonly number[] | undefined)[] = [];

  constructor(
    private readonly resolver: Resolver,
    graph: CallGraph,
    spawned: readonly Spawned[],
    /** What the program puts in the place of a model. */
    private readonly chosen: ReadonlyMap<ExecutionModel, ExecutionModel>,
    facts: ScopeFacts,
  ) {
    this.all = this.collect(spawned, facts);
    for (const root of this.all) this.spread(graph, root);
  }

  /** The roots from which calls reach a function, in the order of `all`; at most 8. */
  reaching(scopeId: number): readonly Root[] {
    return (this.reached[scopeId] ?? none).map((id) => this.all[id]!);
  }

  /** Whether two functions may run at the same time, as far as roots show: two of them, or one parallel with itself. */
  mayMeet(one: number, other: number): boolean {
    const first = this.reached[one] ?? none;
    const second = this.reached[other] ?? none;
    return first.some((x) =>
      second.some((y) => this.all[x]!.runner !== this.all[y]!.runner || this.all[x]!.many),
    );
  }

  private collect(spawned: readonly Spawned[], facts: ScopeFacts): readonly Root[] {
    const { scopes } = this.resolver.program;
    const found = new Map<number, Omit<Root, 'id' | 'runner'> & { readonly serial: boolean }>();
    const put = (scope: number, { kind, model, many, serial, loops }: RootKnowledge) => {
      const known = found.get(scope);
      const isCoroutine = (scopes[scope]!.code.flags & CodeFlag.Async) !== 0;
      const by = loops && isCoroutine ? 'asyncio' : (this.chosen.get(model) ?? model);
      if (!known) found.set(scope, { scope, kind, model: by, many: many === true, serial: serial === true });
      else if (many && !known.many) found.set(scope, { ...known, many: true });
    };
    for (const { scope, at, spawn, runs } of spawned) {
      if (scope.file.isTest || spawn.model === 'process') continue;
      // A thread for each turn of a loop.
      const isRepeated = (spawn.kind === 'start' || spawn.kind === 'task') && isInLoop(scope.code, at);
      for (const run of runs) put(run, isRepeated ? { ...spawn, many: true } : spawn);
    }
    for (const [scope, known] of facts.all(registered)) put(scope, known);
    // The object of one class runs its serial methods one after the other.
    const runners = new Map<number, number>();
    return [...found.values()]
      .sort((x, y) => x.scope - y.scope)
      .map(({ serial, ...root }, id) => {
        const { owner } = scopes[root.scope]!;
        if (!serial || owner < 0) return { id, ...root, runner: id };
        const runner = runners.get(owner) ?? id;
        runners.set(owner, runner);
        return { id, ...root, runner };
      });
  }

  /** A coroutine that a plain function makes runs on its loop, later; unless the function runs a loop for it. */
  private isOnlyMade(caller: number, at: number, callee: number): boolean {
    const { scopes } = this.resolver.program;
    if ((scopes[callee]!.code.flags & CodeFlag.Async) === 0) return false;
    const scope = scopes[caller]!;
    const { op, a, flags } = scope.code;
    if ((flags & CodeFlag.Async) !== 0 || op[at] !== Op.Call) return false;
    const by = this.resolver.numberings.of(scope).user[at]!;
    return by < 0 || op[by] !== Op.Call || !/^run(_until_complete|_sync)?$/.test(lastName(scope, a[by]!));
  }

  private spread(graph: CallGraph, root: Root): void {
    const queue = [root.scope];
    for (let k = 0; k < queue.length; k++) {
      const scope = queue[k]!;
      const known = this.reached[scope] ?? none;
      if (known.includes(root.id) || known.length >= mostRoots) continue;
      this.reached[scope] = [...known, root.id];
      for (const { at, callee } of graph.calleesOf(scope))
        if (!this.isOnlyMade(scope, at, callee)) queue.push(callee);
    }
  }
}

type Registered = readonly [scope: number, root: RootKnowledge];

const nothing: readonly Registered[] = [];

/** The functions that a class has by what its bases say are entered, or a function as its decorators say. */
function registered(resolver: Resolver, scope: Scope): readonly Registered[] {
  if (scope.file.isTest) return nothing;
  if (scope.code.kind === ScopeKind.Class) return ofBases(resolver, scope);
  return scope.code.kind === ScopeKind.Function ? ofDecorators(resolver, scope) : nothing;
}

function ofBases(resolver: Resolver, scope: Scope): readonly Registered[] {
  const { classes, entities, library, program } = resolver;
  const found: Registered[] = [];
  for (const base of classes.order(scope.id)) {
    const path = entities.path(base);
    const known = path === '' ? undefined : library.find(library.rootBases, path);
    if (!known?.methods || known.methods.length === 0 || known.model === 'process') continue;
    for (let id = scope.id + 1; id < program.scopes.length; id++) {
      const method = program.scopes[id]!;
      if (method.file !== scope.file) break;
      if (method.owner === scope.id && known.methods.some((one) => fits(one, method.name)))
        found.push([id, known]);
    }
  }
  return found;
}

function ofDecorators(resolver: Resolver, scope: Scope): readonly Registered[] {
  const outer = resolver.program.scopes[scope.parent];
  if (!outer || scope.definedAt < 0 || outer.code.op[scope.definedAt] !== Op.Function) return nothing;
  const { library, entities } = resolver;
  const { decorators } = functionExtra(outer.code, scope.definedAt);
  if (decorators.length === 0) return nothing;
  const found: Registered[] = [];
  for (const decorator of decorators) {
    const callee = outer.code.op[decorator] === Op.Call ? outer.code.a[decorator]! : decorator;
    for (const entity of resolver.denotes(outer.id, callee)) {
      if (entities.kind[entity] !== EntityKind.Library) continue;
      const known = library.find(library.rootDecorators, entities.path(entity));
      if (known && known.model !== 'process') found.push([scope.id, known]);
    }
  }
  return found;
}

/** `do_*` fits `do_GET`. */
function fits(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}

const kinds: Readonly<Record<SpawnKind, string>> = {
  start: 'a thread',
  timer: 'a timer',
  periodic: 'a periodic task',
  pool: 'a pool',
  task: 'a task',
  callback: 'a callback',
  main: 'the main program',
  handler: 'a handler',
  signal: 'a signal handler',
  exit: 'an exit handler',
  finalizer: 'a finalizer',
};

/** What a root is, in words: `a thread`. */
export function rootWords({ kind, model }: Root): string {
  return kind === 'start' && model === 'greenthread' ? 'a greenthread' : kinds[kind];
}
