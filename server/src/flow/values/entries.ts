// Which parameters a framework fills with outside data: those of decorated handlers.

import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { ConstantKind, Op, ScopeKind } from '../../syntax/code';
import { functionExtra, positional } from '../../syntax/code-reader';
import { Binding, bindingOf } from '../function-facts';
import { LabelKind } from './labels';
import type { Pass } from './pass';

/** Labels of parameters at entry, by index; missing where there are none. */
export function entryLabels(pass: Pass): readonly number[] {
  const { scope, context, domain } = pass;
  const found: number[] = [];
  if (scope.code.kind !== ScopeKind.Function || scope.parent < 0 || scope.definedAt < 0) return found;
  const outer = context.resolver.program.scopes[scope.parent]!;
  for (const decorator of functionExtra(outer.code, scope.definedAt).decorators) {
    const isCall = outer.code.op[decorator] === Op.Call;
    const callee = isCall ? outer.code.a[decorator]! : decorator;
    const path = context.resolver.libraryPath(outer.id, callee);
    const entry = path === '' ? undefined : context.library.find(context.library.entries, path);
    if (entry === undefined) continue;
    const route = isCall ? routeOf(outer, decorator) : null;
    const first = scope.owner >= 0 && bindingOf(context.resolver.program, scope) !== Binding.Static ? 1 : 0;
    for (let parameter = first; parameter < scope.code.parameters.length; parameter++) {
      const name = pass.name(scope.code.slots[parameter]!);
      if (entry.parameters && !entry.parameters.includes(name)) continue;
      if (route !== null && !route.has(name)) continue;
      const label = domain.labels.origin({
        kind: LabelKind.Untrusted,
        scope: scope.id,
        at: -1 - parameter,
        words: entry.words,
        trust: entry.trust,
        evidence: SecretEvidence.Plain,
        parameter: -1,
        path: [],
      });
      found[parameter] = domain.labels.join(found[parameter] ?? 0, label);
    }
  }
  return found;
}

/** Names of the text parameters in a route like `/user/<name>/<int:page>` or `/user/{name}`; null when it has none. */
function routeOf({ code, file }: Scope, call: number): ReadonlySet<string> | null {
  const first = positional(code, call, 0);
  if (first < 0 || code.op[first] !== Op.Const) return null;
  const constant = file.source.constants[code.a[first]!]!;
  if (constant.kind !== ConstantKind.String || !constant.text.startsWith('/')) return null;
  if (constant.text.includes('{')) return null;
  const names = new Set<string>();
  for (const found of constant.text.matchAll(/<(?:(\w+)(?:\([^)]*\))?:)?(\w+)(?::\w+)?[^>]*>/g)) {
    if (found[1] === undefined || found[1] === 'string' || found[1] === 'path' || found[1] === 'any') {
      names.add(found[2]!);
    }
  }
  return names;
}
