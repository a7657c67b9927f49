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
import { isCounting, makesLock, nameByField } from './lock-kinds';
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
      const kind = this.lockType(scope, numberings.of(program.scopes[scope]!).number[value]!);
      if (!kind) continue;
      const alias = this.underlying(stores);
      return alias ?? this.intern(`field:${owner}:${name}`, `self.${name}`, LockScope.Instance, kind);
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
        return this.byName(scope, call, prefix, this.prefixOf(scope, call, prefix));
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
    if (op[number] === Op.Global) {
      return this.fromGlobal(scope, number, scope.file.source.names[a[number]!]!);
    }
    return this.fromType(scope, number);
  }

  private fromAttribute(scope: Scope, number: number, base: number, name: string): readonly Lock[] {
    const { resolver } = this;
    const { entities } = resolver;
    const kind = this.lockType(scope.id, number);
    const looksLike = kind !== null || isLockName(resolver.library, name);
    if (!looksLike) return this.fromType(scope, number);
    for (const entity of resolver.denotes(scope.id, base)) {
      const entityKind = entities.kind[entity];
      if (entityKind === EntityKind.Module) {
        return [this.ofModule(resolver.program.files[entities.x[entity]!]!, name, kind)];
      }
      if (entityKind !== EntityKind.Instance && entityKind !== EntityKind.Class) continue;
      if (kind === null && this.isKnownOther(scope.id, number)) return [];
      return [this.ofMember(entities.x[entity]!, name, kind, entityKind === EntityKind.Class)];
    }
    if (kind === null && this.isKnownOther(scope.id, number)) return [];
    return [this.intern(`named-like:${scope.id}:${number}`, name, LockScope.Keyed, kind)];
  }

  /** The lock that a class's attribute holds, whatever its owner stores there; `kind` is what is known of its type. */
  ofMember(classScope: number, name: string, kind: LockKind | null, byClass: boolean): Lock {
    const { resolver } = this;
    const owner = resolver.classes.ownerOf(classScope, name);
    const stores = resolver.classes.storesOf(owner, name);
    const inBody = resolver.bindings.of(owner, name);
    const alias = this.underlying([...stores, ...inBody]);
    if (alias) return alias;
    const body = resolver.program.scopes[owner]!;
    const perClass =
      inBody.length > 0 &&
      stores.every(({ scope, at }) => isThroughClass(resolver, scope, at)) &&
      !inBody.every(({ value }) => isFieldMaker(resolver, body, value));
    const label = `${byClass || perClass ? body.name : 'self'}.${name}`;
    const where = perClass ? LockScope.Program : LockScope.Instance;
    const counting = isCounting(resolver, [...stores, ...inBody]);
    return this.intern(`field:${owner}:${name}`, label, where, kind, counting);
  }

  private fromGlobal(scope: Scope, number: number, name: string): readonly Lock[] {
    const kind = this.lockType(scope.id, number);
    if (kind === null && (!isLockName(this.resolver.library, name) || this.isKnownOther(scope.id, number))) {
      return this.fromType(scope, number);
    }
    return [this.ofModule(scope.file, name, kind)];
  }

  /** The lock that a module variable holds, under the name it has in a file. */
  ofModule(file: ProgramFile, as: string, kind: LockKind | null): Lock {
    const made = definitionOf(this.resolver, file, as);
    const stores = this.resolver.bindings.of(made.file.firstScope, made.name);
    const alias = this.underlying(stores);
    if (alias) return alias;
    const counting = isCounting(this.resolver, stores);
    return this.intern(`global:${made.file.path}:${made.name}`, made.name, LockScope.Program, kind, counting);
  }

  /** `Condition(self._lock)`: holding the condition is holding the lock. */
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
    const known = this.lockType(scope.id, number);
    return [this.intern(`field:${scope.id}:${name}`, `${scope.name}.${name}`, LockScope.Program, known)];
  }

  /** A call of a generator of the project that is a context manager: what it holds where it yields. */
  private fromManager(scope: Scope, call: number): readonly Lock[] {
    const { resolver } = this;
    const found: Lock[] = [];
    for (const target of resolver.targets(scope.id, call)) {
      if (target.kind === 'class') found.push(...this.heldAfter(target.scope));
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

  /** What an instance holds once its `__enter__` has run. */
  private heldAfter(classScope: number): readonly Lock[] {
    const { resolver } = this;
    const enter = resolver.classes.method(classScope, '__enter__');
    if (enter < 0) return [];
    const scope = resolver.program.scopes[enter]!;
    const { held, reached } = resolver.numberings.of(scope);
    let set = -1;
    for (let at = 0; at < held.length; at++) {
      if (scope.code.op[at] === Op.Return && reached[at]) set = held[at]!;
    }
    if (set < 0 && held.length > 0) set = held[held.length - 1]!;
    return set > 0 ? this.ofSet(enter, set) : [];
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
    const kind = this.lockType(scope.id, call);
    if (kind === null) return [];
    for (const target of this.resolver.targets(scope.id, call)) {
      if (target.kind === 'function') {
        const label = `${this.resolver.program.scopes[target.scope]!.name}()`;
        return [this.intern(`call:${target.scope}`, label, LockScope.Keyed, kind)];
      }
    }
    if (!makesLock(this.resolver, scope.id, call))
      return [this.intern(`value:${scope.id}:${call}`, 'a lock', LockScope.Keyed, kind)];
    return [this.intern(`made:${scope.id}:${call}`, 'a lock made here', LockScope.Local, kind)];
  }

  private fromType(scope: Scope, number: number): readonly Lock[] {
    for (const entity of this.resolver.denotesNumber(scope.id, number)) {
      if (this.resolver.entities.kind[entity] === EntityKind.Instance) {
        const held = this.heldAfter(this.resolver.entities.x[entity]!);
        if (held.length > 0) return held;
      }
    }
    const kind = this.lockType(scope.id, number);
    return kind === null ? [] : [this.intern(`value:${scope.id}:${number}`, 'a lock', LockScope.Keyed, kind)];
  }

  /** What the library knows of the type of a value as a lock; null when it is none. */
  private lockType(scopeId: number, number: number): LockKind | null {
    const { library, entities } = this.resolver;
    for (const entity of this.resolver.denotesNumber(scopeId, number)) {
      let path = entities.path(entity);
      if (path === '' && entities.kind[entity] === EntityKind.Instance) {
        for (const base of this.resolver.classes.order(entities.x[entity]!)) path ||= entities.path(base);
      }
      if (path === '') continue;
      const known =
        library.lockConstructors.get(path) ?? library.lockConstructors.get(path.replace(/\(\)$/, ''));
      if (known) return { reentrant: known.reentrant === true, model: known.model };
    }
    return null;
  }

  private isKnownOther(scopeId: number, number: number): boolean {
    return this.resolver.denotesNumber(scopeId, number).length > 0;
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

  private prefixOf(scope: Scope, call: number, known: NamedLock): string {
    // The factory's own call is what the decorator's name was bound to.
    const { resolver } = this;
    const callee = scope.code.a[call]!;
    if (scope.code.op[callee] !== Op.Global) return '';
    const bound = resolver.bindings.of(
      scope.file.firstScope,
      scope.file.source.names[scope.code.a[callee]!]!,
    )[0];
    if (!bound) return '';
    const made = resolver.program.scopes[bound.scope]!;
    if (made.code.op[bound.value] !== Op.Call) return '';
    const value = argumentAt(made, bound.value, known.prefix ?? known.name);
    return value < 0 ? '' : (this.nameOf(made, value) ?? '');
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

/** A string value as text with `{}` for the parts that vary; null when nothing of it is known. */
export function templateText(resolver: Resolver, scope: Scope, at: number, depth: number): string | null {
  const { op, a, b, extra } = scope.code;
  const { source } = scope.file;
  if (depth === 0) return null;
  switch (op[at] as Op) {
    case Op.Const: {
      const constant = source.constants[a[at]!]!;
      return constant.kind === ConstantKind.String ? constant.text : null;
    }
    case Op.Format: {
      let text = '';
      const from = b[at]!;
      for (let k = 0; k < extra[from]!; k++) {
        const piece = extra[from + 1 + k]!;
        text += (op[piece] === Op.Const ? templateText(resolver, scope, piece, 1) : null) ?? '{}';
      }
      return text;
    }
    case Op.Binary: {
      const left = templateText(resolver, scope, a[at]!, depth - 1);
      const right = templateText(resolver, scope, b[at]!, depth - 1);
      if (left === null && right === null) return null;
      if (left?.includes('%')) return left;
      return `${left ?? '{}'}${right ?? '{}'}`;
    }
    case Op.Global: {
      const bound = resolver.bindings.of(scope.file.firstScope, source.names[a[at]!]!);
      if (bound.length !== 1) return null;
      const made = resolver.program.scopes[bound[0]!.scope]!;
      return templateText(resolver, made, bound[0]!.value, depth - 1);
    }
    case Op.Call: {
      const callee = a[at]!;
      if (op[callee] !== Op.Attribute || source.names[b[callee]!] !== 'format') return null;
      return templateText(resolver, scope, a[callee]!, depth - 1);
    }
    default:
      return null;
  }
}

function isOne({ scope }: Lock): boolean {
  return scope === LockScope.Program || scope === LockScope.Instance;
}
