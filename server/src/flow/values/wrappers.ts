// Decorators of the program: a call of a decorated function enters what the decorator put around it, with the same
// arguments. Only what the wrapper itself does with them counts; what it returns is taken for the function's own result.

import type { Scope } from '../../program/program';
import { ScopeKind } from '../../syntax/code';
import { functionExtra } from '../../syntax/code-reader';
import { EntityKind } from '../entities';
import type { Resolver } from '../resolver';
import { type Actual, bindActuals } from './binding';
import { invoke } from './invocation';
import type { Pass } from './pass';

const maximumDepth = 8;
const none: readonly number[] = [];

/** The functions that decorators of the program put around functions, found when asked for. */
export class Wrappers {
  private readonly known = new Map<number, readonly number[]>();

  constructor(private readonly resolver: Resolver) {}

  /** The functions around this one, outermost first. */
  of(scope: Scope): readonly number[] {
    let found = this.known.get(scope.id);
    if (found === undefined) {
      // Decorators belong to the scope around.
      found = this.resolver.findFor(scope.parent, () => this.find(scope));
      this.known.set(scope.id, found);
    }
    return found;
  }

  private find(scope: Scope): readonly number[] {
    const { resolver } = this;
    const { entities, program } = resolver;
    if (scope.code.kind !== ScopeKind.Function || scope.parent < 0 || scope.definedAt < 0) return none;
    const { decorators } = functionExtra(program.scopes[scope.parent]!.code, scope.definedAt);
    if (decorators.length === 0) return none;
    const found: number[] = [];
    for (const decorator of decorators) {
      for (const entity of resolver.denotes(scope.parent, decorator)) {
        if (entities.kind[entity] !== EntityKind.Function) continue;
        const outer = entities.x[entity]!;
        for (const returned of resolver.returnedBy(outer, maximumDepth)) {
          const inner = entities.x[returned]!;
          const isInside =
            entities.kind[returned] === EntityKind.Function && program.scopes[inner]!.parent === outer;
          if (isInside && !found.includes(inner)) found.push(inner);
        }
      }
    }
    return found.length === 0 ? none : found;
  }
}

/** Enters what decorators put around a function that is called with these arguments, the receiver among them. */
export function enterWrappers(pass: Pass, at: number, target: Scope, actuals: readonly Actual[]): void {
  const { context } = pass;
  if (!actuals.some(({ value }) => context.reach.enters(value))) return;
  for (const wrapper of context.wrappers.of(target)) {
    const scope = context.resolver.program.scopes[wrapper]!;
    invoke(pass, at, scope, bindActuals(pass, scope, actuals));
  }
}
