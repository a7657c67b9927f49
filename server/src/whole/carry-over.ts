// Carries an analysis over an edit that changed only bodies of functions: the changed functions swap their
// contributions, everything that speaks of the whole program is solved again from those. Where the edit changed a
// face that others look at, nothing is carried over and the caller starts from scratch: the answers are the same.

import { faceOf } from '../flow/face';
import { isContextManager } from '../flow/function-facts';
import { allBindings } from '../flow/handed-arguments';
import type { Resolver } from '../flow/resolver';
import type { ProgramFile, Scope } from '../program/program';
import { changedBodies } from '../program/revision';
import { Op, type SourceFile } from '../syntax/code';
import type { Analysis } from './analysis';

const managers = /^(__a?(enter|exit)__|acquire|acquire_lock|lock)$/;

/** Replaces a file's source in a solved analysis. False when it must be made anew; it is unusable then. */
export function carryOver(analysis: Analysis, file: ProgramFile, source: SourceFile): boolean {
  const before = file.source;
  const bodies = changedBodies(before, source);
  if (bodies === null) return false;
  const { program, resolver } = analysis;
  const changed = bodies.concerned.map((index) => program.scopes[file.firstScope + index]!);
  if (changed.some((scope) => isSeenThrough(analysis, scope))) return false;
  const faces = changed.map((scope) => analysis.faces.get(scope) ?? faceOf(resolver, scope));
  analysis.noteBodies(file, changed);
  const isChanged = new Set(bodies.changed);
  for (let index = 0; index < source.codes.length; index++) {
    if (!isChanged.has(index)) resolver.numberings.adopt(source.codes[index]!, before.codes[index]!);
  }
  program.replaceSource(file, source);
  for (const scope of changed) resolver.replaceBody(scope);
  if (!replaceArguments(resolver, changed)) return false;
  if (changed.some((scope, k) => faceOf(resolver, scope) !== faces[k])) return false;
  changed.forEach((scope, k) => {
    analysis.faces.set(scope, faces[k]!);
  });
  analysis.replaceBodies(changed);
  return true;
}

/** Context managers and locks are understood by what they hold at their yield, or where they return. */
function isSeenThrough(analysis: Analysis, scope: Scope): boolean {
  return managers.test(scope.name) || isContextManager(analysis.program, scope);
}

/** Puts the arguments that changed bodies hand to parameters in the place of their old ones, which are the same in
 * number and order where faces are equal. False when the new ones can't be told without themselves. */
function replaceArguments(resolver: Resolver, changed: readonly Scope[]): boolean {
  const ids = new Set(changed.map((scope) => scope.id));
  for (const list of resolver.arguments.values()) {
    for (let k = 0; k < list.length; k++) {
      if (ids.has(list[k]!.scope)) list[k] = { scope: list[k]!.scope, value: unknownValue };
    }
  }
  const written = writeArguments(resolver, changed);
  resolver.reset();
  for (const scope of changed) resolver.forgetBody(scope);
  const again = writeArguments(resolver, changed);
  return written === again;
}

const unknownValue = -1;

/** Stores the k-th argument of a scope in a parameter as the k-th of that scope in its list; tells what was stored. */
function writeArguments(resolver: Resolver, changed: readonly Scope[]): string {
  const told: string[] = [];
  for (const scope of changed) {
    const seen = new Map<number, number>();
    const { op } = scope.code;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Call) continue;
      for (const { callee, slot, value } of allBindings(resolver, scope, at)) {
        const key = callee * 256 + slot;
        const rank = seen.get(key) ?? 0;
        seen.set(key, rank + 1);
        told.push(`${key}:${value}`);
        let before = rank;
        const list = resolver.arguments.get(key) ?? [];
        const index = list.findIndex((one) => one.scope === scope.id && before-- === 0);
        if (index >= 0) list[index] = { scope: scope.id, value };
      }
    }
  }
  return told.join();
}
