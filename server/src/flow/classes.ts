// Classes of the program: their bases, resolution order, subclasses, and the values stored into their fields.
// Decides which definition a member name means; asks the resolver what the base expressions denote.

import type { Bindings } from '../program/bindings';
import type { Program, Scope } from '../program/program';
import { Argument, Op, ScopeKind } from '../syntax/code';
import { classExtra } from '../syntax/code-reader';
import { EntityKind } from './entities';
import { Binding, bindingOf, isSetter } from './function-facts';
import type { Resolver } from './resolver';

/** A store into a field through the method's receiver. */
export interface FieldStore {
  readonly scope: number;
  /** Value instruction. */
  readonly value: number;
  readonly at: number;
}

/** Merges orders as Python's C3 linearisation does; where they contradict each other, or in a cycle, the first in
 * line is taken. */
function merged(chains: readonly (readonly number[])[]): number[] {
  let left = chains.filter((chain) => chain.length > 0);
  const found: number[] = [];
  while (left.length > 0) {
    const heads = left.map((chain) => chain[0]!);
    const next = heads.find((head) => !left.some((chain) => chain.indexOf(head) > 0)) ?? heads[0]!;
    found.push(next);
    left = left.map((chain) => chain.filter((one) => one !== next)).filter((chain) => chain.length > 0);
  }
  return found;
}

const maximumBases = 24;
const noStores: readonly FieldStore[] = [];
const none: readonly number[] = [];

/** The class table of a program. */
export class Classes {
  private readonly orders = new Map<number, readonly number[]>();
  private readonly children = new Map<number, number[]>();
  private readonly fields = new Map<number, Map<string, FieldStore[]>>();
  private readonly annotations = new Map<number, Map<string, FieldStore[]>>();
  /** Class -> what `descendants` gave for its first limit; null while the subclass lists are being filled. */
  private below: ({ readonly limit: number; readonly found: readonly number[] } | undefined)[] | null = null;

  constructor(
    private readonly program: Program,
    private readonly bindings: Bindings,
    private readonly resolver: Resolver,
  ) {
    for (const scope of program.scopes) if (scope.owner >= 0) this.collectStores(scope);
  }

  /** Fills the subclass lists; needs a resolver that can resolve bases. */
  link(): void {
    for (const scope of this.program.scopes) {
      if (scope.code.kind !== ScopeKind.Class) continue;
      for (const base of this.bases(scope)) {
        if (this.resolver.entities.kind[base] !== EntityKind.Class) continue;
        const parent = this.resolver.entities.x[base]!;
        const list = this.children.get(parent);
        if (list) list.push(scope.id);
        else this.children.set(parent, [scope.id]);
      }
    }
    this.below = [];
  }

  /** The class itself and its bases as entities (classes, library paths), nearest first. */
  order(classScope: number): readonly number[] {
    const known = this.orders.get(classScope);
    if (known) return known;
    const { entities } = this.resolver;
    const order = [entities.of(EntityKind.Class, classScope)];
    this.orders.set(classScope, order);
    const bases = this.bases(this.program.scopes[classScope]!).filter((base) => base !== order[0]);
    const chains = bases.map((base) =>
      entities.kind[base] === EntityKind.Class ? this.order(entities.x[base]!) : [base],
    );
    const found = [order[0]!, ...merged([...chains, bases])].slice(0, maximumBases);
    this.orders.set(classScope, found);
    return found;
  }

  /** Classes that name this one as a base. */
  subclasses(classScope: number): readonly number[] {
    return this.children.get(classScope) ?? [];
  }

  /** All classes below this one, breadth first, at most `limit`. */
  descendants(classScope: number, limit: number): readonly number[] {
    if (!this.children.has(classScope)) return none;
    const known = this.below?.[classScope];
    if (known?.limit === limit) return known.found;
    const found = this.findBelow(classScope, limit);
    if (this.below !== null) this.below[classScope] = { limit, found };
    return found;
  }

  private findBelow(classScope: number, limit: number): readonly number[] {
    const found: number[] = [];
    const queue = [classScope];
    for (let k = 0; k < queue.length && found.length < limit; k++) {
      for (const child of this.subclasses(queue[k]!)) {
        if (queue.includes(child)) continue;
        queue.push(child);
        found.push(child);
      }
    }
    return found;
  }

  /** Stores to `self.name` in the methods of the class itself. */
  storesOf(classScope: number, name: string): readonly FieldStore[] {
    const found = this.fields.get(classScope)?.get(name) ?? noStores;
    for (let k = 0; k < found.length; k++) this.resolver.noteLook(found[k]!.scope);
    return found;
  }

  /** Whether there is one, or the class body binds the name. */
  keeps(classScope: number, name: string): boolean {
    return (
      this.fields.get(classScope)?.get(name) !== undefined || this.bindings.of(classScope, name).length > 0
    );
  }

  /** The annotation of `self.name: T` in the class's own methods, the first one; null when there is none. */
  annotationOf(classScope: number, name: string): FieldStore | null {
    return this.annotations.get(classScope)?.get(name)?.[0] ?? null;
  }

  /** Names of the fields stored through the receiver in the class's own methods. */
  fieldNames(classScope: number): readonly string[] {
    return [...(this.fields.get(classScope)?.keys() ?? [])];
  }

  /** The function that a member name means in a class or its bases: its scope, or -1. */
  method(classScope: number, name: string): number {
    const { entities } = this.resolver;
    const order = this.order(classScope);
    for (let k = 0; k < order.length; k++) {
      if (entities.kind[order[k]!] !== EntityKind.Class) continue;
      const found = this.ownMethod(entities.x[order[k]!]!, name);
      if (found >= 0) return found;
    }
    return -1;
  }

  /** The function defined under a name in the class body itself, the last one; -1 when there is none. */
  ownMethod(classScope: number, name: string): number {
    const bound = this.bindings.of(classScope, name);
    if (bound.length === 0) return -1;
    const scope = this.program.scopes[classScope]!;
    for (let k = bound.length - 1; k >= 0; k--) {
      const { value } = bound[k]!;
      if (scope.code.op[value] !== Op.Function) continue;
      const method = scope.file.firstScope + scope.code.a[value]!;
      if (!isSetter(this.program, this.program.scopes[method]!)) return method;
    }
    return -1;
  }

  /** The topmost class of the program in which the name is state: the owner of the place. */
  ownerOf(classScope: number, name: string): number {
    const { entities } = this.resolver;
    let owner = classScope;
    const order = this.order(classScope);
    for (let k = 0; k < order.length; k++) {
      if (entities.kind[order[k]!] !== EntityKind.Class) continue;
      const one = entities.x[order[k]!]!;
      if (this.keeps(one, name)) owner = one;
    }
    return owner;
  }

  /** Puts the stores of a method whose body changed in the place of its old ones. */
  replaceStores(scope: Scope): void {
    if (scope.owner < 0) return;
    for (const tables of [this.fields, this.annotations]) {
      const table = tables.get(scope.owner);
      for (const [name, list] of table ?? []) {
        const kept = list.filter((store) => store.scope !== scope.id);
        if (kept.length === list.length) continue;
        if (kept.length === 0) table!.delete(name);
        else table!.set(name, kept);
      }
    }
    this.collectStores(scope);
    for (const tables of [this.fields, this.annotations]) {
      for (const list of tables.get(scope.owner)?.values() ?? [])
        list.sort((x, y) => x.scope - y.scope || x.at - y.at);
    }
  }

  /** The values, in the enclosing scope, of a class's written bases. */
  baseValues(scope: Scope): readonly number[] {
    if (scope.parent < 0 || scope.definedAt < 0) return [];
    const { bases } = classExtra(this.program.scopes[scope.parent]!.code, scope.definedAt);
    return bases.filter(({ keyword }) => keyword === Argument.Positional).map(({ value }) => value);
  }

  private bases(scope: Scope): readonly number[] {
    const outer = this.program.scopes[scope.parent]!;
    const found: number[] = [];
    for (const value of this.baseValues(scope)) {
      const generic = outer.code.op[value] === Op.Item ? outer.code.a[value]! : value;
      for (const entity of this.resolver.denotes(outer.id, generic)) {
        const kind = this.resolver.entities.kind[entity];
        if ((kind === EntityKind.Class || kind === EntityKind.Library) && !found.includes(entity))
          found.push(entity);
      }
    }
    return found;
  }

  private collectStores(scope: Scope): void {
    if (bindingOf(this.program, scope) === Binding.Static || scope.code.parameters.length === 0) return;
    const { op, a, b, c } = scope.code;
    const { names } = scope.file.source;
    let number: Int32Array | null = null;
    for (let at = 0; at < op.length; at++) {
      const isStore = op[at] === Op.StoreAttribute;
      if (!isStore && (op[at] !== Op.Annotate || a[at]! < 0)) continue;
      number ??= this.resolver.numberings.of(scope).number;
      if (number[a[at]!] !== op.length) continue;
      if (isStore) put(this.fields, scope.owner, names[b[at]!]!, { scope: scope.id, value: c[at]!, at });
      else put(this.annotations, scope.owner, names[c[at]!]!, { scope: scope.id, value: b[at]!, at });
    }
  }
}

function put(
  tables: Map<number, Map<string, FieldStore[]>>,
  owner: number,
  name: string,
  store: FieldStore,
): void {
  let table = tables.get(owner);
  if (!table) {
    table = new Map();
    tables.set(owner, table);
  }
  const list = table.get(name);
  if (list) list.push(store);
  else table.set(name, [store]);
}
