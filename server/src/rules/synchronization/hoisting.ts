// The fix that gives a lock a longer life: into the instance for a method whose class has an `__init__`, else into the
// module. Decides where and under which name; the text is made by the builder.

import type { Scope } from '../../program/program';
import { Op, ScopeKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { FixProposal } from '../finding';
import { outermostFunction } from './lock-words';

/** A proposal to make the lock of an instruction once, or null where no safe place is known. */
export function hoistFix(analysis: Analysis, scope: Scope, made: number): FixProposal | null {
  if (scope.code.kind !== ScopeKind.Function) return null;
  const span = analysis.program.span(scope, made);
  const place = { path: scope.file.path, start: span.start, end: span.end };
  const inInstance = instancePlace(analysis, scope);
  if (inInstance) {
    return {
      kind: 'hoist',
      title: `Make the lock once, as ${inInstance.name}`,
      safe: false,
      data: { ...place, name: inInstance.name, target: inInstance.target, before: inInstance.before },
    };
  }
  if (!usesModuleNamesOnly(scope, made)) return null;
  const name = unusedName(scope.file.source.names, '_lock');
  const definition = outermostFunction(analysis.program.scopes, scope);
  return {
    kind: 'hoist',
    title: `Make the lock once, as ${name} of the module`,
    safe: false,
    data: { ...place, name, target: name, before: definitionStart(analysis, definition) },
  };
}

/** Inside a method of a class whose own `__init__` stores fields: before the first of these stores. */
function instancePlace(
  analysis: Analysis,
  scope: Scope,
): { name: string; target: string; before: number } | null {
  if (scope.owner < 0 || scope.name === '__init__') return null;
  const init = analysis.resolver.classes.ownMethod(scope.owner, '__init__');
  if (init < 0) return null;
  const maker = analysis.program.scopes[init]!;
  const { names } = scope.file.source;
  const receiver = scope.code.parameters.length > 0 ? names[scope.code.slots[0]!]! : '';
  if (receiver !== 'self' || maker.code.parameters.length === 0) return null;
  const { op } = maker.code;
  let depth = 0;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.If || op[at] === Op.Loop || op[at] === Op.Try || op[at] === Op.With) depth++;
    else if (op[at] === Op.End) depth--;
    else if (op[at] === Op.StoreAttribute && depth === 0) {
      const name = unusedName(names, '_lock');
      const target = `${maker.file.source.names[maker.code.slots[0]!]!}.${name}`;
      return { name: `self.${name}`, target, before: analysis.program.span(maker, at).start };
    }
  }
  return null;
}

/** A constructor call that reads only module names means the same at module level. */
function usesModuleNamesOnly(scope: Scope, made: number): boolean {
  const { op, start, end } = scope.code;
  for (let at = 0; at < made; at++) {
    if (start[at]! < start[made]! || end[at]! > end[made]!) continue;
    if (op[at] !== Op.Global && op[at] !== Op.Attribute && op[at] !== Op.Const) return false;
    // A module imported inside the function is a local.
  }
  return true;
}

/** Where the top-level definition begins, its decorators included. */
function definitionStart(analysis: Analysis, definition: Scope): number {
  const { base } = definition.code;
  const outer = analysis.program.scopes[definition.parent];
  if (!outer || definition.definedAt < 0) return base;
  const { extra, b, start } = outer.code;
  const from = b[definition.definedAt]!;
  return extra[from]! > 0 ? Math.min(base, outer.code.base + start[extra[from + 1]!]!) : base;
}

function unusedName(names: readonly string[], wish: string): string {
  let name = wish;
  for (let k = 2; names.includes(name); k++) name = `${wish}_${k}`;
  return name;
}
