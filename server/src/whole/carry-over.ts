// Carries an analysis over an edit that changed only bodies of functions: the changed functions swap their
// contributions, everything that speaks of the whole program is solved again from those. Where a body shows others
// something else, whoever looked into it swaps as well. Where there is more or less to look at than before, nothing is
// carried over and the caller starts from scratch: the answers are the same.

import type { ArgumentBinding } from '../flow/argument-bindings';
import { type Face, faceOf } from '../flow/face';
import { isContextManager } from '../flow/function-facts';
import type { Resolver } from '../flow/resolver';
import { argumentsOf } from '../flow/unfilled-arguments';
import type { ProgramFile, Scope } from '../program/program';
import { changedBodies } from '../program/revision';
import type { SourceFile } from '../syntax/code';
import type { Analysis } from './analysis';
import { onlookersOf } from './onlookers';

const managers = /^(__a?(enter|exit)__|acquire|acquire_lock|lock)$/;

/** Replaces a file's source in a solved analysis. False when it must be made anew; it is unusable then. */
export function carryOver(analysis: Analysis, file: ProgramFile, source: SourceFile): boolean {
  const before = file.source;
  const bodies = changedBodies(before, source);
  if (bodies === null) return false;
  const { program, resolver, faces, handed } = analysis;
  const changed = bodies.concerned.map((index) => program.scopes[file.firstScope + index]!);
  if (changed.some((scope) => isSeenThrough(analysis, scope))) return false;
  const onlookers = onlookersOf(resolver, changed);
  noteArguments(analysis, onlookers === null ? changed : [...changed, ...onlookers]);
  const facesBefore = changed.map((scope) => faces.get(scope) ?? faceOf(resolver, scope, handed.get(scope)!));
  analysis.noteBodies(file, changed);
  const isChanged = new Set(bodies.changed);
  for (let index = 0; index < source.codes.length; index++) {
    const code = source.codes[index]!;
    const old = before.codes[index]!;
    if (code !== old && !isChanged.has(index)) resolver.numberings.adopt(code, old);
  }
  program.replaceSource(file, source);
  for (const scope of changed) resolver.replaceBody(scope);
  const given = replaceArguments(analysis, changed);
  const find = () => changed.map((scope) => faceOf(resolver, scope, handed.get(scope)!));
  const isFixed = (now: readonly Face[]) => now.every(({ fixed }, k) => fixed === facesBefore[k]!.fixed);
  const isSame = (now: readonly Face[]) => now.every(({ whole }, k) => whole === facesBefore[k]!.whole);
  let facesNow = given.size > 0 ? null : find();
  if (facesNow && !isFixed(facesNow)) return false;
  let others: readonly Scope[] | null = null;
  if (facesNow === null || !isSame(facesNow)) {
    if (onlookers === null) return false;
    // What was found since the edit may come from answers that onlookers had before.
    forgetAround(resolver, changed, []);
    for (const callee of replaceArguments(analysis, [...changed, ...onlookers])) given.add(callee);
    others = given.size === 0 ? onlookers : onlookersOf(resolver, changed, given);
    if (others === null || [...given].some((id) => isSeenThrough(analysis, program.scopes[id]!)))
      return false;
    if (given.size > 0) forgetAround(resolver, changed, given);
    facesNow = find();
    if (!isFixed(facesNow)) return false;
    for (const scope of others) faces.delete(scope);
  }
  const now = facesNow;
  changed.forEach((scope, k) => {
    faces.set(scope, now[k]!);
  });
  analysis.replaceBodies(changed, others);
  return true;
}

/** Forgets what those found who looked into bodies, or into functions that are given something else. */
function forgetAround(resolver: Resolver, bodies: readonly Scope[], given: Iterable<number>): void {
  for (const id of resolver.askers!.around([...bodies.map((scope) => scope.id), ...given]))
    resolver.forgetBody(resolver.program.scopes[id]!);
}

/** Context managers and locks are understood by what they hold at their yield, or where they return. */
function isSeenThrough(analysis: Analysis, scope: Scope): boolean {
  return managers.test(scope.name) || isContextManager(analysis.program, scope);
}

/** Finds what scopes hand to parameters as they are now, where that is not known. */
function noteArguments({ resolver, handed }: Analysis, scopes: readonly Scope[]): void {
  const open = scopes.filter((scope) => !handed.has(scope));
  if (open.length === 0) return;
  const found = argumentsOf(resolver, open);
  open.forEach((scope, k) => {
    handed.set(scope, found[k]!);
  });
}

/** Puts the arguments that scopes hand to parameters now in the place of their old ones. The functions that are given more
 * or less than before. */
function replaceArguments({ resolver, handed }: Analysis, scopes: readonly Scope[]): Set<number> {
  const found = argumentsOf(resolver, scopes);
  const given = new Set<number>();
  for (let k = 0; k < scopes.length; k++) {
    const scope = scopes[k]!;
    exchangeArguments(resolver, scope, handed.get(scope)!, found[k]!, given);
    handed.set(scope, found[k]!);
  }
  return given;
}

/** Exchanges what one scope hands over; notes the functions that are given more or less. */
function exchangeArguments(
  resolver: Resolver,
  { id }: Scope,
  old: readonly ArgumentBinding[],
  now: readonly ArgumentBinding[],
  given: Set<number>,
): void {
  const isSame =
    old.length === now.length &&
    now.every((one, at) => one.callee === old[at]!.callee && one.slot === old[at]!.slot);
  if (isSame && now.every((one, at) => one.value === old[at]!.value)) return;
  const before = byParameter(old);
  const after = byParameter(now);
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const values = after.get(key) ?? [];
    if (values.length !== (before.get(key) ?? []).length) given.add(Math.floor(key / 256));
    const list = resolver.arguments.get(key) ?? [];
    resolver.arguments.set(key, [
      ...list.filter(({ scope }) => scope < id),
      ...values.map((value) => ({ scope: id, value })),
      ...list.filter(({ scope }) => scope > id),
    ]);
  }
}

/** The values handed to each parameter, as `Resolver.arguments` numbers them. */
function byParameter(given: readonly ArgumentBinding[]): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, number[]>();
  for (const { callee, slot, value } of given) {
    const key = callee * 256 + slot;
    const list = found.get(key);
    if (list) list.push(value);
    else found.set(key, [value]);
  }
  return found;
}
