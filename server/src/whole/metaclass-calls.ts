// Calls that a metaclass of the program puts in between: a call of a class runs the metaclass's `__call__`, and its
// `super().__call__()` runs the constructors of the classes that it makes.

import { EntityKind } from '../flow/entities';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import { classExtra } from '../syntax/code-reader';
import type { Edge } from './call-graph';

const mostClasses = 64;

/** The edges that metaclasses add; none where no metaclass of the program says what a call of its classes does. */
export function metaclassCalls(resolver: Resolver): readonly Edge[] {
  const { program, classes } = resolver;
  const made = new Map<number, Scope[]>();
  for (const scope of program.scopes) {
    if (scope.code.kind !== ScopeKind.Class || scope.file.isTest) continue;
    const meta = metaclassOf(resolver, scope);
    const call = meta < 0 ? -1 : classes.method(meta, '__call__');
    if (call < 0) continue;
    const all = [scope, ...classes.descendants(scope.id, mostClasses).map((id) => program.scopes[id]!)];
    made.set(call, [...(made.get(call) ?? []), ...all].slice(0, mostClasses));
  }
  const found: Edge[] = [];
  for (const [call, list] of made) {
    const inits = new Set(list.map(({ id }) => classes.method(id, '__init__')).filter((init) => init >= 0));
    for (const at of upward(program.scopes[call]!))
      for (const callee of inits) found.push({ caller: call, at, callee });
    found.push(...makings(resolver, list, call));
  }
  return found;
}

/** The class that `metaclass=` names; -1 for none of the program. */
function metaclassOf(resolver: Resolver, scope: Scope): number {
  const { program, entities } = resolver;
  const word = scope.file.source.names.indexOf('metaclass');
  if (word < 0 || scope.parent < 0 || scope.definedAt < 0) return -1;
  const outer = program.scopes[scope.parent]!;
  const given = classExtra(outer.code, scope.definedAt).bases.find(({ keyword }) => keyword === word);
  if (!given) return -1;
  const meta = resolver
    .denotes(outer.id, given.value)
    .find((entity) => entities.kind[entity] === EntityKind.Class);
  return meta === undefined ? -1 : entities.x[meta]!;
}

/** `super().__call__(...)`, `type.__call__(cls, ...)`. */
function upward({ code: { op, a, b }, file }: Scope): readonly number[] {
  return [...op.keys()].filter((at) => {
    const callee = a[at]!;
    return op[at] === Op.Call && op[callee] === Op.Attribute && file.source.names[b[callee]!] === '__call__';
  });
}

/** The calls of classes, in files that mention their names. */
function makings(resolver: Resolver, list: readonly Scope[], callee: number): readonly Edge[] {
  const { program } = resolver;
  const ids = new Set(list.map(({ id }) => id));
  const names = new Set(list.map(({ name }) => name));
  const found: Edge[] = [];
  for (const file of program.files) {
    if (!file.source.names.some((name) => names.has(name))) continue;
    file.source.codes.forEach(({ op }, index) => {
      const caller = file.firstScope + index;
      op.forEach((one, at) => {
        if (one !== Op.Call) return;
        const isMade = resolver
          .targets(caller, at)
          .some((target) => target.kind === 'class' && ids.has(target.scope));
        if (isMade) found.push({ caller, at, callee });
      });
    });
  }
  return found;
}
