// Which lock a text means where it stands in the source: `self._lock`, `Cache._lock`, `_lock`, `module._lock`, or a
// lock's name in quotes. For what people write about locks in comments; code is read by the lock table itself.

import type { Scope } from '../program/program';
import { ConstantKind, Op, ScopeKind } from '../syntax/code';
import { definitionOf } from './definitions';
import { EntityKind } from './entities';
import { lockKinds } from './lock-kinds';
import { isLockName, type Lock, type LockKind, type Locks } from './locks';
import type { Resolver } from './resolver';
import { wrappingLocks } from './wrapped';

/** What a text means. Neither a lock nor a complaint: it names something of which nothing is known as a lock. */
export interface Meant {
  readonly lock: Lock | null;
  /** What is wrong with the text, in words without a full stop; '' when nothing is. */
  readonly wrong: string;
}

interface Stored {
  readonly scope: number;
  readonly value: number;
}

const unknown: Meant = { lock: null, wrong: '' };
const dotted = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$/;
const quoted = /^(['"])([^'"]+)\1$/;
const fullDepth = 9;

/** The lock that a text means in a scope. */
export function lockOfText(resolver: Resolver, locks: Locks, scope: Scope, text: string): Meant {
  const name = quoted.exec(text);
  if (name) return ofName(resolver, locks, name[2]!);
  if (!dotted.test(text)) return { lock: null, wrong: `\`${text}\` is not the name of a lock` };
  const parts = text.split('.');
  const last = parts.pop()!;
  if (parts.length === 0) return ofVariable(resolver, locks, scope, last);
  let bases = baseOf(resolver, scope, parts[0]!);
  if (bases === null) {
    const open = isOpen(resolver, scope, parts[0]!);
    return open ? unknown : { lock: null, wrong: `nothing is called \`${parts[0]}\` here` };
  }
  for (const part of parts.slice(1))
    bases = bases.flatMap((base) => resolver.memberOf(base, part, fullDepth));
  for (const base of bases) {
    const x = resolver.entities.x[base]!;
    const kind = resolver.entities.kind[base];
    if (kind === EntityKind.Module) {
      return ofVariable(
        resolver,
        locks,
        resolver.program.scopes[resolver.program.files[x]!.firstScope]!,
        last,
      );
    }
    if (kind === EntityKind.Instance || kind === EntityKind.Class)
      return ofMember(resolver, locks, x, last, kind === EntityKind.Class);
  }
  return unknown;
}

/** A lock known by its name alone: some function of the program takes a lock of that name. */
function ofName(resolver: Resolver, locks: Locks, name: string): Meant {
  const find = () => locks.all.find(({ key }) => key === `name:${name}`);
  let found = find();
  for (const scope of found ? [] : resolver.program.scopes) {
    // Locks are told apart when somebody asks for them.
    const { sets } = resolver.numberings.of(scope);
    for (let set = 1; set < sets.lists.length; set++) locks.ofSet(scope.id, set);
    if (scope.code.kind === ScopeKind.Function) wrappingLocks(resolver, locks, scope);
    found = find();
    if (found) break;
  }
  return found ? { lock: found, wrong: '' } : { lock: null, wrong: `nothing takes a lock named '${name}'` };
}

function ofVariable(resolver: Resolver, locks: Locks, scope: Scope, name: string): Meant {
  const inClass = scope.code.kind === ScopeKind.Class && resolver.bindings.of(scope.id, name).length > 0;
  if (inClass) return ofMember(resolver, locks, scope.id, name, true);
  const { file } = scope;
  const bound = resolver.bindings.of(file.firstScope, name);
  if (bound.length === 0)
    return isOpen(resolver, scope, name)
      ? unknown
      : { lock: null, wrong: `nothing is called \`${name}\` here` };
  const made = definitionOf(resolver, file, name);
  const stores = resolver.bindings.of(made.file.firstScope, made.name);
  const kind = kindOf(resolver, stores);
  if (kind === null && isData(resolver, stores)) return { lock: null, wrong: `\`${name}\` is no lock` };
  if (kind === null && (!isLockName(resolver.library, name) || isOther(resolver, stores))) return unknown;
  return { lock: locks.ofModule(file, name, kind), wrong: '' };
}

function ofMember(
  resolver: Resolver,
  locks: Locks,
  classScope: number,
  name: string,
  byClass: boolean,
): Meant {
  const { classes, bindings, program } = resolver;
  const owner = classes.ownerOf(classScope, name);
  const stores = [...classes.storesOf(owner, name), ...bindings.of(owner, name)];
  if (stores.length === 0) {
    if (bindings.annotation(owner, name) >= 0 || hasForeignBase(resolver, classScope)) return unknown;
    return { lock: null, wrong: `\`${program.scopes[classScope]!.name}\` has no \`${name}\`` };
  }
  const kind = kindOf(resolver, stores);
  if (kind === null && isData(resolver, stores))
    return { lock: null, wrong: `\`${name}\` of \`${program.scopes[classScope]!.name}\` is no lock` };
  if (kind === null && (!isLockName(resolver.library, name) || isOther(resolver, stores))) return unknown;
  return { lock: locks.ofMember(classScope, name, kind, byClass), wrong: '' };
}

function kindOf(resolver: Resolver, stores: readonly Stored[]): LockKind | null {
  for (const { scope, value } of stores) {
    const number = resolver.numberings.of(resolver.program.scopes[scope]!).number[value]!;
    const known = lockKinds(resolver, scope, number)[0];
    if (known) return { reentrant: known.reentrant === true, model: known.model };
  }
  return null;
}

function isOther(resolver: Resolver, stores: readonly Stored[]): boolean {
  return stores.some(({ scope, value }) => resolver.denotes(scope, value).length > 0);
}

const dataOps: ReadonlySet<number> = new Set<Op>([
  Op.Format,
  Op.List,
  Op.Tuple,
  Op.Set,
  Op.Dict,
  Op.Comprehension,
]);

/** Whether all that is stored is plainly no lock: literals and displays. `None` tells nothing. */
function isData(resolver: Resolver, stores: readonly Stored[]): boolean {
  let found = false;
  for (const { scope, value } of stores) {
    const { code, file } = resolver.program.scopes[scope]!;
    if (code.op[value] === Op.Const) {
      if (file.source.constants[code.a[value]!]!.kind !== ConstantKind.None) found = true;
    } else if (dataOps.has(code.op[value]!)) found = true;
    else return false;
  }
  return found;
}

/** What the first name of a dotted text denotes; null when nothing is called that. */
function baseOf(resolver: Resolver, scope: Scope, name: string): readonly number[] | null {
  const { program, entities } = resolver;
  for (let at: Scope | null = scope; at; at = at.parent < 0 ? null : program.scopes[at.parent]!) {
    const isClass = at.code.kind === ScopeKind.Class;
    if (isClass && name === 'self') return [entities.of(EntityKind.Instance, at.id)];
    if (isClass && name === 'cls') return [entities.of(EntityKind.Class, at.id)];
    if (isClass) continue;
    const slot = at.code.slots.findIndex((one) => at.file.source.names[one] === name);
    if (slot < 0) continue;
    return slot < at.code.parameters.length ? resolver.denotesNumber(at.id, at.code.op.length + slot) : [];
  }
  return resolver.nameIn(scope.file, name, fullDepth);
}

/** Whether a name may be bound where nobody looks: by a star import, or as a variable of the function. */
function isOpen(resolver: Resolver, scope: Scope, name: string): boolean {
  if (resolver.bindings.starImports(scope.file.firstScope).length > 0) return true;
  for (let at: Scope | null = scope; at; at = at.parent < 0 ? null : resolver.program.scopes[at.parent]!) {
    if (at.code.slots.some((one) => at.file.source.names[one] === name)) return true;
  }
  return false;
}

/** A base outside of the program may have any attribute. */
function hasForeignBase({ classes, entities }: Resolver, classScope: number): boolean {
  return classes.order(classScope).some((entity) => {
    const path = entities.path(entity);
    return path !== '' && path !== 'object' && !/^(abc\.ABC|typing\.|threading\.Thread$)/.test(path);
  });
}
