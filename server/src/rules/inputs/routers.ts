// Where the object that a route is registered on is made, across modules, and which calls put it into another one. By
// names and imports alone; a router that a function returns is not found.

import { lastName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

/** A value in a scope: the call that makes a router, or one that takes it in. */
export interface Place {
  readonly scope: Scope;
  readonly value: number;
}

const maximumDepth = 5;

/** What a name or an attribute of a module was last made from in its module or function; null when it is not found. */
export function madeFrom(analysis: Analysis, scope: Scope, value: number, depth = 0): Place | null {
  const { code, file } = scope;
  const { op, a, b } = code;
  const { names } = file.source;
  if (value < 0 || depth > maximumDepth) return null;
  switch (op[value] as Op) {
    case Op.Local:
      for (let at = op.length - 1; at >= 0; at--) {
        if (op[at] === Op.StoreLocal && a[at] === a[value]) return behind(analysis, scope, b[at]!, depth);
      }
      return null;
    case Op.Captured:
    case Op.Global:
      return namedAround(analysis, scope, names[a[value]!]!, depth);
    case Op.Attribute: {
      const module = madeFrom(analysis, scope, a[value]!, depth + 1);
      return module === null ? null : memberOf(analysis, module, names[b[value]!]!, depth);
    }
    default:
      return null;
  }
}

function namedAround(analysis: Analysis, scope: Scope, name: string, depth: number): Place | null {
  const { scopes } = analysis.program;
  for (let id = scope.parent; id >= 0; id = scopes[id]!.parent) {
    const outer = scopes[id]!;
    const { op, a, b, slots } = outer.code;
    for (let at = op.length - 1; at >= 0; at--) {
      if (op[at] === Op.StoreLocal && outer.file.source.names[slots[a[at]!]!] === name)
        return behind(analysis, outer, b[at]!, depth);
    }
  }
  return inModule(analysis, scope.file.firstScope, name, depth);
}

function inModule(analysis: Analysis, module: number, name: string, depth: number): Place | null {
  const bound = analysis.resolver.bindings.of(module, name).at(-1);
  return bound === undefined || depth > maximumDepth
    ? null
    : behind(analysis, analysis.program.scopes[bound.scope]!, bound.value, depth);
}

/** The value itself, or what an import of it means. */
function behind(analysis: Analysis, scope: Scope, value: number, depth: number): Place | null {
  const { op, a, b, c } = scope.code;
  if (op[value] !== Op.Import) {
    const isName = op[value] === Op.Global || op[value] === Op.Local || op[value] === Op.Attribute;
    return isName ? madeFrom(analysis, scope, value, depth + 1) : { scope, value };
  }
  if (b[value]! < 0) return { scope, value };
  const { names } = scope.file.source;
  const { modules } = analysis.resolver;
  const dotted = modules.absolute(names[a[value]!]!, c[value]!, scope.file);
  const name = names[b[value]!]!;
  const file = modules.resolve(dotted, scope.file);
  const isOwn = file !== null && file === scope.file;
  const found = file && !isOwn ? inModule(analysis, file.firstScope, name, depth + 1) : null;
  return found ?? { scope, value };
}

/** A name of the module that an import binds. */
function memberOf(analysis: Analysis, module: Place, name: string, depth: number): Place | null {
  const { scope, value } = module;
  const { op, a, b, c } = scope.code;
  if (op[value] !== Op.Import) return null;
  const { names } = scope.file.source;
  const { modules } = analysis.resolver;
  const from = modules.absolute(names[a[value]!]!, c[value]!, scope.file);
  const dotted = b[value]! < 0 ? from : `${from}.${names[b[value]!]!}`;
  const file = modules.resolve(dotted, scope.file);
  return file ? inModule(analysis, file.firstScope, name, depth + 1) : null;
}

/** The calls that put a router into an application or another router. */
export function inclusionsOf(analysis: Analysis, router: Place): readonly Place[] {
  const found: Place[] = [];
  for (const file of analysis.program.files) {
    if (!file.source.names.includes('include_router')) continue;
    for (let index = 0; index < file.source.codes.length; index++) {
      const scope = analysis.program.scopeOf(file, index);
      const { code } = scope;
      for (let at = 0; at < code.op.length; at++) {
        if (code.op[at] !== Op.Call || lastName(scope, code.a[at]!) !== 'include_router') continue;
        const given = madeFrom(analysis, scope, positional(code, at, 0));
        if (given?.scope === router.scope && given.value === router.value) found.push({ scope, value: at });
      }
    }
  }
  return found;
}
