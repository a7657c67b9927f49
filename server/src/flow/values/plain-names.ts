// What the body of a module or class surely keeps under a name, told without interpreting it: nothing, or functions, classes
// and constants only. Most questions for what a body keeps are of this kind.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Resolver } from '../resolver';
import { bottom, type Domain, Type } from './domain';
import { marksOf } from './marks';

/** What a body keeps under a name; null when it has to be interpreted for that. */
export function plainName({ bindings }: Resolver, domain: Domain, body: Scope, name: string): number | null {
  const { code, file } = body;
  let value: number = bottom;
  for (const bound of bindings.of(body.id, name)) {
    if (bound.scope !== body.id) return null;
    switch (code.op[bound.value] as Op) {
      case Op.Function:
      case Op.Class:
      case Op.Import:
        value = domain.join(value, domain.value(Type.Other));
        break;
      case Op.Const:
        value = domain.join(value, domain.constant(file.source.constants[code.a[bound.value]!]!));
        break;
      default:
        return null;
    }
  }
  return value === bottom || marksOf(body) === null ? value : null;
}
