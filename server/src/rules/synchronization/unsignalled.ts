// Who waits for what a job says at its end, and waits for good when the job fails before: an event that is set, or a
// future that is given its result, on no way that an exception takes. Objects are followed by field and by variable of
// the function around; a wait for a time is none.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Failures } from './failing';
import { calleeName, enclosing, partsOf } from './lock-words';
import { callsQuietCode, raising } from './raising';

/** A job's last word, what may keep it from that, and somebody who waits for it. */
export interface Unsignalled {
  readonly saidAt: number;
  readonly failsAt: number;
  readonly waiter: Scope;
  readonly waitsAt: number;
}

const says = /^(set|set_result)$/;
const settles = /^(set|set_result|set_exception|cancel)$/;

/** Such a word of a function, if there is one behind an await; null where none is waited for, or each is said in any
 * case. */
export function unsignalled(analysis: Analysis, failures: Failures, job: Scope): Unsignalled | null {
  const { op } = job.code;
  let first: Unsignalled | null = null;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || !says.test(calleeName(job, at))) continue;
    const name = subject(analysis, job, job.code.a[at]!);
    if (name === '' || !isUnconditional(job, at) || isSettledOnFailure(analysis, job, name)) continue;
    if (isSettledElsewhere(analysis, job, name)) continue;
    const failsAt = failureBefore(analysis, failures, job, at);
    if (failsAt < 0) continue;
    const found = waiterFor(analysis, job, name);
    if (!found) continue;
    // What is awaited fails more likely than a plain call.
    if (op[failsAt] === Op.Await) return { saidAt: at, failsAt, ...found };
    first ??= { saidAt: at, failsAt, ...found };
  }
  return first;
}

/** The name of the field, or of the outer function's variable, on which a method is called; '' for anything else. */
function subject(analysis: Analysis, scope: Scope, callee: number): string {
  const { op, a } = scope.code;
  if (op[callee] !== Op.Attribute) return '';
  return nameOf(analysis, scope, a[callee]!);
}

function nameOf(analysis: Analysis, scope: Scope, value: number): string {
  const { op, a, b, slots, captured } = scope.code;
  const { names } = scope.file.source;
  const number = analysis.resolver.numberings.of(scope).number[value]!;
  const known = number >= 0 && number < op.length ? number : value;
  if (op[known] === Op.Attribute) return `.${names[b[known]!]!}`;
  if (op[value] === Op.Captured) return names[a[value]!]!;
  if (op[value] === Op.Local && captured[a[value]!]) return names[slots[a[value]!]!]!;
  return '';
}

/** Under no test and in no loop, but for `if not future.done()`; nor where an exception is handled. */
function isUnconditional(scope: Scope, at: number): boolean {
  const { op } = scope.code;
  return enclosing(scope.code, at).every((part) => {
    if (op[part] === Op.Try || op[part] === Op.With || op[part] === Op.TryElse) return true;
    if (op[part] !== Op.If) return false;
    return partsOf(scope.code, part).some(
      (k) => op[k] === Op.Call && /^(done|cancelled|is_set)$/.test(calleeName(scope, k)),
    );
  });
}

/** Some handler, or a `finally`, says it, too. */
function isSettledOnFailure(analysis: Analysis, scope: Scope, name: string): boolean {
  const { op, a } = scope.code;
  return op.some(
    (one, at) =>
      one === Op.Call &&
      settles.test(calleeName(scope, at)) &&
      subject(analysis, scope, a[at]!) === name &&
      enclosing(scope.code, at).some((part) => op[part] === Op.Except || op[part] === Op.Finally),
  );
}

/** Another method of the class settles the same field, as when the connection is lost: the waiter is not left to the job
 * alone. */
function isSettledElsewhere(analysis: Analysis, job: Scope, name: string): boolean {
  if (!name.startsWith('.')) return false;
  const { file } = job;
  return file.source.codes.some((code, index) => {
    const scope = analysis.program.scopes[file.firstScope + index]!;
    if (scope === job || scope.owner !== job.owner || analysis.construction[scope.id]) return false;
    return code.op.some(
      (one, at) =>
        one === Op.Call &&
        settles.test(calleeName(scope, at)) &&
        subject(analysis, scope, code.a[at]!) === name &&
        !isTaskOfJob(analysis, job, scope),
    );
  });
}

/** Only the job calls it. */
function isTaskOfJob({ calls }: Analysis, job: Scope, scope: Scope): boolean {
  const callers = calls.callers[scope.id]!;
  return callers.length > 0 && callers.every(({ caller }) => caller === job.id);
}

/** What may raise before an instruction, with no handler after which the function goes on to it. */
function failureBefore(analysis: Analysis, failures: Failures, scope: Scope, said: number): number {
  const { op } = scope.code;
  const { user } = analysis.resolver.numberings.of(scope);
  const around = enclosing(scope.code, said);
  let found = -1;
  for (let at = 0; at < said; at++) {
    const fails =
      op[at] === Op.Await || op[at] === Op.Raise || (op[at] === Op.Call && raising(scope, at) === 2);
    if (!fails || callsQuietCode(analysis, scope, at)) continue;
    const parts = enclosing(scope.code, at);
    const isCaught = parts.some(
      (part) => op[part] === Op.Try && !around.includes(part) && catchesAll(scope, part),
    );
    const isHandler = parts.some((part) => op[part] === Op.Except || op[part] === Op.Finally);
    if (isCaught || isHandler || isPause(analysis, scope, at)) continue;
    if (op[at] === Op.Await && !failures.at(scope, at)) continue;
    // A call that makes a coroutine; what that does is told where it is awaited.
    if (op[at] === Op.Call && user[at]! >= 0 && op[user[at]!] === Op.Await) continue;
    if (op[at] === Op.Await) return at;
    if (found < 0) found = at;
  }
  return found;
}

/** `await asyncio.sleep(1)`, `await event.wait()`. */
function isPause({ resolver }: Analysis, scope: Scope, at: number): boolean {
  const { op, a } = scope.code;
  const call = op[at] === Op.Await ? a[at]! : at;
  if (op[call] !== Op.Call) return false;
  return (
    /^(sleep|wait|gather|join|create_task|ensure_future|keys|cancel)$/.test(calleeName(scope, call)) ||
    /^asyncio\./.test(resolver.libraryPath(scope.id, a[call]!))
  );
}

/** Whether a `try` has a handler for every exception. */
function catchesAll(scope: Scope, opening: number): boolean {
  const { op, a } = scope.code;
  for (let at = opening + 1, depth = 0; at < op.length; at++) {
    if (op[at] === Op.If || op[at] === Op.Loop || op[at] === Op.Try || op[at] === Op.With) depth++;
    else if (op[at] === Op.End && depth-- === 0) return false;
    else if (op[at] === Op.Except && depth === 0) {
      const type = a[at]!;
      if (type < 0) return true;
      if (op[type] === Op.Global && /^(Base)?Exception$/.test(scope.file.source.names[a[type]!]!))
        return true;
    }
  }
  return false;
}

/** A function of the file that waits for it without a limit. */
function waiterFor(
  analysis: Analysis,
  job: Scope,
  name: string,
): Pick<Unsignalled, 'waiter' | 'waitsAt'> | null {
  const { program, resolver } = analysis;
  const { file } = job;
  for (let index = 0; index < file.source.codes.length; index++) {
    const waiter = program.scopes[file.firstScope + index]!;
    if (waiter === job || waiter.name === '__del__' || isStartedBy(analysis, job, waiter)) continue;
    if (!name.startsWith('.') && !isAround(program.scopes, waiter, job)) continue;
    const { op, a } = waiter.code;
    const { user } = resolver.numberings.of(waiter);
    for (let at = 0; at < op.length; at++) {
      if (op[at] === Op.Await && nameOf(analysis, waiter, a[at]!) === name) return { waiter, waitsAt: at };
      if (op[at] !== Op.Call || calleeName(waiter, at) !== 'wait' || argumentCount(waiter.code, at) > 0)
        continue;
      if (subject(analysis, waiter, a[at]!) !== name) continue;
      const by = user[at]!;
      // Handed to `wait_for` or to a task, it may have a limit.
      if (by >= 0 && (op[by] === Op.Await || op[by] === Op.Discard)) return { waiter, waitsAt: at };
    }
  }
  return null;
}

/** What the job itself starts is not there yet when the job fails. */
function isStartedBy(analysis: Analysis, job: Scope, waiter: Scope): boolean {
  return analysis.spawned.some((one) => one.scope === job && one.runs.includes(waiter.id));
}

function isAround(scopes: readonly Scope[], outer: Scope, inner: Scope): boolean {
  for (let one = inner; one.parent >= 0; one = scopes[one.parent]!) if (one.parent === outer.id) return true;
  return false;
}
