// Rule 103: a decision on shared state and the act that relies on it, with the lock given back in between, or with no lock
// at all where two runners are seen: somebody may have changed the state meanwhile. What a lock guards and the decision
// leaves out altogether is another rule's.

import { AccessKind, isWrite } from '../../flow/accesses';
import { type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';
import { Meeting } from '../../whole/meetings';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel, runnerOf } from './access-words';
import { type Collision, Conflict, storesNone } from './conflicts';
import { isEnding } from './endings';
import { isLook, relies, takesAway } from './looks';
import { isKept, resetBefore } from './resets';
import { Sharing } from './sharing';
import { testedUses } from './tested-uses';
import { losersOf } from './vanishing';

export const rule: Rule = {
  number: 103,
  name: 'check-then-act',
  concern: 'synchronization',
  severity: 'warning',
  preview: true,
  cwe: [367],
  category: 'race-condition',
  summary: 'Shared state is looked at, and acted on after the lock was given back, or without any.',
  check(analysis, report) {
    for (const guarded of analysis.guards.underLocks) {
      const guard = guarded.guard ?? guarded.suspected;
      if (!guard || guarded.declared || guard.weak || guard.model !== 'thread') continue;
      const found = takenBetween(analysis, guarded, guard);
      if (found) report(found);
    }
    for (const guarded of analysis.guards.among(testedPlaces(analysis))) {
      const found = guarded.declared ? null : resetBetween(analysis, guarded);
      if (found) report(found);
    }
  },
};

/** A lock that nothing takes, where there is none. */
const noLock: Lock = {
  id: -1,
  key: '',
  label: '',
  scope: LockScope.Instance,
  reentrant: false,
  weak: false,
  counting: false,
  model: 'thread',
};

/** Looked up under the lock, and taken away or used under it again in another section, without a second look. */
function takenBetween(analysis: Analysis, guarded: Guarded, guard: Lock): Report | null {
  const removers = [
    ...new Set(
      guarded.accesses.filter((one) => takesAway(one) && holds(one, guard)).map(({ scope }) => scope),
    ),
  ];
  if (removers.length === 0) return null;
  let sharing: Sharing | null = null;
  for (const act of guarded.accesses) {
    const scope = analysis.program.scopes[act.scope]!;
    const look = lookApart(analysis, scope, guarded, guard, act);
    if (!look || isEnding(analysis, scope)) continue;
    const collisions = removers.map((partner): Collision => {
      const least = partner === act.scope ? Meeting.Met : Meeting.OneSide;
      return { conflict: Conflict.Torn, partner, least };
    });
    sharing ??= new Sharing(analysis, guarded, guard);
    const { meeting, collision } = sharing.worstOf(act, collisions);
    if (!collision) continue;
    const partner = analysis.program.scopes[collision.partner]!;
    const who = partner === scope ? 'another call of it' : functionLabel(partner);
    const away = guarded.accesses.find(
      (one) => one.scope === partner.id && takesAway(one) && holds(one, guard),
    )!;
    return tell(analysis, {
      scope,
      look: look.at,
      at: act.at,
      partner,
      away: away.at,
      confidence: meeting >= Meeting.OneSide ? 'medium' : 'low',
      message: `${functionLabel(scope)} looks at \`${guarded.place.label}\` under ${lockLabel(guard)}, gives the lock back, and takes it again to rely on what it saw: ${who} may have taken it away in between.`,
    });
  }
  return null;
}

function holds({ assumed, locks }: HeldAccess, guard: Lock): boolean {
  return !assumed && locks.includes(guard);
}

/** The look in an earlier section on which an access relies; none where it looks again, or put there what it takes. */
function lookApart(
  analysis: Analysis,
  scope: Scope,
  guarded: Guarded,
  guard: Lock,
  act: HeldAccess,
): HeldAccess | undefined {
  if (act.kind !== AccessKind.Index && !takesAway(act)) return undefined;
  if (act.inside || !holds(act, guard) || !relies(scope, act)) return undefined;
  const own = guarded.accesses.filter(
    (one) => one.scope === act.scope && one.at < act.at && holds(one, guard),
  );
  const looks = own.filter((one) => isLook(analysis, scope, one, act));
  const apart = looks.findLast((one) => !isKept(analysis, scope, one.at, act.at, guard));
  if (!apart || looks.some((one) => isKept(analysis, scope, one.at, act.at, guard))) return undefined;
  return own.some((one) => one.at > apart.at && isWrite(one.kind)) ? undefined : apart;
}

/** The places of fields that are read anew after a test, and that some other function sets to None. */
function testedPlaces(analysis: Analysis): ReadonlySet<number> {
  const { program, facts, accesses } = analysis;
  const cleared = new Set<string>();
  for (const scope of program.scopes) {
    if (scope.file.isTest || scope.name === '__init__') continue;
    const { op, b } = scope.code;
    for (let at = 0; at < op.length; at++)
      if (op[at] === Op.StoreAttribute && storesNone(scope, at))
        cleared.add(scope.file.source.names[b[at]!]!);
  }
  const found = new Set<number>();
  for (const scope of program.scopes) {
    if (scope.file.isTest) continue;
    for (const { use } of facts.of(testedUses, scope)) {
      if (scope.code.op[use] !== Op.Attribute) continue;
      if (!cleared.has(scope.file.source.names[scope.code.b[use]!]!)) continue;
      const access = accesses.of(scope).find(({ load, at }) => load === use || at === use);
      if (access) found.add(access.place);
    }
  }
  return found;
}

/** Tested for being there and read anew, with nothing that keeps the two together, beside a function that sets it to None. */
function resetBetween(analysis: Analysis, guarded: Guarded): Report | null {
  const guard = guarded.guard ?? guarded.suspected;
  for (const use of guarded.accesses) {
    if (isWrite(use.kind) && use.kind !== AccessKind.Mutate) continue;
    const reset = resetBefore(analysis, guarded, use);
    // What goes without the lock that the other holds is a matter of that lock.
    const stores = reset?.stores.filter(
      (put) =>
        !isEnding(analysis, analysis.program.scopes[put.scope]!) &&
        (!guard ||
          (use.locks.includes(guard)
            ? !losersOf(analysis, guarded, guard, put).has(use.scope)
            : !put.locks.includes(guard))),
    );
    const store = stores?.find((one) => isOfOwnThread(analysis, guarded, use.scope, one.scope));
    if (!reset || !store) continue;
    const collision: Collision = { conflict: Conflict.Torn, partner: store.scope };
    const { meeting } = new Sharing(analysis, guarded, guard ?? noLock).overlapOf(use, [collision]);
    if (meeting < Meeting.OneSide) continue;
    const scope = analysis.program.scopes[use.scope]!;
    const partner = analysis.program.scopes[store.scope]!;
    return tell(analysis, {
      scope,
      look: reset.test,
      at: use.at,
      partner,
      away: store.at,
      confidence: 'medium',
      message: `${functionLabel(scope)} tests \`${guarded.place.label}\` and reads it again to use it: ${functionLabel(partner)} may set it to None in between (AttributeError).`,
    });
  }
  return null;
}

/** Whether a thread that the objects of the class run by themselves does one of two things, by calls on the object alone,
 * and not the other. */
function isOfOwnThread(analysis: Analysis, { place }: Guarded, one: number, other: number): boolean {
  if (place.ofModule) return false;
  const { program, resolver, roots } = analysis;
  const family = [place.owner, ...resolver.classes.descendants(place.owner, 64)];
  return [
    [one, other],
    [other, one],
  ].some(([own, foreign]) => {
    const others = roots.reaching(foreign!);
    return roots
      .reaching(own!)
      .some(
        (root) =>
          root.model === 'thread' &&
          ownKinds.has(root.kind) &&
          family.includes(program.scopes[root.scope]!.owner) &&
          !others.includes(root) &&
          isOnWay(analysis, root.scope, own!),
      );
  });
}

/** Whether a method comes to another one by few calls on its own object. */
function isOnWay({ program, calls, lockTaking }: Analysis, from: number, to: number): boolean {
  let reached = [from];
  for (let depth = 0; depth <= mostCalls; depth++) {
    if (reached.includes(to)) return true;
    reached = reached.flatMap((id) =>
      calls
        .calleesOf(id)
        .flatMap(({ at, callee }) => (lockTaking.onReceiver(program.scopes[id]!, at) ? [callee] : [])),
    );
  }
  return false;
}

const ownKinds = new Set(['start', 'timer', 'pool']);
const mostCalls = 3;

function tell(
  analysis: Analysis,
  {
    scope,
    look,
    at,
    partner,
    away,
    confidence,
    message,
  }: {
    readonly scope: Scope;
    readonly look: number;
    readonly at: number;
    readonly partner: Scope;
    readonly away: number;
    readonly confidence: 'medium' | 'low';
    readonly message: string;
  },
): Report {
  const { program } = analysis;
  return {
    ...program.span(scope, at),
    message,
    confidence,
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      { ...program.span(scope, look), message: `${functionLabel(scope)} looks at it here.` },
      { ...program.span(partner, away), message: `${functionLabel(partner)} takes it away here.` },
      ...runnerOf(analysis, scope.id),
      ...(partner === scope ? [] : runnerOf(analysis, partner.id)),
    ],
  };
}
