// What is added to a container after a look at a flag, without the lock under which another method sets the flag and goes
// through the container: between the look and the addition the other does both, and what is added is never gone through.
// Told of fields of one object. What the elements are, and what is done with them, is not asked.

import { type Access, AccessKind, isWrite } from '../../flow/accesses';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { UseKind } from '../../whole/lock-uses';
import { Meeting } from '../../whole/meetings';
import { Effect } from '../../whole/method-effects';
import type { Report } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { isEnding } from './endings';
import { partsOf } from './lock-words';
import { haveOneObject } from './one-object';

/** A method that goes through all that the container has, under a lock. */
interface Walk {
  readonly access: HeldAccess;
  readonly lock: Lock;
}

/** A flag that such a method sets under the lock. */
interface Flag {
  readonly guarded: Guarded;
  readonly set: HeldAccess;
}

/** By container: the first addition that may be lost, and the first flag that it hangs on. */
export function lostRegistrations(analysis: Analysis): ReadonlyMap<Guarded, Report> {
  const lost = new Map<Guarded, Report>();
  let flags: ReadonlyMap<number, readonly Flag[]> | null = null;
  for (const guarded of analysis.guards.underLocks) {
    if (guarded.place.ofModule || guarded.declared) continue;
    const additions = guarded.accesses.filter((one) => isAddition(analysis, one));
    if (additions.length === 0) continue;
    const walks = walksOf(analysis, guarded);
    if (walks.length === 0) continue;
    flags ??= flagsByScope(analysis);
    const found = first(analysis, guarded, additions, walks, flags);
    if (found) lost.set(guarded, found);
  }
  return lost;
}

function first(
  analysis: Analysis,
  guarded: Guarded,
  additions: readonly HeldAccess[],
  walks: readonly Walk[],
  flags: ReadonlyMap<number, readonly Flag[]>,
): Report | null {
  const walkers = new Set(walks.map(({ access }) => access.scope));
  for (const added of additions) {
    for (const walk of walks) {
      for (const flag of flags.get(walk.access.scope) ?? []) {
        if (flag.guarded === guarded || !flag.set.locks.includes(walk.lock)) continue;
        if (!isFinal(flag, walkers)) continue;
        const look = looseLook(analysis, flag.guarded, added, walk.lock);
        // Whether they may meet is the dearest question.
        if (look >= 0 && mayMeet(analysis, added.scope, walk.access.scope))
          return tell(analysis, guarded, added, look, walk, flag);
      }
    }
  }
  return null;
}

/** Set by those alone that go through the container: it stays as it is, and so does what they have missed. */
function isFinal({ guarded }: Flag, walkers: ReadonlySet<number>): boolean {
  return guarded.accesses.every(
    ({ kind, scope }) => !isWrite(kind) || (kind === AccessKind.Write && walkers.has(scope)),
  );
}

function isAddition(analysis: Analysis, one: HeldAccess): boolean {
  return (
    one.kind === AccessKind.Mutate &&
    one.effect === Effect.None &&
    !one.shrinks &&
    !one.inside &&
    !one.assumed &&
    isOwn(analysis, one)
  );
}

function isOwn({ program }: Analysis, one: Access): boolean {
  return one.receiver === program.scopes[one.scope]!.code.op.length;
}

/** The methods that walk, copy or take the whole under a lock of their object. */
function walksOf(analysis: Analysis, guarded: Guarded): readonly Walk[] {
  return guarded.accesses.flatMap((access) => {
    if (!isOwn(analysis, access) || !goesThrough(guarded, access)) return [];
    return access.locks
      .filter((one) => isPlain(one))
      .slice(0, 1)
      .map((lock) => ({ access, lock }));
  });
}

function isPlain({ model, weak, counting, scope }: Lock): boolean {
  return model === 'thread' && !weak && !counting && scope === LockScope.Instance;
}

function goesThrough({ accesses }: Guarded, access: HeldAccess): boolean {
  if (access.kind === AccessKind.Iterate) return true;
  // `waiting, self._waiting = self._waiting, []`
  return (
    access.kind === AccessKind.Read &&
    accesses.some((one) => one.scope === access.scope && one.kind === AccessKind.Write && one.at > access.at)
  );
}

/** What each method stores in fields of its object under some lock. */
function flagsByScope(analysis: Analysis): ReadonlyMap<number, readonly Flag[]> {
  const found = new Map<number, Flag[]>();
  for (const guarded of analysis.guards.underLocks) {
    if (guarded.place.ofModule || guarded.declared) continue;
    for (const set of guarded.accesses) {
      if (set.kind !== AccessKind.Write || set.locks.length === 0 || !isOwn(analysis, set)) continue;
      const list = found.get(set.scope);
      if (list) list.push({ guarded, set });
      else found.set(set.scope, [{ guarded, set }]);
    }
  }
  return found;
}

function mayMeet(analysis: Analysis, adder: number, walker: number): boolean {
  const { program, meetings } = analysis;
  const one = program.scopes[adder]!;
  const other = program.scopes[walker]!;
  if (adder === walker || !haveOneObject(analysis, one, other)) return false;
  const { meeting, model } = meetings.of(adder, walker);
  return meeting !== Meeting.Apart && model === 'thread';
}

/** The look at the flag, by which a function goes on to an addition that nothing ties to it; -1 for none. */
function looseLook(analysis: Analysis, flag: Guarded, added: HeldAccess, lock: Lock): number {
  const scope = analysis.program.scopes[added.scope]!;
  // Who sets the flag itself goes by an order of its own.
  if (flag.accesses.some((one) => one.scope === scope.id && isWrite(one.kind))) return -1;
  const looks = looksAt(analysis, scope, flag);
  // Looked at again afterwards, or under the lock that the addition is made under.
  if (looks.some((at) => at > added.at)) return -1;
  const isHeld = (at: number) => analysis.entryLocks.at(scope, at).includes(lock);
  if (added.locks.includes(lock) && looks.some(isHeld)) return -1;
  return looks.find((at) => isTested(scope, at, added.at)) ?? -1;
}

/** Where a function reads the flag, or calls a method of its object that does and changes nothing. */
function looksAt(analysis: Analysis, scope: Scope, flag: Guarded): readonly number[] {
  const { op } = scope.code;
  const direct = flag.accesses
    .filter((one) => one.scope === scope.id && isOwn(analysis, one) && isOfFlag(analysis, scope, one))
    .map(({ load }) => load);
  const readers = new Set(flag.accesses.filter(({ kind }) => !isWrite(kind)).map(({ scope: id }) => id));
  const through = [...op.keys()].filter(
    (at) =>
      op[at] === Op.Call &&
      analysis.lockTaking.onReceiver(scope, at) &&
      analysis.resolver
        .targets(scope.id, at)
        .some((one) => one.kind === 'function' && readers.has(one.scope) && onlyLooks(analysis, one.scope)),
  );
  return [...direct, ...through].sort((one, other) => one - other);
}

/** Asked for itself, or compared with what is fixed: a number of rounds or a process tells of something else. */
function isOfFlag({ resolver }: Analysis, scope: Scope, { load }: HeldAccess): boolean {
  const { op, a, b } = scope.code;
  const by = resolver.numberings.of(scope).user[load]!;
  if (by < 0 || op[by] !== Op.Compare) return true;
  const other = a[by] === load ? b[by]! : a[by]!;
  return op[other] === Op.Const || op[other] === Op.Global;
}

function onlyLooks({ program }: Analysis, id: number): boolean {
  const { op } = program.scopes[id]!.code;
  return !op.some((one) => one === Op.StoreAttribute || one === Op.Loop);
}

/** Whether a test before the addition asks for it. */
function isTested({ code }: Scope, look: number, before: number): boolean {
  for (let at = look + 1; at < before; at++)
    if (code.op[at] === Op.If && partsOf(code, at).includes(look)) return true;
  return false;
}

function tell(
  analysis: Analysis,
  { place }: Guarded,
  added: HeldAccess,
  look: number,
  { access: walk, lock }: Walk,
  flag: Flag,
): Report {
  const { program } = analysis;
  const scope = program.scopes[added.scope]!;
  const other = program.scopes[walk.scope]!;
  const adder = functionLabel(scope);
  const walker = functionLabel(other);
  const label = lockLabel(lock);
  return {
    ...program.span(scope, added.at),
    message: `${adder} looks at \`${flag.guarded.place.label}\` and then adds to \`${place.label}\`, not under ${label} as one step: when ${walker} sets the one and goes through the other in between, what is added is never seen.`,
    confidence: isEnding(analysis, other) || !isSeenElsewhere(analysis, scope, other) ? 'low' : 'medium',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      { ...program.span(scope, look), message: `${adder} looks here.` },
      { ...program.span(other, flag.set.at), message: `${walker} sets it holding ${label}.` },
      { ...program.span(other, walk.at), message: `${walker} goes through all that was added.` },
    ],
  };
}

/** A thread or handler that the program shows runs one of the two; or who goes through it wakes those that wait in another
 * method, which none of them can do itself. */
function isSeenElsewhere(analysis: Analysis, adder: Scope, walker: Scope): boolean {
  const isRun = [adder, walker].some(({ id }) => analysis.roots.reaching(id).length > 0);
  return isRun || wakesOthers(analysis, walker);
}

/** Notifies a condition of its object that another method of the class waits for. */
function wakesOthers({ lockUses, locks, program }: Analysis, scope: Scope): boolean {
  const woken = lockUses
    .of(scope.id)
    .flatMap((use) => (use.kind === UseKind.Notify ? locks.of(scope.id, use.number) : []));
  return (
    woken.length > 0 &&
    program.scopes.some(
      ({ id, owner }) =>
        owner === scope.owner &&
        id !== scope.id &&
        lockUses
          .of(id)
          .some(
            (use) =>
              (use.kind === UseKind.Wait || use.kind === UseKind.WaitFor) &&
              locks.of(id, use.number).some((lock) => woken.includes(lock)),
          ),
    )
  );
}
