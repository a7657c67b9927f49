// Which code may hold a lock at the moment at which a finalizer or a signal handler breaks in: for how long it holds it,
// on which thread it runs, whether it does so once only or has said before that the handler need not come. Which
// object dies when is not known here.

import { LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Way } from '../../whole/lock-taking';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import { enclosing, endOf, partsOf } from './lock-words';
import { isReceiver } from './one-object';
import { callsQuietCode, raising } from './raising';
import { goesHome } from './turned-back';

/** What breaks in, and by which way it comes to the lock. */
export interface Intrusion {
  readonly signal: boolean;
  readonly way: Way;
  readonly path: readonly { readonly scope: number; readonly at: number }[];
}

/** Whether the code at a use may be interrupted while it holds the lock, by somebody who then waits for it. */
export function mayBeInterrupted(analysis: Analysis, use: LockUse, by: Intrusion): boolean {
  const last = sectionEnd(analysis, use);
  if (!doesWork(analysis, use, last, by)) return false;
  if (isMadeOnce(analysis, use, last, by.way.lock.scope)) return false;
  if (!by.signal) return true;
  return runsOnMainThread(analysis, use.scope) && !isForewarned(analysis, use, last, by);
}

/** Where a critical section ends: its bracket, or the next release. */
function sectionEnd(analysis: Analysis, { kind, scope, at, number }: LockUse): number {
  if (kind === UseKind.With) return endOf(scope.code, at);
  const release = analysis.lockUses
    .of(scope.id)
    .find((one) => one.kind === UseKind.Release && one.number === number && one.at > at);
  return release?.at ?? scope.code.op.length;
}

/** Whether anything in a section takes time: a call worth the name or a loop for a signal, any call for the collector. */
function doesWork(
  analysis: Analysis,
  { scope, at }: LockUse,
  last: number,
  { signal, way }: Intrusion,
): boolean {
  const { op } = scope.code;
  for (let k = at + 1; k < last; k++) {
    // `if x is None: x = make()` is done once.
    if (op[k] === Op.If) {
      const end = endOf(scope.code, k);
      const set = storedIn(analysis, scope, k, end, way.lock.scope === LockScope.Program);
      if (testedIn(analysis, scope, k).some((name) => set.has(name))) k = end;
      continue;
    }
    if (op[k] === Op.Loop || op[k] === Op.Await) return true;
    if (op[k] !== Op.Call) continue;
    if (!signal || (raising(scope, k) === 2 && !callsQuietCode(analysis, scope, k))) return true;
  }
  return false;
}

/** A test before the section of what the section sets: `if x is None: with lock: x = make()`. It is entered once, and
 * who comes later turns back at the test. */
function isMadeOnce(analysis: Analysis, { scope, at }: LockUse, last: number, lives: LockScope): boolean {
  const set = storedIn(analysis, scope, at, last, lives === LockScope.Program);
  if (set.size === 0) return false;
  const around = enclosing(scope.code, at);
  for (let k = 0; k < at; k++) {
    if (scope.code.op[k] !== Op.If || !(around.includes(k) || goesHome(scope, k))) continue;
    for (const name of testedIn(analysis, scope, k)) if (set.has(name)) return true;
  }
  return false;
}

/** A way of the handler goes home at a flag that the section, or what it calls, has set by then. */
function isForewarned(analysis: Analysis, use: LockUse, last: number, { path }: Intrusion): boolean {
  const { program, resolver } = analysis;
  const set = new Set(storedIn(analysis, use.scope, 0, last, false));
  for (let k = use.at + 1; k < last; k++) {
    if (use.scope.code.op[k] !== Op.Call) continue;
    for (const target of resolver.targets(use.scope.id, k)) {
      if (target.kind !== 'function') continue;
      const inner = program.scopes[target.scope]!;
      for (const name of storedIn(analysis, inner, 0, inner.code.op.length, false)) set.add(name);
    }
  }
  return path.some(({ scope: id, at }) => {
    const scope = program.scopes[id]!;
    for (let k = 0; k < at; k++) {
      if (scope.code.op[k] !== Op.If || !goesHome(scope, k)) continue;
      if (testedIn(analysis, scope, k).some((name) => set.has(name))) return true;
    }
    return false;
  });
}

/** Variables of the module, and fields of the receiver, that are stored between two instructions. */
function storedIn(
  analysis: Analysis,
  scope: Scope,
  from: number,
  to: number,
  globalsOnly: boolean,
): ReadonlySet<string> {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  const found = new Set<string>();
  for (let k = from; k < to; k++) {
    if (op[k] === Op.StoreGlobal) found.add(names[a[k]!]!);
    if (op[k] !== Op.StoreAttribute || globalsOnly) continue;
    if (isReceiver(analysis, scope, a[k]!)) found.add(`.${names[b[k]!]!}`);
  }
  return found;
}

function testedIn(analysis: Analysis, scope: Scope, condition: number): readonly string[] {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  const { number } = analysis.resolver.numberings.of(scope);
  const found: string[] = [];
  for (const k of partsOf(scope.code, condition)) {
    const value = op[k] === Op.Local && number[k]! >= 0 && number[k]! < op.length ? number[k]! : k;
    if (op[value] === Op.Global) found.push(names[a[value]!]!);
    if (op[value] === Op.Attribute && isReceiver(analysis, scope, a[value]!))
      found.push(`.${names[b[value]!]!}`);
  }
  return found;
}

const elsewhere = new Set(['start', 'timer', 'pool', 'periodic']);
const breakingIn = new Set(['signal', 'exit', 'finalizer']);

/** Whether some chain of calls to a function may begin in ordinary code of the main thread: not all do in threads, nor
 * in handlers. */
function runsOnMainThread(analysis: Analysis, from: Scope): boolean {
  const { program, calls, roots } = analysis;
  const rooted = new Map(roots.all.map((root) => [root.scope, root]));
  const queue = [from.id];
  const seen = new Set(queue);
  for (let k = 0; k < queue.length; k++) {
    const id = queue[k]!;
    const root = rooted.get(id);
    if (root && breakingIn.has(root.kind)) continue;
    if (root && elsewhere.has(root.kind) && root.model === 'thread') continue;
    if (endsProcess(analysis, program.scopes[id]!)) continue;
    const callers = calls.callers[id]!.filter(({ caller }) => !program.scopes[caller]!.file.isTest);
    // Who sets an attribute is not known to the calls.
    if (callers.length === 0 && /^__[gs]et(attr|item|attribute)__$/.test(program.scopes[id]!.name)) continue;
    // A method that is kept for later, and called by no name: whoever got it runs it, a scheduler perhaps.
    if (callers.length === 0 && !root && calls.escapes[id] && program.scopes[id]!.owner >= 0) continue;
    if (callers.length === 0 || k > 200) return true;
    for (const { caller } of callers) {
      if (seen.has(caller)) continue;
      seen.add(caller);
      queue.push(caller);
    }
  }
  return false;
}

/** Whether a function ends with the end of the process: who is in it has nothing left to do that a signal could stop. */
function endsProcess({ resolver }: Analysis, { id, code }: Scope): boolean {
  const { op, a } = code;
  let last = op.length - 1;
  while (last >= 0 && (op[last] === Op.Discard || op[last] === Op.End || op[last] === Op.Return)) last--;
  return (
    last >= 0 && op[last] === Op.Call && /^(sys\.exit|os\._exit)$/.test(resolver.libraryPath(id, a[last]!))
  );
}
