// What a body hands to the parameters of the functions that it calls, as the first look at a program finds it, when no
// arguments are known yet: that is what parameters are told by.

import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import type { ArgumentBinding } from './argument-bindings';
import { allBindings } from './handed-arguments';
import type { Resolver } from './resolver';

/** The arguments that each of some scopes hands over, in source order. */
export function argumentsOf(
  resolver: Resolver,
  scopes: readonly Scope[],
): readonly (readonly ArgumentBinding[])[] {
  return resolver.withoutArguments(() =>
    scopes.map((scope) => {
      const found: ArgumentBinding[] = [];
      eachArgument(resolver, scope, (one) => found.push(one));
      return found;
    }),
  );
}

/** Hands out the arguments of a scope by what is known now. */
export function eachArgument(resolver: Resolver, scope: Scope, take: (one: ArgumentBinding) => void): void {
  const { op, b, extra } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || extra[b[at]!] === 0) continue;
    const bindings = allBindings(resolver, scope, at);
    for (let k = 0; k < bindings.length; k++) take(bindings[k]!);
  }
}
