// Forks that come after threads were started, in one function by itself, through the functions that it calls, or because
// a module that was imported before starts one: the child has the locks as the threads hold them, and none of the threads.
// What the child does is asked only for exec.

import type { Scope } from '../../program/program';
import { type Code, Op, ScopeKind } from '../../syntax/code';
import { bracketEnds, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { importedFiles } from '../../whole/unresolved-calls';
import { enclosing } from './lock-words';
import { processStarts } from './process-starts';
import { threadStarts } from './thread-starts';

/** A fork and the start of a thread before it; each as a way of calls, outermost first. */
export interface ForkAfterThread {
  readonly scope: Scope;
  readonly starts: readonly Step[];
  readonly forks: readonly Step[];
  /** Only where processes are started by fork, which the platform may do otherwise. */
  readonly byMultiprocessing: boolean;
  /** The thread is started when the module is imported. */
  readonly atImport: boolean;
}

/** A call in a function. */
export interface Step {
  readonly scope: Scope;
  readonly at: number;
  /** For the start of a thread: where it is gone again, and what starts it when it is no thread of the program's own. */
  readonly until?: number;
  readonly by?: string;
}

const maximumDepth = 3;
const forking = ['os.fork', 'os.forkpty', 'pty.fork'];

/** All of them, one for each place that forks. */
export function forksAfterThreads(analysis: Analysis): readonly ForkAfterThread[] {
  const found = new Map<string, ForkAfterThread>();
  const starters = climb(analysis, threadStarts(analysis));
  const processes = processStarts(analysis);
  const kinds: readonly { readonly calls: readonly Step[]; readonly byMultiprocessing: boolean }[] = [
    { calls: forking.flatMap((path) => analysis.libraryCalls.of(path)), byMultiprocessing: false },
    { calls: processes.filter(({ chosen }) => chosen), byMultiprocessing: false },
    { calls: processes.filter(({ chosen }) => !chosen), byMultiprocessing: true },
  ];
  const imported = startsAtImport(analysis, starters);
  for (const { calls, byMultiprocessing } of kinds) {
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
        found.set(key, {
          scope: fork[0]!.scope,
          starts: start,
          forks: fork,
          byMultiprocessing,
          atImport: false,
        });
      }
    }
    for (const { scope, at } of calls) {
      const key = `${scope.id}:${at}`;
      const start = imported.get(scope.file.index);
      const inFunction = scope.code.kind === ScopeKind.Function;
      if (!start || !inFunction || scope.file.isTest || found.has(key)) continue;
      found.set(key, { scope, starts: start, forks: [{ scope, at }], byMultiprocessing, atImport: true });
    }
  }
  return [...found.values()];
}

/** For each file a thread that runs since it was imported: by its own body, or by that of a module that it imports. */
function startsAtImport(
  { program, facts }: Analysis,
  starters: ReadonlyMap<number, readonly (readonly Step[])[]>,
): ReadonlyMap<number, readonly Step[]> {
  const own = new Map<number, readonly Step[]>();
  for (const file of program.files) {
    const body = program.scopes[file.firstScope]!;
    const way = starters.get(body.id)?.find(([first]) => isCertain(first!));
    if (way) own.set(file.index, way);
  }
  const found = new Map(own);
  if (own.size === 0) return found;
  for (const file of program.files) {
    if (found.has(file.index) || file.isTest) continue;
    const from = facts.of(importedFiles, program.scopes[file.firstScope]!).find((one) => own.has(one));
    if (from !== undefined) found.set(file.index, own.get(from)!);
  }
  return found;
}

/** Run by whoever imports the module: `if __name__ == '__main__':` and the like are not. */
function isCertain({ scope, at, until }: Step): boolean {
  return (until ?? -1) < 0 && !enclosing(scope.code, at).some((part) => isBranch(scope.code.op[part]!));
}

function isBranch(op: Op): boolean {
  return op === Op.If || op === Op.Else || op === Op.Except || op === Op.Loop;
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
    const last = way[way.length - 1]!;
    // Gone when the function that started it returns.
    if (way.length > maximumDepth || (last.until ?? -1) >= 0) continue;
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
  if ((first.until ?? -1) >= 0 && first.until! < second.at) return false;
  for (let at = first.at + 1; at < second.at; at++) {
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
    // Joined, or in the child already.
    if (/^(join|stop|loop_stop|shutdown|cancel)$/.test(file.source.names[b[a[at]!]!]!)) return false;
  }
  return analysis.resolver.numberings.of(first.scope).reached[second.at] === 1;
}
