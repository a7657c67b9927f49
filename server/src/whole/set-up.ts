// Functions that make an object ready, or ready again: nobody else works with it meanwhile. Told by what they do (make
// the lock anew, note the process they run in) or by their name, as long as nothing hands them to another thread.

import type { Lock } from '../flow/locks';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';

const names = /^_*(init|initiali[sz]e|set_?up|configure|bootstrap)$|(^|_)after_(in_child_)?fork(_|$)/i;

/** Whether a function is called what such functions are called. */
export function isNamedSetUp(scope: Scope): boolean {
  return names.test(scope.name);
}

/** Whether a function makes the lock anew or notes its process: state that it touches can't be guarded by that lock. */
export function renewsObject(resolver: Resolver, scope: Scope, lock: Lock): boolean {
  const { op, a, b, c } = scope.code;
  const { names: texts } = scope.file.source;
  const lockName = lock.label.slice(lock.label.lastIndexOf('.') + 1);
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreGlobal && lock.key.startsWith('global:') && texts[a[at]!] === lockName)
      return true;
    if (op[at] !== Op.StoreAttribute) continue;
    if (lock.key.startsWith('field:') && texts[b[at]!] === lockName) return true;
    const value = c[at]!;
    if (op[value] === Op.Call && resolver.libraryPath(scope.id, a[value]!) === 'os.getpid') return true;
  }
  return false;
}
