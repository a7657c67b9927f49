// Rule 120: a fork while other threads run or a lock is held: the child has the locks as they were and none of the
// threads that would release them. Looks at one function (threads started, then a fork), at locks held at a fork, at
// code run between fork and exec, and at classes that notice a fork and keep the parent's lock.

import { EntityKind } from '../../flow/entities';
import { lockKinds } from '../../flow/lock-kinds';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { CompareOperator, Op, UnaryOperator } from '../../syntax/code';
import { keyword } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { LibraryCall } from '../../whole/library-calls';
import { UseKind } from '../../whole/lock-uses';
import { reachedFrom } from '../../whole/spawned';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { type ForkAfterThread, forksAfterThreads } from './forks-after-threads';
import { calleeName, enclosing, endOf, openingOf } from './lock-words';
import { processStarts } from './process-starts';

export const rule: Rule = {
  number: 120,
  name: 'fork-with-threads',
  concern: 'synchronization',
  severity: 'warning',
  preview: false,
  cwe: [663],
  category: 'thread-misuse',
  summary: 'A process forks while its threads run or a lock is held, or keeps a lock across the fork.',
  check(analysis, report) {
    for (const path of ['os.fork', 'os.forkpty', 'pty.fork']) {
      for (const call of analysis.libraryCalls.of(path)) {
        if (call.scope.file.isTest) continue;
        const found = underLock(analysis, call);
        if (found) report(found);
      }
    }
    for (const found of forksAfterThreads(analysis)) report(afterThread(analysis, found));
    for (const found of childrenOfHolders(analysis)) report(found);
    for (const call of analysis.libraryCalls.of('subprocess.Popen')) {
      const found = runsBeforeExec(analysis, call);
      if (found) report(found);
    }
    for (const found of keptLocks(analysis)) report(found);
  },
};

function underLock(analysis: Analysis, { scope, at }: LibraryCall): Report | null {
  const lock = analysis.entryLocks.at(scope, at).find(({ weak, model }) => !weak && model === 'thread');
  if (!lock || childNeverTakes(analysis, scope, at, lock)) return null;
  return make(
    analysis,
    scope,
    at,
    `${functionLabel(scope)} forks while it holds ${lockLabel(lock)}: in the child it is taken and stays so unless this very path releases it.`,
    'medium',
    [],
  );
}

/** `if pid == 0:` around what ends the child, or makes it another program, and takes the lock nowhere on the way. */
function childNeverTakes(analysis: Analysis, scope: Scope, fork: number, lock: Lock): boolean {
  const { resolver, lockTaking, lockUses, locks } = analysis;
  const { op, a, b, c } = scope.code;
  const { number } = resolver.numberings.of(scope);
  const isPid = (value: number) => value >= 0 && number[value] === number[fork];
  const branch = op.findIndex((one, at) => {
    const test = one === Op.If && at > fork ? a[at]! : -1;
    if (test < 0) return false;
    return op[test] === Op.Unary
      ? c[test] === UnaryOperator.Not && isPid(a[test]!)
      : op[test] === Op.Compare &&
          c[test] === CompareOperator.Equal &&
          isPid(a[test]!) &&
          op[b[test]!] === Op.Const;
  });
  if (branch < 0) return false;
  const end = elseOf(scope, branch);
  let ends = false;
  for (let at = branch + 1; at < end; at++) {
    if (op[at] !== Op.Call) continue;
    if (/^os\.(_exit|exec\w+)$/.test(resolver.libraryPath(scope.id, a[at]!))) ends = true;
    for (const target of resolver.targets(scope.id, at)) {
      const entered = target.kind === 'function' ? target.scope : target.kind === 'class' ? target.init : -1;
      if (entered >= 0 && [...lockTaking.of(entered)].some((way) => way.lock === lock)) return false;
    }
  }
  const isTaken = lockUses
    .of(scope.id)
    .some((use) => use.at > branch && use.at < end && locks.of(scope.id, use.number).includes(lock));
  return ends && !isTaken;
}

/** Where the body of an `if` ends. */
function elseOf({ code }: Scope, branch: number): number {
  const end = endOf(code, branch);
  for (let at = branch + 1; at < end; at++)
    if (code.op[at] === Op.Else && openingOf(code, at) === branch) return at;
  return end;
}

function afterThread(analysis: Analysis, found: ForkAfterThread): Report {
  const { scope, starts, forks, byMultiprocessing, atImport } = found;
  const fork = forks[0]!;
  const label = functionLabel(scope);
  const { by = '' } = starts[starts.length - 1]!;
  const what = byMultiprocessing ? 'starts a process' : 'forks';
  const threads = by === '' ? 'has started a thread' : `has threads by ${by}()`;
  const when = atImport ? 'an import has started a thread' : `it ${threads}`;
  const rest = byMultiprocessing
    ? 'where processes are forked, as on Linux before Python 3.14, the child'
    : 'the child';
  const whose =
    by === ''
      ? 'that the thread holds at that moment, and not the thread'
      : 'that they hold at that moment, and not the threads';
  const steps = [
    ...starts.map((step, k) => ({
      ...step,
      message:
        k === starts.length - 1
          ? by === ''
            ? 'The thread is started here.'
            : 'Threads run from here on.'
          : `${functionLabel(step.scope)} ${k === 0 ? 'comes by a start of a thread' : 'calls on'}.`,
    })),
    ...forks.slice(1).map((step, k) => ({
      ...step,
      message: k === forks.length - 2 ? 'The fork.' : `${functionLabel(step.scope)} calls on.`,
    })),
  ];
  // Who forks far from where it has started a thread mostly knows what its child does.
  const long = starts.length + forks.length;
  return make(
    analysis,
    scope,
    fork.at,
    `${label} ${what} after ${when}: ${rest} has the locks ${whose}.`,
    long <= 2 ? 'medium' : 'low',
    steps,
  );
}

/** `with lock: Process(target=work).start()`, where the work takes the lock: a forked child waits for its own copy. */
function* childrenOfHolders(analysis: Analysis): Iterable<Report> {
  const { entryLocks, lockTaking, resolver, spawned, program } = analysis;
  for (const { scope, at, chosen } of processStarts(analysis)) {
    const held = entryLocks.at(scope, at).filter(({ weak, model }) => !weak && model === 'thread');
    const { op, a } = scope.code;
    if (held.length === 0 || op[a[at]!] !== Op.Attribute) continue;
    const made = resolver.numberings.of(scope).number[a[a[at]!]!]!;
    const work = spawned.find((one) => one.scope === scope && one.at === made)?.runs ?? [];
    for (const run of work) {
      const way = [...lockTaking.of(run)].find(({ lock }) => held.includes(lock));
      if (!way) continue;
      const rest = chosen ? '' : ', where processes are forked, as on Linux before Python 3.14,';
      yield make(
        analysis,
        scope,
        at,
        `${functionLabel(scope)} starts a process while it holds ${lockLabel(way.lock)}, which the process asks for: its copy${rest} is taken and nobody gives it back.`,
        'medium',
        lockTaking.path(run, way).map((step) => ({
          scope: program.scopes[step.scope]!,
          at: step.at,
          message: 'What the process runs takes the lock here.',
        })),
      );
      break;
    }
  }
}

/** `preexec_fn` runs Python between fork and exec. */
function runsBeforeExec(analysis: Analysis, { scope, at }: LibraryCall): Report | null {
  const value = keyword(scope.code, at, scope.file.source.names.indexOf('preexec_fn'));
  if (value < 0 || scope.file.isTest) return null;
  const { op, a } = scope.code;
  if (op[value] === Op.Const) return null;
  const path = analysis.resolver.libraryPath(scope.id, value);
  // Functions of C take no lock of Python's.
  if (path === 'None' || /^(os|posix)\.\w+$/.test(path)) return null;
  if (onlyAsksSystem(analysis, scope, value)) return null;
  const threads =
    scope.file.source.names.includes('threading') &&
    usesThreads(analysis, scope) &&
    needsLock(analysis, scope, value);
  const only = op[value] === Op.Global ? scope.file.source.names[a[value]!]! : 'preexec_fn';
  return make(
    analysis,
    scope,
    at,
    `${functionLabel(scope)} runs \`${only}\` between fork and exec: with threads about, a lock it needs may be taken for good in the child.`,
    threads ? 'medium' : 'low',
    [],
  );
}

/** A function of the program that takes a lock, or logs, which takes one. */
function needsLock(analysis: Analysis, scope: Scope, value: number): boolean {
  const { resolver, lockTaking } = analysis;
  return resolver.denotes(scope.id, value).some((entity) => {
    if (resolver.entities.kind[entity] !== EntityKind.Function) return false;
    const run = resolver.entities.x[entity]!;
    if ([...lockTaking.of(run)].some(({ lock }) => !lock.weak && lock.model === 'thread')) return true;
    return reachedFrom(analysis, run, 2).some(({ scope: { id, code } }) =>
      code.op.some((one, at) => one === Op.Call && /^logging\./.test(resolver.libraryPath(id, code.a[at]!))),
    );
  });
}

/** A function of the program that calls nothing but the system: `os.setpgrp()`, `signal.signal()`. */
function onlyAsksSystem({ program, resolver }: Analysis, scope: Scope, value: number): boolean {
  const run = resolver
    .denotes(scope.id, value)
    .filter((entity) => resolver.entities.kind[entity] === EntityKind.Function);
  return (
    run.length > 0 &&
    run.every((entity) => callsSystem(resolver, program.scopes[resolver.entities.x[entity]!]!))
  );
}

function callsSystem(resolver: Analysis['resolver'], scope: Scope): boolean {
  const { op, a } = scope.code;
  return op.every(
    (one, at) =>
      one !== Op.Call || /^(os|posix|signal|resource)\.\w+$/.test(resolver.libraryPath(scope.id, a[at]!)),
  );
}

/** Whether the file itself starts threads. */
function usesThreads(analysis: Analysis, scope: Scope): boolean {
  return ['threading.Thread', 'threading.Timer'].some((path) =>
    analysis.libraryCalls.of(path).some((call) => call.scope.file === scope.file),
  );
}

/** A class that compares process ids, takes a lock on that path, and never makes the lock anew. */
function* keptLocks(analysis: Analysis): Iterable<Report> {
  const { resolver, program } = analysis;
  const told = new Set<string>();
  for (const { scope, at } of analysis.libraryCalls.of('os.getpid')) {
    if (scope.owner < 0 || scope.file.isTest || !isCompared(analysis, scope, at)) continue;
    for (const use of analysis.lockUses.of(scope.id)) {
      if (use.kind !== UseKind.With && !(use.kind === UseKind.Acquire && use.certain)) continue;
      const { op, b } = scope.code;
      if (op[use.number] !== Op.Attribute || !analysis.lockTaking.ofReceiver(scope, use.number)) continue;
      const kinds = lockKinds(resolver, scope.id, use.number);
      if (!kinds.some(({ kind, model }) => model === 'thread' && (kind === 'lock' || kind === 'rlock')))
        continue;
      const name = scope.file.source.names[b[use.number]!]!;
      const stores = resolver.classes.storesOf(scope.owner, name);
      const key = `${scope.owner}:${name}`;
      const [made] = stores;
      if (stores.length !== 1 || !made || program.scopes[made.scope]!.name !== '__init__' || told.has(key))
        continue;
      if (resetsAfterFork(analysis, scope) || makesAnew(scope) || !isPlainLock(analysis, made)) continue;
      if (isTakenByChildrenOnly(analysis, scope, use.number)) continue;
      told.add(key);
      const maker = program.scopes[made.scope]!;
      yield make(
        analysis,
        scope,
        at,
        `${functionLabel(scope)} notices a fork by the process id, and takes \`self.${name}\` as the parent left it: if a thread held it then, the child waits for good.`,
        'medium',
        [
          {
            scope: maker,
            at: made.at,
            message: 'The lock is made once, and nothing makes it anew in the child.',
          },
        ],
      );
    }
  }
}

/** Made by the library's own constructor: a factory of the project may see to forks. */
function isPlainLock(analysis: Analysis, store: { readonly scope: number; readonly value: number }): boolean {
  const { code } = analysis.program.scopes[store.scope]!;
  if (code.op[store.value] !== Op.Call) return false;
  return analysis.resolver.targets(store.scope, store.value).every((target) => target.kind === 'library');
}

/** `self._pid == os.getpid()`, also by way of a variable. */
function isCompared(analysis: Analysis, scope: Scope, at: number): boolean {
  const { op, a, b } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  return op.some((one, k) => one === Op.Compare && (number[a[k]!] === at || number[b[k]!] === at));
}

/** `if os.getpid() != self._pid:` around every taking of the lock, where the field never held anything but the number of
 * a process: who is no child takes it never, so no child finds it taken. */
function isTakenByChildrenOnly(analysis: Analysis, scope: Scope, number: number): boolean {
  const { lockUses, locks } = analysis;
  const [lock] = locks.of(scope.id, number);
  if (!lock) return false;
  return lockUses.all.every((use) => {
    if (use.scope.file.isTest || !locks.of(use.scope.id, use.number).includes(lock)) return true;
    const { code } = use.scope;
    return enclosing(code, use.at).some(
      (part) => code.op[part] === Op.If && isOfChild(analysis, use.scope, code.a[part]!),
    );
  });
}

/** `os.getpid() != self._pid`, where nothing but `os.getpid()` is ever stored in the field. */
function isOfChild({ resolver, program }: Analysis, scope: Scope, condition: number): boolean {
  const { op, a, b, c } = scope.code;
  if (op[condition] !== Op.Compare || c[condition] !== CompareOperator.NotEqual) return false;
  const isAsked = (id: number, code: Scope['code'], value: number) => {
    const made = resolver.numberings.of(program.scopes[id]!).number[value]!;
    return code.op[made] === Op.Call && resolver.libraryPath(id, code.a[made]!) === 'os.getpid';
  };
  const [left, right] = [a[condition]!, b[condition]!];
  const noted = isAsked(scope.id, scope.code, left) ? right : left;
  if (op[noted] !== Op.Attribute || !isAsked(scope.id, scope.code, noted === left ? right : left))
    return false;
  const stores = resolver.classes.storesOf(scope.owner, scope.file.source.names[b[noted]!]!);
  return (
    stores.length > 0 && stores.every(({ scope: id, value }) => isAsked(id, program.scopes[id]!.code, value))
  );
}

/** `self.__init__()`: makes all anew, the lock too. */
function makesAnew(scope: Scope): boolean {
  const { op } = scope.code;
  return op.some((one, at) => one === Op.Call && calleeName(scope, at) === '__init__');
}

/** The class, or its module, has an at-fork handler. */
function resetsAfterFork(analysis: Analysis, scope: Scope): boolean {
  return analysis.libraryCalls.of('os.register_at_fork').some((call) => call.scope.file === scope.file);
}

function make(
  analysis: Analysis,
  scope: Scope,
  at: number,
  message: string,
  confidence: Report['confidence'],
  steps: readonly { readonly scope: Scope; readonly at: number; readonly message: string }[],
): Report {
  const { program } = analysis;
  return {
    ...program.span(scope, at),
    message,
    confidence,
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: steps.map((step) => ({ ...program.span(step.scope, step.at), message: step.message })),
  };
}
