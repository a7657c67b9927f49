// The making of an instance of a class of the program: by its constructor, or by the fields that its class lists, as
// data classes, named tuples and models do. Decides what the new object holds; what it shows is decided elsewhere.

import type { Scope } from '../../program/program';
import { Argument, Op } from '../../syntax/code';
import { classExtra } from '../../syntax/code-reader';
import { EntityKind } from '../entities';
import { dottedName } from '../function-facts';
import { type Actual, actual, bindActuals } from './binding';
import { anything, bottom } from './domain';
import { invoke } from './invocation';
import type { Pass } from './pass';
import { ShapeKind } from './shapes';

const maximumFields = 40;

/** A new instance of a class, made with these arguments. */
export function construct(
  pass: Pass,
  at: number,
  classScope: number,
  init: number,
  actuals: readonly Actual[],
): number {
  const { domain, context } = pass;
  const { scopes } = context.resolver.program;
  const maker = context.resolver.classes.method(classScope, '__new__');
  if (maker >= 0)
    invoke(pass, at, scopes[maker]!, bindActuals(pass, scopes[maker]!, [actual(anything), ...actuals]));
  const fresh = domain.container(ShapeKind.Object, [], bottom);
  if (init < 0) return withListedFields(pass, classScope, fresh, actuals);
  const made = bindActuals(pass, scopes[init]!, [actual(fresh), ...actuals]);
  invoke(pass, at, scopes[init]!, made);
  return made.values[0]!;
}

/** The arguments as fields: by name, and by place where the class lists them. */
function withListedFields(pass: Pass, classScope: number, fresh: number, actuals: readonly Actual[]): number {
  const { domain } = pass;
  const fields = fieldsOf(pass, classScope);
  let value = fresh;
  let place = 0;
  for (const { mark, value: member } of actuals) {
    if (mark === Argument.Star) place = fields.length;
    const name = typeof mark === 'string' ? mark : mark === Argument.Positional ? fields[place++] : undefined;
    if (name !== undefined) value = domain.withMember(value, `.${name}`, member);
  }
  return value;
}

/** The fields that a class and its bases list, in the order of their constructor; empty when it takes none by place. */
function fieldsOf(pass: Pass, classScope: number): readonly string[] {
  const { resolver } = pass.context;
  const { entities, program } = resolver;
  const order = resolver.classes.order(classScope);
  const listing = order.some((base) =>
    entities.kind[base] === EntityKind.Class
      ? isDataClass(program.scopes, program.scopes[entities.x[base]!]!)
      : /(^|\.)NamedTuple$/.test(entities.path(base)),
  );
  if (!listing) return [];
  const found: string[] = [];
  for (const base of [...order].reverse()) {
    if (entities.kind[base] !== EntityKind.Class) continue;
    const { code, file } = program.scopes[entities.x[base]!]!;
    for (let at = 0; at < code.op.length && found.length < maximumFields; at++) {
      if (code.op[at] !== Op.Annotate || code.a[at]! >= 0) continue;
      const name = file.source.names[code.c[at]!]!;
      if (!found.includes(name)) found.push(name);
    }
  }
  return found;
}

const dataClasses =
  /^((\w+\.)*dataclass|attrs?\.(s|attrs|dataclass|define|frozen|mutable)|define|frozen|mutable)$/;

/** Whether a decorator makes a constructor of the fields. */
function isDataClass(scopes: readonly Scope[], scope: Scope): boolean {
  if (scope.parent < 0 || scope.definedAt < 0) return false;
  const outer = scopes[scope.parent]!;
  return classExtra(outer.code, scope.definedAt).decorators.some((decorator) =>
    dataClasses.test(dottedName(outer, decorator)),
  );
}

/** The text that lists the fields of a `namedtuple(...)`, kept in the class that it makes. */
export const fieldList = '@fields';

/** An instance of a class that a call of `namedtuple` made. */
export function namedTuple(pass: Pass, made: number, actuals: readonly Actual[]): number | null {
  const { domain } = pass;
  const listed = domain.member(made, fieldList);
  const one = listed === null ? null : domain.known.single(domain.knownOf[listed]!);
  if (one === null) return null;
  const fields = one.text.split(/[\s,]+/);
  let value = domain.container(ShapeKind.Object, [], bottom);
  let place = 0;
  for (const { mark, value: member } of actuals) {
    if (mark === Argument.Star || mark === Argument.DoubleStar) return null;
    const name = typeof mark === 'string' ? mark : fields[place++];
    if (name === undefined) continue;
    value = domain.withMember(value, `.${name}`, member);
    value = domain.withMember(value, `i:${fields.indexOf(name)}`, member);
  }
  return value;
}
