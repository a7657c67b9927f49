// The identity of a lock: which value of a scope is which lock, by owner and path or by name. Decides what is a lock
// from library types, from named-lock functions, from the project's own context managers (by what they hold at their
// yield), and from attribute names where no type is known (a weak lock). Knows nothing of what a lock guards.

import type { Library } from '../library/library';
import type { ArgumentPlace, NamedLock } from '../library/schema';
import type { ProgramFile, Scope } from '../program/program';
import { ConstantKind, Op, ScopeKind } from '../syntax/code';
import { keyword, positional } from '../syntax/code-reader';
import { isFieldMaker, isThroughClass } from './calling';
import { definitionOf } from './definitions';
import { EntityKind } from './entities';
import { isContextManager } from './function-facts';
import { keptByGetter } from './getters';
import { isCounting, lockType, makesLock, nameByField } from './lock-kinds';
import { prefixOf, templateText } from './name-templates';
import { givenName } from './named-locks';
import { heldByObject, isKnownOther, isLockClass, isMadeOnce, keptByProperty } from './own-locks';
import type { Resolver } from './resolver';

/** How sure it is that two sites with this lock mean the same lock object. */
export const enum LockScope {
  /** One for the process: a module variable, class attribute or name. */
  Program,
  /** One per instance of the owning class. */
  Instance,
  /** One per value of a name built at run time, or per call of a function that hands out locks. */
  Keyed,
  /** Made in the function that uses it. */
  Local,
}

/** A lock of the program. */
export interface Lock {
  /** Dense id, by interning; order never depends on it. */
  readonly id: number;
  readonly key: string;
  /** As a reader of the code would call it: `self._lock`, `'port-forwarding'`. */
  readonly label: string;
  readonly scope: LockScope;
  readonly reentrant: boolean;
  /** Known by the look of its name alone. */
  readonly weak: boolean;
  /** A semaphore that lets several in at once: it guards nothing. */
  readonly counting: boolean;
  readonly model: string;
}

/** What is known of a lock's type. */
export interface LockKind {
  readonly reentrant: boolean;
  readonly model: string;
}

/** Interns locks and recognises them. */
export class Locks {
  readonly all: Lock[] = [];
  private readonly byKey = new Map<string, Lock>();
  /** Scope -> value number -> locks. */
  private readonly known: (Map<number, readonly Lock[]> | undefined)[] = [];

  constructor(private readonly resolver: Resolver) {}

  /** The locks that holding this value number means; several for a manager that takes several. */
  of(scopeId: number, number: number): readonly Lock[] {
    let known = this.known[scopeId];
    if (!known) {
      known = new Map();
      this.known[scopeId] = known;
    }
    let found = known.get(number);
    if (!found) {
      known.set(number, []);
      found = this.recognise(this.resolver.program.scopes[scopeId]!, number);
      known.set(number, found);
    }
    return found;
  }

  /** The lock that a field of a class's instances holds, by what is stored there; null when that is none. */
  ofField(classScope: number, name: string): Lock | null {
    const { classes, numberings, program } = this.resolver;
    const owner = classes.ownerOf(classScope, name);
    const stores = classes.storesOf(owner, name);
    for (const { scope, value } of stores) {
      const kind = lockType(this.resolver, scope, numberings.of(program.scopes[scope]!).number[value]!);
      if (!kind) continue;
      const alias = this.underlying(stores);
      if (alias && alias.scope !== LockScope.Local) return alias;
      return this.intern(`field:${owner}:${name}`, `self.${name}`, LockScope.Instance, alias ?? kind);
    }
    return null;
  }

  /** Forgets which value is which lock: a key may name the place where the lock is made, and places move. */
  forget(): void {
    this.known.length = 0;
  }

  /** The locks of one of a scope's held sets. */
  ofSet(scopeId: number, set: number): readonly Lock[] {
    if (set === 0) return [];
    const { sets } = this.resolver.numberings.of(this.resolver.program.scopes[scopeId]!);
    const found: Lock[] = [];
    for (const member of sets.lists[set]!) {
      for (const lock of this.of(scopeId, member)) if (!found.includes(lock)) found.push(lock);
    }
    return found;
  }

  /** The lock that a call to a named-lock function means, if it is one. */
  named(scope: Scope, call: number): Lock | null {
    const { resolver } = this;
    for (const entity of resolver.denotes(scope.id, scope.code.a[call]!)) {
      const path = resolver.pathOf(entity);
      const known = path === '' ? undefined : resolver.library.find(resolver.library.namedLocks, path);
      if (known && known.use !== 'prefix-factory') return this.byName(scope, call, known, '');
      const prefix = path.endsWith('()')
        ? resolver.library.find(resolver.library.namedLocks, path.slice(0, -2))
        : undefined;
      if (prefix?.use === 'prefix-factory')
        return this.byName(
          scope,
          call,
          prefix,
          prefixOf(this.resolver, scope, call, (maker, made) =>
            argumentAt(maker, made, prefix.prefix ?? prefix.name),
          ),
        );
    }
    return null;
  }

  private recognise(scope: Scope, number: number): readonly Lock[] {
    const { op, a, b } = scope.code;
    if (number >= op.length || number < 0) return this.fromType(scope, number);
    if (op[number] === Op.Call) {
      const named = this.named(scope, number);
      if (named) return [named];
      const managed = this.fromManager(scope, number);
      if (managed.length > 0) return managed;
      const view = this.fromView(scope, number);
      if (view.length > 0) return view;
      const kept = keptByGetter(this.resolver, scope.id, number);
      const own = kept ? this.of(kept.scope, kept.number).filter(isOne) : [];
      return own.length > 0 ? own : this.fromCall(scope, number);
    }
    if (op[number] === Op.Attribute) {
      const name = scope.file.source.names[b[number]!]!;
      return this.fromAttribute(scope, number, a[number]!, name);
    }
    if (op[number] === Op.Item) return this.fromItem(scope, number, a[number]!, b[number]!);
    if (op[number] === Op.Global) {
      return this.fromGlobal(scope, number, scope.file.source.names[a[number]!]!);
    }
    return this.fromType(scope, number);
  }

  private fromAttribute(scope: Scope, number: number, base: number, name: string): readonly Lock[] {
    const { resolver } = this;
    const { entities } = resolver;
    const kind = lockType(this.resolver, scope.id, number);
    const looksLike = kind !== null || isLockName(resolver.library, name);
    if (!looksLike && this.ownType(scope, number) === null) return this.fromType(scope, number);
    for (const entity of resolver.denotes(scope.id, base)) {
      const entityKind = entities.kind[entity];
      if (entityKind === EntityKind.Module) {
        return [this.ofModule(resolver.program.files[entities.x[entity]!]!, name, kind)];
      }
      if (entityKind !== EntityKind.Instance && entityKind !== EntityKind.Class) continue;
      const kept = keptByProperty(resolver, entities.x[entity]!, name);
      const own = kept ? this.of(kept.scope, kept.number).filter(isOne) : [];
      if (own.length > 0) return own;
      const known = kind ?? this.ownType(scope, number);
      if (known === null && isKnownOther(resolver, scope.id, number)) return this.fromType(scope, number);
      return [this.ofMember(entities.x[entity]!, name, known, entityKind === EntityKind.Class)];
    }
    if (kind === null && isKnownOther(resolver, scope.id, number)) return this.fromType(scope, number);
    return [this.intern(`named-like:${scope.id}:${number}`, name, LockScope.Keyed, kind)];
  }

  /** The lock that a class's attribute holds, whatever its owner stores there; `kind` is what is known of its type. */
  ofMember(classScope: number, name: string, kind: LockKind | null, byClass: boolean): Lock {
    const { resolver } = this;
    const owner = resolver.classes.ownerOf(classScope, name);
    const stores = resolver.classes.storesOf(owner, name);
    const inBody = resolver.bindings.of(owner, name);
    const alias = this.underlying([...stores, ...inBody]);
    if (alias && alias.scope !== LockScope.Local) return alias;
    const body = resolver.program.scopes[owner]!;
    const perClass =
      inBody.length > 0 &&
      stores.every(({ scope, at }) => isThroughClass(resolver, scope, at)) &&
      !inBody.every(({ value }) => isFieldMaker(resolver, body, value));
    const label = `${byClass || perClass ? body.name : 'self'}.${name}`;
    const where = perClass ? LockScope.Program : LockScope.Instance;
    const counting = isCounting(resolver, [...stores, ...inBody]);
    return this.intern(`field:${owner}:${name}`, label, where, alias ?? kind, counting);
  }

  /** `self._locks['items']`: the lock under a constant key of a container that the object or module keeps. */
  private fromItem(scope: Scope, number: number, container: number, key: number): readonly Lock[] {
    const { op, a, b } = scope.code;
    const kind = lockType(this.resolver, scope.id, number);
    const constant = op[key] === Op.Const ? scope.file.source.constants[a[key]!]! : null;
    if (kind === null || constant?.kind !== ConstantKind.String) return this.fromType(scope, number);
    const { names } = scope.file.source;
    if (op[container] === Op.Global) {
      const made = definitionOf(this.resolver, scope.file, names[a[container]!]!);
      const text = `${made.name}['${constant.text}']`;
      return [this.intern(`item:${made.file.path}:${text}`, text, LockScope.Program, kind)];
    }
    if (op[container] !== Op.Attribute) return this.fromType(scope, number);
    for (const entity of this.resolver.denotes(scope.id, a[container]!)) {
      const entityKind = this.resolver.entities.kind[entity];
      if (entityKind !== EntityKind.Instance && entityKind !== EntityKind.Class) continue;
      const name = names[b[container]!]!;
      const {
        key: place,
        label,
        scope: where,
      } = this.ofMember(this.resolver.entities.x[entity]!, name, kind, false);
      const text = `['${constant.text}']`;
      return [this.intern(`item:${place}${text}`, `${label}${text}`, where, kind)];
    }
    return this.fromType(scope, number);
  }

  private fromGlobal(scope: Scope, number: number, name: string): readonly Lock[] {
    const kind = lockType(this.resolver, scope.id, number) ?? this.ownType(scope, number);
    if (
      kind === null &&
      (!isLockName(this.resolver.library, name) || isKnownOther(this.resolver, scope.id, number))
    ) {
      return this.fromType(scope, number);
    }
    return [this.ofModule(scope.file, name, kind)];
  }

  /** The lock that a module variable holds, under the name it has in a file. */
  ofModule(file: ProgramFile, as: string, kind: LockKind | null): Lock {
    const made = definitionOf(this.resolver, file, as);
    const stores = this.resolver.bindings.of(made.file.firstScope, made.name);
    const alias = this.underlying(stores);
    if (alias && alias.scope !== LockScope.Local) return alias;
    const counting = isCounting(this.resolver, stores);
    return this.intern(
      `global:${made.file.path}:${made.name}`,
      made.name,
      LockScope.Program,
      alias ?? kind,
      counting,
    );
  }

  /** `Condition(self._lock)`: holding the condition is holding the lock. `Condition(Lock())` is like the lock made there. */
  private underlying(stores: readonly { readonly scope: number; readonly value: number }[]): Lock | null {
    const { resolver } = this;
    for (const store of stores) {
      const scope = resolver.program.scopes[store.scope]!;
      const value = resolver.numberings.of(scope).number[store.value]!;
      if (value < 0 || value >= scope.code.op.length || scope.code.op[value] !== Op.Call) continue;
      for (const entity of resolver.denotes(scope.id, scope.code.a[value]!)) {
        const known = resolver.library.lockConstructors.get(resolver.entities.path(entity));
        if (!known?.underlying) continue;
        const inner = argumentAt(scope, value, known.underlying);
        if (inner < 0) continue;
        const found = this.ofArgument(scope, inner)[0];
        if (found) return found;
      }
    }
    return null;
  }

  private ofArgument(scope: Scope, value: number): readonly Lock[] {
    const { op, a, slots, kind } = scope.code;
    const number = this.resolver.numberings.of(scope).number[value]!;
    if (kind !== ScopeKind.Class || op[value] !== Op.Local) return this.of(scope.id, number);
    // In the body of a class a name is a class attribute, not a variable of its own.
    const name = scope.file.source.names[slots[a[value]!]!]!;
    const known = lockType(this.resolver, scope.id, number);
    return [this.intern(`field:${scope.id}:${name}`, `${scope.name}.${name}`, LockScope.Program, known)];
  }

  /** A call of a generator of the project that is a context manager: what it holds where it yields. */
  private fromManager(scope: Scope, call: number): readonly Lock[] {
    const { resolver } = this;
    const found: Lock[] = [];
    for (const target of resolver.targets(scope.id, call)) {
      if (target.kind === 'class') found.push(...heldByObject(this.resolver, this, target.scope));
      if (target.kind !== 'function') continue;
      const generator = resolver.program.scopes[target.scope]!;
      if (!isContextManager(resolver.program, generator)) continue;
      const { held } = resolver.numberings.of(generator);
      const at = generator.code.op.indexOf(Op.Yield);
      if (at >= 0) found.push(...this.ofSet(generator.id, held[at]!));
      return found;
    }
    return found;
  }

  /** `lock.read_lock()`: a view of the same lock. */
  private fromView(scope: Scope, call: number): readonly Lock[] {
    const { a, b, op } = scope.code;
    const callee = a[call]!;
    if (op[callee] !== Op.Attribute) return [];
    const name = scope.file.source.names[b[callee]!]!;
    if (!this.resolver.library.lockViews.has(name)) return [];
    return this.of(scope.id, this.resolver.numberings.of(scope).number[a[callee]!]!);
  }

  /** A call that returns a lock: made here and now, handed out by a function, or out of a container. */
  private fromCall(scope: Scope, call: number): readonly Lock[] {
    const kind = lockType(this.resolver, scope.id, call);
    if (kind === null) return [];
    for (const target of this.resolver.targets(scope.id, call)) {
      if (target.kind === 'function') {
        const maker = this.resolver.program.scopes[target.scope]!;
        const isKept = isMadeOnce(this.resolver, maker);
        const where = isKept ? LockScope.Program : LockScope.Keyed;
        return [this.intern(`call:${target.scope}`, `${maker.name}()`, where, kind)];
      }
    }
    const given = givenName(this.resolver, scope, call);
    if (given) {
      const keyed = /[{%]/.test(given.name) ? LockScope.Keyed : LockScope.Program;
      return [this.intern(`name:${given.known.kind}:${given.name}`, `'${given.name}'`, keyed, kind)];
    }
    if (!makesLock(this.resolver, scope.id, call))
      return [this.intern(`value:${scope.id}:${call}`, 'a lock', LockScope.Keyed, kind)];
    return [this.intern(`made:${scope.id}:${call}`, 'a lock made here', LockScope.Local, kind)];
  }

  private fromType(scope: Scope, number: number): readonly Lock[] {
    for (const entity of this.resolver.denotesNumber(scope.id, number)) {
      if (this.resolver.entities.kind[entity] === EntityKind.Instance) {
        const held = heldByObject(this.resolver, this, this.resolver.entities.x[entity]!);
        if (held.length > 0) return held;
      }
    }
    const kind = lockType(this.resolver, scope.id, number);
    return kind === null ? [] : [this.intern(`value:${scope.id}:${number}`, 'a lock', LockScope.Keyed, kind)];
  }

  /** What is known of an object whose class of the program is a lock by its methods. */
  private ownType(scope: Scope, number: number): LockKind | null {
    const { entities } = this.resolver;
    for (const entity of this.resolver.denotesNumber(scope.id, number)) {
      if (entities.kind[entity] !== EntityKind.Instance || !isLockClass(this.resolver, entities.x[entity]!))
        continue;
      const [held] = heldByObject(this.resolver, this, entities.x[entity]!);
      if (held) return held;
    }
    return null;
  }

  private byName(scope: Scope, call: number, known: NamedLock, prefix: string): Lock | null {
    const value = argumentAt(scope, call, known.name);
    const name = value < 0 ? null : this.nameOf(scope, value);
    const reentrant = known.reentrant === true;
    const field = value < 0 ? null : nameByField(this.resolver, scope, value, name);
    if (field) {
      const text = name === null ? `self.${field.name}` : `'${prefix}${name}'`;
      return this.intern(
        `name-of:${field.owner}:${field.name}:${name ?? ''}`,
        `lock(${text})`,
        LockScope.Instance,
        {
          reentrant,
          model: known.model,
        },
      );
    }
    if (name === null) {
      return this.intern(`named-at:${scope.id}:${call}`, 'a lock named at run time', LockScope.Keyed, {
        reentrant,
        model: known.model,
      });
    }
    const keyed = name.includes('{') || name.includes('%');
    const label = `'${prefix}${name}'`;
    return this.intern(`name:${prefix}${name}`, label, keyed ? LockScope.Keyed : LockScope.Program, {
      reentrant,
      model: known.model,
    });
  }

  /** The text of a lock's name: a constant, a constant's variable, or a template with `{}` for what varies. */
  private nameOf(scope: Scope, value: number): string | null {
    const { resolver } = this;
    const number = resolver.numberings.of(scope).number[value]!;
    if (number < 0 || number >= scope.code.op.length) return null;
    return templateText(resolver, scope, number, 4);
  }

  private intern(
    key: string,
    label: string,
    scope: LockScope,
    kind: LockKind | null,
    counting = false,
  ): Lock {
    let lock = this.byKey.get(key);
    if (!lock) {
      const { reentrant, model } = kind ?? { reentrant: false, model: 'thread' };
      lock = { id: this.all.length, key, label, scope, reentrant, weak: kind === null, counting, model };
      this.all.push(lock);
      this.byKey.set(key, lock);
    }
    return lock;
  }
}

/** Whether an identifier's last word says lock: `_lock`, `mutex`, `conn_lock`. */
export function isLockName(library: Library, name: string): boolean {
  const words = name
    .toLowerCase()
    .split('_')
    .filter((word) => word !== '');
  const last = words[words.length - 1];
  return last !== undefined && library.lockNames.has(last);
}

/** The value of a call's argument, by position or keyword; -1 when it is not given. */
export function argumentAt(scope: Scope, call: number, place: ArgumentPlace): number {
  if (place.keyword !== undefined) {
    const value = keyword(scope.code, call, scope.file.source.names.indexOf(place.keyword));
    if (value >= 0) return value;
  }
  return place.position < 0 ? -1 : positional(scope.code, call, place.position);
}

function isOne({ scope }: Lock): boolean {
  return scope === LockScope.Program || scope === LockScope.Instance;
}
