// The fix that takes a lock around the statement of an access, and how the lock is written there. Offers nothing
// where the lock can't be named in that function.

import type { PlaceOf } from '../../flow/accesses';
import type { Lock } from '../../flow/locks';
import { ScopeKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { HeldAccess } from '../../whole/guards';
import type { FixProposal } from '../finding';

/** Taking the lock around the statement, where the lock can be named there. */
export function holdFixes(
  analysis: Analysis,
  place: PlaceOf,
  guard: Lock,
  access: HeldAccess,
): readonly FixProposal[] {
  const scope = analysis.program.scopes[access.scope]!;
  const expression = lockExpression(analysis, place, guard, access);
  if (expression === null) return [];
  const span = analysis.program.span(scope, access.at);
  return [
    {
      kind: 'hold-lock',
      title: `Hold ${expression} here`,
      safe: false,
      data: { path: scope.file.path, start: span.start, end: span.end, lock: expression },
    },
  ];
}

/** The text that means a place's guard where it is accessed; null when no text surely does. */
export function lockExpression(
  analysis: Analysis,
  place: PlaceOf,
  guard: Lock,
  access: HeldAccess,
): string | null {
  const scope = analysis.program.scopes[access.scope]!;
  if (scope.code.kind !== ScopeKind.Function || guard.weak || guard.model !== 'thread') return null;
  if (guard.label.startsWith('self.') && access.receiver === scope.code.op.length) {
    const receiver = scope.file.source.names[scope.code.slots[0] ?? 0];
    return `${receiver}${guard.label.slice('self'.length)}`;
  }
  return guard.key.startsWith(`global:${scope.file.path}:`) && place.ofModule ? guard.label : null;
}
