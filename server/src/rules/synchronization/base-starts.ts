// Starts that a base class makes in its constructor: a subclass that calls up, and goes on to set its own fields, is itself
// still being made when the base's thread runs a method that it overrides.

import type { Analysis } from '../../whole/analysis';
import type { Start } from './starts';

/** The same starts, seen from the constructors of subclasses that come to them by `super().__init__()`. */
export function* fromBases(analysis: Analysis, start: Start, depth = 0): Iterable<Start> {
  const { program, resolver, calls, lockTaking } = analysis;
  // What registers itself is mostly asked later.
  if (start.scope.name !== '__init__' || start.words.startsWith('its methods') || depth > 2) return;
  for (const { caller, at } of calls.callers[start.scope.id]!) {
    const below = program.scopes[caller]!;
    if (below.name !== '__init__' || below.owner === start.scope.owner || below.file.isTest) continue;
    if (below.owner < 0 || !lockTaking.onReceiver(below, at)) continue;
    const runs = start.runs.map((run) => {
      const own = resolver.classes.method(below.owner, program.scopes[run]!.name);
      return program.scopes[run]!.owner >= 0 && own >= 0 ? own : run;
    });
    const seen = { ...start, scope: below, at, runs, direct: false };
    yield seen;
    yield* fromBases(analysis, seen, depth + 1);
  }
}
