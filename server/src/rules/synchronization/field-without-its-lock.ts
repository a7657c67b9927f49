// Rule 101: state that one lock guards in most places, touched without it. One finding a place: the worst access is
// primary, one guarded write is its counterpart, the other unguarded accesses are related.

import { AccessKind, isWrite } from '../../flow/accesses';
import { dottedName } from '../../flow/function-facts';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { type Guarded, type HeldAccess, unguarded } from '../../whole/guards';
import { UseKind } from '../../whole/lock-uses';
import { Meeting } from '../../whole/meetings';
import { Effect } from '../../whole/method-effects';
import { renewsObject } from '../../whole/set-up';
import type { Confidence } from '../finding';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel, runnerOf, verbOf } from './access-words';
import { toleratesLoss } from './conflicts';
import { isEnding } from './endings';
import { type Harm, harmsOf, removalOn } from './harms';
import { holdFixes } from './hold-fix';
import { isItemUpdate } from './item-updates';
import { lateFlags } from './late-flags';
import { enclosing } from './lock-words';
import { flagsLost } from './lost-flags';
import { lostRegistrations } from './lost-registrations';
import { storesMissing } from './missing-keys';
import { mixedCallers } from './mixed-callers';
import { hasOtherLock, underOtherLocks } from './other-locks';
import { resetBefore } from './resets';
import { isLockItself, isNear, isOfLockClass } from './self-guarding';
import { Sharing } from './sharing';
import { isTally } from './tallies';

export const rule: Rule = {
  number: 101,
  name: 'field-without-its-lock',
  concern: 'synchronization',
  severity: 'warning',
  preview: false,
  cwe: [820],
  category: 'missing-lock',
  summary: 'State that a lock guards elsewhere is touched without that lock.',
  check(analysis, report, isOn) {
    const lost = lostRegistrations(analysis);
    for (const guarded of analysis.guards.underLocks) {
      // What a declaration says, its own rule checks.
      const guard = guarded.guard ?? guarded.suspected;
      const missed = lost.get(guarded);
      const isOwn = guard && !guarded.declared && !isLockItself(analysis, guarded);
      const found = isOwn ? reportOn(analysis, guarded, guard, isOn(wrongLock)) : null;
      if (missed && (!found || found.confidence === 'low')) report(missed);
      else if (found) report(found);
    }
    for (const found of mixedCallers(analysis)) report(found);
    for (const found of lateFlags(analysis)) report(found);
  },
};

/** The rule that tells of accesses under another lock. */
const wrongLock = 'wrong-lock';
const ranks: readonly Confidence[] = ['low', 'medium', 'high'];
const quiet = /^__(del|repr|str)__$/;
const setup = /(^|_)(init|initiali[sz]e|setup|set_up|setUp)(_|$)/;

interface Weighed {
  readonly access: HeldAccess;
  /** What the operation says by itself, 0 to 2. */
  readonly weight: number;
  /** 0 low, 1 medium, 2 high. */
  readonly rank: number;
  /** What goes wrong, as far as it is known. */
  readonly harm: Pick<Harm, 'words' | 'isPlain'> | null;
}

function reportOn(analysis: Analysis, guarded: Guarded, guard: Lock, leavesOthers: boolean): Report | null {
  const { program } = analysis;
  const others = leavesOthers ? underOtherLocks(analysis, guarded) : [];
  const bare = unguarded(guarded, guard).filter(
    (access) => !isSetUp(analysis, guarded, program.scopes[access.scope]!, guard),
  );
  const isOther = ({ scope, locks }: HeldAccess) =>
    others.some((one) => one.access.scope === scope && locks.includes(one.lock));
  const own = bare.filter((access) => !isOther(access));
  const sharing = new Sharing(analysis, guarded, guard);
  const weighed = own.map((access) => {
    const weight = kindRank(analysis, guarded, guard, access);
    const { rank, harm } = rankOf(analysis, guarded, guard, access, sharing);
    // Another lock was chosen for it: why, its own rule asks.
    const most = hasOtherLock(guarded, access) ? 0 : Math.max(weight, harm?.isPlain ? 1 : 0);
    return { access, weight, rank: Math.min(most, rank), harm };
  });
  const worst = worstOf(weighed);
  if (!worst) return null;
  const { access } = worst;
  const scope = program.scopes[access.scope]!;
  const held = guarded.accesses.filter((one) => one.locks.includes(guard));
  const total = held.length + bare.length;
  const counterpart = held.find((one) => isWrite(one.kind)) ?? held[0]!;
  const { label } = guarded.place;
  const other = program.scopes[counterpart.scope]!;
  return {
    ...program.span(scope, access.at),
    message:
      `\`${label}\` is guarded by ${lockLabel(guard)} (${held.length} of ${total} accesses hold it), ` +
      `but ${functionLabel(scope)} ${verbOf(access)} it without the lock${worst.harm ? `: ${worst.harm.words}` : ''}.`,
    confidence: ranks[worst.rank]!,
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      {
        ...program.span(other, counterpart.at),
        message: `${functionLabel(other)} ${verbOf(counterpart)} it holding ${lockLabel(guard)}.`,
      },
      ...runnerOf(analysis, access.scope),
      ...(counterpart.scope === access.scope ? [] : runnerOf(analysis, counterpart.scope)),
      ...weighed
        .filter((one) => one !== worst)
        .slice(0, 20)
        .map((one) => {
          const where = program.scopes[one.access.scope]!;
          return {
            ...program.span(where, one.access.at),
            message: `${functionLabel(where)} ${verbOf(one.access)} it without the lock, too.`,
          };
        }),
    ],
    // What is taken away under the lock afterwards, or was tested or found missing before, belongs to the same step, and no
    // fix moves that.
    fixes: () =>
      removalOn(analysis, guarded, guard, access) ||
      resetBefore(analysis, guarded, access) ||
      storesMissing(analysis, guarded, access)
        ? []
        : holdFixes(analysis, guarded.place, guard, toCover(weighed, worst)),
  };
}

/** What the lock must cover for the finding to be gone: all accesses of the functions that have one of its weight. */
function toCover(weighed: readonly Weighed[], worst: Weighed): readonly HeldAccess[] {
  const least = Math.min(worst.rank, 1);
  const scopes = new Set(weighed.flatMap(({ access, rank }) => (rank >= least ? access.scope : [])));
  return weighed.map(({ access }) => access).filter(({ scope }) => scopes.has(scope));
}

/** How sure it is that an access without the guard does harm: the table of operations in docs/analysis.md. */
function rankOf(
  analysis: Analysis,
  guarded: Guarded,
  guard: Lock,
  access: HeldAccess,
  sharing: Sharing,
): { readonly rank: number; readonly harm: Harm | null } {
  const unsure = { rank: 0, harm: null };
  const scope = analysis.program.scopes[access.scope]!;
  if (!isNear(analysis, guarded, guard) || isOfLockClass(analysis, guarded)) return unsure;
  const makesObject = (guarded.place.ofModule || guarded.ofClass) && analysis.construction[scope.id];
  if (access.kind === AccessKind.Write && setup.test(scope.name) && !makesObject) return unsure;
  if (quiet.test(scope.name) || isForCompiled(scope, access.at)) return unsure;
  if (holdsHandedOver(analysis, scope, access.at) || isHandedUnder(analysis, scope, guard)) return unsure;
  if (asksForLock(analysis, access, guard)) return unsure;
  // Of a loop's lock, only that most functions take it says what it is for: others have it for something that waits.
  if (guard.model === 'asyncio' && !guarded.guard) return unsure;
  const most = guard.weak || !guarded.guard ? 1 : 2;
  // Who ends the whole is mostly the last to touch it; but what the code asks for may happen then, too.
  const isLast = isEnding(analysis, scope);
  const harms = harmsOf(analysis, guarded, guard, access).filter(({ isAsked }) => isAsked || !isLast);
  // What changes the state out of sight cannot be weighed.
  const unseen = harms.find(({ partner }) => partner < 0);
  if (unseen) return { rank: sharing.isEntered(scope) ? Math.min(most, 1) : 0, harm: unseen };
  const { meeting, collision } = sharing.worstOf(access, harms);
  if (meeting === Meeting.Apart) return { rank: 0, harm: collision };
  return { rank: meeting === Meeting.Met ? most : 1, harm: collision };
}

function isSetUp(analysis: Analysis, { place, ofClass }: Guarded, scope: Scope, guard: Lock): boolean {
  // A constructor makes its object ready, not the module or class.
  if ((place.ofModule || ofClass) && analysis.construction[scope.id]) return false;
  if (renewsObject(analysis.resolver, scope, guard)) return true;
  return analysis.entryLocks.isSetUp(scope);
}

function kindRank(analysis: Analysis, guarded: Guarded, guard: Lock, access: HeldAccess): number {
  switch (access.kind) {
    case AccessKind.Mutate:
      if (analysis.program.scopes[access.scope]!.code.op[access.at] === Op.StoreItem)
        return isItemUpdate(analysis, guarded, access) || storesMissing(analysis, guarded, access) ? 2 : 0;
      return access.effect === Effect.None ? 2 : rankOfMethod(analysis, guarded, guard, access);
    case AccessKind.Update:
      return isTally(analysis, guarded) ? 0 : 2;
    case AccessKind.Write:
      // Who stores another object mostly owns the place at that moment, or it is as good before as after.
      return flagsLost(analysis, guarded, guard, access).length > 0 ? 1 : 0;
    case AccessKind.Iterate:
      return 2;
    case AccessKind.Index: {
      if (!guarded.accesses.some((one) => one.shrinks && one.kind === AccessKind.Mutate)) return 0;
      if (toleratesLoss(analysis.program.scopes[access.scope]!, access.at)) return 0;
      const alsoLooks = guarded.accesses.some(
        (one) =>
          one.scope === access.scope &&
          one.at < access.at &&
          (one.kind === AccessKind.Test || one.kind === AccessKind.Snapshot),
      );
      return alsoLooks || removalOn(analysis, guarded, guard, access) ? 2 : 0;
    }
    default:
      return 0;
  }
}

/** The object whose method is called may have a protocol of its own: only two runners that meet there count. */
function rankOfMethod({ roots }: Analysis, { accesses }: Guarded, guard: Lock, access: HeldAccess): number {
  const meets = accesses.some(
    (one) => isWrite(one.kind) && one.locks.includes(guard) && roots.mayMeet(one.scope, access.scope),
  );
  return meets ? 1 : 0;
}

/** `if cython.compiled:`: machine code that nothing interrupts. */
function isForCompiled(scope: Scope, at: number): boolean {
  const { op, a } = scope.code;
  return enclosing(scope.code, at).some(
    (part) => op[part] === Op.If && dottedName(scope, a[part]!) === 'cython.compiled',
  );
}

/** The function gives back a lock that it did not take: another function took it for both, and it is held till then. */
function holdsHandedOver(analysis: Analysis, scope: Scope, at: number): boolean {
  const { held, sets } = analysis.resolver.numberings.of(scope);
  const { op, b } = scope.code;
  return analysis.lockUses.of(scope.id).some((use) => {
    if (use.kind !== UseKind.Release || use.at <= at) return false;
    if (sets.lists[held[use.at]!]!.includes(use.number)) return false;
    // A semaphore is given back without keeping others out.
    const name = op[use.object] === Op.Attribute ? scope.file.source.names[b[use.object]!]! : '';
    return !/sem(aphore)?s?$/i.test(name);
  });
}

/** `assert self._lock.locked()`, before the access: the function knows of the lock, and asks its callers for it. */
function asksForLock({ lockUses, locks }: Analysis, { scope, at }: HeldAccess, guard: Lock): boolean {
  return lockUses
    .of(scope)
    .some((use) => use.kind === UseKind.Locked && use.at < at && locks.of(scope, use.number).includes(guard));
}

/** `read(file, self._take_line)` under the lock: all who hand the method on hold it, to functions of the program that call
 * it there and then. */
function isHandedUnder(analysis: Analysis, method: Scope, guard: Lock): boolean {
  const { program, resolver, entryLocks, calls } = analysis;
  if (method.owner < 0 || !calls.escapes[method.id]) return false;
  let count = 0;
  for (const scope of program.scopes) {
    if (scope.owner !== method.owner) continue;
    const { op, a, b } = scope.code;
    const { user } = resolver.numberings.of(scope);
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Attribute || scope.file.source.names[b[at]!] !== method.name) continue;
      const by = user[at]!;
      if (by < 0 || op[by] !== Op.Call) return false;
      if (!entryLocks.at(scope, by).includes(guard)) return false;
      const targets = a[by] === at ? [] : resolver.targets(scope.id, by);
      if (a[by] !== at && (targets.length === 0 || targets.some(({ kind }) => kind !== 'function')))
        return false;
      count++;
    }
  }
  return count > 0;
}

/** The surest access; among equals the one that says most, then the heavier operation, then the first in the source. */
function worstOf(weighed: readonly Weighed[]): Weighed | null {
  const over = (one: Weighed, other: Weighed) =>
    one.rank - other.rank || one.weight - other.weight || one.access.kind - other.access.kind;
  let worst: Weighed | null = null;
  for (const one of weighed) if (!worst || over(one, worst) > 0) worst = one;
  return worst;
}
