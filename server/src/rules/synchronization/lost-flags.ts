// Flags that one function looks at and puts back under the lock, while another sets them without it: what the other asked
// for is then forgotten. Told of literal truth values only.

import { AccessKind, isWrite } from '../../flow/accesses';
import type { Lock } from '../../flow/locks';
import type { Scope } from '../../program/program';
import { type Constant, ConstantKind, LoopKind, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded, HeldAccess } from '../../whole/guards';

/** The functions that look at a flag and put it back under the lock, so that what is stored meanwhile goes under; as far
 * as it asks for something, or comes from a thread of its own. */
export function flagsLost(
  analysis: Analysis,
  guarded: Guarded,
  guard: Lock,
  access: HeldAccess,
): readonly number[] {
  const stored = storedTruth(analysis, access);
  if (stored === null) return [];
  const byThread =
    analysis.roots.reaching(access.scope).some(({ kind }) => kind !== 'callback') &&
    goesRound(analysis, access);
  const found = guarded.accesses.filter((put) => {
    if (put.kind !== AccessKind.Write || !put.locks.includes(guard)) return false;
    if (storedTruth(analysis, put) !== !stored || !(byThread || stored)) return false;
    const looked = guarded.accesses.findLast(
      (one) => one.scope === put.scope && one.at < put.at && !isWrite(one.kind) && one.locks.includes(guard),
    );
    // What is put back before the work is done forgets nothing.
    return looked !== undefined && (!stored || callsBetween(analysis, looked, put));
  });
  return found.map(({ scope }) => scope);
}

/** The thread looks for more to do until it finds none: who still sees it running counts on it. A job that is done once
 * leaves nothing to those who see its flag. */
function goesRound({ program, calls }: Analysis, { scope }: HeldAccess): boolean {
  const own = program.scopes[scope]!;
  const called = calls.calleesOf(scope).map(({ callee }) => program.scopes[callee]!);
  return [own, ...called.filter(({ owner }) => owner === own.owner)].some(({ code: { op, c } }) =>
    op.some((one, at) => one === Op.Loop && c[at] === LoopKind.While),
  );
}

function callsBetween({ program }: Analysis, from: HeldAccess, to: HeldAccess): boolean {
  const { op } = program.scopes[from.scope]!.code;
  for (let at = from.at + 1; at < to.at; at++) if (op[at] === Op.Call) return true;
  return false;
}

/** The truth value that a store puts in a place; null when it is no such literal. */
export function storedTruth(analysis: Analysis, access: Pick<HeldAccess, 'scope' | 'at'>): boolean | null {
  return truthOf(storedConstant(analysis, access));
}

function truthOf(constant: Constant | null): boolean | null {
  if (constant?.kind === ConstantKind.True) return true;
  return constant?.kind === ConstantKind.False ? false : null;
}

/** The literal that a store puts in the place; null when it is none. */
function storedConstant(analysis: Analysis, access: Pick<HeldAccess, 'scope' | 'at'>): Constant | null {
  const scope = analysis.program.scopes[access.scope]!;
  const value = storedValue(scope, access.at);
  if (value < 0 || scope.code.op[value] !== Op.Const) return null;
  return scope.file.source.constants[scope.code.a[value]!]!;
}

/** The value that a store instruction stores, -1 for any other instruction. */
function storedValue({ code: { op, b, c } }: Scope, at: number): number {
  if (op[at] === Op.StoreAttribute) return c[at]!;
  return op[at] === Op.StoreGlobal ? b[at]! : -1;
}
