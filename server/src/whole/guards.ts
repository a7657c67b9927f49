// The places of a program with all that is done to them and what is held there; which lock guards which (see
// `inferGuard`), and which accesses go without it. Construction and unpublished objects do not count.

import { type Access, AccessKind, isWrite, type PlaceOf } from '../flow/accesses';
import { EntityKind } from '../flow/entities';
import type { Lock } from '../flow/locks';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import type { AccessTable } from './access-table';
import { isOfClass } from './class-state';
import type { Declarations, PlaceDeclaration } from './declarations';
import type { EntryLocks } from './entry-locks';
import { inferGuard, suspectGuard } from './guard-inference';
import { Effect, MethodEffects } from './method-effects';

/** An access with what is held there. */
export interface HeldAccess extends Access {
  readonly locks: readonly Lock[];
  /** What was held where the value was read that the access works on. */
  readonly locksAtLoad: readonly Lock[];
  /** Words say that the function's callers hold a lock. */
  readonly assumed: boolean;
  /** What a method does that is called on what the place holds. */
  readonly effect: Effect;
}

/** A place, its votes and its inferred guard. */
export interface Guarded {
  readonly place: PlaceOf;
  /** One for all objects of the class: what constructors do to it counts. */
  readonly ofClass: boolean;
  /** Declared or inferred; null when no lock qualifies. */
  readonly guard: Lock | null;
  /** A lock that no vote makes the guard, and something else does: its name, or a decision made under it. */
  readonly suspected: Lock | null;
  /** What comments declare of the place: a guard is then not inferred, and state that needs none has no accesses. */
  readonly declared: PlaceDeclaration | null;
  /** Accesses after construction, by scope, then position; those that are declared to need no lock left out. */
  readonly accesses: readonly HeldAccess[];
  readonly constructionAccesses: number;
  /** Some access may take away what another counts on. */
  readonly shrinks: boolean;
  /** Some access after construction changes it. */
  readonly changes: boolean;
}

/** Accesses and guards of the places of a program. Those that no lock is held at are mostly asked for by nobody. */
export class Guards {
  private readonly ofClass = new Map<PlaceOf, boolean>();
  private readonly effects: MethodEffects;
  private everything: readonly Guarded[] | null = null;
  private guarded: readonly Guarded[] | null = null;

  constructor(
    private readonly resolver: Resolver,
    private readonly table: AccessTable,
    private readonly entryLocks: EntryLocks,
    private readonly construction: Uint8Array,
    private readonly importTime: Uint8Array,
    private readonly declarations: Declarations,
  ) {
    this.effects = new MethodEffects(resolver, table, entryLocks);
  }

  /** Places that are accessed at all, by their first access. */
  get all(): readonly Guarded[] {
    this.everything ??= this.collect((scope) => this.table.of(scope));
    return this.everything;
  }

  /** Places that are accessed under some lock or declared to have one, by their first access. No other has a guard or a
   * suspect. */
  get underLocks(): readonly Guarded[] {
    this.guarded ??= this.collectUnderLocks();
    return this.guarded;
  }

  /** Some places, whether a lock is held at them or not, by their first access; those left out that nothing accesses. */
  among(places: ReadonlySet<number>): readonly Guarded[] {
    if (this.everything) return this.everything.filter(({ place }) => places.has(place.id));
    const names = new Set(Array.from(places, (id) => this.table.places.all[id]!.name));
    return this.collect(this.table.mentioning(names), places);
  }

  private collectUnderLocks(): readonly Guarded[] {
    const { entryLocks, table } = this;
    const wanted = new Set<number>(this.declarations.guarded());
    for (const scope of this.resolver.program.scopes) {
      if (!this.counts(scope) || !entryLocks.mayHold(scope)) continue;
      for (const { place, at, load } of table.of(scope)) {
        if (wanted.has(place)) continue;
        if (entryLocks.at(scope, at).length > 0 || entryLocks.at(scope, load).length > 0) wanted.add(place);
      }
    }
    table.select(Array.from(wanted, (place) => table.places.all[place]!.name));
    return this.collect((scope) => table.selectedOf(scope), wanted);
  }

  private counts(scope: Scope): boolean {
    return !scope.file.isTest && !this.entryLocks.isUnused(scope);
  }

  /** What accesses tell of places; of some of them where these are named. */
  private collect(
    accessesIn: (scope: Scope) => readonly Access[],
    wanted: ReadonlySet<number> | null = null,
  ): readonly Guarded[] {
    const { table, entryLocks, declarations, effects } = this;
    const grouped: HeldAccess[][] = [];
    const excused: number[] = [];
    // Ids of places also tell of accesses that an edit took away.
    const accessed = new Set<number>();
    for (const scope of this.resolver.program.scopes) {
      if (!this.counts(scope)) continue;
      const assumed = entryLocks.isAssumed(scope);
      const accesses = accessesIn(scope);
      for (let k = 0; k < accesses.length; k++) {
        const access = accesses[k]!;
        if (wanted && !wanted.has(access.place)) continue;
        accessed.add(access.place);
        if (
          this.isUnpublished(scope, access, table.places.all[access.place]!) ||
          declarations.isExcused(scope.id, access.at)
        ) {
          excused[access.place] = (excused[access.place] ?? 0) + 1;
          continue;
        }
        const list = grouped[access.place] ?? [];
        const locks = entryLocks.at(scope, access.at);
        const locksAtLoad = access.load === access.at ? locks : entryLocks.at(scope, access.load);
        const effect = effects.ofAccess(scope, access);
        const kind = effect === Effect.None ? access.kind : AccessKind.Mutate;
        // Field by field: a spread of so many objects is a fifth of the work here.
        const { at, place, receiver, load, shrinks, inside } = access;
        list.push({
          scope: access.scope,
          at,
          place,
          kind,
          receiver,
          load,
          shrinks,
          inside,
          locks,
          locksAtLoad,
          assumed,
          effect,
        });
        grouped[access.place] = list;
      }
    }
    return Array.from(accessed, (id) => {
      const place = table.places.all[id]!;
      const accesses = this.isPerThread(place) ? [] : (grouped[place.id] ?? []);
      return this.summarise(place, declarations.of(place), accesses, excused[place.id] ?? 0);
    });
  }

  private isOfClass(place: PlaceOf): boolean {
    let known = this.ofClass.get(place);
    if (known === undefined) {
      known = isOfClass(this.resolver, place);
      this.ofClass.set(place, known);
    }
    return known;
  }

  /** The fields of a `threading.local` are another piece of state for each thread. */
  private isPerThread({ owner, ofModule }: PlaceOf): boolean {
    if (ofModule) return false;
    const { classes, entities } = this.resolver;
    return classes.order(owner).some((entity) => entities.path(entity).endsWith('threading.local'));
  }

  /** Where only a subclass has the lock, its own methods alone are under its rule. */
  private under(guard: Lock | null, place: PlaceOf, accesses: readonly HeldAccess[]): readonly HeldAccess[] {
    const owner = guard?.key.startsWith('field:') ? Number(guard.key.split(':')[1]) : -1;
    if (owner < 0 || place.ofModule || owner === place.owner) return accesses;
    if (!this.isBelow(owner, place.owner)) return accesses;
    return accesses.filter((access) => {
      const of = this.resolver.program.scopes[access.scope]!.owner;
      return access.locks.includes(guard!) || (of >= 0 && this.isBelow(of, owner));
    });
  }

  private isBelow(classScope: number, base: number): boolean {
    const { classes, entities } = this.resolver;
    return classes
      .order(classScope)
      .some((entity) => entities.kind[entity] === EntityKind.Class && entities.x[entity] === base);
  }

  private summarise(
    place: PlaceOf,
    declared: PlaceDeclaration | null,
    all: readonly HeldAccess[],
    constructionAccesses: number,
  ): Guarded {
    // What a lock is kept in is not guarded by it.
    const isLock = all.some(({ locks }) =>
      locks.some(({ key }) => key === `field:${place.owner}:${place.name}`),
    );
    const needed = declared?.needsNoLock || isLock ? [] : all;
    const guard = declared?.guard?.lock ?? inferGuard(needed);
    const suspected = guard || declared ? null : suspectGuard(place, needed);
    const accesses = this.under(guard ?? suspected, place, needed);
    return {
      place,
      ofClass: this.ofClass.get(place) ?? false,
      guard,
      suspected,
      declared,
      accesses,
      constructionAccesses,
      shrinks: accesses.some((access) => access.shrinks),
      changes: accesses.some((access) => isWrite(access.kind)),
    };
  }

  /** Construction of the object itself, import time, or an object made in the same function. */
  private isUnpublished(scope: Scope, access: Access, place: PlaceOf): boolean {
    const { op } = scope.code;
    const { receiver } = access;
    if (receiver === -1) return this.importTime[scope.id] === 1;
    if (this.construction[scope.id] && receiver === op.length) return !this.isOfClass(place);
    if (receiver < 0 || receiver >= op.length || op[receiver] !== Op.Call) return false;
    return this.resolver
      .denotes(scope.id, scope.code.a[receiver]!)
      .some((entity) => this.resolver.entities.kind[entity] === EntityKind.Class);
  }
}

/** Accesses of a place that go without its guard (or the lock that is suspected to be one), cures left out: the outer look of a double check, the old
 * value that was swapped out under the lock, functions whose callers hold it by contract. */
export function unguarded(guarded: Guarded, guard = guarded.guard): readonly HeldAccess[] {
  const { accesses } = guarded;
  if (!guard) return [];
  const lockedIn = new Set<number>();
  for (const access of accesses) if (access.locks.includes(guard)) lockedIn.add(access.scope);
  return accesses.filter((access) => {
    if (access.assumed || access.locks.includes(guard) || mayHold(access, guard)) return false;
    const rechecks = lockedIn.has(access.scope) && access.kind <= AccessKind.Test;
    return !rechecks && !isSwappedOut(accesses, guard, access);
  });
}

/** A lock of the guard's name, of an object whose type is not known: it may well be the same one. */
function mayHold({ locks }: HeldAccess, { label }: Lock): boolean {
  const name = label.slice(label.lastIndexOf('.') + 1);
  return locks.some((lock) => lock.weak && lock.key.startsWith('named-like:') && lock.label === name);
}

/** `with lock: old, self.x = self.x, []`: what is done with the old value afterwards is nobody else's business. */
function isSwappedOut(accesses: readonly HeldAccess[], guard: Lock, access: HeldAccess): boolean {
  return (
    access.load < access.at &&
    access.locksAtLoad.includes(guard) &&
    accesses.some(
      (one) =>
        one.scope === access.scope &&
        one.kind === AccessKind.Write &&
        one.locks.includes(guard) &&
        access.load < one.at &&
        one.at < access.at,
    )
  );
}
