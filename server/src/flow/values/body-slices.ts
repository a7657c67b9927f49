// What the body of a module or class keeps under a name, from the statement alone that binds it: most are bound once, to what
// a library function makes or to a display of constants, and all the rest of the body has no say in it. Refuses whatever
// enters code of the program, brings a label in, or reads a name that the body binds to more than this tells of.

import type { Scope } from '../../program/program';
import { Op, ScopeKind } from '../../syntax/code';
import type { Context } from './context';
import { bottom } from './domain';
import { execute } from './instructions';
import { marksOf } from './marks';
import { Pass } from './pass';
import { plainName } from './plain-names';

const maximumNesting = 3;
const maximumLength = 60;

/** A value that one statement of a body keeps; null when the body has to be interpreted for that. The caller sees to it
 * that what the statement asks and stores stays between them. */
export function keptByStatement(context: Context, body: Scope, name: string, nesting = 0): number | null {
  const { bindings } = context.resolver;
  const bound = bindings.of(body.id, name);
  if (bound.length !== 1 || bound[0]!.scope !== body.id || nesting > maximumNesting) return null;
  if (marksOf(body) !== null || context.declared !== null) return null;
  const { code } = body;
  const { value } = bound[0]!;
  let first = value;
  while (first > 0 && value - first < maximumLength && isPart(code.op[first - 1] as Op)) first--;
  if (!isPart(code.op[value] as Op) || (first > 0 && isPart(code.op[first - 1] as Op))) return null;
  const store = storeOf(body, value, name);
  if (store < 0 || isReadIn(body, name)) return null;
  const pass = new Pass(context, body, 0);
  for (let at = first; at <= value; at++) {
    const op = code.op[at] as Op;
    if (op === Op.Call && entersProgram(context, body, at)) return null;
    if (op === Op.Global && !gives(pass, body, at, nesting)) return null;
    execute(pass, at, op);
    if (context.domain.hasLabels(pass.values[at]!)) return null;
  }
  execute(pass, store, code.op[store] as Op);
  return pass.flows.size === 0 && pass.environment !== null ? stored(pass, body, store) : null;
}

/** What the store left in its slot. */
function stored({ environment, nameSlots, domain }: Pass, { code }: Scope, store: number): number | null {
  const slot = code.op[store] === Op.StoreGlobal ? nameSlots.get(code.a[store]!) : code.a[store]!;
  const value = slot === undefined ? bottom : environment!.values[slot]!;
  return value === bottom || domain.hasLabels(value) ? null : value;
}

/** Puts what a name of the module holds where its read finds it; false when that is not known. */
function gives(pass: Pass, body: Scope, at: number, nesting: number): boolean {
  const { context, environment, nameSlots } = pass;
  const slot = nameSlots.get(body.code.a[at]!);
  // In a class, names of the module are not seen.
  if (slot === undefined) return true;
  const name = pass.name(body.code.a[at]!);
  const { resolver, domain } = context;
  const value = plainName(resolver, domain, body, name) ?? keptByStatement(context, body, name, nesting + 1);
  if (value === null || value === bottom || resolver.bindings.of(body.id, name).length !== 1) return false;
  environment!.values[slot] = value;
  return true;
}

function entersProgram({ resolver }: Context, body: Scope, at: number): boolean {
  return resolver.targets(body.id, at).some(({ kind }) => kind !== 'library');
}

/** Whether a body reads a name itself: it may change what is kept there. */
function isReadIn({ code, file }: Scope, name: string): boolean {
  const { op, a, slots, kind } = code;
  const { names } = file.source;
  for (let at = 0; at < op.length; at++) {
    if (kind === ScopeKind.Module ? op[at] === Op.Global && names[a[at]!] === name : false) return true;
    if (op[at] === Op.Local && names[slots[a[at]!]!] === name) return true;
  }
  return false;
}

/** The instruction that stores a value under a name; -1 when it is not found behind it. */
function storeOf({ code, file }: Scope, value: number, name: string): number {
  const { op, a, b, slots, kind } = code;
  for (let at = value + 1; at < op.length && at < value + 8; at++) {
    const own =
      op[at] === Op.StoreGlobal && kind === ScopeKind.Module
        ? a[at]!
        : op[at] === Op.StoreLocal
          ? slots[a[at]!]!
          : -1;
    if (own >= 0 && b[at] === value && file.source.names[own] === name) return at;
  }
  return -1;
}

/** Whether an instruction is a part of an expression that needs nothing but its operands. */
function isPart(op: Op): boolean {
  switch (op) {
    case Op.Const:
    case Op.Global:
    case Op.Attribute:
    case Op.Item:
    case Op.Call:
    case Op.Binary:
    case Op.Unary:
    case Op.Compare:
    case Op.List:
    case Op.Tuple:
    case Op.Set:
    case Op.Dict:
    case Op.Slice:
      return true;
    default:
      return false;
  }
}
