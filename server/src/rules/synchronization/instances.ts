// How many objects of a class there can be, as far as the program shows: singletons by construction, by metaclass or
// decorator, by a single call at module level.

import { EntityKind } from '../../flow/entities';
import { decoratorNames, dottedName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { Op, ScopeKind } from '../../syntax/code';
import { classExtra } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

/** What is known of the number of objects. */
export const enum Instances {
  One,
  /** Nothing in the program makes any, or only one call does, perhaps more than once. */
  Unknown,
  Several,
}

/** A call that makes an object. */
export interface Making {
  readonly scope: Scope;
  readonly at: number;
}

const single = /singleton|borg|run_once|only_one/i;

/** How many objects of a class the program makes, and where. */
export function instancesOf(
  analysis: Analysis,
  owner: Scope,
): { readonly count: Instances; readonly makings: readonly Making[] } {
  const makings = makingsOf(analysis, owner);
  if (isSingleton(analysis, owner)) return { count: Instances.One, makings };
  const { resolver } = analysis;
  if (makings.length > 1 || resolver.classes.descendants(owner.id, 2).length > 1)
    return { count: Instances.Several, makings };
  const only = makings[0];
  if (!only) return { count: Instances.Unknown, makings };
  if (only.scope.code.kind === ScopeKind.Module) return { count: Instances.One, makings };
  return { count: isKept(only) ? Instances.One : Instances.Unknown, makings };
}

/** The calls that make an object of a class or of one below it, tests left out. */
export function makingsOf({ program, resolver, calls }: Analysis, owner: Scope): readonly Making[] {
  const found: Making[] = [];
  const init = resolver.classes.method(owner.id, '__init__');
  for (const { caller, at } of init < 0 ? [] : calls.callers[init]!) {
    const scope = program.scopes[caller]!;
    if (scope.file.isTest) continue;
    const makes = resolver
      .targets(caller, at)
      .some(
        (target) =>
          target.kind === 'class' && resolver.classes.order(target.scope).includes(entityOf(resolver, owner)),
      );
    if (makes) found.push({ scope, at });
  }
  return found;
}

function entityOf(resolver: Analysis['resolver'], owner: Scope): number {
  return resolver.entities.of(EntityKind.Class, owner.id);
}

/** By name, decorator, metaclass or base, or by a `__new__` that remembers what it made. */
function isSingleton({ program, resolver }: Analysis, owner: Scope): boolean {
  const outer = program.scopes[owner.parent]!;
  const { decorators, bases } = classExtra(outer.code, owner.definedAt);
  const words = [...decorators, ...bases.map(({ value }) => value)].map((value) => dottedName(outer, value));
  if ([owner.name, ...words].some((word) => single.test(word))) return true;
  const maker = resolver.classes.method(owner.id, '__new__');
  if (maker >= 0 && program.scopes[maker]!.code.op.includes(Op.If)) return true;
  // `instance()`, `get_instance()`: the way that objects are meant to be had.
  return [...resolver.bindings.names(owner.id)].some((name) => {
    const method = /^(get_?)?instance$/i.test(name) ? resolver.classes.ownMethod(owner.id, name) : -1;
    return method >= 0 && decoratorNames(program, program.scopes[method]!).includes('classmethod');
  });
}

/** The one object goes into a variable of the module. */
function isKept({ scope, at }: Making): boolean {
  const { op, b } = scope.code;
  return op.some((one, store) => one === Op.StoreGlobal && b[store] === at);
}
