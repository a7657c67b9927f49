// Where a coroutine really gives way to others: an await of a coroutine of the program that awaits nothing itself runs
// through without a pause. What is not known gives way.

import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { CodeFlag, LoopKind, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { UseKind } from '../../whole/lock-uses';
import { endOf } from './lock-words';

/** Answers for one program, each coroutine looked at once. */
export class Suspensions {
  private readonly known = new Map<number, boolean>();
  private readonly contended = new Map<Lock, boolean>();

  constructor(private readonly analysis: Analysis) {}

  /** Whether others may run at an instruction of a coroutine. */
  at(scope: Scope, at: number): boolean {
    const { op, a, c, flags } = scope.code;
    switch (op[at] as Op) {
      case Op.Await:
        return this.awaits(scope, a[at]!);
      case Op.Loop:
        return c[at] === LoopKind.AsyncFor || c[at] === LoopKind.AsyncComprehension;
      case Op.With:
        return c[at] === 1 && this.waitsForLock(scope, at);
      case Op.Yield:
        // An asynchronous generator: its consumer awaits between two values.
        return (flags & CodeFlag.Async) !== 0;
      default:
        return false;
    }
  }

  /** `async with lock` where the lock is asked for by nobody who gives way under it: it is always free. */
  private waitsForLock(scope: Scope, at: number): boolean {
    const { lockUses, locks } = this.analysis;
    const use = lockUses.of(scope.id).find((one) => one.at === at && one.kind === UseKind.With);
    const found = use ? locks.of(scope.id, use.number) : [];
    return found.length === 0 || found.some((lock) => this.isContended(lock));
  }

  private isContended(lock: Lock): boolean {
    if (lock.weak || lock.model !== 'asyncio' || lock.counting) return true;
    const known = this.contended.get(lock);
    if (known !== undefined) return known;
    this.contended.set(lock, false);
    const { lockUses, locks, resolver } = this.analysis;
    const found = lockUses.all.some((use) => {
      if (use.scope.file.isTest || !locks.of(use.scope.id, use.number).includes(lock)) return false;
      const { code } = use.scope;
      if (use.kind !== UseKind.With) return use.kind === UseKind.Acquire || use.kind === UseKind.Release;
      if (code.c[use.at] !== 1) return true;
      const { reached } = resolver.numberings.of(use.scope);
      // A condition is given back while it is waited for.
      const waits = lockUses.of(use.scope.id).filter(({ kind }) => kind === UseKind.Wait);
      const end = endOf(code, use.at);
      for (let at = use.at + 1; at < end; at++) {
        const isOwnWait =
          code.op[at] === Op.Await &&
          waits.some((wait) => wait.at === code.a[at] && wait.number === use.number);
        if (reached[at] && !isOwnWait && this.at(use.scope, at)) return true;
      }
      return false;
    });
    this.contended.set(lock, found);
    return found;
  }

  private awaits(scope: Scope, value: number): boolean {
    const { resolver, program } = this.analysis;
    const { number } = resolver.numberings.of(scope);
    const call = scope.code.op[value] === Op.Call ? value : number[value]!;
    if (call < 0 || call >= scope.code.op.length || scope.code.op[call] !== Op.Call) return true;
    const targets = resolver.targets(scope.id, call);
    if (targets.length === 0) return true;
    return targets.some((target) => {
      if (target.kind !== 'function') return true;
      const { flags } = program.scopes[target.scope]!.code;
      if ((flags & CodeFlag.Async) === 0 || (flags & CodeFlag.Generator) !== 0) return true;
      return this.inside(target.scope);
    });
  }

  private inside(entered: number): boolean {
    const known = this.known.get(entered);
    if (known !== undefined) return known;
    // A coroutine that awaits itself alone gives way to nobody.
    this.known.set(entered, false);
    const scope = this.analysis.program.scopes[entered]!;
    const { reached } = this.analysis.resolver.numberings.of(scope);
    const found = scope.code.op.some((_, at) => reached[at] && this.at(scope, at));
    this.known.set(entered, found);
    return found;
  }
}
