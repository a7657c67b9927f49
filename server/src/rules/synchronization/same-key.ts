// Locks kept by key (`self._locks[key]`, `_locks.setdefault(key, Lock())`, `self._lock_of(key)`) that are taken again for the
// same key: a function holds one and hands the key to another, which takes the lock of the key that it is given. One call,
// no further.

import { argumentBindings } from '../../flow/argument-bindings';
import { definitionOf } from '../../flow/definitions';
import { lockKinds } from '../../flow/lock-kinds';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { type LockUse, UseKind } from '../../whole/lock-uses';
import type { Report } from '../rule';
import { functionLabel } from './access-words';
import { calleeName, enclosing } from './lock-words';

/** A lock by its key. */
interface Keyed {
  /** What keeps the locks: equal for equal containers of one object, or functions. */
  readonly holder: string;
  readonly ofReceiver: boolean;
  /** Value number of the key. */
  readonly key: number;
}

/** One report for each use that takes again what the caller holds. */
export function* takenAgainByKey(analysis: Analysis): Iterable<Report> {
  const { program, resolver, lockUses, lockTaking } = analysis;
  for (const use of lockUses.all) {
    if (use.scope.file.isTest || !takes(use)) continue;
    const outer = keyedLock(analysis, use.scope, use.number);
    if (!outer) continue;
    const { op } = use.scope.code;
    const { held, sets, reached, number } = resolver.numberings.of(use.scope);
    for (let at = use.at + 1; at < op.length; at++) {
      if (op[at] !== Op.Call || !reached[at] || !sets.has(held[at]!, use.number)) continue;
      if (outer.ofReceiver && !lockTaking.onReceiver(use.scope, at)) continue;
      const given = argumentBindings(resolver, use.scope, at).filter(
        ({ value }) => number[value] === outer.key,
      );
      const [only] = given;
      if (given.length !== 1 || !only || !lockTaking.runsAtOnce(use.scope, at, only.callee)) continue;
      const callee = program.scopes[only.callee]!;
      const again = lockUses.of(callee.id).find((one) => {
        if (!takes(one) || enclosing(callee.code, one.at).some((part) => callee.code.op[part] === Op.If))
          return false;
        const inner = keyedLock(analysis, callee, one.number);
        return inner?.holder === outer.holder && inner.key === callee.code.op.length + only.slot;
      });
      if (!again) continue;
      yield wording(analysis, use, at, callee, again);
      break;
    }
  }
}

function takes({ kind, certain }: LockUse): boolean {
  return certain && (kind === UseKind.With || kind === UseKind.Acquire);
}

function keyedLock(analysis: Analysis, scope: Scope, number: number): Keyed | null {
  const { resolver, locks } = analysis;
  const { op, a, b } = scope.code;
  const { number: numbers } = resolver.numberings.of(scope);
  if (number < 0 || number >= op.length || (op[number] !== Op.Item && op[number] !== Op.Call)) return null;
  const kinds = lockKinds(resolver, scope.id, number);
  if (kinds.length === 0 || kinds.some(({ kind, reentrant }) => kind !== 'lock' || reentrant)) return null;
  if (op[number] === Op.Item) return inContainer(analysis, scope, a[number]!, numbers[b[number]!]!);
  if (argumentCount(scope.code, number) === 0) return null;
  const key = positional(scope.code, number, 0);
  if (key < 0) return null;
  const callee = a[number]!;
  if (op[callee] === Op.Attribute && /^(setdefault|get)$/.test(calleeName(scope, number)))
    return inContainer(analysis, scope, a[callee]!, numbers[key]!);
  const [lock] = locks.of(scope.id, number);
  if (!lock?.key.startsWith('call:') || argumentCount(scope.code, number) !== 1) return null;
  const ofReceiver = analysis.lockTaking.onReceiver(scope, number);
  const isPlain = op[callee] === Op.Global;
  return ofReceiver || isPlain ? { holder: lock.key, ofReceiver, key: numbers[key]! } : null;
}

function inContainer({ resolver }: Analysis, scope: Scope, container: number, key: number): Keyed | null {
  const { op, a, b } = scope.code;
  const { number } = resolver.numberings.of(scope);
  const at = number[container]!;
  if (at < 0 || at >= op.length) return null;
  const { names } = scope.file.source;
  if (op[at] === Op.Global) {
    const made = definitionOf(resolver, scope.file, names[a[at]!]!);
    return { holder: `${made.file.path}:${made.name}`, ofReceiver: false, key };
  }
  if (op[at] !== Op.Attribute || scope.owner < 0 || number[a[at]!] !== op.length) return null;
  const name = names[b[at]!]!;
  return { holder: `${resolver.classes.ownerOf(scope.owner, name)}:${name}`, ofReceiver: true, key };
}

function wording(analysis: Analysis, use: LockUse, at: number, callee: Scope, again: LockUse): Report {
  const { program } = analysis;
  const { scope } = use;
  return {
    ...program.span(scope, at),
    message: `${functionLabel(scope)} holds the lock of a key and calls ${functionLabel(callee)} with this key, which takes the lock again: the thread waits for itself.`,
    confidence: 'medium',
    symbol: scope.qualifiedName,
    stepsKind: 'path',
    steps: [
      { ...program.span(scope, use.at), message: `${functionLabel(scope)} takes it.` },
      { ...program.span(callee, again.at), message: `${functionLabel(callee)} takes it again.` },
    ],
  };
}
