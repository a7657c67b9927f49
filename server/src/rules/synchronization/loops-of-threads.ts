// An event loop that an object runs on a thread of its own, and methods of the object that speak to it from elsewhere:
// `self.loop.stop()` in `close()`. Methods that the loop's thread comes by, that are handed to somebody as callbacks, or
// that run before the thread is started are left out, and so is whoever looks on which thread it is.

import type { Scope } from '../../program/program';
import { CodeFlag, Op, ScopeKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { reachedFrom, type Spawned } from '../../whole/spawned';
import { calleeName } from './lock-words';

/** A call from outside on the loop of a thread. */
export interface OutsideCall {
  readonly scope: Scope;
  readonly at: number;
  /** What is called: `stop`. */
  readonly name: string;
  /** Where the thread is started, and where it runs the loop. */
  readonly spawned: Spawned;
  readonly runner: { readonly scope: Scope; readonly at: number };
}

const speaking = /^(stop|call_soon|call_later|call_at|create_task)$/;
const running = /^(run_forever|run_until_complete)$/;
const looking =
  /^(get_ident|current_thread|main_thread|get_running_loop|_get_running_loop|is_running|get_native_id)$/;

/** All of them. */
export function outsideCalls(analysis: Analysis): readonly OutsideCall[] {
  const { program, resolver } = analysis;
  const found: OutsideCall[] = [];
  const told = new Set<string>();
  for (const spawned of analysis.spawned) {
    if (spawned.spawn.model !== 'thread' || spawned.spawn.kind !== 'start' || spawned.scope.file.isTest)
      continue;
    for (const run of spawned.runs) {
      const reached = reachedFrom(analysis, run, 3);
      const inside = new Set(reached.map(({ scope }) => scope.id));
      for (const { scope } of reached) {
        const runs = runsField(analysis, scope);
        if (!runs) continue;
        const methods = program.scopes.filter(
          (one) => one.owner === scope.owner && one.file === scope.file && !inside.has(one.id),
        );
        for (const method of methods) {
          if (!isOutside(analysis, method)) continue;
          const { op, a, b } = method.code;
          for (let at = 0; at < op.length; at++) {
            if (op[at] !== Op.Call || !speaking.test(calleeName(method, at))) continue;
            const loop = a[a[at]!]!;
            const isIt =
              op[a[at]!] === Op.Attribute &&
              op[loop] === Op.Attribute &&
              method.file.source.names[b[loop]!] === runs.field &&
              resolver.numberings.of(method).number[a[loop]!] === op.length;
            const key = `${method.id}:${at}`;
            if (!isIt || told.has(key)) continue;
            told.add(key);
            found.push({
              scope: method,
              at,
              name: calleeName(method, at),
              spawned,
              runner: { scope, at: runs.at },
            });
          }
        }
      }
    }
  }
  return found;
}

/** `self.loop.run_forever()`, for a loop of asyncio. */
function runsField(
  { resolver }: Analysis,
  scope: Scope,
): { readonly field: string; readonly at: number } | null {
  if (scope.owner < 0) return null;
  const { op, a, b } = scope.code;
  const { number } = resolver.numberings.of(scope);
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute || !running.test(calleeName(scope, at))) continue;
    const loop = number[a[a[at]!]!]!;
    if (loop < 0 || loop >= op.length || op[loop] !== Op.Attribute || number[a[loop]!] !== op.length)
      continue;
    if (!/^asyncio\./.test(resolver.libraryPath(scope.id, a[at]!))) continue;
    return { field: scope.file.source.names[b[loop]!]!, at };
  }
  return null;
}

/** Called by the object's users, on their threads. */
function isOutside(analysis: Analysis, method: Scope): boolean {
  const { code } = method;
  if (code.kind !== ScopeKind.Function || code.flags & (CodeFlag.Async | CodeFlag.Generator)) return false;
  if (analysis.construction[method.id] || method.file.isTest || analysis.calls.escapes[method.id])
    return false;
  if (method.definedAt < 0) return false;
  // Who runs a loop, or looks where it is, has thought of that.
  return !code.op.some((one, at) => {
    if (one !== Op.Call) return false;
    const name = calleeName(method, at);
    return running.test(name) || looking.test(name) || /threadsafe/.test(name);
  });
}
