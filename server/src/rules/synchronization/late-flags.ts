// Flags that say whether there is something in a container, set after the lock was given back under which one method adds to
// it and another finds it empty: the order of the two flags is then not the order of the two sections, and the flag says
// that there is nothing while there is. Told of literal truth values in fields of one object.

import { AccessKind, isWrite } from '../../flow/accesses';
import { handlersAround } from '../../flow/handlers';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { Meeting } from '../../whole/meetings';
import type { Report } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { isEnding } from './endings';
import { enclosing, partsOf } from './lock-words';
import { storedTruth } from './lost-flags';
import { haveOneObject } from './one-object';

/** What a method does to the container under the lock, and the flag that it sets after. */
interface Late {
  readonly access: HeldAccess;
  readonly lock: Lock;
  readonly flag: Guarded;
  readonly store: HeldAccess;
}

/** One finding for each flag: the store by who found nothing. */
export function* lateFlags(analysis: Analysis): Iterable<Report> {
  let flags: ReadonlyMap<number, readonly (readonly [Guarded, HeldAccess])[]> | null = null;
  const told = new Set<Guarded>();
  for (const guarded of analysis.guards.underLocks) {
    if (guarded.place.ofModule || guarded.declared || !guarded.changes) continue;
    const steps = guarded.accesses.filter(
      (one) => one.kind === AccessKind.Mutate && isPlainStep(analysis, one),
    );
    if (!steps.some(({ shrinks }) => shrinks) || steps.every(({ shrinks }) => shrinks)) continue;
    flags ??= flagsByScope(analysis);
    const adding = steps.flatMap((one) => (one.shrinks ? [] : lateAfter(analysis, one, flags!, true)));
    if (adding.length === 0) continue;
    const taking = steps.flatMap((one) => (one.shrinks ? lateAfter(analysis, one, flags!, false) : []));
    for (const late of taking) {
      const other = adding.find(
        ({ lock, flag, access }) =>
          lock === late.lock && flag === late.flag && mayMeet(analysis, access.scope, late.access.scope),
      );
      if (!other || told.has(late.flag)) continue;
      told.add(late.flag);
      yield tell(analysis, guarded, late, other);
    }
  }
}

function isPlainStep({ program }: Analysis, one: HeldAccess): boolean {
  return !one.inside && !one.assumed && one.receiver === program.scopes[one.scope]!.code.op.length;
}

/** The places in which functions that change something under a lock store truth values. */
function truthsUnderLocks(analysis: Analysis): ReadonlySet<number> {
  const { guards, accesses, program } = analysis;
  const found = new Set<number>();
  const scopes = new Set(
    guards.underLocks.flatMap((one) =>
      one.accesses.flatMap(({ kind, locks, scope }) =>
        kind === AccessKind.Mutate && locks.length > 0 ? [scope] : [],
      ),
    ),
  );
  for (const id of scopes) {
    for (const access of accesses.of(program.scopes[id]!))
      if (isWrite(access.kind) && storedTruth(analysis, access) !== null) found.add(access.place);
  }
  return found;
}

/** The stores of truth values in fields, by function; of fields that hold nothing else. */
function flagsByScope(analysis: Analysis): ReadonlyMap<number, readonly (readonly [Guarded, HeldAccess])[]> {
  const found = new Map<number, (readonly [Guarded, HeldAccess])[]>();
  for (const guarded of analysis.guards.among(truthsUnderLocks(analysis))) {
    if (guarded.place.ofModule || guarded.declared) continue;
    const stores = guarded.accesses.filter(({ kind }) => isWrite(kind));
    if (stores.length < 2 || stores.some((one) => storedTruth(analysis, one) === null)) continue;
    if (stores.length === guarded.accesses.length) continue;
    for (const store of stores) {
      const list = found.get(store.scope);
      if (list) list.push([guarded, store]);
      else found.set(store.scope, [[guarded, store]]);
    }
  }
  return found;
}

function lateAfter(
  analysis: Analysis,
  access: HeldAccess,
  flags: ReadonlyMap<number, readonly (readonly [Guarded, HeldAccess])[]>,
  adds: boolean,
): readonly Late[] {
  const scope = analysis.program.scopes[access.scope]!;
  if (isEnding(analysis, scope)) return [];
  const [lock] = access.locks.filter(
    ({ model, weak, counting, scope: kind }) =>
      model === 'thread' && !weak && !counting && kind === LockScope.Instance,
  );
  if (!lock) return [];
  return (flags.get(scope.id) ?? []).flatMap(([flag, store]) => {
    if (store.at < access.at || store.locks.length > 0 || storedTruth(analysis, store) !== adds) return [];
    const follows = adds
      ? isOnTheWay(scope, access.at, store.at)
      : isByOutcome(analysis, scope, access, store.at);
    return follows ? [{ access, lock, flag, store }] : [];
  });
}

/** Nothing but the section of the lock ends between the two. */
function isOnTheWay({ code }: Scope, from: number, to: number): boolean {
  const around = new Set(enclosing(code, to));
  return enclosing(code, from).every((part) => code.op[part] === Op.With || around.has(part));
}

/** Set where the removal found nothing, or by what was seen of the container under the lock. */
function isByOutcome(
  { accesses, resolver }: Analysis,
  scope: Scope,
  access: HeldAccess,
  store: number,
): boolean {
  const { code } = scope;
  const { number } = resolver.numberings.of(scope);
  return enclosing(code, store).some((part) => {
    if (code.op[part] === Op.Except) return handlersAround(code, access.at).some(({ at }) => at === part);
    if (code.op[part] !== Op.If || code.a[part]! < 0) return false;
    const asked = number[code.a[part]!]!;
    if (asked < 0 || asked >= code.op.length) return false;
    const seen = new Set([asked, ...partsOf(code, asked)]);
    return accesses
      .of(scope)
      .some(
        (one) => one.place === access.place && !isWrite(one.kind) && (seen.has(one.at) || seen.has(one.load)),
      );
  });
}

function mayMeet(analysis: Analysis, adder: number, taker: number): boolean {
  const { program, meetings } = analysis;
  if (adder === taker || !haveOneObject(analysis, program.scopes[adder]!, program.scopes[taker]!))
    return false;
  const { meeting, model } = meetings.of(adder, taker);
  return meeting !== Meeting.Apart && model === 'thread';
}

function tell(analysis: Analysis, { place }: Guarded, late: Late, other: Late): Report {
  const { program } = analysis;
  const taker = program.scopes[late.access.scope]!;
  const adder = program.scopes[other.access.scope]!;
  const label = lockLabel(late.lock);
  const flag = `\`${late.flag.place.label}\``;
  return {
    ...program.span(taker, late.store.at),
    message: `${functionLabel(taker)} finds \`${place.label}\` empty under ${label} and sets ${flag} after its release: when ${functionLabel(adder)} adds and sets it in between, it says that there is nothing, and what was added lies there.`,
    confidence: 'medium',
    symbol: taker.qualifiedName,
    stepsKind: 'places',
    steps: [
      {
        ...program.span(taker, late.access.at),
        message: `${functionLabel(taker)} takes from it holding ${label}.`,
      },
      {
        ...program.span(adder, other.access.at),
        message: `${functionLabel(adder)} adds to it holding ${label}.`,
      },
      {
        ...program.span(adder, other.store.at),
        message: `${functionLabel(adder)} sets the flag after the release, too.`,
      },
    ],
  };
}
