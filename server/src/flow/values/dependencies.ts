// Parameters that a framework fills with what a function of the program returns: `= Depends(f)`, `Annotated[T,
// Depends(f)]`, also where the annotation or the default has a name of its own, in this module or in another one.

import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { elements, functionExtra } from '../../syntax/code-reader';
import { annotationOf } from '../annotations';
import { EntityKind } from '../entities';
import { dottedName } from '../function-facts';
import { bottom } from './domain';
import { argumentOf } from './entry-points';
import type { Pass } from './pass';
import { allInputs } from './summary';

const maximumDepth = 5;

interface Dependency {
  readonly scope: Scope;
  /** The call that names the function. */
  readonly call: number;
}

/** Whether a function of the program fills a parameter. */
export function isDependency(pass: Pass, parameter: number): boolean {
  return dependencyOf(pass, parameter) !== null;
}

/** What a dependency of a handler gives it; bottom when the parameter is none, or nothing is known. */
export function dependencyValue(pass: Pass, parameter: number): number {
  const { context, domain } = pass;
  const dependency = dependencyOf(pass, parameter);
  if (dependency === null) return bottom;
  const { resolver, library } = context;
  const { scope, call } = dependency;
  const entry = library.find(library.registrations, resolver.libraryPath(scope.id, scope.code.a[call]!))!;
  const callable = argumentOf(scope, call, entry.callable);
  let value: number = bottom;
  for (const entity of callable < 0 ? [] : resolver.denotes(scope.id, callable)) {
    if (resolver.entities.kind[entity] !== EntityKind.Function) continue;
    const summary = context.summary(resolver.entities.x[entity]!, allInputs);
    if (summary !== undefined) value = domain.join(value, context.concrete.of(summary.result));
  }
  return value;
}

function dependencyOf(pass: Pass, parameter: number): Dependency | null {
  const { scope, context } = pass;
  if (scope.parent < 0 || scope.definedAt < 0 || context.entryPoints.of(scope).length === 0) return null;
  const { program } = context.resolver;
  const outer = program.scopes[scope.parent]!;
  for (const one of functionExtra(outer.code, scope.definedAt).defaults) {
    const given = one.parameter === parameter ? giver(pass, outer, one.value, 0) : null;
    if (given !== null) return given;
  }
  const annotation = annotationOf(program, scope, parameter);
  return annotation < 0 ? null : inAnnotation(pass, outer, annotation, 0);
}

/** The call that names the function behind a default, also where a variable or a function of the program holds it. */
function giver(pass: Pass, scope: Scope, value: number, depth: number): Dependency | null {
  if (depth > maximumDepth) return null;
  if (isGiver(pass, scope, value)) return { scope, call: value };
  const { resolver } = pass.context;
  const { code, file } = scope;
  if (code.op[value] === Op.Global) {
    const bound = resolver.bindings.of(file.firstScope, file.source.names[code.a[value]!]!)[0];
    if (bound === undefined) return null;
    return giver(pass, resolver.program.scopes[bound.scope]!, bound.value, depth + 1);
  }
  if (code.op[value] !== Op.Call) return null;
  for (const entity of resolver.denotes(scope.id, code.a[value]!)) {
    if (resolver.entities.kind[entity] !== EntityKind.Function) continue;
    const made = resolver.program.scopes[resolver.entities.x[entity]!]!;
    for (let at = 0; at < made.code.op.length; at++) {
      if (made.code.op[at] !== Op.Return || made.code.a[at]! < 0) continue;
      const given = giver(pass, made, made.code.a[at]!, depth + 1);
      if (given !== null) return given;
    }
  }
  return null;
}

/** Whether a value is a call that names the function which fills a parameter. */
function isGiver({ context }: Pass, scope: Scope, value: number): boolean {
  if (scope.code.op[value] !== Op.Call) return false;
  const { resolver, library } = context;
  const path = resolver.libraryPath(scope.id, scope.code.a[value]!);
  return path !== '' && library.find(library.registrations, path)?.converts === true;
}

function inAnnotation(pass: Pass, scope: Scope, value: number, depth: number): Dependency | null {
  const { code } = scope;
  if (depth > maximumDepth) return null;
  switch (code.op[value] as Op) {
    case Op.Item: {
      const index = code.b[value]!;
      if (!/(^|\.)Annotated$/.test(dottedName(scope, code.a[value]!)) || code.op[index] !== Op.Tuple)
        return null;
      const call = elements(code, index).find((part) => isGiver(pass, scope, part));
      if (call !== undefined) return { scope, call };
      return inAnnotation(pass, scope, elements(code, index)[0]!, depth + 1);
    }
    case Op.Binary: {
      const left = inAnnotation(pass, scope, code.a[value]!, depth + 1);
      return left ?? inAnnotation(pass, scope, code.b[value]!, depth + 1);
    }
    case Op.Global:
      return named(pass, scope.file.firstScope, scope.file.source.names[code.a[value]!]!, depth + 1);
    default:
      return null;
  }
}

/** The same for an annotation with a name of its own. */
function named(pass: Pass, module: number, name: string, depth: number): Dependency | null {
  const { resolver } = pass.context;
  const { program, bindings, modules } = resolver;
  const bound = bindings.of(module, name)[0];
  if (bound === undefined) return null;
  const scope = program.scopes[bound.scope]!;
  const { op, a, b, c } = scope.code;
  if (op[bound.value] !== Op.Import) return inAnnotation(pass, scope, bound.value, depth);
  if (b[bound.value]! < 0) return null;
  const { names } = scope.file.source;
  const dotted = modules.absolute(names[a[bound.value]!]!, c[bound.value]!, scope.file);
  const file = modules.resolve(dotted, scope.file);
  if (file === null || file === undefined || depth > maximumDepth) return null;
  return named(pass, file.firstScope, names[b[bound.value]!]!, depth + 1);
}
