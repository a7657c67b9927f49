// Rule 111: a lock that each object has for itself guards state that all objects share: class attributes changed in
// place or through the class, and module variables. Where there is one object only, its lock is as good as a shared one.

import { AccessKind, isWrite } from '../../flow/accesses';
import { EntityKind } from '../../flow/entities';
import { lockKinds } from '../../flow/lock-kinds';
import { type Lock, LockScope } from '../../flow/locks';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { isOfClass, isThroughObject } from '../../whole/class-state';
import type { Guarded, HeldAccess } from '../../whole/guards';
import type { Confidence } from '../finding';
import type { Report, Rule } from '../rule';
import { functionLabel, lockLabel, verbOf } from './access-words';
import { type Harm, harmsOf } from './harms';
import { Instances, instancesOf, type Making } from './instances';
import { isLockItself } from './self-guarding';

export const rule: Rule = {
  number: 111,
  name: 'lock-scope-mismatch',
  concern: 'synchronization',
  severity: 'warning',
  preview: true,
  cwe: [667],
  category: 'lock-misuse',
  summary: 'A lock of each object guards state that all objects share.',
  check(analysis, report) {
    for (const guarded of analysis.guards.underLocks) {
      const found = isShared(analysis, guarded) ? reportOn(analysis, guarded) : null;
      if (found) report(found);
    }
  },
};

const mostSteps = 12;

/** Whether all objects see one and the same state: a module variable, or a class attribute that no object has anew. */
function isShared({ resolver }: Analysis, { place, accesses }: Guarded): boolean {
  if (place.ofModule) return true;
  return (
    resolver.bindings.of(place.owner, place.name).length > 0 &&
    isOfClass(resolver, place) &&
    !accesses.some(
      ({ kind, scope, receiver }) => kind >= AccessKind.Write && isThroughObject(resolver, scope, receiver),
    )
  );
}

/** Whether the lock's class and the state belong together: one class and its bases, or one file. */
function belongs({ resolver, program }: Analysis, { place }: Guarded, owner: number): boolean {
  if (place.ofModule) return program.scopes[owner]!.file === program.scopes[place.owner]!.file;
  const isBelow = (one: number, other: number) =>
    resolver.classes.order(one).includes(resolver.entities.of(EntityKind.Class, other));
  return isBelow(owner, place.owner) || isBelow(place.owner, owner);
}

/** A semaphore lets several in: it counts, and guards nothing. */
function isSemaphore({ resolver, program }: Analysis, lock: Lock, owner: number): boolean {
  return resolver.classes.storesOf(owner, lock.key.split(':')[2]!).some(({ scope, value }) => {
    const number = resolver.numberings.of(program.scopes[scope]!).number[value]!;
    return lockKinds(resolver, scope, number).some(({ kind }) => kind === 'semaphore');
  });
}

function reportOn(analysis: Analysis, guarded: Guarded): Report | null {
  if (isLockItself(analysis, guarded)) return null;
  const lock = lockOf(guarded);
  if (!lock) return null;
  const { program } = analysis;
  const owner = ownerOfLock(analysis, lock);
  if (owner < 0 || !belongs(analysis, guarded, owner) || isSemaphore(analysis, lock, owner)) return null;
  const made = instancesOf(analysis, program.scopes[owner]!);
  if (made.count === Instances.One) return null;
  const under = guarded.accesses.filter(({ locks }) => locks.includes(lock));
  const harms = under.flatMap((one) => harmsOf(analysis, guarded, lock, one));
  const harm = harms[0] ?? null;
  const access = under.find(({ kind }) => isWrite(kind))!;
  const scope = program.scopes[access.scope]!;
  const whose = guarded.place.ofModule
    ? 'the module'
    : `class \`${program.scopes[guarded.place.owner]!.name}\``;
  return {
    ...program.span(scope, access.at),
    message:
      `${functionLabel(scope)} ${verbOf(access)} \`${guarded.place.label}\`, which belongs to ${whose}, ` +
      `holding ${lockLabel(lock)}, which each object has for itself: two objects do not exclude each other${harm ? `, and ${harm.words}` : ''}.`,
    confidence: confidenceOf(harm, lock, made.count),
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      ...lockSteps(analysis, lock, owner),
      ...made.makings.slice(0, 4).map((one) => makingStep(analysis, one)),
      ...under
        .filter((one) => one !== access)
        .slice(0, mostSteps)
        .map((one) => accessStep(analysis, one)),
    ],
  };
}

/** Steps that are atomic one by one need no lock at all, of whatever scope. */
function confidenceOf(harm: Harm | null, lock: Lock, count: Instances): Confidence {
  if (!harm) return 'low';
  return count === Instances.Several && !lock.weak ? 'high' : 'medium';
}

/** The lock of an object that covers a write, where nothing that is one for all covers it as well. */
function lockOf({ guard, accesses }: Guarded): Lock | null {
  if (guard && guard.scope !== LockScope.Instance) return null;
  for (const { kind, locks } of accesses) {
    if (!isWrite(kind)) continue;
    const own = locks.filter(({ scope, key }) => scope === LockScope.Instance && key.startsWith('field:'));
    // Under a lock that is one for all, or may be, the object's lock is there for something else.
    if (own.length === 0 || own.length < locks.length) continue;
    if (guard === null || own.includes(guard)) return guard ?? own[0]!;
  }
  return null;
}

function ownerOfLock({ program }: Analysis, lock: Lock): number {
  const owner = Number(lock.key.split(':')[1]);
  return program.scopes[owner] ? owner : -1;
}

function lockSteps({ program, resolver }: Analysis, lock: Lock, owner: number): NonNullable<Report['steps']> {
  const name = lock.key.split(':')[2]!;
  return resolver.classes
    .storesOf(owner, name)
    .slice(0, 1)
    .map(({ scope, at }) => ({
      ...program.span(program.scopes[scope]!, at),
      message: `Each object makes its own ${lockLabel(lock)}.`,
    }));
}

function makingStep({ program }: Analysis, { scope, at }: Making): NonNullable<Report['steps']>[number] {
  const { op, a } = scope.code;
  const where = op[a[at]!] === Op.Global ? scope.file.source.names[scope.code.a[a[at]!]!] : '';
  return {
    ...program.span(scope, at),
    message: where === '' ? 'An object is made here.' : `A \`${where}\` is made here.`,
  };
}

function accessStep({ program }: Analysis, access: HeldAccess): NonNullable<Report['steps']>[number] {
  const scope = program.scopes[access.scope]!;
  return {
    ...program.span(scope, access.at),
    message: `${functionLabel(scope)} ${verbOf(access)} it under that lock, too.`,
  };
}
