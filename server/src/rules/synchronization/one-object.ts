// Whether two methods can be run on one object: some class must have both. Methods of sibling classes share a field's
// name and its declaration in their base, never the field of an object.

import type { Scope } from '../../program/program';
import type { Analysis } from '../../whole/analysis';

/** Classes that are looked at below one; with more than that, anything is possible. */
const most = 64;

/** Whether some class has both methods; true where one of the two functions is no method. */
export function haveOneObject({ resolver }: Analysis, one: Scope, other: Scope): boolean {
  if (one.owner < 0 || other.owner < 0 || one.owner === other.owner) return true;
  const { classes } = resolver;
  const first = [one.owner, ...classes.descendants(one.owner, most)];
  const second = new Set([other.owner, ...classes.descendants(other.owner, most)]);
  if (first.length > most || second.size > most) return true;
  return first.some((id) => second.has(id));
}
