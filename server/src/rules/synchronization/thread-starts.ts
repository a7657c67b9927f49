// Places after which threads run in this process: threads and timers that are started, executors that are given a job,
// and what libraries start of their own (`threads.starts` in the library data). Not asked: how long they run.

import type { Resolver } from '../../flow/resolver';
import type { Scope } from '../../program/program';
import { type Code, Op } from '../../syntax/code';
import { bracketEnds, matchingEnd } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { extendsLibrary } from '../../whole/spawned';

/** A call that starts a thread. */
export interface ThreadStart {
  readonly scope: Scope;
  readonly at: number;
  /** The instruction at which the thread is gone again; -1 where the function does not see to that. */
  readonly until: number;
  /** What is called: `ThreadPoolExecutor.submit`; '' for a thread. */
  readonly by: string;
}

/** All of them outside of tests. */
export function threadStarts(analysis: Analysis): readonly ThreadStart[] {
  const { libraryCalls, resolver, facts } = analysis;
  const { library } = resolver;
  const found: ThreadStart[] = [];
  for (const path of libraryCalls.paths()) {
    if (library.find(library.threadStarts, path) === undefined) continue;
    const by = /^threading\./.test(path) ? '' : path.split('.').slice(-2).join('.').replace('()', '');
    for (const { scope, at } of libraryCalls.of(path))
      if (!scope.file.isTest) found.push({ scope, at, until: endOfBlock(analysis, scope, at), by });
  }
  found.push(...facts.all(ownStarts));
  return found;
}

const none: readonly ThreadStart[] = [];

/** Starts of threads of classes of the program. */
function ownStarts(resolver: Resolver, scope: Scope): readonly ThreadStart[] {
  const { program, entities } = resolver;
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  if (scope.file.isTest || !program.mentions(scope.file, 'start')) return none;
  let found = none;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute || names[b[a[at]!]!] !== 'start') continue;
    const ofThread = resolver.denotes(scope.id, a[a[at]!]!).some((entity) => {
      const owner = entities.x[entity]!;
      const isOwn = entities.path(entity) === '' && program.scopes[owner] !== undefined;
      return isOwn && extendsLibrary({ resolver }, owner, 'threading.Thread');
    });
    if (ofThread) found = [...found, { scope, at, until: -1, by: '' }];
  }
  return found;
}

/** `with ThreadPoolExecutor() as pool: pool.submit(work)`: the end of the block waits for the threads. */
function endOfBlock({ resolver }: Analysis, { id, code }: Scope, at: number): number {
  const { op, a } = code;
  if (op[a[at]!] !== Op.Attribute) return -1;
  const { number } = resolver.numberings.of({ id, code } as Scope);
  const owner = number[a[a[at]!]!]!;
  for (let opening = at - 1; opening >= 0; opening--) {
    if (op[opening] !== Op.With) continue;
    const isIt = number[a[opening]!] === owner || (op[owner] === Op.Entered && a[owner] === opening);
    if (isIt) return endOf(code, opening);
  }
  return -1;
}

function endOf(code: Code, opening: number): number {
  return matchingEnd(code, bracketEnds(code), opening);
}
