// What an annotation says a value is: `Foo`, `'Foo'`, `Optional[Foo]`, `Foo | None`. Containers of things say nothing yet.

import type { Program, Scope } from '../program/program';
import { BinaryOperator, ConstantKind, Op } from '../syntax/code';
import { annotationAt, returnAnnotationAt } from '../syntax/code-reader';
import { Answer, asInstance } from './answer';
import { EntityKind } from './entities';
import { dottedName } from './function-facts';
import type { Resolver } from './resolver';

const transparent = new Set([
  'Optional',
  'Annotated',
  'Final',
  'ClassVar',
  'Required',
  'NotRequired',
  'Union',
  'Self',
]);

/** The value, in the enclosing scope, of a parameter's annotation; -1 when it has none. */
export function annotationOf(program: Program, scope: Scope, parameter: number): number {
  if (scope.parent < 0 || scope.definedAt < 0) return -1;
  const outer = program.scopes[scope.parent]!;
  if (outer.code.op[scope.definedAt] !== Op.Function) return -1;
  return annotationAt(outer.code, scope.definedAt, parameter);
}

/** The value, in the enclosing scope, of the return annotation; -1 when there is none. */
export function returnAnnotationOf(program: Program, scope: Scope): number {
  if (scope.parent < 0 || scope.definedAt < 0) return -1;
  const outer = program.scopes[scope.parent]!;
  if (outer.code.op[scope.definedAt] !== Op.Function) return -1;
  return returnAnnotationAt(outer.code, scope.definedAt);
}

/** Entities of a value annotated with this expression. */
export function annotated(
  resolver: Resolver,
  scopeId: number,
  value: number,
  depth: number,
): readonly number[] {
  const scope = resolver.program.scopes[scopeId]!;
  const { op, a, b, c, extra } = scope.code;
  const answer = new Answer();
  if (!resolver.spend(depth)) return answer.entities;
  if (op[value] === Op.Item) {
    const name = dottedName(scope, a[value]!);
    const last = name.slice(name.lastIndexOf('.') + 1);
    const index = b[value]!;
    if (last === 'Type' || last === 'type') return classesNamed(resolver, scopeId, index, depth - 1);
    if (!transparent.has(last)) return annotated(resolver, scopeId, a[value]!, depth - 1);
    if (op[index] !== Op.Tuple) return annotated(resolver, scopeId, index, depth - 1);
    const from = b[index]!;
    for (let k = 0; k < extra[from]!; k++)
      answer.add(annotated(resolver, scopeId, extra[from + 1 + k]!, depth - 1));
    return answer.entities;
  }
  if (op[value] === Op.Binary && (c[value]! & 63) === BinaryOperator.Or) {
    answer.add(annotated(resolver, scopeId, a[value]!, depth - 1));
    answer.add(annotated(resolver, scopeId, b[value]!, depth - 1));
    return answer.entities;
  }
  if (op[value] === Op.Const) return quoted(resolver, scope, value, depth);
  const number = resolver.numberings.of(scope).number[value]!;
  const named = resolver.at(scopeId, number, depth);
  for (let k = 0; k < named.length; k++) {
    const entity = named[k]!;
    if (resolver.entities.kind[entity] === EntityKind.Library) {
      const path = resolver.entities.path(entity);
      if (path === 'None' || path.startsWith('typing.') || path === 'object') continue;
      answer.add([entity]);
    } else answer.add(asInstance(resolver, entity));
  }
  return answer.entities;
}

/** `Type[Foo]`: the class itself. */
function classesNamed(resolver: Resolver, scopeId: number, value: number, depth: number): readonly number[] {
  const { entities } = resolver;
  const answer = new Answer();
  for (const entity of annotated(resolver, scopeId, value, depth)) {
    if (entities.kind[entity] === EntityKind.Instance)
      answer.add([entities.of(EntityKind.Class, entities.x[entity]!)]);
  }
  return answer.entities;
}

const maximumQuoted = 200;

/** An annotation in quotes that is more than a name: `'Optional[a.B]'`, `'A | None'`. */
function quoted(resolver: Resolver, scope: Scope, value: number, depth: number): readonly number[] {
  const { kind, text } = scope.file.source.constants[scope.code.a[value]!]!;
  if (kind !== ConstantKind.String || text.length > maximumQuoted) return [];
  return annotatedText(resolver, scope, text, depth);
}

/** Entities of a value whose annotation is a text. */
export function annotatedText(
  resolver: Resolver,
  scope: Scope,
  text: string,
  depth: number,
): readonly number[] {
  const answer = new Answer();
  for (const part of text.replace(wrapper, '$1').split(/[|,]/)) {
    const [first = '', ...members] = part.replace(/\[.*/s, '').trim().split('.');
    if (first === '' || first === 'None') continue;
    let found = resolver.nameIn(scope.file, first, depth - 1) ?? [];
    for (const name of members) found = found.flatMap((one) => resolver.memberOf(one, name, depth - 1));
    for (const entity of found) {
      const isLibrary = resolver.entities.kind[entity] === EntityKind.Library;
      answer.add(isLibrary ? [entity] : asInstance(resolver, entity));
    }
  }
  return answer.entities;
}

const wrapper = /^\s*(?:\w+\.)*(?:Optional|Union|Annotated|Final|ClassVar)\[(.*)\]\s*$/s;
