// The accesses of shared state in one scope: which place, what is done to it, through which receiver. A place is a
// field of a class (under its topmost owner in the program) or a module variable; locals are nobody else's business.

import type { Program, ProgramFile, Scope } from '../program/program';
import { CompareOperator, Op, ScopeKind, UnaryOperator } from '../syntax/code';
import { positional } from '../syntax/code-reader';
import { definitionOf } from './definitions';
import { EntityKind } from './entities';
import { type KeptMethod, keptMethod } from './kept-methods';
import type { Resolver } from './resolver';

/** What an access does, weakest first. */
export const enum AccessKind {
  /** Reads the reference or value once. */
  Read,
  /** Asks about a member or the truth of it: a decision hangs on it. */
  Test,
  /** Takes an element by key or index. */
  Index,
  /** Walks it at one stroke (`list(x)`, `sorted(x)`). */
  Snapshot,
  /** Walks it while other code may run. */
  Iterate,
  /** Changes what it holds. */
  Mutate,
  /** Replaces or deletes it. */
  Write,
  /** Reads, computes, writes back. */
  Update,
}

/** An access of a place by an instruction of a scope. */
export interface Access {
  readonly scope: number;
  readonly at: number;
  /** Index into `Places.all`. */
  readonly place: number;
  readonly kind: AccessKind;
  /** Value number of the object whose field it is; -1 for a module variable. */
  readonly receiver: number;
  /** The instruction that read the place: earlier than `at` where a local carried the value here. */
  readonly load: number;
  /** May take something away: a key or element that another access counts on. */
  readonly shrinks: boolean;
  /** Changes what an element of the place holds, not which elements there are. */
  readonly inside: boolean;
}

/** A piece of state with one name. */
export interface PlaceOf {
  readonly id: number;
  /** Scope of the owning class, or of the module. */
  readonly owner: number;
  readonly name: string;
  readonly ofModule: boolean;
  /** `Class.name` or `name`. */
  readonly label: string;
}

/** Interned places. */
export class Places {
  readonly all: PlaceOf[] = [];
  private readonly index = new Map<string, number>();

  /** The id of a place. */
  of(program: Program, owner: number, name: string): number {
    const key = `${owner}:${name}`;
    const known = this.index.get(key);
    if (known !== undefined) return known;
    const id = this.all.length;
    const scope = program.scopes[owner]!;
    const ofModule = scope.code.kind === ScopeKind.Module;
    this.all.push({ id, owner, name, ofModule, label: ofModule ? name : `${scope.name}.${name}` });
    this.index.set(key, id);
    return id;
  }
}

const whole = new Set(['items', 'keys', 'values', 'iteritems', 'iterkeys', 'itervalues']);
/** Functions that walk an argument while the loop over their result runs, and which argument. */
const walkers: ReadonlyMap<string, number> = new Map([
  ['iter', 0],
  ['enumerate', 0],
  ['zip', 0],
  ['reversed', 0],
  ['map', 1],
  ['filter', 1],
]);

/** Whether the access may change the place. */
export function isWrite(kind: AccessKind): boolean {
  return kind >= AccessKind.Mutate;
}

/** Which names of a file are asked for, 1 by index; and the names of fields that keep a method of a container, anywhere. */
export interface AskedNames {
  readonly flags: Uint8Array;
  readonly keepers: ReadonlySet<string>;
}

/** The accesses of a scope in source order; where names are asked for, those of places that are mentioned under them. */
export function accessesOf(
  resolver: Resolver,
  places: Places,
  scope: Scope,
  asked: AskedNames | null = null,
): readonly Access[] {
  return new Scan(resolver, places, scope, asked).run();
}

class Scan {
  private readonly found: Access[] = [];
  private readonly number: Int32Array;
  private readonly user: Int32Array;
  /** Instruction that loads a place -> already told with a stronger kind. */
  private readonly told = new Set<number>();
  private readonly placeOfNumber = new Map<number, number>();

  constructor(
    private readonly resolver: Resolver,
    private readonly places: Places,
    private readonly scope: Scope,
    private readonly asked: AskedNames | null,
  ) {
    const { number, user } = resolver.numberings.of(scope);
    this.number = number;
    this.user = user;
  }

  run(): readonly Access[] {
    const { op, a, b, c } = this.scope.code;
    for (let at = 0; at < op.length; at++) {
      switch (op[at] as Op) {
        case Op.StoreAttribute:
          this.storeField(at, a[at]!, b[at]!, c[at]!);
          break;
        case Op.DeleteAttribute:
          this.storeField(at, a[at]!, b[at]!, -1);
          break;
        case Op.StoreGlobal:
          if (this.scope.code.kind !== ScopeKind.Module) this.storeGlobal(at, a[at]!, b[at]!);
          break;
        case Op.StoreItem:
        case Op.DeleteItem:
          this.through(at, a[at]!, AccessKind.Mutate, op[at] === Op.DeleteItem);
          break;
        case Op.Item:
          this.through(at, a[at]!, AccessKind.Index);
          break;
        case Op.Compare:
          if (c[at] === CompareOperator.In || c[at] === CompareOperator.NotIn)
            this.through(at, b[at]!, AccessKind.Test);
          break;
        case Op.Element:
          this.through(at, a[at]!, AccessKind.Iterate);
          break;
        case Op.Unary:
          if (c[at] === UnaryOperator.Not) this.through(at, a[at]!, AccessKind.Test);
          break;
        case Op.If:
          if (a[at]! >= 0) this.through(at, a[at]!, AccessKind.Test);
          break;
        case Op.Call:
          this.call(at);
          break;
      }
    }
    for (let at = 0; at < op.length; at++) {
      if (op[at] !== Op.Attribute && op[at] !== Op.Global) continue;
      if (this.told.has(at) || this.isCallee(at)) continue;
      const place = this.placeOf(at);
      if (place >= 0) this.put(at, place, AccessKind.Read, at, at, false);
    }
    return this.found.sort((x, y) => x.at - y.at);
  }

  private isCallee(at: number): boolean {
    const user = this.user[at]!;
    return user >= 0 && this.scope.code.op[user] === Op.Call && this.scope.code.a[user] === at;
  }

  /** An operation on a value that was loaded from a place, perhaps through a local or an element of it. */
  private through(at: number, value: number, kind: AccessKind, shrinks = false): void {
    const { op, a } = this.scope.code;
    let number = this.number[value]!;
    let inside = false;
    for (let depth = 0; depth < 4 && number >= 0 && number < op.length; depth++) {
      const operation = op[number] as Op;
      if (operation === Op.Attribute || operation === Op.Global) {
        const place = this.placeOf(number);
        if (place < 0) return;
        const load = this.loadOf(value, number);
        this.told.add(value);
        this.told.add(load);
        this.put(at, place, kind, number, load, shrinks, inside);
        return;
      }
      if (operation === Op.Item) {
        // What is done to an element is done to the container that holds it, as far as a guard is concerned.
        if (kind < AccessKind.Mutate) return;
        inside = true;
        number = this.number[a[number]!]!;
        continue;
      }
      const walked = operation === Op.Call && kind === AccessKind.Iterate ? this.walked(number) : -1;
      if (walked < 0) return;
      number = this.number[walked]!;
    }
  }

  /** The container that a call's result walks: `x` of `x.items()`, `six.itervalues(x)`, `enumerate(x)`; -1 for others. */
  private walked(call: number): number {
    const { code } = this.scope;
    const { names } = this.scope.file.source;
    const callee = code.a[call]!;
    if (code.op[callee] === Op.Attribute && whole.has(names[code.b[callee]!]!)) {
      const given = positional(code, call, 0);
      return given >= 0 ? given : code.a[callee]!;
    }
    const position = code.op[callee] === Op.Global ? walkers.get(names[code.a[callee]!]!) : undefined;
    return position === undefined ? -1 : positional(code, call, position);
  }

  private isWalkedAt(call: number): boolean {
    const user = this.user[call]!;
    return user >= 0 && (this.scope.code.op[user] === Op.Loop || this.scope.code.op[user] === Op.Element);
  }

  /** Where a value was read from its place; `number` is the first reading of an equal expression. */
  private loadOf(value: number, number: number): number {
    const { op, a } = this.scope.code;
    let at = value;
    for (let depth = 0; depth < 8; depth++) {
      if (op[at] === Op.Attribute && this.number[at] === number) return at;
      if (op[at] === Op.Global) return at;
      if (op[at] === Op.Local) return this.readInto(at, number);
      if (op[at] !== Op.Item && op[at] !== Op.Call && op[at] !== Op.Attribute) break;
      const walked = op[at] === Op.Call ? this.walked(at) : -1;
      at = walked >= 0 ? walked : a[at]!;
    }
    return number;
  }

  /** The reading that a variable got its value from: the last store of that value before it. */
  private readInto(local: number, number: number): number {
    const { op, a, b } = this.scope.code;
    for (let at = local - 1; at >= 0; at--) {
      if (op[at] !== Op.StoreLocal || a[at] !== a[local] || this.number[b[at]!] !== number) continue;
      return op[b[at]!] === Op.Attribute ? b[at]! : number;
    }
    return number;
  }

  private call(at: number): void {
    const { op, a, b, extra } = this.scope.code;
    const { library } = this.resolver;
    const callee = a[at]!;
    const from = b[at]!;
    if (op[callee] === Op.Attribute) {
      const kept = this.mayKeep(callee) ? keptMethod(this.resolver, this.scope, callee) : null;
      if (kept) {
        this.throughKept(at, callee, kept);
        return;
      }
      const effect = this.isOwnMethod(at)
        ? undefined
        : library.containerMethods.get(this.scope.file.source.names[b[callee]!]!);
      if (effect === undefined) this.through(at, a[callee]!, AccessKind.Read);
      else if (effect === 'read' || effect === 'test') this.through(at, a[callee]!, AccessKind.Test);
      else if (effect === 'iterate' || effect === 'view') this.view(at, a[callee]!);
      else if (effect === 'copy') this.through(at, a[callee]!, AccessKind.Snapshot);
      else this.through(at, a[callee]!, AccessKind.Mutate, effect !== 'add' && effect !== 'getOrAdd');
      return;
    }
    if (op[callee] !== Op.Global || extra[from] === 0) return;
    const name = this.scope.file.source.names[a[callee]!]!;
    if (walkers.has(name) && this.isWalkedAt(at)) return;
    if (library.snapshots.has(name)) this.snapshot(at, extra[from + 2]!, AccessKind.Snapshot);
    else if (library.readers.has(name)) this.snapshot(at, extra[from + 2]!, AccessKind.Test);
  }

  private mayKeep(attribute: number): boolean {
    const name = this.scope.file.source.names[this.scope.code.b[attribute]!]!;
    return this.asked === null || this.asked.keepers.has(name);
  }

  private isAsked(name: number): boolean {
    return this.asked === null || this.asked.flags[name] === 1;
  }

  /** `self._append(x)` where the field keeps `self._queue.append`: an access of the queue. */
  private throughKept(at: number, callee: number, { owner, container, effect }: KeptMethod): void {
    const place = this.places.of(this.resolver.program, owner, container);
    const looks = effect === 'read' || effect === 'test';
    const copies = effect === 'copy' || effect === 'view' || effect === 'iterate';
    const kind = looks ? AccessKind.Test : copies ? AccessKind.Snapshot : AccessKind.Mutate;
    const shrinks = kind === AccessKind.Mutate && effect !== 'add' && effect !== 'getOrAdd';
    this.put(at, place, kind, callee, at, shrinks);
  }

  /** Whether the method is a function of the program: what it does to its object, its own body says. */
  private isOwnMethod(at: number): boolean {
    return this.resolver.targets(this.scope.id, at).some((target) => target.kind === 'function');
  }

  /** `list(self.x)` and `list(self.x.items())`. */
  private snapshot(at: number, value: number, kind: AccessKind): void {
    const walked = this.scope.code.op[value] === Op.Call ? this.walked(value) : -1;
    this.through(at, walked >= 0 ? walked : value, kind);
  }

  /** `self.x.items()`: walked where a loop or a snapshot uses it, told there; else a view. */
  private view(at: number, container: number): void {
    const user = this.user[at]!;
    const { op, a } = this.scope.code;
    if (user >= 0 && (op[user] === Op.Loop || op[user] === Op.Element || op[user] === Op.Call)) {
      this.told.add(container);
      this.told.add(this.loadOf(container, this.number[container]!));
      const isSnapshot = op[user] === Op.Call && a[user] !== at;
      if (!isSnapshot) return;
      const callee = a[user]!;
      const name = op[callee] === Op.Global ? this.scope.file.source.names[a[callee]!]! : '';
      if (this.resolver.library.snapshots.has(name)) return;
      if (walkers.has(name) && this.isWalkedAt(user)) return;
    }
    this.through(at, container, AccessKind.Snapshot);
  }

  private storeField(at: number, object: number, name: number, value: number): void {
    if (!this.isAsked(name)) return;
    const text = this.scope.file.source.names[name]!;
    const owner = this.ownerOf(object, text);
    if (owner < 0) return;
    const place = this.places.of(this.resolver.program, owner, text);
    const updates = value >= 0 && this.readsPlace(value, place);
    this.found.push({
      scope: this.scope.id,
      at,
      place,
      kind: updates ? AccessKind.Update : AccessKind.Write,
      receiver: this.number[object]!,
      load: at,
      shrinks: !updates,
      inside: false,
    });
  }

  private put(
    at: number,
    place: number,
    kind: AccessKind,
    number: number,
    load: number,
    shrinks: boolean,
    inside = false,
  ): void {
    const { op, a } = this.scope.code;
    const receiver = op[number] === Op.Attribute ? this.number[a[number]!]! : -1;
    this.found.push({ scope: this.scope.id, at, place, kind, receiver, load, shrinks, inside });
  }

  private storeGlobal(at: number, name: number, value: number): void {
    if (!this.isAsked(name)) return;
    const text = this.scope.file.source.names[name]!;
    const place = this.places.of(this.resolver.program, this.scope.file.firstScope, text);
    const kind = this.readsPlace(value, place) ? AccessKind.Update : AccessKind.Write;
    this.found.push({
      scope: this.scope.id,
      at,
      place,
      kind,
      receiver: -1,
      load: at,
      shrinks: kind === AccessKind.Write,
      inside: false,
    });
  }

  /** Whether a stored value is computed from the place itself by an operator. */
  private readsPlace(value: number, place: number): boolean {
    const { op, a, b } = this.scope.code;
    if (op[value] !== Op.Binary) return false;
    const left = this.number[a[value]!]!;
    const right = this.number[b[value]!]!;
    for (const [operand, side] of [
      [a[value]!, left],
      [b[value]!, right],
    ] as const) {
      if (side >= 0 && side < op.length && this.placeOf(side) === place) {
        this.told.add(this.loadOf(operand, side));
        return true;
      }
    }
    return false;
  }

  private placeOf(number: number): number {
    const known = this.placeOfNumber.get(number);
    if (known !== undefined) return known;
    const place = this.findPlace(number);
    this.placeOfNumber.set(number, place);
    return place;
  }

  private findPlace(number: number): number {
    const { op, a, b } = this.scope.code;
    const { names } = this.scope.file.source;
    const { resolver, places } = this;
    if (op[number] === Op.Attribute) {
      if (!this.isAsked(b[number]!)) return -1;
      const name = names[b[number]!]!;
      const owner = this.ownerOf(a[number]!, name);
      return owner < 0 ? -1 : places.of(resolver.program, owner, name);
    }
    if (op[number] !== Op.Global || this.scope.code.kind === ScopeKind.Module) return -1;
    return this.isAsked(a[number]!) ? this.variablePlace(this.scope.file, names[a[number]!]!) : -1;
  }

  /** The place of a module variable under the name it has in a file; -1 when it is none. */
  private variablePlace(file: ProgramFile, as: string): number {
    const { resolver } = this;
    const made = definitionOf(resolver, file, as);
    const { firstScope } = made.file;
    return isVariable(resolver, firstScope, made.name)
      ? this.places.of(resolver.program, firstScope, made.name)
      : -1;
  }

  /** Scope of the class or module whose state `object.name` is; -1 when it is none that is known. */
  private ownerOf(object: number, name: string): number {
    const { resolver } = this;
    const { entities, classes } = resolver;
    for (const entity of resolver.denotes(this.scope.id, object)) {
      const x = entities.x[entity]!;
      switch (entities.kind[entity]) {
        case EntityKind.Instance:
        case EntityKind.Class: {
          if (classes.method(x, name) >= 0) return -1;
          const owner = classes.ownerOf(x, name);
          return classes.keeps(owner, name) ? owner : -1;
        }
        case EntityKind.Module: {
          const { firstScope } = resolver.program.files[x]!;
          return isVariable(resolver, firstScope, name) ? firstScope : -1;
        }
      }
    }
    return -1;
  }
}

/** Whether a module's name is a variable of its own, not a function, class or import. */
function isVariable(resolver: Resolver, module: number, name: string): boolean {
  const bound = resolver.bindings.of(module, name);
  if (bound.length === 0) return false;
  for (const { scope, value } of bound) {
    const op = resolver.program.scopes[scope]!.code.op[value] as Op;
    if (op === Op.Function || op === Op.Class || op === Op.Import) return false;
  }
  return true;
}
