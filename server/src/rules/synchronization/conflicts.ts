// When an access without its lock can hurt or be hurt: two operations that are atomic by themselves can't; one of the
// two functions must do more than one step on the state. What is atomic depends on who runs it: threads interleave
// anywhere, coroutines at an await only.

import { AccessKind, isWrite } from '../../flow/accesses';
import { lastName } from '../../flow/function-facts';
import { handledNames, handlersAround } from '../../flow/handlers';
import type { Lock } from '../../flow/locks';
import type { Program, Scope } from '../../program/program';
import { type Code, ConstantKind, Op } from '../../syntax/code';
import { argumentCount, bracketEnds, callArguments, matchingEnd } from '../../syntax/code-reader';
import type { Guarded, HeldAccess } from '../../whole/guards';
import type { Meeting } from '../../whole/meetings';
import { Effect } from '../../whole/method-effects';

/** How an access without the guard collides with what else is done to the place. */
export const enum Conflict {
  /** Every step is atomic: no order of them is worse than another. */
  None,
  /** It comes between two steps that the lock was to hold together. */
  Intrudes,
  /** Its own function does several steps, between which others may come. */
  Torn,
}

/** A function with which an access collides, and how. */
export interface Collision {
  readonly conflict: Conflict.Intrudes | Conflict.Torn;
  /** Its scope; -1 for what changes the place out of sight. */
  readonly partner: number;
  /** How surely the two must meet for this to be worth a word; anything will do where it is not given. */
  readonly least?: Meeting;
  /** The code asks whether the other has been there: so it may, at the end of the whole too, and whoever else forgets. */
  readonly isAsked?: boolean;
}

/** All that an access collides with when it goes without the guard; what tears its own function first. */
export function collisionsOf(
  program: Program,
  guarded: Guarded,
  guard: Lock,
  access: HeldAccess,
): readonly Collision[] {
  const waits = guard.model === 'asyncio';
  const { code } = program.scopes[access.scope]!;
  const own = guarded.accesses.filter((one) => one.scope === access.scope);
  const writers = () => guarded.accesses.filter(({ kind }) => isWrite(kind));
  if (access.effect === Effect.Tears && !waits) return tornBy(writers());
  if (access.kind === AccessKind.Iterate && onlyGrows(program, guarded)) return [];
  // Between two awaits a single step is atomic, and the lock is there for the sections that await.
  if (waits) return isTornByAwait(code, own, access) ? tornBy(writers()) : [];
  return [...tearing(program, guarded, ownSteps(own, guard)), ...intruded(program, guarded, guard, access)];
}

/** The steps of a function that no hold of the lock keeps together: those that go without it, what was done under it
 * before one that relies on that, and what is done under it on a look that went without. */
function ownSteps(own: readonly HeldAccess[], guard: Lock): readonly HeldAccess[] {
  const holds = ({ locks, assumed }: HeldAccess) => assumed || locks.includes(guard);
  const relies = ({ kind }: HeldAccess) => isWrite(kind) || kind === AccessKind.Index;
  return own.filter(
    (one) =>
      !holds(one) ||
      own.some((act) => act.at > one.at && relies(act) && !holds(act)) ||
      (isWrite(one.kind) && !own.some((look) => look.at < one.at && !isWrite(look.kind) && holds(look))),
  );
}

function tornBy(accesses: readonly HeldAccess[]): readonly Collision[] {
  return Array.from(new Set(accesses.map(({ scope }) => scope)), (partner) => ({
    conflict: Conflict.Torn,
    partner,
  }));
}

/** The functions with a change that the steps of one function mind, its own in another thread too. */
function tearing(program: Program, guarded: Guarded, own: readonly HeldAccess[]): readonly Collision[] {
  const changes = guarded.accesses.filter(({ kind }) => kind >= AccessKind.Mutate);
  const found = tornBy(changes.filter((one) => isBroken(program, guarded, own, one)));
  // What is walked under a lock elsewhere, and by nobody changed in sight, is changed out of sight.
  const isWalked = own.some(({ kind }) => kind === AccessKind.Iterate);
  if (isWalked && !changes.some(({ kind }) => kind === AccessKind.Mutate))
    return [...found, { conflict: Conflict.Torn, partner: -1 }];
  return found;
}

/** The functions between whose steps under the guard the access comes. */
function intruded(program: Program, guarded: Guarded, guard: Lock, access: HeldAccess): readonly Collision[] {
  const byFunction = new Map<number, HeldAccess[]>();
  for (const one of guarded.accesses) {
    if (!one.locks.includes(guard) && !one.assumed) continue;
    const list = byFunction.get(one.scope);
    if (list) list.push(one);
    else byFunction.set(one.scope, [one]);
  }
  const found: Collision[] = [];
  for (const [partner, held] of byFunction) {
    const scope = program.scopes[partner]!;
    const isHit =
      isBroken(program, guarded, held, access) ||
      (access.shrinks && held.some((one) => mayMiss(scope, one))) ||
      (held.some((one) => one.shrinks) && mayMiss(program.scopes[access.scope]!, access));
    if (isHit) found.push({ conflict: Conflict.Intrudes, partner });
  }
  return found;
}

/** Whether the access, coming between the steps of a function, can break them. */
function isBroken(
  program: Program,
  guarded: Guarded,
  held: readonly HeldAccess[],
  access: HeldAccess,
): boolean {
  if (!isCompound(held)) return false;
  const scope = program.scopes[held[0]!.scope]!;
  if (access.kind === AccessKind.Write)
    return storesNone(program.scopes[access.scope]!, access.at) || mindsAnother(scope, held);
  if (access.kind !== AccessKind.Mutate) return true;
  // Who walks the elements gets along with what happens in one of them.
  if (access.inside && held.every(({ kind }) => kind === AccessKind.Iterate || kind <= AccessKind.Test))
    return false;
  if (access.shrinks) return mindsLoss(scope, held);
  return mindsAddition(scope, held, isListGrowing(program, guarded, access));
}

/** Whether a function's steps mind that another object takes the place: they count on what they saw in it, or store it
 * anew. Who only reads, walks or adds gets along with another object. */
function mindsAnother(scope: Scope, held: readonly HeldAccess[]): boolean {
  return held.some((one) => {
    if (one.kind >= AccessKind.Write) return true;
    if (one.kind === AccessKind.Index) return !toleratesLoss(scope, one.at);
    return one.kind === AccessKind.Mutate && (scope.code.op[one.at] === Op.StoreItem || mayMiss(scope, one));
  });
}

/** Nothing is ever done to a list but to append: any walk over it is good. */
export function onlyGrows(program: Program, guarded: Guarded): boolean {
  const changes = guarded.accesses.filter(
    ({ kind }) => kind === AccessKind.Mutate || kind === AccessKind.Update,
  );
  return changes.length > 0 && changes.every((one) => isListGrowing(program, guarded, one));
}

/** `x.append(value)` on a list: who walks it meanwhile sees one element more. A deque minds. */
function isListGrowing(program: Program, { place }: Guarded, access: HeldAccess): boolean {
  const name = methodOf(program.scopes[access.scope]!, access.at);
  if (name !== 'append' && name !== 'extend') return false;
  let stores = place.ofModule ? 0 : listsOfBody(program.scopes[place.owner]!, place.name);
  for (const scope of program.scopes) {
    if (place.ofModule ? scope.id !== place.owner : scope.owner !== place.owner) continue;
    const { op, a, b, c } = scope.code;
    for (let at = 0; at < op.length; at++) {
      const isStore = place.ofModule ? op[at] === Op.StoreGlobal : op[at] === Op.StoreAttribute;
      if (!isStore || scope.file.source.names[place.ofModule ? a[at]! : b[at]!] !== place.name) continue;
      const stored = place.ofModule ? b[at]! : c[at]!;
      if (op[stored] === Op.Call && /deque/i.test(lastName(scope, a[stored]!))) return false;
      stores++;
    }
  }
  return stores > 0;
}

/** How often a class body says of a field that it is a list: `x: list = field(default_factory=list)`. */
function listsOfBody({ code, file }: Scope, name: string): number {
  const { op, a, b, slots } = code;
  const { names } = file.source;
  return op.filter((one, at) => {
    if (one !== Op.StoreLocal || names[slots[a[at]!]!] !== name) return false;
    const value = b[at]!;
    if (op[value] !== Op.Call) return op[value] === Op.List;
    return callArguments(code, value).some(
      (given) =>
        given.keyword >= 0 &&
        /^(default_)?factory$/.test(names[given.keyword]!) &&
        op[given.value] === Op.Global &&
        names[a[given.value]!] === 'list',
    );
  }).length;
}

/** `self.x = None`, `del self.x`. */
export function storesNone(scope: Scope, at: number): boolean {
  const { op, a, b, c } = scope.code;
  if (op[at] === Op.DeleteAttribute) return true;
  const value = op[at] === Op.StoreAttribute ? c[at]! : op[at] === Op.StoreGlobal ? b[at]! : -1;
  if (value < 0 || op[value] !== Op.Const) return false;
  return scope.file.source.constants[a[value]!]!.kind === ConstantKind.None;
}

/** Whether a function's steps mind a removal between them: they walk, or count on a key or element. */
function mindsLoss(scope: Scope, held: readonly HeldAccess[]): boolean {
  return held.some((one) => {
    if (one.kind === AccessKind.Iterate || one.kind === AccessKind.Update) return true;
    if (one.kind === AccessKind.Index) return !toleratesLoss(scope, one.at);
    return mayMiss(scope, one) || takesAny(scope, one);
  });
}

/** `x.append(value)`: nothing that another function counts on goes away. */
function addsOnly(access: HeldAccess): boolean {
  return access.kind === AccessKind.Mutate && !access.shrinks;
}

/** Whether a function's steps mind an addition between them: they walk, copy and empty, or look and then add. */
function mindsAddition(scope: Scope, held: readonly HeldAccess[], grows: boolean): boolean {
  const takesAll = held.some(({ kind }) => kind === AccessKind.Read || kind === AccessKind.Snapshot);
  return held.some(
    (one) =>
      (one.kind === AccessKind.Iterate && !grows) ||
      one.kind >= AccessKind.Write ||
      (addsOnly(one) && held.some((look) => look.at < one.at && look.kind < AccessKind.Mutate)) ||
      (takesAll && one.kind === AccessKind.Mutate && methodOf(scope, one.at) === 'clear'),
  );
}

/** `del x[key]`, `x.remove(value)`, `x.pop(key)`: raises when another function took away the same. */
function mayMiss(scope: Scope, access: HeldAccess): boolean {
  if (access.kind !== AccessKind.Mutate || !access.shrinks) return false;
  const { at } = access;
  if (scope.code.op[at] === Op.DeleteItem) return !toleratesLoss(scope, at);
  const name = methodOf(scope, at);
  if (name !== 'remove' && (name !== 'pop' || argumentCount(scope.code, at) > 1)) return false;
  return !toleratesLoss(scope, at);
}

/** `x.pop()`, `x.popitem()`: raises when another function has taken the last. */
function takesAny(scope: Scope, access: HeldAccess): boolean {
  const takes =
    /^pop(left|item)?$/.test(methodOf(scope, access.at)) && argumentCount(scope.code, access.at) === 0;
  return takes && !toleratesLoss(scope, access.at);
}

/** The name of the method that a call instruction calls, '' for anything else. */
export function methodOf(scope: Scope, at: number): string {
  const { op, a, b } = scope.code;
  if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) return '';
  return scope.file.source.names[b[a[at]!]!]!;
}

/** More than one step on the place, other than storing it anew each time. */
function isCompound(accesses: readonly HeldAccess[]): boolean {
  if (accesses.some(({ kind }) => kind === AccessKind.Update || kind === AccessKind.Iterate)) return true;
  return accesses.length > 1 && accesses.some(({ kind }) => kind !== AccessKind.Write);
}

/** Looks, awaits, then acts; or awaits inside the loop that walks it. */
function isTornByAwait(code: Code, own: readonly HeldAccess[], access: HeldAccess): boolean {
  if (access.kind === AccessKind.Iterate) return awaitsInLoop(code, access.at);
  if (!isWrite(access.kind) && access.kind !== AccessKind.Index) return false;
  // A field is looked at by reading it, a container by asking for a member.
  const least = access.kind === AccessKind.Write ? AccessKind.Read : AccessKind.Test;
  const looks = own.filter(
    (one) =>
      one.at < access.at &&
      one.kind >= least &&
      one.kind !== AccessKind.Index &&
      one.kind < AccessKind.Mutate,
  );
  // Who looks once more after the await goes by that.
  const last = looks.at(-1);
  return last !== undefined && awaitsBetween(code, last.at, access.at);
}

function awaitsInLoop(code: Code, at: number): boolean {
  for (let open = at; open >= 0; open--) {
    if (code.op[open] === Op.Loop) return awaitsBetween(code, at, matchingEnd(code, bracketEnds(code), open));
  }
  return false;
}

function awaitsBetween(code: Code, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at++) {
    if (code.op[at] === Op.Await) return true;
    if (code.op[at] === Op.With && code.c[at] === 1) return true;
  }
  return false;
}

const losses = /(^|\.)(KeyError|IndexError|LookupError|ValueError|Exception|BaseException)$/;

/** Whether the instruction stands in a `try` whose handler expects that the key or element is gone. */
export function toleratesLoss(scope: Scope, at: number): boolean {
  return handlersAround(scope.code, at).some((handler) =>
    handledNames(scope, handler.at).some((name) => losses.test(name)),
  );
}
