// Which parameters a framework fills with outside data: those of decorated handlers.

import type { Entry } from '../../library/schema';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { ConstantKind, Op, ScopeKind } from '../../syntax/code';
import { functionExtra, positional } from '../../syntax/code-reader';
import { annotated, annotationOf } from '../annotations';
import { EntityKind } from '../entities';
import { Binding, bindingOf, decoratorNames } from '../function-facts';
import { LabelKind } from './labels';
import type { Pass } from './pass';

const maximumDepth = 6;

/** What frameworks do with the results of a function that they call, by its decorators. */
export function entryResults({ scope, context }: Pass): readonly NonNullable<Entry['result']>[] {
  const { resolver, library } = context;
  if (scope.code.kind !== ScopeKind.Function || scope.parent < 0 || scope.definedAt < 0) return [];
  const outer = resolver.program.scopes[scope.parent]!;
  return functionExtra(outer.code, scope.definedAt).decorators.flatMap((decorator) => {
    const callee = outer.code.op[decorator] === Op.Call ? outer.code.a[decorator]! : decorator;
    const path = resolver.libraryPath(outer.id, callee);
    const result = path === '' ? undefined : library.find(library.entries, path)?.result;
    return result === undefined ? [] : [result];
  });
}

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
    // A parameter that the route of Flask or Bottle does not name is not filled from the URL.
    const route = isCall && /^(flask|bottle)\./.test(path) ? routeOf(outer, decorator) : null;
    const first = scope.owner >= 0 && bindingOf(context.resolver.program, scope) !== Binding.Static ? 1 : 0;
    for (let parameter = first; parameter < scope.code.parameters.length; parameter++) {
      const name = pass.name(scope.code.slots[parameter]!);
      if (entry.parameters && !entry.parameters.includes(name)) continue;
      if (route !== null && !route.has(name)) continue;
      if (validates(pass, path) && isChecked(pass, parameter)) continue;
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

/** Whether arguments are converted to what the annotations say: FastAPI does, Flask with a validating decorator. */
function validates({ scope, context }: Pass, path: string): boolean {
  if (path.startsWith('fastapi.')) return true;
  return decoratorNames(context.resolver.program, scope).some((name) => /validate/.test(name));
}

const checkedTypes =
  /^(int|float|bool|complex|uuid\.|ipaddress\.|datetime\.|decimal\.|enum\.|pydantic\.(IP|UUID|PositiveInt|conint|EmailStr))/;

/** Whether every type of a parameter's annotation leaves only harmless texts. */
function isChecked({ scope, context }: Pass, parameter: number): boolean {
  const { resolver } = context;
  const annotation = annotationOf(resolver.program, scope, parameter);
  if (annotation < 0) return false;
  const types = annotated(resolver, scope.parent, annotation, maximumDepth);
  return types.length > 0 && types.every((type) => isCheckedType(resolver, type));
}

/** A number, an address; a text type of the program's own, which checks in its constructor; an enumeration. */
function isCheckedType({ entities, classes }: Pass['context']['resolver'], type: number): boolean {
  if (entities.kind[type] === EntityKind.Library) return checkedTypes.test(entities.path(type));
  if (entities.kind[type] !== EntityKind.Instance) return false;
  return classes.order(entities.x[type]!).some((base) => /^(str|int|enum\.\w+)$/.test(entities.path(base)));
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
    if (found[1] === undefined || found[1] === 'string' || found[1] === 'path') {
      names.add(found[2]!);
    }
  }
  return names;
}
