// Rule 116: a condition variable used against its protocol: a wait that is not repeated until its predicate holds, a
// predicate looked at before the condition is taken, a notify without the lock. Only objects known as conditions.

import { isCondition, lockKinds } from '../../flow/lock-kinds';
import type { Scope } from '../../program/program';
import { IfOrigin, Op, ScopeKind } from '../../syntax/code';
import { argumentCount, argumentValue } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import type { Confidence, FixProposal } from '../finding';
import type { Report, Rule } from '../rule';
import { functionLabel } from './access-words';
import { calleeName, enclosing, endOf, openingOf, partsOf } from './lock-words';
import { goesOneWay } from './one-way-tests';
import { raising } from './raising';
import { goesHome } from './turned-back';
import { withoutItsLock } from './unlocked-conditions';

export const rule: Rule = {
  number: 116,
  name: 'wait-without-loop',
  concern: 'synchronization',
  severity: 'warning',
  preview: false,
  cwe: [667],
  category: 'lock-misuse',
  summary: 'A condition is waited on without testing its predicate again, or notified without its lock.',
  check(analysis, report) {
    const notified = new Set<string>();
    for (const use of analysis.lockUses.all) {
      if (!watched.includes(use.kind)) continue;
      if (use.scope.code.kind !== ScopeKind.Function) continue;
      if (!isCondition(analysis.resolver, use.scope.id, use.number)) continue;
      const unlocked = withoutItsLock(analysis, use);
      const isWait = use.kind === UseKind.Wait && unlocked?.confidence !== 'high';
      const found = (isWait ? (neverAwaited(analysis, use) ?? ofWait(analysis, use)) : null) ?? unlocked;
      if (!found) continue;
      const key = `${use.scope.id}:${use.number}`;
      if (use.kind === UseKind.Notify && notified.has(key)) continue;
      if (use.kind === UseKind.Notify) notified.add(key);
      report(found);
    }
  },
};

const watched = [UseKind.Wait, UseKind.WaitFor, UseKind.Notify];
const waits = /wait|until|ensure/i;

/** `cond.wait()` of a condition of asyncio as a statement: it makes a coroutine that nobody runs. */
function neverAwaited({ program, resolver }: Analysis, { scope, at, number }: LockUse): Report | null {
  const by = resolver.numberings.of(scope).user[at]!;
  const kinds = lockKinds(resolver, scope.id, number);
  if (by < 0 || scope.code.op[by] !== Op.Discard || scope.file.isTest) return null;
  if (kinds.length === 0 || kinds.some(({ model }) => model !== 'asyncio')) return null;
  return {
    ...program.span(scope, at),
    message: `${functionLabel(scope)} does not await this wait: nothing is waited for.`,
    confidence: 'high',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [],
  };
}

function ofWait(analysis: Analysis, use: LockUse): Report | null {
  const { scope, at } = use;
  const { code } = scope;
  const parts = enclosing(code, at);
  const section = sectionOf(analysis, use, parts);
  const inside = parts.filter((part) => part > section);
  if (inside.some((part) => code.op[part] === Op.Loop || code.op[part] === Op.LoopElse)) return null;
  const timed = argumentCount(code, at) > 0;
  // `if self._done: return` before the wait is as good as a wait under the contrary.
  const leaves = section < 0 ? [] : leavesBefore(scope, section, at);
  const test =
    inside.findLast((part) => isTest(scope, part)) ??
    leaves.findLast((part) => looksAtState(analysis, scope, part));
  const outside = parts.filter((part) => part < section);
  const outerLoop = outside.findLast((part) => code.op[part] === Op.Loop) ?? -1;
  if (test !== undefined) {
    const answers = onlyAnswers(scope, at);
    const tests = inside.filter((part) => isTest(scope, part)).map((part) => openingOf(scope.code, part));
    // Who does nothing but report what it finds then may find what it looked at in the beginning.
    if (answers || tests.length === 0) tests.push(...leaves);
    const again = testsAgain(analysis, scope, tests, at);
    const goesOn = !answers && worksAfter(scope, at, outerLoop);
    if (!goesOn && (outerLoop >= 0 || isCalledInLoop(analysis, scope))) return null;
    // Who asks whether the time ran out takes any other waking for the event itself.
    const asks = timed && isAsked(analysis, scope, at);
    return make(analysis, use, {
      // Who leaves after the wait decides nothing on it, unless the wait is what it was called for; who waits for a
      // time leaves it to the caller to look.
      confidence:
        outerLoop >= 0 ||
        asks ||
        again ||
        isShakenHands(scope, openingOf(code, test)) ||
        (!timed && tests.length > 0 && tests.every((one) => goesOneWay(analysis, scope, one))) ||
        hasTurn(analysis, use, section) ||
        !(goesOn || (!timed && waits.test(scope.name)))
          ? 'low'
          : timed
            ? 'medium'
            : 'high',
      what: 'tests once, waits, and goes on without testing again',
      step: { at: test, message: 'The only test.' },
      fixes: loopFix(analysis, use, inside, test, timed),
    });
  }
  const before = outside.findLast(
    (part) =>
      isTest(scope, part) && part > outerLoop && looksAtState(analysis, scope, openingOf(scope.code, part)),
  );
  if (before !== undefined) {
    // A wait for a time at the end of a round that comes again is a pause: the next round decides anew. So is one for
    // so many seconds and no more, and one for the rest of a time that was found not to be over.
    const pauses =
      (timed && outerLoop < 0 && isCalledInLoop(analysis, scope)) ||
      isForSeconds(scope, at) ||
      isForRest(analysis, scope, at, openingOf(code, before));
    return make(analysis, use, {
      confidence: pauses ? 'low' : 'medium',
      what: 'decides to wait before it holds the lock, so that a notify in between is lost',
      step: { at: before, message: 'It decides here, without the lock.' },
    });
  }
  if (/wait/.test(scope.name) || scope.file.isTest) return null;
  // What it waits for begins under the lock, and whoever notifies has to take it first.
  const begins = section >= 0 && callsBetween(scope, section, at);
  const confidence =
    timed || begins || lockKinds(analysis.resolver, scope.id, use.number)[0]?.model === 'asyncio'
      ? 'low'
      : 'medium';
  if (outerLoop < 0 && isCalledInLoop(analysis, scope)) return null;
  return make(analysis, use, {
    confidence,
    what: 'waits without testing anything under the lock, so that an earlier notify is lost',
    ...(outerLoop < 0
      ? {}
      : { step: { at: outerLoop, message: 'What the loop tests is read without the lock.' } }),
  });
}

/** Whether something worth the name is called between two instructions. */
function callsBetween(scope: Scope, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at++) if (raising(scope, at) === 2) return true;
  return false;
}

/** `if scheduled.wait(timeout): cond.wait()`: the other side, which said that it has begun, needs the lock to go on. */
function isShakenHands(scope: Scope, condition: number): boolean {
  const { op, a } = scope.code;
  const asked = a[condition]!;
  return op[condition] === Op.If && op[asked] === Op.Call && calleeName(scope, asked) === 'wait';
}

/** Another wait on the same condition stands before it, in a loop of the same section: who came through that has its
 * turn, and keeps the others out of what it then waits for. */
function hasTurn(analysis: Analysis, { scope, at, number }: LockUse, section: number): boolean {
  return analysis.lockUses
    .of(scope.id)
    .some(
      (use) =>
        use.kind === UseKind.Wait &&
        use.number === number &&
        use.at < at &&
        use.at > section &&
        enclosing(scope.code, use.at).some((part) => part > section && scope.code.op[part] === Op.Loop),
    );
}

/** `cond.wait(1.0)`. */
function isForSeconds({ code }: Scope, wait: number): boolean {
  return argumentCount(code, wait) > 0 && code.op[argumentValue(code, wait, 0)] === Op.Const;
}

/** `if rest > 0: ... cond.wait(rest)`. */
function isForRest(analysis: Analysis, scope: Scope, wait: number, condition: number): boolean {
  const { code } = scope;
  const { number } = analysis.resolver.numberings.of(scope);
  if (argumentCount(code, wait) === 0) return false;
  const given = number[argumentValue(code, wait, 0)]!;
  return partsOf(code, condition).some((part) => number[part] === given);
}

/** Whether a decision hangs on what the wait answers. */
function isAsked(analysis: Analysis, scope: Scope, wait: number): boolean {
  const { op } = scope.code;
  const { user } = analysis.resolver.numberings.of(scope);
  const by = user[wait]!;
  const asking = by >= 0 && op[by] === Op.Unary ? user[by]! : by;
  return asking >= 0 && op[asking] === Op.If;
}

/** The instruction at which the critical section around a wait begins: its With, its acquire, or -1 for the caller's. */
function sectionOf(analysis: Analysis, use: LockUse, parts: readonly number[]): number {
  const { scope, number, at } = use;
  const { op, a } = scope.code;
  const locks = analysis.locks.of(scope.id, number);
  const numbers = analysis.resolver.numberings.of(scope).number;
  const isSame = (other: number) =>
    other === number || analysis.locks.of(scope.id, other).some((lock) => locks.includes(lock));
  let section = -1;
  for (const part of parts) if (op[part] === Op.With && isSame(numbers[a[part]!]!)) section = part;
  for (const other of analysis.lockUses.of(scope.id)) {
    if (other.kind !== UseKind.Acquire || other.at >= at || other.at <= section || !isSame(other.number))
      continue;
    const isOver = analysis.lockUses
      .of(scope.id)
      .some(
        (one) =>
          one.kind === UseKind.Release &&
          one.number === other.number &&
          other.number !== number &&
          one.at > other.at &&
          one.at < at,
      );
    if (!isOver) section = other.at;
  }
  return section;
}

function isTest(scope: Scope, part: number): boolean {
  const { op, c } = scope.code;
  // The Else of a loop's own condition only breaks.
  const opening = op[part] === Op.If || op[part] === Op.Else ? openingOf(scope.code, part) : -1;
  return opening >= 0 && op[opening] === Op.If && c[opening] === IfOrigin.Statement;
}

/** The tests of a section before its wait after which the function goes home. */
function leavesBefore(scope: Scope, section: number, wait: number): readonly number[] {
  const found: number[] = [];
  for (let at = section + 1; at < wait; at++)
    if (scope.code.op[at] === Op.If && goesHome(scope, at)) found.push(at);
  return found;
}

/** Whether control, coming from the wait, only looks, and returns or raises by what it sees. */
function onlyAnswers(scope: Scope, wait: number): boolean {
  const { op } = scope.code;
  const { length } = op;
  for (let at = wait + 1, depth = 0; at < length; at++) {
    switch (op[at] as Op) {
      case Op.If:
        depth++;
        break;
      case Op.End:
        if (depth > 0) depth--;
        break;
      case Op.Else:
      case Op.Except:
      case Op.LoopElse:
        if (depth === 0) at = endOf(scope.code, at);
        break;
      case Op.Return:
      case Op.Raise:
        if (depth === 0) return true;
        break;
      case Op.Loop:
      case Op.Break:
      case Op.Continue:
        return false;
      default:
        if (op[at]! >= Op.StoreGlobal && op[at]! <= Op.DeleteItem) return false;
        if (depth === 0 && raising(scope, at) === 2 && op[at] !== Op.Await && !isRaised(scope, at))
          return false;
    }
  }
  return true;
}

/** `raise TimeoutError()`: the call only makes what is raised. */
function isRaised({ code: { op } }: Scope, call: number): boolean {
  return op[call] === Op.Call && op[call + 1] === Op.Raise;
}

/** Whether an `if` behind the wait looks at what a test looked at: who was woken for nothing goes away empty. */
function testsAgain(analysis: Analysis, scope: Scope, tests: readonly number[], wait: number): boolean {
  const { op } = scope.code;
  const looked = new Set(tests.flatMap((test) => [...pathsIn(analysis, scope, test)]));
  for (let at = wait + 1; at < op.length; at++) {
    if (op[at] !== Op.If) continue;
    for (const path of pathsIn(analysis, scope, at)) if (looked.has(path)) return true;
  }
  return false;
}

/** Whether a condition is about more than what the caller passed. */
function looksAtState(analysis: Analysis, scope: Scope, condition: number): boolean {
  const { op, start, end } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  if (pathsIn(analysis, scope, condition).size > 0) return true;
  for (let at = 0; at < condition; at++) {
    if (start[at]! < start[condition]! || end[at]! > end[condition]!) continue;
    if (op[at] === Op.Local && number[at]! < op.length) return true;
  }
  return false;
}

/** Value numbers of the attributes within a condition, by whatever name, other than of the receiver's methods. */
function pathsIn(analysis: Analysis, scope: Scope, condition: number): ReadonlySet<number> {
  const { op, start, end } = scope.code;
  const { number, user } = analysis.resolver.numberings.of(scope);
  const found = new Set<number>();
  for (let at = 0; at < condition; at++) {
    if (start[at]! < start[condition]! || end[at]! > end[condition]!) continue;
    if (op[at] === Op.Local && op[number[at]!] === Op.Attribute) found.add(number[at]!);
    if (op[at] !== Op.Attribute && op[at] !== Op.Global) continue;
    const by = user[at]!;
    if (!(by >= 0 && op[by] === Op.Call && scope.code.a[by] === at)) found.add(number[at]!);
  }
  return found;
}

/** Whether control, coming from the wait, meets a call worth the name before it leaves the function or comes round to
 * the head of the loop. */
function worksAfter(scope: Scope, wait: number, loop: number): boolean {
  const { op } = scope.code;
  const last = loop < 0 ? op.length : endOf(scope.code, loop);
  for (let at = wait + 1; at < last; at++) {
    switch (op[at] as Op) {
      case Op.Else:
      case Op.Except:
      case Op.LoopElse:
        // The other branches of what the wait stands in.
        at = endOf(scope.code, at);
        break;
      case Op.Return:
      case Op.Raise:
      case Op.Break:
      case Op.Continue:
        return false;
      case Op.If:
      case Op.Loop:
        return true;
      default:
        if (raising(scope, at) === 2 && op[at] !== Op.Await) return true;
    }
  }
  return false;
}

/** Whether some caller calls the function in a loop: then the test comes again. */
function isCalledInLoop(analysis: Analysis, scope: Scope): boolean {
  return analysis.calls.callers[scope.id]!.some((edge) => {
    const { code } = analysis.program.scopes[edge.caller]!;
    return enclosing(code, edge.at).some((part) => code.op[part] === Op.Loop);
  });
}

interface Words {
  readonly confidence: Confidence;
  readonly what: string;
  readonly step?: { readonly at: number; readonly message: string };
  readonly fixes?: readonly FixProposal[];
}

function make(analysis: Analysis, use: LockUse, { confidence, what, step, fixes }: Words): Report {
  const { program } = analysis;
  const { scope, at } = use;
  return {
    ...program.span(scope, at),
    message: `${functionLabel(scope)} ${what}.`,
    confidence: scope.file.isTest ? 'low' : confidence,
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: step ? [{ ...program.span(scope, step.at), message: step.message }] : [],
    ...(fixes && fixes.length > 0 ? { fixes } : {}),
  };
}

/** `if not ready: cond.wait()` alone in its branch becomes `while`. */
function loopFix(
  analysis: Analysis,
  use: LockUse,
  inside: readonly number[],
  test: number,
  timed: boolean,
): readonly FixProposal[] {
  const { scope, at } = use;
  const { op } = scope.code;
  if (timed || op[test] !== Op.If || inside.at(-1) !== test) return [];
  for (let k = test + 1; k < endOf(scope.code, test); k++) {
    if (op[k] === Op.Else || op[k] === Op.Return || op[k] === Op.Break || op[k] === Op.Continue) return [];
    if (k !== at && raising(scope, k) > 0) return [];
    if (op[k]! >= Op.StoreLocal && op[k]! <= Op.DeleteItem) return [];
  }
  return [
    {
      kind: 'repeat-test',
      title: 'Test again after each wait',
      safe: true,
      data: { path: scope.file.path, condition: analysis.program.span(scope, test).start },
    },
  ];
}
