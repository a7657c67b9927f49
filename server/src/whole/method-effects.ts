// What a method does to the state of its own object: whether it changes fields of the receiver, without a lock of its
// own, in more than one step. A call of such a method on what a field holds is a change of the field's state.

import { type Access, AccessKind, isWrite } from '../flow/accesses';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import type { AccessTable } from './access-table';
import type { EntryLocks } from './entry-locks';

/** What a method does to its object. */
export const enum Effect {
  None,
  /** Changes it in one step. */
  Changes,
  /** Looks at it and changes it, or changes it in several steps. */
  Tears,
}

const maximumTargets = 2;

/** Effects of methods on their receivers, found when asked for. */
export class MethodEffects {
  private readonly known = new Map<number, Effect>();

  constructor(
    private readonly resolver: Resolver,
    private readonly table: AccessTable,
    private readonly entryLocks: EntryLocks,
  ) {}

  /** The effect that an access has on what the place holds: that of the method which it calls there. */
  ofAccess(scope: Scope, { at: call, kind, load }: Access): Effect {
    const { op, a } = scope.code;
    if (kind !== AccessKind.Read || op[call] !== Op.Call || op[a[call]!] !== Op.Attribute) return Effect.None;
    const { number } = this.resolver.numberings.of(scope);
    if (number[a[a[call]!]!] !== number[load]) return Effect.None;
    const targets = this.resolver.targets(scope.id, call);
    if (targets.length === 0 || targets.length > maximumTargets) return Effect.None;
    let effect = Effect.Tears;
    for (const target of targets) {
      const one = target.kind === 'function' ? this.ofMethod(target.scope) : Effect.None;
      if (one < effect) effect = one;
    }
    return effect;
  }

  private ofMethod(scopeId: number): Effect {
    let found = this.known.get(scopeId);
    if (found === undefined) {
      this.known.set(scopeId, Effect.None);
      found = this.find(this.resolver.program.scopes[scopeId]!);
      this.known.set(scopeId, found);
    }
    return found;
  }

  private find(scope: Scope): Effect {
    if (scope.owner < 0 || this.entryLocks.wrappersOf(scope).length > 0) return Effect.None;
    const own = this.table.of(scope).filter((one) => one.receiver === scope.code.op.length);
    const writes = own.filter((one) => isWrite(one.kind));
    // Its own lock sees to it.
    if (own.some((one) => this.entryLocks.at(scope, one.at).length > 0)) return Effect.None;
    if (writes.length === 0) return Effect.None;
    return writes.some((write) => isTorn(own, write)) ? Effect.Tears : Effect.Changes;
  }
}

function isTorn(own: readonly Access[], write: Access): boolean {
  if (write.kind === AccessKind.Update) return true;
  return own.some((one) => one.place === write.place && one.at < write.at && one.kind !== AccessKind.Write);
}
