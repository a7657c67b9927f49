// Rule 154: code that runs on a thread of its own and touches what belongs to an event loop of another thread: starts
// tasks, schedules callbacks, sets futures and events. Only `call_soon_threadsafe` and `run_coroutine_threadsafe` may
// cross. A thread that runs a loop of its own is left alone, but for locks that other loops take, too.

import type { Target } from '../../flow/targets';
import type { Scope } from '../../program/program';
import { CodeFlag, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { extendsLibrary, reachedFrom, type Spawned, wayTo } from '../../whole/spawned';
import type { FixProposal } from '../finding';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { calleeName, enclosing } from './lock-words';
import { type LoopsLock, locksOfLoops } from './locks-of-loops';
import { type OutsideCall, outsideCalls } from './loops-of-threads';
import { changesObject, failsWithoutContext, hasWaiter } from './thread-crossings';
import { stepsAlong } from './way-steps';

export const rule: Rule = {
  number: 154,
  name: 'loop-object-from-thread',
  concern: 'synchronization',
  severity: 'warning',
  preview: true,
  cwe: [362],
  category: 'async-misuse',
  summary: 'A thread touches an object that belongs to an event loop of another thread.',
  check(analysis, report) {
    for (const found of locksOfLoops(analysis)) report(lockWording(analysis, found));
    for (const found of outsideCalls(analysis)) report(outsideWording(analysis, found));
    const told = new Set<string>();
    for (const one of [...analysis.spawned, ...threadsByClass(analysis)]) {
      if (one.spawn.model !== 'thread' || one.scope.file.isTest) continue;
      if (!ownThread.has(one.spawn.kind)) continue;
      for (const run of one.runs) {
        for (const found of touches(analysis, one, run)) {
          const key = `${found.file}:${found.start}`;
          if (told.has(key)) continue;
          told.add(key);
          report(found);
        }
      }
    }
  },
};

const bound: ReadonlyMap<string, string> = new Map([
  ['asyncio.create_task', 'starts a task'],
  ['asyncio.ensure_future', 'starts a task'],
  ['asyncio.AbstractEventLoop.create_task', 'starts a task'],
  ['asyncio.AbstractEventLoop.call_soon', 'schedules a callback'],
  ['asyncio.AbstractEventLoop.call_later', 'schedules a callback'],
  ['asyncio.AbstractEventLoop.call_at', 'schedules a callback'],
  ['asyncio.AbstractEventLoop.stop', 'stops the loop'],
  ['asyncio.Event.set', 'sets an event of asyncio'],
  ['asyncio.Queue.put_nowait', 'puts into a queue of asyncio'],
  ['asyncio.Queue.get_nowait', 'takes from a queue of asyncio'],
  ['asyncio.Future.set_result', 'sets the result of a future of asyncio'],
  ['asyncio.Future.set_exception', 'sets the exception of a future of asyncio'],
  ['asyncio.Future.cancel', 'cancels a future of asyncio'],
  ['asyncio.Task.cancel', 'cancels a task'],
]);

/** `class Watcher(Thread)`: what a thread runs, or an observer's thread calls, by the class that it extends. */
function threadsByClass(analysis: Analysis): readonly Spawned[] {
  const { program, roots } = analysis;
  return roots.all.flatMap(({ scope: run, kind, model }): readonly Spawned[] => {
    const { owner } = program.scopes[run]!;
    const known = owner >= 0 && model === 'thread' && (kind === 'start' || kind === 'callback');
    if (!known || !threadClasses.some((path) => extendsLibrary(analysis, owner, path))) return [];
    const made = program.scopes[owner]!;
    if (made.definedAt < 0) return [];
    const spawn: Spawned['spawn'] = { kind: 'start', model: 'thread', callable: { position: -1 } };
    return [
      { scope: program.scopes[made.parent]!, at: made.definedAt, path: '', spawn, callable: -1, runs: [run] },
    ];
  });
}

const threadClasses = ['threading.Thread', 'watchdog.events.FileSystemEventHandler'];

/** What does harm only to those who wait for it. */
const waitedFor = /^asyncio\.(Event\.set|Queue\.put_nowait|Future\.set_(result|exception))$/;

const ownThread: ReadonlySet<string> = new Set(['start', 'timer', 'periodic', 'pool']);

const ownLoop =
  /^asyncio\.(run|new_event_loop|Runner|set_event_loop|AbstractEventLoop\.(run_forever|run_until_complete))$/;

/** A loop of whatever library that is run here. */
const runsLoop = /^run_(sync|forever|until_complete)$/;
const crossing = /^(call_soon_threadsafe|run_coroutine_threadsafe)$/;

function* touches(analysis: Analysis, one: Spawned, run: number): Iterable<Report> {
  const { resolver } = analysis;
  // A coroutine function that is handed to a thread only makes its coroutine there: it is meant for another branch of
  // who hands it over.
  if (analysis.program.scopes[run]!.code.flags & CodeFlag.Async) return;
  const reached = reachedFrom(analysis, run, 3);
  const found: Report[] = [];
  for (let index = 0; index < reached.length; index++) {
    const { scope } = reached[index]!;
    if (scope.code.flags & CodeFlag.Async) continue;
    const { op } = scope.code;
    // Who has asked for the loop that runs on this very thread goes on only where there is one.
    if (op.some((one, at) => one === Op.Call && calleeName(scope, at) === 'get_running_loop')) continue;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call) continue;
      if (runsLoop.test(calleeName(scope, at))) return;
      const targets = resolver.targets(scope.id, at);
      for (const target of targets) {
        const path = target.kind === 'library' ? target.path.replace(/\(\)/g, '') : '';
        // It runs a loop of its own: what it touches may belong to that.
        if (ownLoop.test(path)) return;
        const words = bound.get(path);
        if (!words || isOnlyThereForLoop(analysis, scope, at)) continue;
        const way = wayTo(reached, index);
        const isDoubtful =
          isOneOfKinds(targets) ||
          (waitedFor.test(path) && !hasWaiter(analysis, one.scope, scope, at)) ||
          changesObject(analysis, [one.scope, ...way.map((step) => step.scope), scope]) ||
          failsWithoutContext(analysis, one, way);
        found.push(wording(analysis, one, scope, at, words, way, isDoubtful));
      }
    }
  }
  yield* found;
}

/** `if self._ready: self._ready.set()` where coroutines alone ever put something there: what runs in threads may find
 * the field empty always. */
function isOnlyThereForLoop(analysis: Analysis, scope: Scope, call: number): boolean {
  const { resolver, program } = analysis;
  const { op, a, b, start, end } = scope.code;
  const { number } = resolver.numberings.of(scope);
  const object = number[a[a[call]!]!]!;
  if (object < 0 || object >= op.length || op[object] !== Op.Attribute) return false;
  const isTested = enclosing(scope.code, call).some((part) => {
    if (op[part] !== Op.If) return false;
    for (let at = 0; at < part; at++) {
      if (number[at] === object && start[at]! >= start[part]! && end[at]! <= end[part]!) return true;
    }
    return false;
  });
  if (!isTested) return false;
  const name = scope.file.source.names[b[object]!]!;
  const stores = resolver
    .denotes(scope.id, a[object]!)
    .flatMap((owner) =>
      resolver.classes.storesOf(resolver.classes.ownerOf(resolver.entities.x[owner]!, name), name),
    )
    .filter((store) => program.scopes[store.scope]!.code.op[store.value] !== Op.Const);
  return (
    stores.length > 0 && stores.every((store) => program.scopes[store.scope]!.code.flags & CodeFlag.Async)
  );
}

/** `queue.Queue` or `asyncio.Queue`, as the program is set up: which of them threads get is not known. */
function isOneOfKinds(targets: readonly Target[]): boolean {
  return targets.some((target) => target.kind !== 'library' || !target.path.startsWith('asyncio.'));
}

function wording(
  analysis: Analysis,
  one: Spawned,
  scope: Scope,
  at: number,
  words: string,
  way: readonly { readonly scope: Scope; readonly at: number }[],
  isDoubtful: boolean,
): Report {
  const { program } = analysis;
  const fixes = fixOf(analysis, scope, at);
  return {
    ...program.span(scope, at),
    message: `${functionLabel(scope)} runs on a thread of its own and ${words}: the loop is not made for that, and may not even wake up.`,
    // Where the thread crosses over by the right door, too, it may come here only without a loop.
    confidence: isDoubtful || [...way, { scope }].some(knowsDoor) ? 'low' : 'high',
    symbol: scope.qualifiedName,
    stepsKind: 'path',
    steps: [
      {
        ...program.span(one.scope, one.at),
        message:
          one.callable < 0 ? 'Objects of this class run on a thread.' : 'It is handed to a thread here.',
      },
      ...stepsAlong(program, way),
    ],
    ...(fixes.length > 0 ? { fixes } : {}),
  };
}

function knowsDoor({ scope }: { readonly scope: Scope }): boolean {
  const { op, b } = scope.code;
  const { names } = scope.file.source;
  return op.some((one, at) => one === Op.Attribute && crossing.test(names[b[at]!]!));
}

function lockWording(analysis: Analysis, { lock, spawned, runner, use, other }: LoopsLock): Report {
  const { program } = analysis;
  const label = lockLabel(lock);
  return {
    ...program.span(use.scope, use.object),
    message: `${functionLabel(use.scope)} takes ${label}, a lock of asyncio, on the loop of a thread of its own, while other loops take it, too: it keeps them from each other by raising RuntimeError, or not at all.`,
    confidence: 'medium',
    symbol: use.scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      { ...program.span(spawned.scope, spawned.at), message: 'The function is handed to a thread here.' },
      { ...program.span(runner.scope, runner.at), message: 'The thread runs a loop of its own.' },
      ...(other
        ? [
            {
              ...program.span(other.scope, other.object),
              message: `${functionLabel(other.scope)} takes it elsewhere.`,
            },
          ]
        : []),
    ],
  };
}

/** What speaks to a loop from outside, and what it does. */
function outsideWording(analysis: Analysis, { scope, at, name, spawned, runner }: OutsideCall): Report {
  const { program } = analysis;
  const words = bound.get(`asyncio.AbstractEventLoop.${name}`)!;
  const fixes = fixOf(analysis, scope, at);
  return {
    ...program.span(scope, at),
    message: `${functionLabel(scope)} ${words} from another thread than the one that runs the loop: the loop may not wake up for it.`,
    confidence: 'medium',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      { ...program.span(spawned.scope, spawned.at), message: 'The thread is made here.' },
      { ...program.span(runner.scope, runner.at), message: 'It runs the loop.' },
    ],
    ...(fixes.length > 0 ? { fixes } : {}),
  };
}

/** `loop.call_soon(f)` has a counterpart for threads under another name. */
function fixOf(analysis: Analysis, scope: Scope, at: number): readonly FixProposal[] {
  const { op, a, b } = scope.code;
  const callee = a[at]!;
  if (op[callee] !== Op.Attribute || scope.file.source.names[b[callee]!] !== 'call_soon') return [];
  const { end } = analysis.program.span(scope, callee);
  return [
    {
      kind: 'replace',
      title: 'Use call_soon_threadsafe',
      safe: true,
      data: {
        path: scope.file.path,
        edits: [{ start: end - 'call_soon'.length, end, text: 'call_soon_threadsafe' }],
      },
    },
  ];
}
