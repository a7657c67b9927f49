// Rule 125: a task that nobody keeps, or a future whose outcome nobody can ever read. The loop holds tasks weakly, so
// that one may vanish half way; and an exception in either is never seen. That is harmless for most; where somebody waits
// for what the job says at its end, an exception leaves him waiting.

import { decoratorNames } from '../../flow/function-facts';
import { handledNames, handlersOf } from '../../flow/handlers';
import type { Resolver } from '../../flow/resolver';
import type { Program, Scope } from '../../program/program';
import { CodeFlag, Op, ScopeKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Spawned } from '../../whole/spawned';
import type { Report, Rule } from '../rule';
import { functionLabel } from './access-words';
import { Failures } from './failing';
import { enclosing, isDiscarded, openingOf, partsOf } from './lock-words';
import { type Unsignalled, unsignalled } from './unsignalled';

export const rule: Rule = {
  number: 125,
  name: 'future-dropped',
  concern: 'synchronization',
  severity: 'warning',
  preview: true,
  cwe: [390],
  category: 'async-dangling-task',
  summary: 'A task or future is dropped: it may vanish, and its error is never seen.',
  check(analysis, report) {
    const told = new Set<string>();
    // Nobody but the loop, when it ends, cancels a task that nobody keeps.
    const failures = new Failures(analysis, false);
    for (const one of analysis.spawned) {
      const key = `${one.scope.id}:${one.at}`;
      if (one.scope.file.isTest || told.has(key)) continue;
      told.add(key);
      const isTask = tasks.has(one.path);
      if (!isTask && !jobs.test(one.path)) continue;
      const { user, number } = analysis.resolver.numberings.of(one.scope);
      if (!isDiscarded(one.scope.code, user, one.at) && !isForgotten(one.scope, user, number, one.at))
        continue;
      const handled =
        one.runs.length > 0 && one.runs.every((run) => handlesErrors(analysis.program.scopes[run]!));
      const found = one.runs.map((run) => ({
        run,
        ...unsignalled(analysis, failures, analysis.program.scopes[run]!),
      }))[0];
      if (found?.waiter) report(waitingWording(analysis, one, found as Unsignalled & { run: number }));
      // What a thread hands to a loop is mostly a message; only who waits for what it says is told.
      else if (one.path.endsWith('run_coroutine_threadsafe')) continue;
      else if (!handled || isTask) report(wording(analysis, one.scope, one.at, isTask, handled));
    }
    for (const found of neverAwaited(analysis)) report(found);
  },
};

/** The results of `Executor.map` raise where they are asked for; those of a pool's own `map` at once. */
const jobs =
  /(^|\.)(submit|run_in_executor|apply_async|map_async|run_coroutine_threadsafe)$|^concurrent\..*\.map$/;
const tasks = new Set([
  'asyncio.create_task',
  'asyncio.ensure_future',
  'asyncio.AbstractEventLoop.create_task',
]);

/** Kept in a local that nothing reads, in a function that does not wait. */
function isForgotten(scope: Scope, user: Int32Array, number: Int32Array, at: number): boolean {
  const { op, a, captured } = scope.code;
  const by = user[at]!;
  if (by < 0 || op[by] !== Op.StoreLocal || captured[a[by]!]) return false;
  for (let k = at + 1; k < op.length; k++) {
    if (op[k] === Op.Local && number[k] === at) return false;
    // Through a loop or a branch the value has another number: any read of the variable counts.
    if (op[k] === Op.Local && a[k] === a[by]) return false;
  }
  return true;
}

/** Somewhere in it a `try` takes every exception. */
function handlesErrors(scope: Scope): boolean {
  return handlersOf(scope.code).some(({ at }) =>
    handledNames(scope, at).some((name) => /^(Base)?Exception$/.test(name)),
  );
}

/** Somebody waits for what the job says at its end. */
function waitingWording(
  analysis: Analysis,
  { scope, at }: Spawned,
  { run, saidAt, failsAt, waiter, waitsAt }: Unsignalled & { readonly run: number },
): Report {
  const { program } = analysis;
  const job = program.scopes[run]!;
  return {
    ...program.span(scope, at),
    message: `${functionLabel(scope)} starts ${functionLabel(job)} and drops what becomes of it: when that fails before its last word, nobody hears of it, and ${functionLabel(waiter)} waits for good.`,
    confidence: 'medium',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      { ...program.span(job, failsAt), message: `${functionLabel(job)} may fail here.` },
      { ...program.span(job, saidAt), message: 'Then this is not reached.' },
      { ...program.span(waiter, waitsAt), message: `${functionLabel(waiter)} waits for it.` },
    ],
  };
}

function wording(analysis: Analysis, scope: Scope, at: number, isTask: boolean, handled: boolean): Report {
  return {
    ...analysis.program.span(scope, at),
    message: isTask
      ? `${functionLabel(scope)} starts a task that nobody keeps: the loop holds it weakly, so it may vanish half way${handled ? '' : ', and nobody asks for its error'}.`
      : `${functionLabel(scope)} drops the future of a job: an exception in it is never seen.`,
    confidence: 'low',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [],
  };
}

/** `refresh()` as a statement, where `refresh` is a coroutine function: the call makes a coroutine and runs nothing. */
function* neverAwaited({ program, resolver, facts }: Analysis): Iterable<Report> {
  for (const scope of program.scopes) {
    if (scope.file.isTest || scope.code.kind === ScopeKind.Class) continue;
    for (const at of facts.of(droppedCalls, scope)) {
      const targets = resolver.targets(scope.id, at);
      const called = targets.map((one) => (one.kind === 'function' ? program.scopes[one.scope]! : null));
      if (called.length === 0 || !called.every((one) => one !== null && isPlainCoroutine(program, one)))
        continue;
      const callee = called[0]!;
      yield {
        ...program.span(scope, at),
        message: `${functionLabel(scope)} makes a coroutine of ${functionLabel(callee)} and drops it: without an await nothing of it runs.`,
        confidence: targets.length === 1 ? 'high' : 'low',
        symbol: scope.qualifiedName,
        stepsKind: 'places',
        steps: [{ ...program.nameSpan(callee), message: 'It is a coroutine function.' }],
      };
    }
  }
}

/** Calls whose value nobody takes. */
function droppedCalls(resolver: Resolver, scope: Scope): readonly number[] {
  const { op, a } = scope.code;
  const { reached } = resolver.numberings.of(scope);
  const found: number[] = [];
  for (let at = 0; at < op.length; at++)
    if (op[at] === Op.Discard && op[a[at]!] === Op.Call && reached[at] && !isSwitched(scope, at))
      found.push(a[at]!);
  return found.length === 0 ? none : found;
}

/** `if IS_SYNC: self.open()`, `# type: ignore[unused-coroutine]` in code that is made into another: a switch of the module
 * says whether it runs at all. */
function isSwitched(scope: Scope, at: number): boolean {
  const { op, a } = scope.code;
  return enclosing(scope.code, at).some((part) => {
    const opening = openingOf(scope.code, part);
    if (opening < 0 || op[opening] !== Op.If) return false;
    return partsOf(scope.code, opening).some(
      (one) => op[one] === Op.Global && /^_*[A-Z][A-Z_\d]*$/.test(scope.file.source.names[a[one]!]!),
    );
  });
}

const none: readonly number[] = [];

/** An `async def` that no decorator turns into something else, and that has a body of its own. */
function isPlainCoroutine(program: Program, scope: Scope): boolean {
  const { flags, op } = scope.code;
  if (!(flags & CodeFlag.Async) || flags & CodeFlag.Generator) return false;
  return (
    decoratorNames(program, scope).length === 0 &&
    op.some((one) => one === Op.Call || one === Op.Await || one === Op.Raise)
  );
}
