// Carries an analysis over an edit that changed only bodies of functions: the changed functions swap their
// contributions, everything that speaks of the whole program is solved again from those. Where the edit changed a
// face that others look at, nothing is carried over and the caller starts from scratch: the answers are the same.

import { faceOf } from '../flow/face';
import { isContextManager } from '../flow/function-facts';
import type { ProgramFile, Scope } from '../program/program';
import { changedBodies } from '../program/revision';
import type { SourceFile } from '../syntax/code';
import type { Analysis } from './analysis';

const managers = new Set(['__enter__', '__aenter__', '__exit__', '__aexit__']);

/** Replaces a file's source in a solved analysis. False when it must be made anew; it is unusable then. */
export function carryOver(analysis: Analysis, file: ProgramFile, source: SourceFile): boolean {
  const before = file.source;
  const bodies = changedBodies(before, source);
  if (bodies === null) return false;
  const { program, resolver } = analysis;
  const changed = bodies.map((index) => program.scopes[file.firstScope + index]!);
  if (changed.some((scope) => isSeenThrough(analysis, scope))) return false;
  const faces = changed.map((scope) => faceOf(resolver, scope));
  const isChanged = new Set(bodies);
  for (let index = 0; index < source.codes.length; index++) {
    if (!isChanged.has(index)) resolver.numberings.adopt(source.codes[index]!, before.codes[index]!);
  }
  program.replaceSource(file, source);
  for (const scope of changed) resolver.replaceBody(scope);
  if (changed.some((scope, k) => faceOf(resolver, scope) !== faces[k])) return false;
  analysis.replaceBodies(changed);
  return true;
}

/** Context managers are understood by what they hold at their yield. */
function isSeenThrough(analysis: Analysis, scope: Scope): boolean {
  return managers.has(scope.name) || isContextManager(analysis.program, scope);
}
