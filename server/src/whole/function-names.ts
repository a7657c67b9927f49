// Names by which a value may be a function: those of functions, and of module variables that something is stored in that is
// not seen at once to be none. A function that is kept under a third name was given it under one of these.

import { isProperty, isSetter } from '../flow/function-facts';
import type { Program } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';

/** What no function is, or what shows the function itself where it is stored. */
const plain: ReadonlySet<Op> = new Set([
  Op.Const,
  Op.Format,
  Op.Binary,
  Op.Compare,
  Op.Class,
  Op.Global,
  Op.List,
  Op.Tuple,
  Op.Set,
  Op.Dict,
]);

/** The names of functions that are no properties, as attributes have them; and those that module variables may have. */
export function functionNames(program: Program): readonly [Set<string>, Set<string>] {
  const { scopes } = program;
  const attributes = new Set<string>();
  for (const scope of scopes) {
    if (scope.code.kind !== ScopeKind.Function || attributes.has(scope.name)) continue;
    if (scope.owner >= 0 && (isProperty(program, scope) || isSetter(program, scope))) continue;
    attributes.add(scope.name);
  }
  const variables = new Set(attributes);
  for (const { code, file } of scopes) {
    const { op, a, b } = code;
    const { names } = file.source;
    // Few scopes have any, and `indexOf` is slow in memory that threads share.
    if (!op.includes(Op.StoreGlobal)) continue;
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.StoreGlobal) continue;
      const value = b[at]!;
      const kind = op[value] as Op;
      // A call gives a function that was handed to it, or that another one returns.
      const isCall = kind === Op.Call && !(op[a[value]!] === Op.Global && names[a[a[value]!]!] === 'getattr');
      const isImport = kind === Op.Import && (b[value]! < 0 || b[value] === a[at]);
      // What functions store may be something else after an edit.
      const stays = code.kind === ScopeKind.Module || code.kind === ScopeKind.Class;
      if (!stays || (!plain.has(kind) && !isCall && !isImport)) variables.add(names[a[at]!]!);
    }
  }
  return [attributes, variables];
}
