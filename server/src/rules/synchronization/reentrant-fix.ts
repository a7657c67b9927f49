// The fix that makes a lock reentrant where it is made, and the words for those who would rather split off a helper.
// Decides whether there is one such place in plain sight, and whether the lock is only ever taken by `with`: a lock
// that one thread takes and another gives back can't be reentrant.

import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { UseKind } from '../../whole/lock-uses';
import type { FixProposal } from '../finding';
import type { Report } from '../rule';

/** A call that makes a lock. */
interface Making {
  readonly scope: Scope;
  readonly call: number;
}

/** A last step of a report that says where the lock is made and what would help there. */
export function cureStep(analysis: Analysis, lock: Lock): NonNullable<Report['steps']> {
  const made = makingOf(analysis, lock);
  if (!made) return [];
  return [
    {
      ...analysis.program.span(made.scope, made.call),
      message:
        'It is made here, not reentrant: an RLock would be, and a helper that expects the lock needs none.',
    },
  ];
}

/** Making the lock an RLock, for a finding in this file. */
export function reentrantFixes(analysis: Analysis, lock: Lock, file: number): readonly FixProposal[] {
  const made = makingOf(analysis, lock);
  if (!made || made.scope.file.index !== file || !takenByWithOnly(analysis, lock)) return [];
  const { scope, call } = made;
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  const callee = a[call]!;
  const name = op[callee] === Op.Attribute ? names[b[callee]!]! : names[a[callee]!]!;
  if (name !== 'Lock') return [];
  if (op[callee] !== Op.Attribute && !isBound(analysis, scope, 'RLock')) return [];
  const { end } = analysis.program.span(scope, callee);
  const edits = [{ start: end - name.length, end, text: 'RLock' }];
  return [{ kind: 'replace', title: 'Make the lock reentrant: RLock', safe: false, data: { edits } }];
}

/** The one place where the lock is made by a call of a library's constructor. */
function makingOf(analysis: Analysis, lock: Lock): Making | null {
  const { program, resolver } = analysis;
  const field = /^field:(\d+):(.+)$/.exec(lock.key);
  const global = /^global:(.+):([^:]+)$/.exec(lock.key);
  const file = global && program.files.find(({ path }) => path === global[1]);
  const [store, ...more] = field
    ? [
        ...resolver.classes.storesOf(Number(field[1]), field[2]!),
        ...resolver.bindings.of(Number(field[1]), field[2]!),
      ]
    : file
      ? resolver.bindings.of(file.firstScope, global[2]!)
      : [];
  if (!store || more.length > 0) return null;
  const scope = program.scopes[store.scope]!;
  const call = resolver.numberings.of(scope).number[store.value]!;
  if (call < 0 || call >= scope.code.op.length || scope.code.op[call] !== Op.Call) return null;
  const targets = resolver.targets(scope.id, call);
  const isPlain = targets.every(
    (target) => target.kind === 'library' && /^(threading|multiprocessing)\.Lock$/.test(target.path),
  );
  return targets.length > 0 && isPlain ? { scope, call } : null;
}

function takenByWithOnly({ lockUses, locks }: Analysis, lock: Lock): boolean {
  return !lockUses.all.some(
    ({ kind, scope, number }) =>
      (kind === UseKind.Acquire || kind === UseKind.Release || kind === UseKind.Locked) &&
      locks.of(scope.id, number).includes(lock),
  );
}

function isBound({ resolver }: Analysis, { file }: Scope, name: string): boolean {
  return resolver.bindings.of(file.firstScope, name).length > 0;
}
