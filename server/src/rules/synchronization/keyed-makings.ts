// Locks that are kept under keys and made where a key is first seen: `if key not in locks: locks[key] = Lock()`. With
// nothing held, two threads both find the key missing, each makes a lock, and each enters. `setdefault`, a defaultdict and
// a lock around the look are the cures. Whose key it is, and how often it is new, is not asked.

import { definitionOf } from '../../flow/definitions';
import type { Scope } from '../../program/program';
import { CodeFlag, CompareOperator, Op, ScopeKind, UnaryOperator } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { UseKind } from '../../whole/lock-uses';
import { Meeting } from '../../whole/meetings';
import { calleeName, enclosing } from './lock-words';

/** A lock that is made for a key. */
export interface KeyedMaking {
  readonly store: number;
  /** `self._locks`. */
  readonly label: string;
  /** One of several threads is seen to come here, or nobody is seen at all. */
  readonly likely: boolean;
}

/** What a call that makes a lock is, where it is for a key that was just missed; null for anything else. */
export function keyedMaking(analysis: Analysis, scope: Scope, made: number): KeyedMaking | null {
  const { resolver, entryLocks, meetings } = analysis;
  const { number } = resolver.numberings.of(scope);
  const { op, a, c } = scope.code;
  const store = op.findIndex((one, at) => one === Op.StoreItem && c[at] === made);
  if (store < 0) return null;
  const container = a[store]!;
  const label = labelOf(analysis, scope, container);
  if (label === '' || !isMissed(scope, number, store)) return null;
  if (entryLocks.at(scope, store).length > 0 || !handsOutLocks(analysis, scope)) return null;
  const apart = meetings.of(scope.id, scope.id).meeting === Meeting.Apart;
  return { store, label, likely: !apart && (scope.code.flags & CodeFlag.Async) === 0 };
}

/** A field of the receiver, or a variable of a module: what others see, too. */
function labelOf({ resolver }: Analysis, scope: Scope, container: number): string {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  const { number } = resolver.numberings.of(scope);
  if (op[container] === Op.Global) {
    const name = names[a[container]!]!;
    const { file } = definitionOf(resolver, scope.file, name);
    return resolver.bindings.of(file.firstScope, name).length > 0 || file !== scope.file ? name : '';
  }
  if (op[container] !== Op.Attribute || scope.owner < 0 || number[a[container]!] !== op.length) return '';
  return `${names[scope.code.slots[0]!]}.${names[b[container]!]!}`;
}

/** Only where the container was found to have nothing under the key. */
function isMissed(scope: Scope, number: Int32Array, store: number): boolean {
  const { code, file } = scope;
  const { op, a, b, c } = code;
  const isIt = (value: number) => number[value] === number[a[store]!];
  return enclosing(code, store).some((part) => {
    if (op[part] === Op.Except) {
      const type = a[part]!;
      if (type < 0 || op[type] !== Op.Global || file.source.names[a[type]!] !== 'KeyError') return false;
      for (let at = part; at >= 0 && op[at] !== Op.Try; at--)
        if (op[at] === Op.Item && isIt(a[at]!)) return true;
      return false;
    }
    if (op[part] !== Op.If || a[part]! < 0) return false;
    let test = number[a[part]!]!;
    let negated = false;
    for (
      ;
      test >= 0 && test < op.length && op[test] === Op.Unary && c[test] === UnaryOperator.Not;
      negated = !negated
    )
      test = number[a[test]!]!;
    if (test < 0 || test >= op.length) return false;
    if (op[test] !== Op.Compare) return negated && isLookup(scope, number, test, isIt);
    if (c[test] === CompareOperator.NotIn || (negated && c[test] === CompareOperator.In))
      return isIt(b[test]!);
    return c[test] === CompareOperator.Is && isLookup(scope, number, number[a[test]!]!, isIt);
  });
}

/** `locks.get(key)`. */
function isLookup(
  scope: Scope,
  number: Int32Array,
  value: number,
  isIt: (value: number) => boolean,
): boolean {
  const { op, a } = scope.code;
  if (value < 0 || value >= op.length || op[value] !== Op.Call || op[a[value]!] !== Op.Attribute)
    return false;
  return calleeName(scope, value) === 'get' && isIt(a[a[value]!]!) && number[value] === value;
}

/** Something in the file takes a lock that is not known by a name of its own: one out of a container. */
function handsOutLocks({ lockUses, locks }: Analysis, scope: Scope): boolean {
  const { file } = scope;
  for (let index = 0; index < file.source.codes.length; index++) {
    const id = file.firstScope + index;
    for (const { kind, number } of lockUses.of(id)) {
      if (kind !== UseKind.With && kind !== UseKind.Acquire) continue;
      if (locks.of(id, number).some(({ key }) => /^(value|call|item):/.test(key))) return true;
    }
  }
  // Or the function gives the lock to its caller.
  const { op, a } = scope.code;
  return scope.code.kind === ScopeKind.Function && op.some((one, at) => one === Op.Return && a[at]! >= 0);
}
