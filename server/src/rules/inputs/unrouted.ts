// Whether a class that answers requests is named nowhere in a program that names others: no route leads to it, and no
// class is made from it. By names alone; what is decorated may be registered by that, and a program without any such place is a library for others, and says nothing.

import { decoratorNames } from '../../flow/function-facts';
import type { Root } from '../../flow/values/labels';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { classExtra } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const routing =
  /^(add_url_rule|add_resource|add_handlers?|Application|url|path|re_path|urlpatterns|url_patterns|handlers|include|register|route|URLSpec|default_handlers)$/;

/** Whether no route of a program that has some leads to the handler that a value comes in by. */
export function isUnrouted({ program }: Analysis, root: Root): boolean {
  const scope = program.scopes[root.scope]!;
  if (scope.owner < 0 || decoratorNames(program, scope).length > 0) return false;
  const handler = program.scopes[scope.owner]!;
  const { name, file: home } = handler;
  if (classExtra(program.scopes[handler.parent]!.code, handler.definedAt).decorators.length > 0) return false;
  let routes = false;
  for (const file of program.files) {
    const { names } = file.source;
    routes ||= names.some((one) => routing.test(one));
    if (!names.includes(name)) continue;
    if (file !== home) return false;
    if (file.source.codes.some((_, index) => isNamed(program.scopeOf(file, index), name))) return false;
  }
  return routes;
}

function isNamed({ code, file }: Scope, name: string): boolean {
  const { op, a, b } = code;
  const { names, constants } = file.source;
  return op.some((one, at) => {
    switch (one as Op) {
      case Op.Global:
      case Op.Captured:
        return names[a[at]!] === name;
      case Op.Attribute:
        return names[b[at]!] === name;
      case Op.Const:
        return constants[a[at]!]!.text === name;
      default:
        return false;
    }
  });
}
