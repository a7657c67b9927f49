// A way of calls in the words of a finding: one step for each call on it.

import type { Program, Scope } from '../../program/program';
import type { Report } from '../rule';
import { functionLabel } from './access-words';

/** The steps of a way, in its order. */
export function stepsAlong(
  program: Program,
  way: readonly { readonly scope: Scope; readonly at: number }[],
): NonNullable<Report['steps']> {
  return way.map(({ scope, at }) => ({
    ...program.span(scope, at),
    message: `${functionLabel(scope)} calls on.`,
  }));
}
