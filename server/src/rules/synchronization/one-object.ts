// Whether two methods can be run on one object: some class must have both, none replaced by its own. Methods of sibling
// classes share a field's name and its declaration in their base, never the field of an object.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';

/** Classes that are looked at below one; with more than that, anything is possible. */
const most = 64;

/** Whether some class has both methods; true where one of the two functions is no method. */
export function haveOneObject(analysis: Analysis, one: Scope, other: Scope): boolean {
  if (one.owner < 0 || other.owner < 0 || one.owner === other.owner) return true;
  const { classes } = analysis.resolver;
  const first = [one.owner, ...classes.descendants(one.owner, most)];
  const second = new Set([other.owner, ...classes.descendants(other.owner, most)]);
  if (first.length > most || second.size > most) return true;
  return first.some((id) => second.has(id) && runsOn(analysis, id, one) && runsOn(analysis, id, other));
}

/** Whether a method can be running on an object that has another one, which it calls: a class below that replaces the
 * caller by a method of its own, and never goes up to it, has the caller no more. */
export function mayCallOnSelf({ program, resolver }: Analysis, caller: Scope, callee: Scope): boolean {
  if (caller.owner < 0 || callee.owner < 0 || caller.owner === callee.owner) return true;
  const { classes } = resolver;
  if (!classes.descendants(caller.owner, most).includes(callee.owner)) return true;
  return runsOn({ program, resolver }, callee.owner, caller);
}

/** Whether no object runs a method: its class is one of the program's own (in a private module), nothing makes objects of
 * it, and all classes below have another method of that name. */
export function isReplacedEverywhere(analysis: Analysis, method: Scope): boolean {
  if (method.owner < 0 || !/(^|\/)_[^_/][^/]*$/.test(method.file.path)) return false;
  const { resolver, program, calls } = analysis;
  const below = resolver.classes.descendants(method.owner, most);
  if (below.length === 0 || below.length > most) return false;
  if (below.some((id) => runsOn(analysis, id, method))) return false;
  const init = resolver.classes.method(method.owner, '__init__');
  const makes = ({ caller, at }: { readonly caller: number; readonly at: number }) =>
    !program.scopes[caller]!.file.isTest &&
    resolver.targets(caller, at).some((one) => one.kind === 'class' && one.scope === method.owner);
  return init >= 0 && !calls.callers[init]!.some(makes);
}

/** Whether a value is the object that a method runs on. */
export function isReceiver({ resolver }: Analysis, scope: Scope, value: number): boolean {
  return scope.owner >= 0 && resolver.numberings.of(scope).number[value] === scope.code.op.length;
}

/** Whether one object can be on a whole way of calls, from the call at `at` on: where a step calls a method of the object
 * itself, the object's class must have just that method. */
export function isOneWay(
  analysis: Analysis,
  start: Scope,
  at: number,
  path: readonly { readonly scope: number; readonly at: number }[],
): boolean {
  const { program, lockTaking } = analysis;
  let caller = start;
  let call = at;
  let classes = classesRunning(analysis, start);
  for (const step of path) {
    const callee = program.scopes[step.scope]!;
    const own = classesRunning(analysis, callee);
    if (call < 0 || !lockTaking.onReceiver(caller, call)) classes = own;
    else if (classes && own) {
      const both = new Set(own);
      classes = classes.filter((id) => both.has(id));
      if (classes.length === 0) return false;
    } else classes = null;
    caller = callee;
    call = step.at;
  }
  return true;
}

/** The classes whose objects run a method; null where that is not known. */
function classesRunning(analysis: Analysis, method: Scope): readonly number[] | null {
  if (method.owner < 0) return null;
  const { classes } = analysis.resolver;
  const found = [method.owner, ...classes.descendants(method.owner, most)];
  return found.length > most ? null : found.filter((id) => runsOn(analysis, id, method));
}

/** Whether objects of a class run a method of a base of it: their own of that name replaces it, unless it goes up. */
function runsOn(
  { program, resolver }: Pick<Analysis, 'program' | 'resolver'>,
  classScope: number,
  method: Scope,
): boolean {
  const meant = resolver.classes.method(classScope, method.name);
  if (meant < 0 || meant === method.id) return true;
  const { code, file } = program.scopes[meant]!;
  const { op, a, b } = code;
  const { names } = file.source;
  const { number } = resolver.numberings.of(program.scopes[meant]!);
  return op.some((_, at) => {
    const callee = op[at] === Op.Call ? a[at]! : -1;
    if (callee < 0) return false;
    if (op[callee] === Op.Global) return names[a[callee]!] === 'super';
    // A call of the same name on the object itself comes back to what replaces.
    const isUpwards = op[callee] === Op.Attribute && names[b[callee]!] === method.name;
    return isUpwards && number[a[callee]!] !== op.length;
  });
}
