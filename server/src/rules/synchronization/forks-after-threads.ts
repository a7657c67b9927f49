// Forks that come after threads were started, in one function by itself or through the functions that it calls: the
// child has the locks as the threads hold them, and none of the threads. What the child does is asked only for exec.

import type { Scope } from '../../program/program';
import { type Code, Op } from '../../syntax/code';
import { bracketEnds, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { extendsLibrary } from '../../whole/spawned';
import { enclosing } from './lock-words';

/** A fork and the start of a thread before it; each as a way of calls, outermost first. */
export interface ForkAfterThread {
  readonly scope: Scope;
  readonly starts: readonly Step[];
  readonly forks: readonly Step[];
  /** Only where processes are started by fork, which the program or the platform may have changed. */
  readonly byMultiprocessing: boolean;
}

/** A call in a function. */
export interface Step {
  readonly scope: Scope;
  readonly at: number;
}

const maximumDepth = 3;
const forking = ['os.fork', 'os.forkpty', 'pty.fork'];
const processes = ['multiprocessing.Process.start', 'multiprocessing.Process().start'];
const choosing = /^multiprocessing\.(set_start_method|get_context|set_forkserver_preload)$/;

/** All of them, one for each place that forks. */
export function forksAfterThreads(analysis: Analysis): readonly ForkAfterThread[] {
  const found = new Map<string, ForkAfterThread>();
  const starters = climb(analysis, threadStarts(analysis));
  const kinds = [{ paths: forking, byMultiprocessing: false }];
  if (![...analysis.libraryCalls.paths()].some((path) => choosing.test(path)))
    kinds.push({ paths: processes, byMultiprocessing: true });
  for (const { paths, byMultiprocessing } of kinds) {
    const calls = paths.flatMap((path) => analysis.libraryCalls.of(path));
    const forkers = climb(analysis, calls);
    for (const [scopeId, forks] of forkers) {
      const starts = starters.get(scopeId);
      if (!starts) continue;
      for (const fork of forks) {
        const start = starts.find((one) => comesBefore(analysis, one[0]!, fork[0]!));
        const key = `${scopeId}:${fork[0]!.at}`;
        const known = found.get(key);
        if (!start || (known && known.starts.length + known.forks.length <= start.length + fork.length))
          continue;
        found.set(key, { scope: fork[0]!.scope, starts: start, forks: fork, byMultiprocessing });
      }
    }
  }
  return [...found.values()];
}

/** Places that start a thread. */
function threadStarts(analysis: Analysis): readonly Step[] {
  const { resolver, program } = analysis;
  const found: Step[] = [
    ...analysis.libraryCalls.of('threading.Thread.start'),
    ...analysis.libraryCalls.of('threading.Timer.start'),
  ];
  for (const scope of program.scopes) {
    const { op, a, b } = scope.code;
    const start = scope.file.source.names.indexOf('start');
    if (start < 0 || scope.file.isTest) continue;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute || b[a[at]!] !== start) continue;
      const ofThread = resolver.denotes(scope.id, a[a[at]!]!).some((entity) => {
        const owner = resolver.entities.x[entity]!;
        const isOwn = resolver.entities.path(entity) === '' && program.scopes[owner] !== undefined;
        return isOwn && extendsLibrary(analysis, owner, 'threading.Thread');
      });
      if (ofThread) found.push({ scope, at });
    }
  }
  return found;
}

/** For each function the ways, of a few calls, by which it comes to one of some places. */
function climb(analysis: Analysis, places: readonly Step[]): Map<number, (readonly Step[])[]> {
  const found = new Map<number, (readonly Step[])[]>();
  const queue: (readonly Step[])[] = [];
  const put = (way: readonly Step[]) => {
    const { id } = way[0]!.scope;
    const known = found.get(id);
    if (known && known.length >= 4) return;
    if (known) known.push(way);
    else found.set(id, [way]);
    queue.push(way);
  };
  for (const place of places) if (!place.scope.file.isTest && !isJoined(place)) put([place]);
  for (let k = 0; k < queue.length; k++) {
    const way = queue[k]!;
    if (way.length > maximumDepth) continue;
    const callee = way[0]!.scope.id;
    for (const edge of analysis.calls.callers[callee]!) {
      const caller = analysis.program.scopes[edge.caller]!;
      if (caller.file.isTest || !analysis.lockTaking.runsAtOnce(caller, edge.at, callee)) continue;
      if (way.some((step) => step.scope === caller)) continue;
      if (analysis.resolver.targets(caller.id, edge.at).length > 1) continue;
      put([{ scope: caller, at: edge.at }, ...way]);
    }
  }
  return found;
}

/** A thread that the same function waits for is gone when it returns. */
function isJoined({ scope, at }: Step): boolean {
  const { op, a, b } = scope.code;
  for (let later = at + 1; later < op.length; later++) {
    if (op[later] !== Op.Call || op[a[later]!] !== Op.Attribute) continue;
    // A text joins something, a thread at most a time.
    const joins = scope.file.source.names[b[a[later]!]!] === 'join';
    if (joins && positional(scope.code, later, 0) < 0) return true;
  }
  return false;
}

/** Whether two instructions stand in different branches of one `if`. */
function excludes(code: Code, first: number, second: number): boolean {
  const ends = bracketEnds(code);
  const others = enclosing(code, second);
  // The Else of an If is what the If is bracketed with.
  return enclosing(code, first).some((part) => code.op[part] === Op.If && others.includes(ends[part]!));
}

/** Whether control can come from one instruction to a later one: not by the other branch, not after a return. */
function comesBefore(analysis: Analysis, first: Step, second: Step): boolean {
  if (first.scope !== second.scope || first.at >= second.at) return false;
  const { code, file } = first.scope;
  const { op, a, b } = code;
  if (excludes(code, first.at, second.at)) return false;
  for (let at = first.at + 1; at < second.at; at++) {
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
    // Joined, or in the child already.
    if (/^(join|stop|shutdown|cancel)$/.test(file.source.names[b[a[at]!]!]!)) return false;
  }
  return analysis.resolver.numberings.of(first.scope).reached[second.at] === 1;
}
