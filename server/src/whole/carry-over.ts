// Carries an analysis over an edit that changed only bodies of functions: the changed functions swap their
// contributions, everything that speaks of the whole program is solved again from those. Where a body shows others
// something else, whoever looked into it swaps as well. Where there is more or less to look at than before, nothing is
// carried over and the caller starts from scratch: the answers are the same.

import type { ArgumentBinding } from '../flow/argument-bindings';
import { faceOf } from '../flow/face';
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
    if (!isChanged.has(index)) resolver.numberings.adopt(source.codes[index]!, before.codes[index]!);
  }
  program.replaceSource(file, source);
  for (const scope of changed) resolver.replaceBody(scope);
  if (!replaceArguments(analysis, changed)) return false;
  let facesNow = changed.map((scope) => faceOf(resolver, scope, handed.get(scope)!));
  const isFixed = () => facesNow.every(({ fixed }, k) => fixed === facesBefore[k]!.fixed);
  if (!isFixed()) return false;
  let others: readonly Scope[] | null = null;
  if (facesNow.some(({ whole }, k) => whole !== facesBefore[k]!.whole)) {
    if (onlookers === null) return false;
    others = onlookers;
    // What was found since the edit may come from answers that onlookers had before.
    for (const id of resolver.askers!.around(changed.map((scope) => scope.id)))
      resolver.forgetBody(program.scopes[id]!);
    if (!replaceArguments(analysis, [...changed, ...others])) return false;
    facesNow = changed.map((scope) => faceOf(resolver, scope, handed.get(scope)!));
    if (!isFixed()) return false;
    for (const scope of others) faces.delete(scope);
  }
  changed.forEach((scope, k) => {
    faces.set(scope, facesNow[k]!);
  });
  analysis.replaceBodies(changed, others);
  return true;
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

/** Puts the arguments that scopes hand to parameters now in the place of their old ones. False where others are given
 * something now, or less. */
function replaceArguments({ resolver, handed }: Analysis, scopes: readonly Scope[]): boolean {
  const found = argumentsOf(resolver, scopes);
  for (let k = 0; k < scopes.length; k++) {
    const scope = scopes[k]!;
    const old = handed.get(scope)!;
    const now = found[k]!;
    if (old.length !== now.length) return false;
    if (now.some((one, at) => one.callee !== old[at]!.callee || one.slot !== old[at]!.slot)) return false;
    if (now.some((one, at) => one.value !== old[at]!.value)) writeArguments(resolver, scope, now);
    handed.set(scope, now);
  }
  return true;
}

/** Stores the k-th argument of a scope in a parameter as the k-th of that scope in its list. */
function writeArguments(resolver: Resolver, scope: Scope, given: readonly ArgumentBinding[]): void {
  const ranks = new Map<number, number>();
  for (const { callee, slot, value } of given) {
    const key = callee * 256 + slot;
    const rank = ranks.get(key) ?? 0;
    ranks.set(key, rank + 1);
    let before = rank;
    const list = resolver.arguments.get(key) ?? [];
    const index = list.findIndex((one) => one.scope === scope.id && before-- === 0);
    if (index >= 0) list[index] = { scope: scope.id, value };
  }
}
