// What the parts of rule 205 hand to each other: an option that is not marked, and the edit that marks it.

import type { Scope } from '../../program/program';
import type { Confidence, FixProposal } from '../finding';

/** An option that is not marked. */
export interface Unmarked {
  readonly scope: Scope;
  readonly at: number;
  readonly message: string;
  readonly confidence: Confidence;
  readonly fixes: readonly FixProposal[];
}

/** A proposal to put a text behind a value. */
export function insertion(scope: Scope, value: number, text: string): FixProposal {
  const { base, end } = scope.code;
  const place = base + end[value]!;
  return {
    kind: 'replace',
    title: 'Mark the option as secret',
    safe: true,
    data: { edits: [{ start: place, end: place, text }] },
  };
}
