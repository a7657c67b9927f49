// Rule 101: state that one lock guards in most places, touched without it. One finding a place: the worst access is
// primary, one guarded write is its counterpart, the other unguarded accesses are related.

import { AccessKind, isWrite } from '../../flow/accesses';
import { EntityKind } from '../../flow/entities';
import type { Lock } from '../../flow/locks';
import { ConstantKind, Op, ScopeKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { type Guarded, type HeldAccess, unguarded } from '../../whole/guards';
import type { Confidence, FixProposal } from '../finding';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel, verbOf } from './access-words';

export const rule: Rule = {
  number: 101,
  name: 'field-without-its-lock',
  concern: 'synchronization',
  severity: 'warning',
  preview: false,
  cwe: [820],
  category: 'missing-lock',
  summary: 'State that a lock guards elsewhere is touched without that lock.',
  check(analysis, report) {
    for (const guarded of analysis.guards.all) {
      if (!guarded.guard || isLockItself(analysis, guarded)) continue;
      const found = reportOn(analysis, guarded, guarded.guard);
      if (found) report(found);
    }
  },
};

const ranks: readonly Confidence[] = ['low', 'medium', 'high'];
const teardown = /^_?(close|stop|shutdown|terminate|teardown|cleanup|destroy|__exit__|__del__|atexit\w*)$/i;

const setup = /(^|_)(init|initiali[sz]e|setup|set_up|setUp)(_|$)/;

interface Weighed {
  readonly access: HeldAccess;
  /** 0 low, 1 medium, 2 high. */
  readonly rank: number;
}

function reportOn(analysis: Analysis, guarded: Guarded, guard: Lock): Report | null {
  const { program } = analysis;
  const bare = unguarded(guarded);
  const weighed = bare.map((access) => ({ access, rank: rankOf(analysis, guarded, guard, bare, access) }));
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
    fixes: fixesFor(analysis, guarded, guard, access),
  };
}

/** How much an access without the guard says: the table of operations in docs/analysis.md. */
function rankOf(
  analysis: Analysis,
  guarded: Guarded,
  guard: Lock,
  bare: readonly HeldAccess[],
  access: HeldAccess,
): number {
  let rank = kindRank(analysis, guarded, bare, access);
  const scope = analysis.program.scopes[access.scope]!;
  if (!isNear(analysis, guarded, guard)) return 0;
  if (access.kind === AccessKind.Write && setup.test(scope.name)) return 0;
  if (guard.weak || teardown.test(scope.name)) rank = Math.min(rank, 1);
  if (scope.name === '__del__' || scope.name === '__repr__' || scope.name === '__str__') rank = 0;
  return rank;
}

/** A lock speaks for state that lives beside it: some function of the owner's file takes it. Locks of far-away code
 * cover much state of others by accident. */
function isNear(analysis: Analysis, guarded: Guarded, guard: Lock): boolean {
  const { file } = analysis.program.scopes[guarded.place.owner]!;
  return analysis.lockFiles(guard).has(file.index);
}

function kindRank(
  analysis: Analysis,
  guarded: Guarded,
  bare: readonly HeldAccess[],
  access: HeldAccess,
): number {
  switch (access.kind) {
    case AccessKind.Mutate:
    case AccessKind.Update:
      return 2;
    case AccessKind.Write:
      return storesFlag(analysis, access) ? 0 : 2;
    case AccessKind.Iterate:
      return guarded.shrinks || guarded.accesses.some((one) => one.kind === AccessKind.Mutate) ? 2 : 0;
    case AccessKind.Index: {
      if (!guarded.accesses.some((one) => one.shrinks && one.kind === AccessKind.Mutate)) return 0;
      const alsoLooks = bare.some(
        (one) =>
          one.scope === access.scope &&
          one.at < access.at &&
          (one.kind === AccessKind.Test || one.kind === AccessKind.Snapshot),
      );
      return alsoLooks ? 2 : 1;
    }
    default:
      return 0;
  }
}

/** `self.running = False`: one store of a truth value is seen whole or not at all. */
function storesFlag(analysis: Analysis, access: HeldAccess): boolean {
  const scope = analysis.program.scopes[access.scope]!;
  const { op, a, b, c } = scope.code;
  const value =
    op[access.at] === Op.StoreAttribute
      ? c[access.at]!
      : op[access.at] === Op.StoreGlobal
        ? b[access.at]!
        : -1;
  if (value < 0 || op[value] !== Op.Const) return false;
  const { kind } = scope.file.source.constants[a[value]!]!;
  return kind === ConstantKind.True || kind === ConstantKind.False;
}

/** The strongest access; among equals the heavier operation, then the first in the source. */
function worstOf(weighed: readonly Weighed[]): Weighed | null {
  let worst: Weighed | null = null;
  for (const one of weighed) {
    if (!worst || one.rank > worst.rank || (one.rank === worst.rank && one.access.kind > worst.access.kind))
      worst = one;
  }
  return worst;
}

/** A place that holds a lock or a thread-safe object guards itself. */
function isLockItself(analysis: Analysis, guarded: Guarded): boolean {
  const { resolver, library } = analysis;
  const { place } = guarded;
  const stores = place.ofModule
    ? resolver.bindings.of(place.owner, place.name)
    : [
        ...resolver.classes.storesOf(place.owner, place.name),
        ...resolver.bindings.of(place.owner, place.name),
      ];
  for (const store of stores) {
    for (const entity of resolver.denotes(store.scope, store.value)) {
      if (resolver.entities.kind[entity] !== EntityKind.Library) continue;
      const path = resolver.entities.path(entity);
      if (library.lockConstructors.get(path.replace(/\(\)$/, ''))) return true;
      const type = library.type(path);
      if (type?.threadSafe || type?.concurrent) return true;
    }
  }
  return false;
}

/** Taking the lock around the statement, where the lock can be named there. */
function fixesFor(
  analysis: Analysis,
  guarded: Guarded,
  guard: Lock,
  access: HeldAccess,
): readonly FixProposal[] {
  const scope = analysis.program.scopes[access.scope]!;
  if (scope.code.kind !== ScopeKind.Function || guard.weak || guard.model !== 'thread') return [];
  const sameObject = guard.label.startsWith('self.') && access.receiver === scope.code.op.length;
  const sameModule = guard.key.startsWith(`global:${scope.file.path}:`) && guarded.place.ofModule;
  if (!sameObject && !sameModule) return [];
  const receiver = scope.file.source.names[scope.code.slots[0] ?? 0];
  const expression = sameObject ? `${receiver}${guard.label.slice('self'.length)}` : guard.label;
  const span = analysis.program.span(scope, access.at);
  return [
    {
      kind: 'hold-lock',
      title: `Hold ${expression} here`,
      safe: false,
      data: { path: scope.file.path, start: span.start, end: span.end, lock: expression },
    },
  ];
}
