// Rule 101: state that one lock guards in most places, touched without it. One finding a place: the worst access is
// primary, one guarded write is its counterpart, the other unguarded accesses are related.

import { AccessKind, isWrite } from '../../flow/accesses';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { type Constant, ConstantKind, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { type Guarded, type HeldAccess, unguarded } from '../../whole/guards';
import { UseKind } from '../../whole/lock-uses';
import { Meeting } from '../../whole/meetings';
import { Effect } from '../../whole/method-effects';
import { rootWords } from '../../whole/roots';
import { renewsObject } from '../../whole/set-up';
import type { Confidence } from '../finding';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel, verbOf } from './access-words';
import { collisionsOf, toleratesLoss } from './conflicts';
import { isEnding } from './endings';
import { holdFixes } from './hold-fix';
import { isItemUpdate } from './item-updates';
import { mixedCallers } from './mixed-callers';
import { type OtherLock, underOtherLocks } from './other-locks';
import { isLockItself, isNear, isOfLockClass } from './self-guarding';
import { Sharing } from './sharing';

export const rule: Rule = {
  number: 101,
  name: 'field-without-its-lock',
  concern: 'synchronization',
  severity: 'warning',
  preview: true,
  cwe: [820],
  category: 'missing-lock',
  summary: 'State that a lock guards elsewhere is touched without that lock.',
  check(analysis, report, isOn) {
    for (const guarded of analysis.guards.all) {
      // What a declaration says, its own rule checks.
      const guard = guarded.guard ?? guarded.suspected;
      if (!guard || guarded.declared || isLockItself(analysis, guarded)) continue;
      const elsewhere = isOn(wrongLock) ? underOtherLocks(analysis, guarded) : [];
      const found = reportOn(analysis, guarded, guard, elsewhere);
      if (found) report(found);
    }
    for (const found of mixedCallers(analysis)) report(found);
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
}

function reportOn(
  analysis: Analysis,
  guarded: Guarded,
  guard: Lock,
  elsewhere: readonly OtherLock[],
): Report | null {
  const { program } = analysis;
  const bare = unguarded(guarded, guard).filter(
    (access) => !isSetUp(analysis, guarded, program.scopes[access.scope]!, guard),
  );
  const own = bare.filter(
    ({ scope, locks }) => !elsewhere.some((one) => one.access.scope === scope && locks.includes(one.lock)),
  );
  const sharing = new Sharing(analysis, guarded, guard);
  const weighed = own.map((access) => {
    const weight = kindRank(analysis, guarded, guard, access);
    return { access, weight, rank: Math.min(weight, rankOf(analysis, guarded, guard, access, sharing)) };
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
      `but ${functionLabel(scope)} ${verbOf(access)} it without the lock.`,
    confidence: ranks[worst.rank]!,
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      {
        ...program.span(other, counterpart.at),
        message: `${functionLabel(other)} ${verbOf(counterpart)} it holding ${lockLabel(guard)}.`,
      },
      ...runnerOf(analysis, access),
      ...(counterpart.scope === access.scope ? [] : runnerOf(analysis, counterpart)),
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
    fixes: holdFixes(analysis, guarded.place, guard, toCover(weighed, worst)),
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
): number {
  const scope = analysis.program.scopes[access.scope]!;
  if (!isNear(analysis, guarded, guard) || isOfLockClass(analysis, guarded)) return 0;
  const makesObject = guarded.place.ofModule && analysis.construction[scope.id];
  if (access.kind === AccessKind.Write && setup.test(scope.name) && !makesObject) return 0;
  if (quiet.test(scope.name) || isEnding(analysis, scope)) return 0;
  if (holdsHandedOver(analysis, scope, access.at)) return 0;
  const most = guard.weak || !guarded.guard ? 1 : 2;
  // What changes the state out of sight cannot be weighed.
  if (access.kind === AccessKind.Iterate && !guarded.changes) return sharing.isEntered(scope) ? most : 0;
  const collisions = collisionsOf(analysis.program, guarded, guard, access);
  const evidence = sharing.evidenceOf(access, collisions);
  if (evidence === Meeting.Apart) return 0;
  return evidence === Meeting.Met ? most : 1;
}

/** Who runs a function, where roots show it. */
function runnerOf({ program, roots }: Analysis, { scope }: HeldAccess): NonNullable<Report['steps']> {
  const root = roots.reaching(scope)[0];
  if (!root) return [];
  const name = functionLabel(program.scopes[scope]!);
  const entry = program.scopes[root.scope]!;
  const how =
    root.scope === scope
      ? `runs in ${rootWords(root)}`
      : `runs in ${rootWords(root)}, by way of ${functionLabel(entry)}`;
  return [
    { ...program.nameSpan(entry), message: `${name} ${how}${root.many ? ', several at a time' : ''}.` },
  ];
}

function isSetUp(analysis: Analysis, { place }: Guarded, scope: Scope, guard: Lock): boolean {
  // A constructor makes its object ready, not the module.
  if (place.ofModule && analysis.construction[scope.id]) return false;
  if (renewsObject(analysis.resolver, scope, guard)) return true;
  return analysis.entryLocks.isSetUp(scope);
}

function kindRank(analysis: Analysis, guarded: Guarded, guard: Lock, access: HeldAccess): number {
  switch (access.kind) {
    case AccessKind.Mutate:
      if (analysis.program.scopes[access.scope]!.code.op[access.at] === Op.StoreItem)
        return isItemUpdate(analysis, guarded, access) ? 2 : 0;
      return access.effect === Effect.None ? 2 : rankOfMethod(analysis, guarded, guard, access);
    case AccessKind.Update:
      return 2;
    case AccessKind.Write:
      // Who stores another object mostly owns the place at that moment, or it is as good before as after.
      return isFlagLost(analysis, guarded, guard, access) ? 1 : 0;
    case AccessKind.Iterate:
      // What replaces the whole leaves the walk on the old one.
      return guarded.accesses.some((one) => one.kind === AccessKind.Mutate && !one.inside) ||
        (!guarded.guard && isHandedOn(analysis, guarded))
        ? 2
        : 0;
    case AccessKind.Index: {
      if (!guarded.accesses.some((one) => one.shrinks && one.kind === AccessKind.Mutate)) return 0;
      if (toleratesLoss(analysis.program.scopes[access.scope]!, access.at)) return 0;
      const alsoLooks = guarded.accesses.some(
        (one) =>
          one.scope === access.scope &&
          one.at < access.at &&
          (one.kind === AccessKind.Test || one.kind === AccessKind.Snapshot),
      );
      return alsoLooks ? 2 : 0;
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

/** The flag is looked at and put back under the lock: what is stored meanwhile goes under, if it asks for something, or
 * comes from a thread of its own. */
function isFlagLost(analysis: Analysis, guarded: Guarded, guard: Lock, access: HeldAccess): boolean {
  const stored = truthOf(storedConstant(analysis, access));
  if (stored === null) return false;
  const byThread = analysis.roots.reaching(access.scope).some(({ kind }) => kind !== 'callback');
  return guarded.accesses.some((put) => {
    if (put.kind !== AccessKind.Write || !put.locks.includes(guard)) return false;
    if (truthOf(storedConstant(analysis, put)) !== !stored || !(byThread || stored)) return false;
    const looked = guarded.accesses.find(
      (one) => one.scope === put.scope && one.at < put.at && !isWrite(one.kind) && one.locks.includes(guard),
    );
    return looked !== undefined && (byThread || callsBetween(analysis, looked, put));
  });
}

function callsBetween({ program }: Analysis, from: HeldAccess, to: HeldAccess): boolean {
  const { op } = program.scopes[from.scope]!.code;
  for (let at = from.at + 1; at < to.at; at++) if (op[at] === Op.Call) return true;
  return false;
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

/** The state itself is an argument somewhere: who gets it may change it. */
function isHandedOn({ program, resolver }: Analysis, { accesses }: Guarded): boolean {
  return accesses.some(({ scope, at, kind }) => {
    const { op, a } = program.scopes[scope]!.code;
    if (kind !== AccessKind.Read || op[at] !== Op.Attribute) return false;
    const by = resolver.numberings.of(program.scopes[scope]!).user[at]!;
    return by >= 0 && (op[by] === Op.Tuple || op[by] === Op.List || (op[by] === Op.Call && a[by] !== at));
  });
}

function truthOf(constant: Constant | null): boolean | null {
  if (constant?.kind === ConstantKind.True) return true;
  return constant?.kind === ConstantKind.False ? false : null;
}

/** The literal that a store puts in the place; null when it is none. */
function storedConstant(analysis: Analysis, access: HeldAccess): Constant | null {
  const scope = analysis.program.scopes[access.scope]!;
  const value = storedValue(scope, access.at);
  if (value < 0 || scope.code.op[value] !== Op.Const) return null;
  return scope.file.source.constants[scope.code.a[value]!]!;
}

/** The value that a store instruction stores, -1 for any other instruction. */
function storedValue({ code: { op, b, c } }: Scope, at: number): number {
  if (op[at] === Op.StoreAttribute) return c[at]!;
  return op[at] === Op.StoreGlobal ? b[at]! : -1;
}

/** The surest access; among equals the one that says most, then the heavier operation, then the first in the source. */
function worstOf(weighed: readonly Weighed[]): Weighed | null {
  const over = (one: Weighed, other: Weighed) =>
    one.rank - other.rank || one.weight - other.weight || one.access.kind - other.access.kind;
  let worst: Weighed | null = null;
  for (const one of weighed) if (!worst || over(one, worst) > 0) worst = one;
  return worst;
}
