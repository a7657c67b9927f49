// Private helpers that look at state and change it, called under a lock here and without it there: the callers that hold
// the lock say that the two steps belong together. Locks that a helper takes itself, and helpers that only set up or
// take down, are left alone.

import { type Access, AccessKind, isWrite } from '../../flow/accesses';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Edge } from '../../whole/call-graph';
import type { Guarded } from '../../whole/guards';
import { Meeting } from '../../whole/meetings';
import type { Report } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { haveOneObject } from './one-object';
import { isLockItself } from './self-guarding';

const lifecycle =
  /^_*(start|stop|open|close|shut_?down|terminate|init\w*|set_?up|tear_?down|clean_?up|destroy|reset|reopen|__\w+__)(_|$)|(^|_)migrat/i;

/** One finding for each helper and lock, at the first call without it. */
export function* mixedCallers(analysis: Analysis): Iterable<Report> {
  const byPlace = new Map(analysis.guards.underLocks.map((one) => [one.place.id, one]));
  for (const scope of analysis.program.scopes) {
    if (scope.owner < 0 || scope.file.isTest || !isPrivate(scope.name)) continue;
    const callers = analysis.calls.callers[scope.id]!;
    if (callers.length < 2 || callers.length > 8) continue;
    const found = reportOn(analysis, scope, callers, byPlace);
    if (found) yield found;
  }
}

function reportOn(
  analysis: Analysis,
  scope: Scope,
  callers: readonly Edge[],
  byPlace: ReadonlyMap<number, Guarded>,
): Report | null {
  const { program, entryLocks, lockTaking, calls } = analysis;
  if (calls.escapes[scope.id] || entryLocks.isAssumed(scope) || calls.unresolvedNames.has(scope.name))
    return null;
  const edges = callers.filter(({ caller }) => {
    const one = program.scopes[caller]!;
    if (one.name === '__del__') return false;
    return !one.file.isTest && caller !== scope.id && !entryLocks.isSetUp(one) && !entryLocks.isAssumed(one);
  });
  if (edges.some(({ caller, at }) => !lockTaking.onReceiver(program.scopes[caller]!, at))) return null;
  const held = edges.map(({ caller, at }) => entryLocks.at(program.scopes[caller]!, at));
  for (const lock of new Set(held.flat())) {
    if (!guardsHere(analysis, scope, lock)) continue;
    const under = edges.filter((_, k) => held[k]!.includes(lock));
    const isLifecycle = ({ caller }: Edge) => lifecycle.test(program.scopes[caller]!.name);
    const bare = edges.filter(
      (edge, k) => held[k]!.length === 0 && (!isLifecycle(edge) || under.every(isLifecycle)),
    );
    if (bare.length === 0 || under.length < bare.length) continue;
    const steps = stepsOf(analysis, scope, byPlace);
    if (steps) return tell(analysis, scope, lock, under[0]!, bare[0]!, steps);
  }
  return null;
}

/** A lock of the helper's own object, that the helper does not take itself. */
function guardsHere(analysis: Analysis, scope: Scope, lock: Lock): boolean {
  if (lock.weak || lock.counting || lock.scope !== LockScope.Instance || lock.model === 'asyncio')
    return false;
  return ![...analysis.lockTaking.of(scope.id)].some((way) => way.lock === lock);
}

interface Steps {
  readonly label: string;
  readonly looked: Access;
  readonly changed: Access;
}

/** The first look at a piece of state that is followed by a change of it. */
function stepsOf(analysis: Analysis, scope: Scope, byPlace: ReadonlyMap<number, Guarded>): Steps | null {
  const { entryLocks } = analysis;
  const receiver = scope.code.op.length;
  const accesses = analysis.accesses.of(scope).filter((one) => one.receiver === receiver);
  for (const changed of accesses) {
    if (!isWrite(changed.kind)) continue;
    const place = analysis.accesses.places.all[changed.place]!;
    // What has a guard is told of by its accesses.
    if (byPlace.get(place.id)?.guard || analysis.declarations.of(place)) continue;
    if (isLockItself(analysis, { place })) continue;
    // Under a lock of the helper's own, that no caller need hold.
    const own = entryLocks.at(scope, changed.at);
    const looked = accesses.find(
      (one) =>
        one.place === changed.place &&
        one.at < changed.at &&
        isLook(one.kind) &&
        !own.some((lock) => entryLocks.at(scope, one.at).includes(lock)),
    );
    if (looked) return { label: place.label, looked, changed };
  }
  return null;
}

function isLook(kind: AccessKind): boolean {
  return kind === AccessKind.Test || kind === AccessKind.Read || kind === AccessKind.Index;
}

function tell(
  analysis: Analysis,
  scope: Scope,
  lock: Lock,
  under: Edge,
  bare: Edge,
  { label, looked, changed }: Steps,
): Report {
  const { program } = analysis;
  const caller = program.scopes[bare.caller]!;
  const other = program.scopes[under.caller]!;
  const helper = functionLabel(scope);
  const isBeside = isSeenBeside(analysis, bare, under) && isPlain(scope, changed);
  return {
    ...program.span(caller, bare.at),
    message: `${helper} looks at \`${label}\` and changes it, under ${lockLabel(lock)} when ${functionLabel(other)} calls it, but ${functionLabel(caller)} calls it without the lock${isBeside ? `: between the look and the change ${functionLabel(other)} may do the same` : ''}.`,
    confidence: isBeside ? 'medium' : 'low',
    symbol: caller.qualifiedName,
    stepsKind: 'places',
    steps: [
      {
        ...program.span(other, under.at),
        message: `${functionLabel(other)} calls it holding ${lockLabel(lock)}.`,
      },
      { ...program.span(scope, looked.at), message: `${helper} looks here.` },
      { ...program.span(scope, changed.at), message: `${helper} changes it here.` },
    ],
  };
}

/** A store, under a key too: what a method does to its object, the object may have an order for. */
function isPlain({ code }: Scope, { at }: Access): boolean {
  return code.op[at] !== Op.Call;
}

/** A thread is seen to make one of the calls, and not the other: mostly one runner makes both. */
function isSeenBeside(analysis: Analysis, bare: Edge, under: Edge): boolean {
  const { meetings, program } = analysis;
  if (!haveOneObject(analysis, program.scopes[bare.caller]!, program.scopes[under.caller]!)) return false;
  const { meeting, model } = meetings.of(bare.caller, under.caller);
  return meeting >= Meeting.OneSide && model === 'thread';
}

function isPrivate(name: string): boolean {
  return name.startsWith('_') && !name.endsWith('__');
}
