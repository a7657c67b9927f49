// Locks that a library finds by a name that the call gives: a key of a server, a path. Two calls with one name mean one lock,
// whoever makes the objects. Names that only run time knows are left to others.

import type { LockConstructor } from '../library/schema';
import type { Scope } from '../program/program';
import { argumentValue, keyword, positional } from '../syntax/code-reader';
import { templateText } from './name-templates';
import type { Resolver } from './resolver';

/** The library's knowledge of a lock and the name that a call gives it; null where there is none, or none that is constant. */
export function givenName(
  resolver: Resolver,
  scope: Scope,
  call: number,
): { readonly known: LockConstructor; readonly name: string } | null {
  for (const target of resolver.targets(scope.id, call)) {
    const known =
      target.kind === 'library'
        ? resolver.library.lockConstructors.get(target.path.replace(/\(\)$/, ''))
        : undefined;
    if (!known?.name) continue;
    const word = scope.file.source.names.indexOf(known.name.keyword ?? '');
    const worded = word < 0 ? -1 : keyword(scope.code, call, word);
    const value = worded >= 0 ? worded : positional(scope.code, call, known.name.position);
    const number = value < 0 ? -1 : resolver.numberings.of(scope).number[value]!;
    if (number < 0 || number >= scope.code.op.length) return null;
    const name = templateText(resolver, scope, number, 4);
    return name === null || name === '' ? null : { known, name };
  }
  return null;
}

/** Whether nothing but its name is said of a lock: no limit of time after which it ends by itself. */
export function isWithoutLimit({ code }: Scope, call: number): boolean {
  return code.extra[code.b[call]!] === 1 && argumentValue(code, call, 0) >= 0;
}
