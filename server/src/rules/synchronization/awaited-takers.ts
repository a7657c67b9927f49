// Whether what a wait waits for takes the lock that is held meanwhile: the thread that is joined, the job whose result
// is asked for. Looks at threads and jobs that the same class or file starts; which of several is meant is not asked.

import { EntityKind } from '../../flow/entities';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { elements, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Way } from '../../whole/lock-taking';
import type { Spawned } from '../../whole/spawned';
import { calleeName, enclosing } from './lock-words';

const none: readonly number[] = [];

/** The function that is waited for, and its way to the lock. */
export interface Taker {
  readonly run: number;
  readonly way: Way;
}

/** What is waited for by a call and takes the lock; null when nothing shows that. */
export function takerOf(analysis: Analysis, scope: Scope, call: number, lock: Lock): Taker | null {
  const here = startedHere(analysis, scope, call);
  if (here.length > 0) return takingIn(analysis, here, lock);
  for (const run of awaited(analysis, scope, call)) {
    for (const way of analysis.lockTaking.of(run))
      if (way.lock === lock && isOrdinary(analysis, run, way)) return { run, way };
  }
  return null;
}

/** Who has to say what a call waits for, and can't come to it: each call that sets the event, or puts into the queue,
 * stands in the section of the lock. Null where one does not, or none is known. */
export function sayerOf(analysis: Analysis, scope: Scope, call: number, lock: Lock): Taker | null {
  const { program, entryLocks, lockTaking } = analysis;
  const { op, a } = scope.code;
  if (op[a[call]!] !== Op.Attribute || !lockTaking.ofReceiver(scope, a[a[call]!]!)) return null;
  const field = fieldOf(scope, a[a[call]!]!);
  if (field === '' || looksFirst(scope, call, field)) return null;
  const says = calleeName(scope, call) === 'wait' ? /^set$/ : /^put(_nowait)?$/;
  let found: Taker | null = null;
  for (const file of program.files) {
    if (file.isTest || !file.source.names.includes(field)) continue;
    for (let index = 0; index < file.source.codes.length; index++) {
      const other = program.scopes[file.firstScope + index]!;
      for (let at = 0; at < other.code.op.length; at++) {
        if (other.code.op[at] !== Op.Call || !says.test(calleeName(other, at))) continue;
        const callee = other.code.a[at]!;
        if (other.code.op[callee] !== Op.Attribute || fieldOf(other, other.code.a[callee]!) !== field)
          continue;
        if (other === scope || analysis.construction[other.id]) continue;
        if (!entryLocks.at(other, at).includes(lock)) return null;
        for (const way of lockTaking.of(other.id)) if (way.lock === lock) found ??= { run: other.id, way };
      }
    }
  }
  return found;
}

/** `while not queue.empty(): queue.get()` waits for nobody. */
function looksFirst(scope: Scope, call: number, field: string): boolean {
  const { op, a } = scope.code;
  return op.some(
    (one, at) =>
      one === Op.Call &&
      at < call &&
      /^(empty|qsize|is_set)$/.test(calleeName(scope, at)) &&
      op[a[at]!] === Op.Attribute &&
      fieldOf(scope, a[a[at]!]!) === field,
  );
}

/** A job that is handed to a pool within its `with`, which waits for it at its end. */
export interface JoinedJob extends Taker {
  /** The call that hands it over. */
  readonly at: number;
}

/** The first job of a pool whose `with` stands within the section of a lock, and that takes the lock. */
export function joinedJobOf(analysis: Analysis, scope: Scope, lock: Lock): JoinedJob | null {
  const { op, a } = scope.code;
  const { held, sets, number } = analysis.resolver.numberings.of(scope);
  for (const { at, spawn, runs } of spawnedIn(analysis, scope)) {
    if (spawn.kind !== 'pool' || op[a[at]!] !== Op.Attribute) continue;
    const pool = number[a[a[at]!]!]!;
    if (pool < 0 || op[pool] !== Op.Entered) continue;
    const opening = a[pool]!;
    if (op[number[a[opening]!]!] !== Op.Call) continue;
    const isHeld = sets.lists[held[opening]!]!.some((one) => analysis.locks.of(scope.id, one).includes(lock));
    const found = isHeld ? takingIn(analysis, runs, lock) : null;
    if (found) return { ...found, at };
  }
  return null;
}

function spawnedIn(analysis: Analysis, scope: Scope): readonly Spawned[] {
  return analysis.spawned.filter(
    (one) => one.scope === scope && (one.spawn.model === 'thread' || one.spawn.model === 'greenthread'),
  );
}

/** The first function that takes the lock, of the same object as far as that shows. */
function takingIn(analysis: Analysis, runs: readonly number[], lock: Lock): Taker | null {
  for (const run of runs) {
    for (const way of analysis.lockTaking.of(run)) {
      if (way.lock === lock && way.same && isUnconditional(analysis, run, way)) return { run, way };
    }
  }
  return null;
}

/** What runs in the threads and jobs that the function itself starts, and then waits for by this call. */
function startedHere(analysis: Analysis, scope: Scope, call: number): readonly number[] {
  const { op, a } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  const callee = a[call]!;
  const given = positional(scope.code, call, 0);
  const isMethod =
    op[callee] === Op.Attribute && /^(join|result|exception|shutdown)$/.test(calleeName(scope, call));
  const awaitedValue = isMethod ? a[callee]! : given;
  if (awaitedValue < 0) return none;
  const made = new Set<number>();
  collectMade(scope, number, awaitedValue, made, 4);
  return spawnedIn(analysis, scope)
    .filter(({ at }) => {
      if (made.has(at)) return true;
      return op[a[at]!] === Op.Attribute && made.has(number[a[a[at]!]!]!) && isMethod;
    })
    .flatMap(({ runs }) => runs);
}

/** The calls whose results a value is, or holds as elements. */
function collectMade(
  scope: Scope,
  number: Int32Array,
  value: number,
  made: Set<number>,
  depth: number,
): void {
  const { op, a, b, extra } = scope.code;
  const at = number[value]!;
  if (depth === 0 || at < 0 || at >= op.length) return;
  const follow = (next: number) => collectMade(scope, number, next, made, depth - 1);
  switch (op[at] as Op) {
    case Op.Call:
      made.add(at);
      break;
    case Op.Element:
    case Op.Item:
      follow(a[at]!);
      break;
    case Op.Comprehension:
      for (let k = at + 1; k < op.length; k++) if (op[k] === Op.Collect && a[k] === at) follow(b[k]!);
      break;
    case Op.List:
    case Op.Tuple: {
      for (const one of elements(scope.code, at)) follow(one);
      for (let k = at + 1; k < op.length; k++) {
        if (op[k] !== Op.Call || calleeName(scope, k) !== 'append' || op[a[k]!] !== Op.Attribute) continue;
        if (number[a[a[k]!]!] === at && extra[b[k]!]! > 0) follow(extra[b[k]! + 2]!);
      }
      break;
    }
    default:
  }
}

/** A way that no test keeps a job from: what it is given may say that it need not come so far. */
function isUnconditional(analysis: Analysis, run: number, way: Way): boolean {
  return analysis.lockTaking.path(run, way).every(({ scope: id, at }) => {
    const { code } = analysis.program.scopes[id]!;
    return (
      at < 0 ||
      enclosing(code, at).every(
        (part) => code.op[part] === Op.With || code.op[part] === Op.Try || code.op[part] === Op.Loop,
      )
    );
  });
}

/** A way that is not only gone to handle an exception. */
function isOrdinary(analysis: Analysis, run: number, way: Way): boolean {
  return analysis.lockTaking.path(run, way).every(({ scope: id, at }) => {
    const { code } = analysis.program.scopes[id]!;
    return at < 0 || enclosing(code, at).every((part) => code.op[part] !== Op.Except);
  });
}

/** The functions that run in what a call may wait for. */
function awaited(analysis: Analysis, scope: Scope, call: number): readonly number[] {
  const { resolver, program } = analysis;
  const { op, a } = scope.code;
  const callee = a[call]!;
  if (op[callee] === Op.Attribute) {
    const runs: number[] = [];
    for (const entity of resolver.denotes(scope.id, a[callee]!)) {
      if (resolver.entities.kind[entity] !== EntityKind.Instance || resolver.entities.path(entity) !== '')
        continue;
      const run = resolver.classes.method(resolver.entities.x[entity]!, 'run');
      if (run >= 0) runs.push(run);
    }
    if (runs.length > 0) return runs;
  }
  const field = fieldOf(scope, op[callee] === Op.Attribute ? a[callee]! : -1);
  return analysis.spawned
    .filter(
      (one) =>
        one.scope.file === scope.file &&
        (scope.owner < 0 || one.scope.owner === scope.owner) &&
        (one.spawn.model === 'thread' || one.spawn.model === 'greenthread') &&
        field !== '' &&
        isKeptIn(analysis, one, field),
    )
    .flatMap((one) => one.runs)
    .filter((run) => !program.scopes[run]!.file.isTest);
}

/** The name of the field or variable of the module that a value is, or is an element of; '' when it is neither. */
function fieldOf(scope: Scope, value: number): string {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  let at = value;
  for (let depth = 0; at >= 0 && depth < 4; depth++) {
    switch (op[at] as Op) {
      case Op.Attribute:
        return names[b[at]!]!;
      case Op.Global:
        return names[a[at]!]!;
      case Op.Element:
      case Op.Item:
        at = a[at]!;
        break;
      case Op.Local: {
        const slot = a[at]!;
        let stored = -1;
        for (let k = 0; k < at; k++) if (op[k] === Op.StoreLocal && a[k] === slot) stored = b[k]!;
        at = stored;
        break;
      }
      default:
        return '';
    }
  }
  return '';
}

/** Whether what a call starts is stored in the field, put into it, or handed to the pool that it holds. */
function isKeptIn(analysis: Analysis, { scope, at: made }: Spawned, field: string): boolean {
  const { op, a, b, c, extra } = scope.code;
  const { names } = scope.file.source;
  const { number } = analysis.resolver.numberings.of(scope);
  if (op[a[made]!] === Op.Attribute && fieldOf(scope, a[a[made]!]!) === field) return true;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreAttribute && names[b[at]!] === field && number[c[at]!] === made) return true;
    // `return thread`, which a caller keeps.
    if (op[at] === Op.Return && a[at]! >= 0 && number[a[at]!] === made)
      return isResultKept(analysis, scope, field);
    if (op[at] === Op.StoreGlobal && names[a[at]!] === field && number[b[at]!] === made) return true;
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute || fieldOf(scope, a[a[at]!]!) !== field) continue;
    const from = b[at]!;
    for (let k = 0; k < extra[from]!; k++) if (number[extra[from + 2 + 2 * k]!] === made) return true;
  }
  return false;
}

/** Whether a method of the same class stores what a function returns in the field. */
function isResultKept({ resolver, program, calls }: Analysis, made: Scope, field: string): boolean {
  return calls.callers[made.id]!.some(({ caller, at }) => {
    const scope = program.scopes[caller]!;
    if (scope.owner !== made.owner || scope.file !== made.file) return false;
    const { op, b, c } = scope.code;
    const { number } = resolver.numberings.of(scope);
    return op.some(
      (one, k) =>
        one === Op.StoreAttribute && scope.file.source.names[b[k]!] === field && number[c[k]!] === at,
    );
  });
}
