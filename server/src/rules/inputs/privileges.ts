// Whether only those who run a service reach an entry point: what its file, its class, its decorators, and what fills its
// parameters, are called. What they check is not looked at.

import { annotationOf } from '../../flow/annotations';
import { decoratorNames, dottedName } from '../../flow/function-facts';
import type { Root } from '../../flow/values/labels';
import type { Scope } from '../../program/program';
import { Op, ScopeKind } from '../../syntax/code';
import { argumentCount, argumentValue, elements, functionExtra } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const privileged =
  /(^|[_.])(is_?)?(admin|administrator|superuser|staff|root|operator|owner|maintainer)s?([_.]|$)|[a-z]Admin|^Admin|IsAdmin/;
const adminFile = /(^|\/)admin(istration|istrator|panel)?(\/[^/]+)?\.py$/;
const maximumDepth = 4;

/** A router that is called `root` serves the root of the site: `@root.route('/login')`. */
const atRoot = /^root\.(?=(route|get|post|put|patch|delete|head|options|websocket|api_route)$)/;

/** Whether a name speaks of those who run a service. */
export function isPrivilege(name: string): boolean {
  return privileged.test(name.replace(atRoot, ''));
}

/** Whether only those who run the service can send a value. */
export function isFromPrivileged({ program }: Analysis, root: Root): boolean {
  if (adminFile.test(program.scopes[root.scope]!.file.path)) return true;
  for (let id = root.scope; id >= 0; id = program.scopes[id]!.parent) {
    const scope = program.scopes[id]!;
    if (scope.code.kind === ScopeKind.Class && privileged.test(scope.name)) return true;
    if (scope.parent < 0 || scope.definedAt < 0) continue;
    if (decoratorNames(program, scope).some(isPrivilege)) return true;
    const outer = program.scopes[scope.parent]!;
    const { decorators, defaults } = functionExtra(outer.code, scope.definedAt);
    if ([...decorators, ...defaults.map(({ value }) => value)].some((value) => names(outer, value, 0)))
      return true;
    for (let parameter = 0; parameter < scope.code.parameters.length; parameter++) {
      const annotation = annotationOf(program, scope, parameter);
      if (annotation >= 0 && names(outer, annotation, 0)) return true;
    }
  }
  return false;
}

const asksForRole =
  /(^|[_.])(requires?|needs?|has|check|ensure|must_be)_(\w+_)?(roles?|permissions?|groups?)$|(^|[_.])roles?_(required|accepted|allowed)$/i;

/** Whether a call names roles, and none but those of who runs the service: `require_role(['admin'])`. */
function demands(scope: Scope, call: number): boolean {
  const { code, file } = scope;
  const given: number[] = [];
  for (let k = 0; k < argumentCount(code, call); k++) {
    const value = argumentValue(code, call, k);
    const isList = code.op[value] === Op.List || code.op[value] === Op.Tuple;
    given.push(...(isList ? elements(code, value) : [value]));
  }
  return (
    given.length > 0 &&
    given.every(
      (value) =>
        code.op[value] === Op.Const &&
        /^(admin|administrator|superuser|super_?admin|root)$/i.test(
          file.source.constants[code.a[value]!]!.text,
        ),
    )
  );
}

/** Whether a value is, or is made with, something that is named for a privilege. */
function names(scope: Scope, value: number, depth: number): boolean {
  const { code } = scope;
  if (value < 0 || depth > maximumDepth) return false;
  switch (code.op[value] as Op) {
    case Op.Call: {
      if (names(scope, code.a[value]!, depth + 1)) return true;
      if (asksForRole.test(dottedName(scope, code.a[value]!)) && demands(scope, value)) return true;
      for (let k = 0; k < argumentCount(code, value); k++)
        if (names(scope, argumentValue(code, value, k), depth + 1)) return true;
      return false;
    }
    case Op.Item:
      return names(scope, code.a[value]!, depth + 1) || names(scope, code.b[value]!, depth + 1);
    case Op.Tuple:
    case Op.List:
      return [...elements(code, value)].some((part) => names(scope, part, depth + 1));
    case Op.Global:
    case Op.Local:
    case Op.Attribute:
      return isPrivilege(dottedName(scope, value));
    default:
      return false;
  }
}
