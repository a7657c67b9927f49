// Lock order with an object whose class is not known: a class takes `client._lock` before its own lock in one place,
// and in another takes it, or calls methods of `client`, while it holds its own. That these methods take the client's lock
// is a guess, and a good one: why else take it first from outside.

import { isLockName, type Lock, LockScope } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { UseKind } from '../../whole/lock-uses';
import { reachedFrom } from '../../whole/spawned';
import { holdings } from './held-locks';

/** One order as the code has it, and the places that go against it. */
export interface ForeignOrder {
  /** `client._lock`. */
  readonly first: string;
  readonly own: Lock;
  readonly scope: Scope;
  /** Where the own lock is taken while the other is held. */
  readonly at: number;
  readonly against: readonly Against[];
}

/** A place where the own lock is held, and the other one is asked for. */
export interface Against {
  readonly scope: Scope;
  readonly takenAt: number;
  /** The call of the other object's method, or what takes its lock or leads there. */
  readonly at: number;
  /** The lock is taken by name, not by a method of its object. */
  readonly takes: boolean;
}

/** The orders with unknown objects, and what goes against them, in source order. */
export function foreignOrders(analysis: Analysis): readonly ForeignOrder[] {
  const orders = new Map<string, ForeignOrder & { against: Against[] }>();
  for (const use of analysis.lockUses.all) {
    const { scope, at } = use;
    if ((use.kind !== UseKind.With && use.kind !== UseKind.Acquire) || scope.file.isTest) continue;
    const own = analysis.locks.of(scope.id, use.number)[0];
    if (!own || foreignOf(analysis, scope, use.number)) continue;
    const { held, sets } = analysis.resolver.numberings.of(scope);
    for (const member of sets.lists[held[at]!]!) {
      const foreign = foreignOf(analysis, scope, member);
      if (!foreign) continue;
      const key = `${scope.file.index}:${foreign.owner}.${foreign.lock}:${lockName(own)}`;
      if (!orders.has(key))
        orders.set(key, { first: `${foreign.owner}.${foreign.lock}`, own, scope, at, against: [] });
    }
  }
  if (orders.size === 0) return [];
  const owners = new Set([...orders.values()].map(({ first }) => first.slice(0, first.lastIndexOf('.'))));
  for (const file of new Set([...orders.values()].map(({ scope }) => scope.file))) {
    for (let index = 0; index < file.source.codes.length; index++) {
      const scope = analysis.program.scopes[file.firstScope + index]!;
      for (const found of callsUnder(analysis, scope, owners)) {
        orders.get(`${file.index}:${found.foreign}:${found.own}`)?.against.push({ scope, ...found });
      }
    }
  }
  return [...orders.values()]
    .filter(({ against }) => against.length > 0)
    .map((order) => ({ ...order, against: surestFirst(order.against) }));
}

/** What takes the lock by name before what may take it; one for each section of the own lock. */
function surestFirst(against: readonly Against[]): readonly Against[] {
  const found = [...against.filter(({ takes }) => takes), ...against.filter(({ takes }) => !takes)];
  return found.filter((one, k) =>
    found.slice(0, k).every(({ scope, takenAt }) => scope !== one.scope || takenAt !== one.takenAt),
  );
}

/** `self.client._lock`: the names, where the class of `client` is not of the program. */
function foreignOf(
  analysis: Analysis,
  scope: Scope,
  number: number,
): { readonly owner: string; readonly lock: string } | null {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  if (number < 0 || number >= op.length || op[number] !== Op.Attribute) return null;
  const lock = names[b[number]!]!;
  const base = a[number]!;
  if (op[base] !== Op.Attribute || !isLockName(analysis.library, lock)) return null;
  if (analysis.resolver.denotes(scope.id, base).length > 0) return null;
  const owner = names[b[base]!]!;
  // `self.coordinator._lock` within the coordinator's own file is the own lock of another class.
  return scope.file.source.codes.some((code) => names[code.name]!.toLowerCase().endsWith(plain(owner)))
    ? null
    : { owner, lock };
}

function plain(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

function lockName(lock: Lock): string {
  return lock.label.slice(lock.label.lastIndexOf('.') + 1);
}

/** Calls of methods on unknown objects while a lock is held that this function took, the object's own lock not. */
function* callsUnder(
  analysis: Analysis,
  scope: Scope,
  owners: ReadonlySet<string>,
): Iterable<{ foreign: string; own: string } & Omit<Against, 'scope'>> {
  const { op } = scope.code;
  const { held, sets, reached } = analysis.resolver.numberings.of(scope);
  if (sets.lists.length < 2) return;
  const taken = takesOf(analysis, scope, owners);
  for (let at = 0; at < op.length; at++) {
    if (held[at] === 0 || !reached[at]) continue;
    const take =
      taken.find((one) => one.at === at) ??
      (op[at] === Op.Call ? takenBeyond(analysis, scope, at, owners) : null);
    if (op[at] !== Op.Call && !take) continue;
    const owner =
      take?.owner ?? calledObject(analysis, scope, at, owners) ?? calledBeyond(analysis, scope, at, owners);
    if (owner === null) continue;
    const members = sets.lists[held[at]!]!;
    if (members.some((member) => foreignOf(analysis, scope, member)?.owner === owner)) continue;
    const takes = take !== null;
    const names = take ? [take.lock] : [...analysis.library.lockNames].flatMap((lock) => [`_${lock}`, lock]);
    for (const { name: own, takenAt } of heldHere(analysis, scope, at))
      for (const name of names) yield { foreign: `${owner}.${name}`, own, takenAt, at, takes };
  }
}

/** Where a function takes locks of unknown objects by name. */
function takesOf(
  analysis: Analysis,
  scope: Scope,
  owners: ReadonlySet<string>,
): readonly { readonly owner: string; readonly lock: string; readonly at: number }[] {
  return analysis.lockUses.of(scope.id).flatMap((use) => {
    if ((use.kind !== UseKind.With && use.kind !== UseKind.Acquire) || !use.certain) return [];
    const foreign = foreignOf(analysis, scope, use.number);
    return foreign && owners.has(foreign.owner) ? [{ ...foreign, at: use.at }] : [];
  });
}

/** The same in a function of the program that is called, or in one that this calls. */
function takenBeyond(analysis: Analysis, scope: Scope, at: number, owners: ReadonlySet<string>) {
  for (const target of analysis.resolver.targets(scope.id, at)) {
    if (target.kind !== 'function') continue;
    for (const { scope: inner } of reachedFrom(analysis, target.scope, 1)) {
      const [first] = takesOf(analysis, inner, owners);
      if (first) return first;
    }
  }
  return null;
}

/** The name of the unknown object whose method is called: `client` of `self.client.send()`. */
function calledObject(
  analysis: Analysis,
  scope: Scope,
  at: number,
  owners: ReadonlySet<string>,
): string | null {
  const { op, a, b } = scope.code;
  const callee = a[at]!;
  if (op[callee] !== Op.Attribute || op[a[callee]!] !== Op.Attribute) return null;
  const owner = scope.file.source.names[b[a[callee]!]!]!;
  return owners.has(owner) && analysis.resolver.targets(scope.id, at).length === 0 ? owner : null;
}

/** The same through functions of the program, two calls deep, as long as they take no such lock themselves. */
function calledBeyond(
  analysis: Analysis,
  scope: Scope,
  at: number,
  owners: ReadonlySet<string>,
): string | null {
  for (const target of analysis.resolver.targets(scope.id, at)) {
    if (target.kind !== 'function') continue;
    for (const { scope: inner } of reachedFrom(analysis, target.scope, 1)) {
      const { op } = inner.code;
      const takes = analysis.lockUses
        .of(inner.id)
        .some((use) => foreignOf(analysis, inner, use.number) !== null);
      if (takes) continue;
      for (let k = 0; k < op.length; k++) {
        const owner = op[k] === Op.Call ? calledObject(analysis, inner, k, owners) : null;
        if (owner !== null) return owner;
      }
    }
  }
  return null;
}

function* heldHere(
  analysis: Analysis,
  scope: Scope,
  at: number,
): Iterable<{ name: string; takenAt: number }> {
  for (const { lock, takenAt } of holdings(analysis, scope, at))
    if (lock.scope === LockScope.Instance || lock.scope === LockScope.Program)
      yield { name: lockName(lock), takenAt };
  // A lock of an object of unknown class has no identity there; its name must do.
  const { op, b } = scope.code;
  const { held, sets } = analysis.resolver.numberings.of(scope);
  for (const member of sets.lists[held[at]!]!) {
    const lock = analysis.locks.of(scope.id, member)[0];
    if (!lock || lock.scope !== LockScope.Keyed || member >= op.length || op[member] !== Op.Attribute)
      continue;
    const use = analysis.lockUses.of(scope.id).findLast((one) => one.number === member && one.at < at);
    if (use) yield { name: scope.file.source.names[b[member]!]!, takenAt: use.at };
  }
}
