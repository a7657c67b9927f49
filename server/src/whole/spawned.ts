// Which functions a program hands over to run elsewhere: by library knowledge of what starts threads, tasks and
// callbacks, and by classes that extend a thread. Where they run is said by the library; who shares what is not asked.

import { EntityKind } from '../flow/entities';
import { lastName } from '../flow/function-facts';
import { argumentAt } from '../flow/locks';
import type { Resolver } from '../flow/resolver';
import type { Library } from '../library/library';
import type { Spawn } from '../library/schema';
import type { Program, Scope } from '../program/program';
import { CodeFlag, Op } from '../syntax/code';
import { callArguments, elements, keyword, positional } from '../syntax/code-reader';
import { chosenModels } from './backends';
import type { LibraryCalls } from './library-calls';

/** What is asked of a program here. */
interface Known {
  readonly program: Program;
  readonly resolver: Resolver;
  readonly library: Library;
  readonly libraryCalls: LibraryCalls;
}

/** One place that hands a function over. */
export interface Spawned {
  readonly scope: Scope;
  /** The call that hands it over. */
  readonly at: number;
  readonly path: string;
  readonly spawn: Spawn;
  /** Value of the callable, -1 when the spawn does not name one. */
  readonly callable: number;
  /** Scopes of the functions that will run. */
  readonly runs: readonly number[];
}

/** All hand-overs through libraries, in the order of the index. */
export function spawnedFunctions(analysis: Known): readonly Spawned[] {
  const { library } = analysis;
  const found: Spawned[] = [];
  const chosen = chosenModels(analysis);
  for (const path of analysis.libraryCalls.paths()) {
    const known = library.find(library.spawns, path);
    if (!known) continue;
    const model = chosen.get(known.model);
    const spawn = model === undefined ? known : { ...known, model };
    for (const { scope, at } of analysis.libraryCalls.of(path)) {
      const callable = argumentAt(scope, at, spawn.callable);
      if (callable < 0) continue;
      found.push({
        scope,
        at,
        path,
        spawn,
        callable,
        runs: functionsOf(analysis, scope, at, callable, spawn),
      });
    }
  }
  return found;
}

function functionsOf(
  analysis: Known,
  scope: Scope,
  at: number,
  callable: number,
  spawn: Spawn,
): readonly number[] {
  const { resolver } = analysis;
  const { number } = resolver.numberings.of(scope);
  const value = number[callable]!;
  if (spawn.coroutine) {
    if (value < 0 || value >= scope.code.op.length || scope.code.op[value] !== Op.Call) return [];
    return resolver.targets(scope.id, value).flatMap((one) => (one.kind === 'function' ? [one.scope] : []));
  }
  const found = callablesOf(analysis, scope, callable);
  return found.length > 0 ? found : inContext(analysis, scope, at, callable);
}

/** `Thread(target=context.run, args=(work, 1))`, `pool.submit(context.run, work)`: what runs in the context. */
function inContext(analysis: Known, scope: Scope, at: number, callable: number): readonly number[] {
  const { code, file } = scope;
  if (lastName(scope, callable) !== 'run' || code.op[callable] !== Op.Attribute) return none;
  const owners = analysis.resolver.denotes(scope.id, code.a[callable]!);
  if (!owners.some((entity) => analysis.resolver.pathOf(entity).startsWith('contextvars.'))) return none;
  const given = keyword(code, at, file.source.names.indexOf('args'));
  if (given >= 0)
    return code.op[given] === Op.Tuple && elements(code, given).length > 0
      ? callablesOf(analysis, scope, elements(code, given)[0]!)
      : none;
  const position = callArguments(code, at).findIndex(({ value }) => value === callable);
  const next = positional(code, at, position + 1);
  return next < 0 ? none : callablesOf(analysis, scope, next);
}

const none: readonly number[] = [];

/** The functions and methods that a value may be; what `partial` wraps. */
export function callablesOf(analysis: Known, scope: Scope, value: number): readonly number[] {
  const { resolver } = analysis;
  const found: number[] = [];
  for (const entity of resolver.denotes(scope.id, value)) {
    const kind = resolver.entities.kind[entity];
    if (kind === EntityKind.Function || kind === EntityKind.Method) found.push(resolver.entities.x[entity]!);
  }
  if (found.length > 0 || scope.code.op[value] !== Op.Call) return found;
  const inner = positional(scope.code, value, 0);
  return inner >= 0 && scope.code.op[inner] !== Op.Call ? callablesOf(analysis, scope, inner) : [];
}

/** Whether a class of the program extends a library class, directly or through others. */
export function extendsLibrary(analysis: Pick<Known, 'resolver'>, classScope: number, path: string): boolean {
  const { classes, entities } = analysis.resolver;
  return classes.order(classScope).some((entity) => entities.path(entity) === path);
}

/** A function reached by calls, and the call that led there. */
export interface Reached {
  readonly scope: Scope;
  /** Index of the caller in the list, -1 for the root. */
  readonly from: number;
  /** The call in the caller. */
  readonly at: number;
  readonly depth: number;
}

/** Functions that run when a root runs, breadth first, within a number of calls; at most 48 of them. */
export function reachedFrom(analysis: Known, root: number, depth: number): readonly Reached[] {
  const { program, resolver } = analysis;
  const found: Reached[] = [{ scope: program.scopes[root]!, from: -1, at: -1, depth: 0 }];
  const seen = new Set([root]);
  for (let k = 0; k < found.length && found.length < 48; k++) {
    const one = found[k]!;
    if (one.depth >= depth) continue;
    const { op } = one.scope.code;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call) continue;
      const targets = resolver.targets(one.scope.id, at);
      if (targets.length > 3) continue;
      for (const target of targets) {
        if (target.kind !== 'function' || seen.has(target.scope)) continue;
        if (isOnlyMade(analysis, one.scope, at, program.scopes[target.scope]!)) continue;
        seen.add(target.scope);
        found.push({ scope: program.scopes[target.scope]!, from: k, at, depth: one.depth + 1 });
      }
    }
  }
  return found;
}

/** A coroutine that a plain function makes runs later, on its loop; unless the function runs a loop for it. */
function isOnlyMade({ resolver }: Known, caller: Scope, at: number, callee: Scope): boolean {
  if ((callee.code.flags & CodeFlag.Async) === 0 || (caller.code.flags & CodeFlag.Async) !== 0) return false;
  const { op, a } = caller.code;
  const by = resolver.numberings.of(caller).user[at]!;
  return by < 0 || op[by] !== Op.Call || !/^run(_until_complete|_sync)?$/.test(lastName(caller, a[by]!));
}

/** The calls from the root to one of the reached functions, outermost first. */
export function wayTo(
  reached: readonly Reached[],
  index: number,
): readonly { readonly scope: Scope; readonly at: number }[] {
  const way: { scope: Scope; at: number }[] = [];
  for (let k = index; k >= 0 && reached[k]!.from >= 0; k = reached[k]!.from) {
    way.unshift({ scope: reached[reached[k]!.from]!.scope, at: reached[k]!.at });
  }
  return way;
}
