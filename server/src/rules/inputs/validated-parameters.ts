// Whether a framework has a function of the program look at a parameter, or a field of its model, before the handler sees
// it: `Annotated[str, AfterValidator(f)]`, `@field_validator('name')`, a pattern for the field. What the look is worth is
// not proved.

import { annotated, annotationOf } from '../../flow/annotations';
import { EntityKind } from '../../flow/entities';
import { dottedName, lastName } from '../../flow/function-facts';
import type { Root } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import { argumentCount, argumentValue, elements, functionExtra, keyword } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { madeFrom } from './routers';
import { parts } from './tested-on-the-way';

const maximumDepth = 5;
const maximumVisits = 40;
const validators = /^(After|Before|Plain|Wrap)Validator$/;
const fieldValidators = /^(field_validator|validator|validates)$/;

/** Whether something of the program's own has looked at what a parameter, or the field of it that is used, holds. */
export function isValidated(analysis: Analysis, flow: Flow, root: Root): boolean {
  if (isValidatedWhenMade(analysis, flow, root)) return true;
  if (root.at >= 0) return false;
  const { program, resolver } = analysis;
  const scope = program.scopes[root.scope]!;
  const annotation = annotationOf(program, scope, -1 - root.at);
  if (annotation < 0) return false;
  const outer = program.scopes[scope.parent]!;
  if (hasValidator(analysis, outer, annotation, 0)) return true;
  const { entities, classes } = resolver;
  const models = annotated(resolver, outer.id, annotation, maximumDepth)
    .filter((entity) => entities.kind[entity] === EntityKind.Instance)
    .flatMap((entity) => classes.order(entities.x[entity]!))
    .filter((base) => entities.kind[base] === EntityKind.Class)
    .map((base) => program.scopes[entities.x[base]!]!);
  if (models.length === 0) return false;
  const used = fieldsOf(analysis, flow);
  return [...used].some((name) => models.some((model) => isFieldValidated(analysis, model, name)));
}

const checksSelf = /^_*(validate|check|verify)(_|$)/;

/** Whether the object whose method uses a value has its parameters looked at where it is made: `self._validate()`. */
function isValidatedWhenMade({ program }: Analysis, { use }: Flow, root: Root): boolean {
  const { owner, file } = program.scopes[use.scope]!;
  if (owner < 0 || owner === program.scopes[root.scope]!.owner) return false;
  return file.source.codes.some((_, index) => {
    const scope = program.scopeOf(file, index);
    if (scope.owner !== owner || scope.name !== '__init__') return false;
    const { op, a } = scope.code;
    return op.some((one, at) => {
      const callee = a[at]!;
      if (one !== Op.Call || op[callee] !== Op.Attribute || !checksSelf.test(lastName(scope, callee)))
        return false;
      return op[a[callee]!] === Op.Local && a[a[callee]!] === 0;
    });
  });
}

/** The names of attributes that a flow goes through. */
function fieldsOf({ program, values }: Analysis, flow: Flow): ReadonlySet<string> {
  const found = new Set<string>();
  const note = (id: number, from: number) => {
    const scope = program.scopes[id]!;
    const { op, a, b } = scope.code;
    const work = [from];
    for (let visits = 0; work.length > 0 && visits < maximumVisits; visits++) {
      const at = work.pop()!;
      if (at < 0) continue;
      if (op[at] === Op.Attribute) found.add(scope.file.source.names[b[at]!]!);
      if (op[at] === Op.StoreLocal) work.push(b[at]!);
      else if (op[at] === Op.Call && op[a[at]!] === Op.Attribute) work.push(a[a[at]!]!);
      else work.push(...parts(scope, at));
    }
  };
  for (const { scope, at } of values.path(flow)) note(scope, at);
  for (let use: Flow['use'] | null = flow.use; use !== null; use = use.inner) note(use.scope, use.argument);
  return found;
}

/** Whether an annotation, or the one that a name of the program stands for, has a validator in it. */
function hasValidator(analysis: Analysis, scope: Scope, value: number, depth: number): boolean {
  const { code, file } = scope;
  if (value < 0 || depth > maximumDepth) return false;
  switch (code.op[value] as Op) {
    case Op.Item: {
      const index = code.b[value]!;
      if (code.op[index] !== Op.Tuple) return hasValidator(analysis, scope, index, depth + 1);
      return [...elements(code, index)].some((part) => hasValidator(analysis, scope, part, depth + 1));
    }
    case Op.Call:
      return (
        validators.test(lastName(scope, code.a[value]!)) ||
        ['pattern', 'regex'].some((name) => keyword(code, value, file.source.names.indexOf(name)) >= 0)
      );
    case Op.Binary:
      return (
        hasValidator(analysis, scope, code.a[value]!, depth + 1) ||
        hasValidator(analysis, scope, code.b[value]!, depth + 1)
      );
    case Op.Global: {
      const named = madeFrom(analysis, scope, value);
      return (
        named !== null && named.value !== value && hasValidator(analysis, named.scope, named.value, depth + 1)
      );
    }
    default:
      return false;
  }
}

/** Whether a model has a field looked at: by its annotation, its default, or a method that is named for it. */
function isFieldValidated(analysis: Analysis, model: Scope, name: string): boolean {
  const { bindings } = analysis.resolver;
  if (hasValidator(analysis, model, bindings.annotation(model.id, name), 0)) return true;
  const { code } = model;
  for (const { value } of bindings.of(model.id, name)) {
    if (code.op[value] === Op.Call && hasValidator(analysis, model, value, 0)) return true;
  }
  for (let at = 0; at < code.op.length; at++) {
    if (code.op[at] !== Op.Function) continue;
    for (const decorator of functionExtra(code, at).decorators) {
      if (code.op[decorator] !== Op.Call) continue;
      const last = dottedName(model, decorator).split('.').at(-1)!;
      if (!fieldValidators.test(last)) continue;
      for (let k = 0; k < argumentCount(code, decorator); k++) {
        const given = argumentValue(code, decorator, k);
        if (code.op[given] !== Op.Const) continue;
        const { kind, text } = model.file.source.constants[code.a[given]!]!;
        if (kind === ConstantKind.String && (text === name || text === '*')) return true;
      }
    }
  }
  return false;
}
