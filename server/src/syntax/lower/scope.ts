// Python's scoping, decided while a scope is lowered: which name is a slot here, which belongs outside.
// A name that is loaded before anything binds it stays open until the scope ends; what is open then goes outwards.
// Knows nothing of syntax: it is told of bindings, loads and stores.

import { type Code, Op, ScopeKind } from '../code';
import type { ColumnMemory } from '../column-memory';
import { Columns } from './columns';

/** A reference that a finished scope leaves open, four numbers each in `Scope.outward`:
 * code index relative to the scope's own, instruction, name, scopes outwards from the code to the one asked next. */
export const OUTWARD_WIDTH = 4;

type Column = 'slots' | 'captured' | 'op' | 'a' | 'b' | 'c' | 'start' | 'end' | 'extra';

const enum Declared {
  Global,
  Nonlocal,
}

/** One scope under construction: its columns, its slots, its open references. Pooled by nesting depth. */
export class Scope extends Columns {
  kind: ScopeKind = ScopeKind.Module;
  /** Index in `SourceFile.codes`. */
  index = 0;
  parent: Scope | null = null;
  flags = 0;
  /** Slot -> name. */
  readonly slots: number[] = [];
  readonly captured: number[] = [];
  /** How many comprehensions' inner parts the lowering is in; a class's names are out of sight there. */
  hidden = 0;
  /** Open references of this scope and of finished nested ones that nothing here binds. */
  readonly outward: number[] = [];
  private readonly slotOf = new Map<number, number>();
  private readonly declared = new Map<number, Declared>();
  /** Names of comprehension variables and type parameters, innermost last: pairs (name, slot). */
  private readonly inner: number[] = [];
  /** Own loads of names not bound yet: pairs (instruction, name). */
  private readonly open: number[] = [];
  /** References of nested scopes that wait for this one to end, `OUTWARD_WIDTH` numbers each. */
  private readonly nested: number[] = [];

  begin(kind: ScopeKind, index: number, parent: Scope | null, base: number): void {
    this.reset(base);
    this.kind = kind;
    this.index = index;
    this.parent = parent;
    this.flags = 0;
    this.hidden = 0;
    this.slots.length = 0;
    this.captured.length = 0;
    this.outward.length = 0;
    this.slotOf.clear();
    this.declared.clear();
    this.inner.length = 0;
    this.open.length = 0;
    this.nested.length = 0;
  }

  /** The columns of the finished scope. */
  copied(memory: ColumnMemory): Pick<Code, Column> {
    const { size, extraSize } = this;
    const slotCount = this.slots.length;
    memory.reserve(9, 21 * size + 5 * slotCount + 4 * extraSize);
    const slots = memory.words(slotCount);
    const a = memory.words(size);
    const b = memory.words(size);
    const c = memory.words(size);
    const start = memory.words(size);
    const end = memory.words(size);
    const extra = memory.words(extraSize);
    const captured = memory.bytes(slotCount);
    const op = memory.bytes(size);
    for (let slot = 0; slot < slotCount; slot++) {
      slots[slot] = this.slots[slot]!;
      captured[slot] = this.captured[slot]!;
    }
    for (let at = 0; at < size; at++) {
      op[at] = this.op[at]!;
      a[at] = this.a[at]!;
      b[at] = this.b[at]!;
      c[at] = this.c[at]!;
      start[at] = this.start[at]!;
      end[at] = this.end[at]!;
    }
    for (let k = 0; k < extraSize; k++) extra[k] = this.extra[k]!;
    return { slots, captured, op, a, b, c, start, end, extra };
  }

  declareGlobal(name: number): void {
    if (this.kind !== ScopeKind.Module) this.declared.set(name, Declared.Global);
  }

  declareNonlocal(name: number): void {
    if (this.kind !== ScopeKind.Module) this.declared.set(name, Declared.Nonlocal);
  }

  /** A slot of its own for a name, whatever else has that name. */
  freshSlot(name: number): number {
    this.captured.push(0);
    return this.slots.push(name) - 1;
  }

  /** The slot of a name bound in this scope; makes one when there is none. */
  slot(name: number): number {
    let slot = this.slotOf.get(name);
    if (slot === undefined) {
      slot = this.freshSlot(name);
      this.slotOf.set(name, slot);
    }
    return slot;
  }

  /** Binds a name without storing, as `x: int` does. */
  bind(name: number): void {
    if (this.kind !== ScopeKind.Module && !this.declared.has(name)) this.slot(name);
  }

  /** Opens a part in which further names are visible; the mark closes it. */
  openInner(): number {
    return this.inner.length;
  }

  /** Makes a name visible in the innermost open part, which began at `mark`, and returns its fresh slot. */
  addInner(name: number, mark: number): number {
    for (let i = mark; i < this.inner.length; i += 2)
      if (this.inner[i] === name) return this.inner[i + 1] as number;
    const slot = this.freshSlot(name);
    this.inner.push(name, slot);
    return slot;
  }

  closeInner(mark: number): void {
    this.inner.length = mark;
  }

  private innerSlot(name: number): number {
    const inner = this.inner;
    for (let i = inner.length - 2; i >= 0; i -= 2) if (inner[i] === name) return inner[i + 1] as number;
    return -1;
  }

  /** Emits the load of a name. */
  load(name: number, start: number, end: number): number {
    if (this.inner.length > 0) {
      const slot = this.innerSlot(name);
      if (slot >= 0) return this.emit(Op.Local, slot, -1, -1, start, end);
    }
    if (this.kind === ScopeKind.Module) return this.emit(Op.Global, name, -1, -1, start, end);
    const declared = this.declared.size > 0 ? this.declared.get(name) : undefined;
    if (declared === undefined && !(this.kind === ScopeKind.Class && this.hidden > 0)) {
      const slot = this.slotOf.get(name);
      if (slot !== undefined) return this.emit(Op.Local, slot, -1, -1, start, end);
    }
    const load = this.emit(Op.Global, name, -1, -1, start, end);
    // A class body reads a name it binds only later from outside, so there the order decides.
    if (declared === Declared.Nonlocal || this.kind === ScopeKind.Class) this.outward.push(0, load, name, 1);
    else if (declared === undefined) this.open.push(load, name);
    return load;
  }

  /** Emits the store of a value under a name of this scope. */
  store(name: number, value: number, start: number, end: number): void {
    if (this.kind === ScopeKind.Module) {
      this.emit(Op.StoreGlobal, name, value, -1, start, end);
      return;
    }
    const declared = this.declared.size > 0 ? this.declared.get(name) : undefined;
    if (declared === undefined) this.emit(Op.StoreLocal, this.slot(name), value, -1, start, end);
    else if (declared === Declared.Global) this.emit(Op.StoreGlobal, name, value, -1, start, end);
    else this.outward.push(0, this.emit(Op.StoreCaptured, name, value, 1, start, end), name, 1);
  }

  /** Emits the store of a comprehension variable or type parameter, or of a plain name when it is none. */
  storeInner(name: number, value: number, start: number, end: number): void {
    const slot = this.innerSlot(name);
    if (slot >= 0) this.emit(Op.StoreLocal, slot, value, -1, start, end);
    else this.store(name, value, start, end);
  }

  /** Emits the deletion of a name; a deleted outer variable becomes a value nobody knows. */
  delete(name: number, start: number, end: number): void {
    const declared = this.declared.get(name);
    if (this.kind === ScopeKind.Module || declared === Declared.Global) {
      this.emit(Op.DeleteGlobal, name, -1, -1, start, end);
    } else if (declared === undefined) {
      this.emit(Op.DeleteLocal, this.slot(name), -1, -1, start, end);
    } else {
      this.store(name, this.emit(Op.Unknown, -1, -1, -1, start, end), start, end);
    }
  }

  /** Takes a reference that a scope nested directly in this one left open. `code` is absolute. */
  receive(codes: readonly Code[], code: number, instruction: number, name: number, outwards: number): void {
    if (this.inner.length > 0) {
      const slot = this.innerSlot(name);
      if (slot >= 0) {
        this.capture(codes[code] as Code, instruction, name, outwards, slot);
        return;
      }
    }
    if (this.kind === ScopeKind.Class) this.outward.push(code - this.index, instruction, name, outwards + 1);
    else if (this.kind !== ScopeKind.Module) this.nested.push(code, instruction, name, outwards);
    else if (outwards > 0) settleGlobal(codes[code] as Code, instruction, name);
  }

  /** Settles what this scope binds; the rest stands in `outward` afterwards. */
  settle(codes: readonly Code[]): void {
    const { open, nested, outward } = this;
    for (let i = 0; i < open.length; i += 2) {
      const load = open[i] as number;
      const name = open[i + 1] as number;
      const slot = this.declared.has(name) ? undefined : this.slotOf.get(name);
      if (slot === undefined) {
        if (this.declared.get(name) !== Declared.Global) outward.push(0, load, name, 1);
        continue;
      }
      this.op[load] = Op.Local;
      this.a[load] = slot;
    }
    for (let i = 0; i < nested.length; i += OUTWARD_WIDTH) {
      const code = nested[i] as number;
      const instruction = nested[i + 1] as number;
      const name = nested[i + 2] as number;
      const outwards = nested[i + 3] as number;
      const declared = this.declared.get(name);
      const slot = declared === undefined ? this.slotOf.get(name) : undefined;
      if (slot !== undefined) this.capture(codes[code] as Code, instruction, name, outwards, slot);
      else if (declared === Declared.Global) settleGlobal(codes[code] as Code, instruction, name);
      else outward.push(code - this.index, instruction, name, outwards + 1);
    }
  }

  private capture(code: Code, instruction: number, name: number, outwards: number, slot: number): void {
    this.captured[slot] = 1;
    code.a[instruction] = name;
    if (code.op[instruction] === Op.Captured || code.op[instruction] === Op.Global) {
      code.op[instruction] = Op.Captured;
      code.b[instruction] = outwards;
      code.c[instruction] = slot;
      return;
    }
    code.op[instruction] = Op.StoreCaptured;
    code.c[instruction] = outwards;
  }
}

/** Makes an open reference one of the module's names; it may have been a captured one before an edit. */
function settleGlobal(code: Code, instruction: number, name: number): void {
  code.a[instruction] = name;
  const op = code.op[instruction];
  if (op === Op.Captured) {
    code.op[instruction] = Op.Global;
    code.b[instruction] = -1;
    code.c[instruction] = -1;
  } else if (op === Op.StoreCaptured) {
    code.op[instruction] = Op.StoreGlobal;
    code.c[instruction] = -1;
  }
}
