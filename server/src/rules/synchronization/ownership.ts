// Classes whose objects never leave the function that makes them: each is somebody's own, whatever locks it has. Asked of
// all calls that make one, and of the class itself, which may hand out `self`.

import type { Resolver } from '../../flow/resolver';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { makingsOf } from './instances';

/** Whether every object of the class stays in a local variable of the function that made it. */
export function isKeptLocal(analysis: Analysis, owner: Scope): boolean {
  const { resolver, program, calls } = analysis;
  const makings = makingsOf(analysis, owner);
  if (makings.length === 0 || !makings.every(({ scope, at }) => staysIn(resolver, scope, at))) return false;
  const family = [owner.id, ...resolver.classes.descendants(owner.id, 16)];
  return program.scopes.every(
    (scope) =>
      !family.includes(scope.owner) ||
      (!calls.escapes[scope.id] && staysIn(resolver, scope, scope.code.op.length)),
  );
}

/** Whether a framework makes an object of the class for each request. */
export function isMadeForRequest({ resolver, library }: Analysis, classScope: number): boolean {
  const bases = resolver.classes.order(classScope).map((entity) => resolver.entities.path(entity));
  // A connection has many messages, whatever began it.
  if (bases.some((path) => /websocket/i.test(path))) return false;
  return bases.some((path) => path !== '' && library.find(library.rootBases, path)?.fresh === true);
}

/** The value is called, asked and left; nobody else gets it. `made`: the instruction, or the receiver's number. */
function staysIn(resolver: Resolver, scope: Scope, made: number): boolean {
  const { op, a, c } = scope.code;
  const { number, user } = resolver.numberings.of(scope);
  const wanted = made < op.length ? number[made]! : made;
  return op.every((_, at) => {
    if (number[at] !== wanted) return true;
    const by = user[at]!;
    if (by < 0) return true;
    switch (op[by] as Op) {
      case Op.StoreLocal:
        return scope.code.captured[a[by]!] !== 1;
      case Op.StoreAttribute:
        return a[by] === at && c[by] !== at;
      case Op.Attribute:
      case Op.Item:
        return a[by] === at;
      case Op.Compare:
      case Op.If:
        return true;
      default:
        return false;
    }
  });
}
