// Value numbers and held locks of one scope: facts that follow from its text alone, before any name is resolved.
// One forward pass over structured code; locals join at merges, loop bodies need no second round because a loop's
// phi collects every store of its body. Refuses to know what a name means or whether a manager is a lock at all.
// Value numbering: Alpern, Wegman, Zadeck, "Detecting equality of variables in programs" (POPL 1988), the hashing form.

import type { Code, SourceFile } from '../syntax/code';
import { LoopKind, Op } from '../syntax/code';
import type { ColumnMemory } from '../syntax/column-memory';
import { acquisition, release, swallows } from './acquisition';
import type { EqualExpressions } from './equal-expressions';
import { type Frame, openFrame } from './frames';
import { HeldSets } from './held-sets';
import { heldWhen } from './tested-locks';

/** Facts of one scope. A value number below `count` is an instruction; `count + slot` is the value a slot starts
 * with (a parameter's argument); above `count + slots` come phis. */
export interface Numbering {
  readonly count: number;
  readonly slotCount: number;
  /** Instruction -> value number; -1 where the instruction yields no value or was not reached. */
  readonly number: Int32Array;
  /** Value instruction -> the first instruction that consumes it, or -1. */
  readonly user: Int32Array;
  /** Alternatives of the phis, as value numbers, in order of appearance. */
  readonly phis: readonly (readonly number[])[];
  /** Instruction -> index into `sets.lists`: the managers and acquired objects held just before it. */
  readonly held: Uint16Array | Int32Array;
  readonly sets: HeldSets;
  /** 1 where control can arrive. */
  readonly reached: Uint8Array;
}

const maximumAlternatives = 8;
/** Below this many instructions the held sets of a scope can be counted in 16 bits. */
const manyInstructions = 1 << 14;
/** After so many corrections of what loops hold, no loop is taken to hold anything at its head. */
const maximumRounds = 8;

/** Numbers the values of one scope and tells which managers are held at each instruction. */
export function numberValues(
  source: SourceFile,
  code: Code,
  memory: ColumnMemory,
  equal: EqualExpressions,
): Numbering {
  const heads = new Map<number, readonly number[]>();
  for (let round = 1; ; round++) {
    const pass = new Pass(source, code, heads, round > maximumRounds, memory, equal);
    const numbering = pass.run();
    if (!pass.again) return numbering;
  }
}

class Pass {
  private readonly count: number;
  private readonly number: Int32Array;
  private readonly user: Int32Array;
  private readonly heldAt: Uint16Array | Int32Array;
  private readonly reached: Uint8Array;
  private readonly phis: number[][] = [];
  private readonly sets = new HeldSets();
  /** Value number of an acquire whose success is still to be tested -> what it acquires. */
  private readonly tested = new Map<number, number>();
  private readonly frames: Frame[] = [];
  private env: number[] | null;
  private held = 0;
  /** A loop's body gave back what its head was taken to hold: `heads` was corrected, and the pass is void. */
  again = false;

  constructor(
    private readonly source: SourceFile,
    private readonly code: Code,
    /** Loop -> what is still held at its head when its body has run; each new pass only takes away. */
    private readonly heads: Map<number, readonly number[]>,
    private readonly emptyHeads: boolean,
    memory: ColumnMemory,
    private readonly equal: EqualExpressions,
  ) {
    equal.begin();
    const count = code.op.length;
    const isSmall = count < manyInstructions;
    memory.reserve(4, count * (isSmall ? 11 : 13));
    this.count = count;
    this.number = memory.words(count);
    this.user = memory.words(count);
    this.heldAt = isSmall ? memory.halves(count) : memory.words(count);
    this.reached = memory.bytes(count);
    this.env = new Array<number>(code.slots.length).fill(-1);
    for (let slot = 0; slot < code.parameters.length; slot++) this.env[slot] = this.count + slot;
  }

  run(): Numbering {
    for (let at = 0; at < this.count; at++) {
      // Operands come before what they are for.
      this.number[at] = -1;
      this.user[at] = -1;
      this.heldAt[at] = this.held;
      if (this.env) this.reached[at] = 1;
      this.step(at);
    }
    return {
      count: this.count,
      slotCount: this.code.slots.length,
      number: this.number,
      user: this.user,
      phis: this.phis,
      held: this.heldAt,
      sets: this.sets,
      reached: this.reached,
    };
  }

  private step(at: number): void {
    const { op, a, b, c } = this.code;
    const operation = op[at] as Op;
    switch (operation) {
      case Op.Const:
      case Op.Global:
        this.share(at, operation, a[at]!, 0);
        return;
      case Op.Captured:
        this.share(at, operation, a[at]!, b[at]!);
        return;
      case Op.Local: {
        const value = this.env ? this.env[a[at]!]! : -1;
        this.number[at] = value === -1 ? at : value;
        return;
      }
      case Op.Attribute:
        this.use(a[at]!, at);
        this.share(at, operation, this.number[a[at]!]!, b[at]!);
        return;
      case Op.Item:
        this.use(a[at]!, at);
        this.use(b[at]!, at);
        this.share(at, operation, this.number[a[at]!]!, this.number[b[at]!]!);
        return;
      case Op.Unary:
      case Op.Await:
      case Op.Star:
      case Op.Element:
      case Op.YieldFrom:
      case Op.Unpack:
        this.use(a[at]!, at);
        this.number[at] = at;
        return;
      case Op.Binary:
      case Op.Compare:
        this.use(a[at]!, at);
        this.use(b[at]!, at);
        this.number[at] = at;
        return;
      case Op.Call:
        this.call(at);
        return;
      case Op.Phi:
        this.join(at);
        return;
      case Op.List:
      case Op.Tuple:
      case Op.Set:
      case Op.Format:
        this.useList(b[at]!, 1, at);
        this.number[at] = at;
        return;
      case Op.Dict:
        this.useList(b[at]!, 2, at);
        this.number[at] = at;
        return;
      case Op.Interpolate:
      case Op.Yield:
        if (a[at]! >= 0) this.use(a[at]!, at);
        this.number[at] = at;
        return;
      case Op.StoreLocal:
        this.use(b[at]!, at);
        this.store(a[at]!, this.number[b[at]!]!);
        return;
      case Op.StoreGlobal:
      case Op.StoreCaptured:
        this.use(b[at]!, at);
        return;
      case Op.StoreAttribute:
        this.use(a[at]!, at);
        this.use(c[at]!, at);
        return;
      case Op.StoreItem:
        this.use(a[at]!, at);
        this.use(b[at]!, at);
        this.use(c[at]!, at);
        return;
      case Op.DeleteLocal:
        if (this.env) this.env[a[at]!] = -1;
        return;
      case Op.DeleteAttribute:
      case Op.Discard:
        this.use(a[at]!, at);
        return;
      case Op.DeleteItem:
        this.use(a[at]!, at);
        this.use(b[at]!, at);
        return;
      case Op.Collect:
        this.use(b[at]!, at);
        if (c[at]! >= 0) this.use(c[at]!, at);
        return;
      case Op.If:
      case Op.Loop:
      case Op.Try:
      case Op.With:
        this.open(at, operation);
        return;
      case Op.Else:
      case Op.LoopElse:
      case Op.Except:
      case Op.TryElse:
      case Op.Finally:
        this.part(at, operation);
        return;
      case Op.End:
        this.close();
        return;
      case Op.Break:
      case Op.Continue:
        this.jump(at, operation);
        this.env = null;
        return;
      case Op.Return:
      case Op.Raise:
        if (a[at]! >= 0) this.use(a[at]!, at);
        this.env = null;
        return;
      default:
        this.number[at] = at;
    }
  }

  private use(value: number, by: number): void {
    if (value >= 0 && this.user[value] === -1) this.user[value] = by;
  }

  private useList(extra: number, stride: number, by: number): void {
    const list = this.code.extra;
    const end = extra + 1 + list[extra]! * stride;
    for (let k = extra + 1; k < end; k++) this.use(list[k]!, by);
  }

  /** Gives equal pure expressions one number. */
  private share(at: number, op: Op, x: number, y: number): void {
    if (x >= 1 << 21 || y >= 1 << 21) {
      this.number[at] = at;
      return;
    }
    this.number[at] = this.equal.first(op, x, y, at);
  }

  private call(at: number): void {
    const { a, b, extra } = this.code;
    this.use(a[at]!, at);
    const from = b[at]!;
    const end = from + 1 + extra[from]! * 2;
    for (let k = from + 2; k < end; k += 2) this.use(extra[k]!, at);
    this.number[at] = at;
    const acquired = acquisition(this.source, this.code, at);
    if (acquired) {
      const lock = this.number[acquired.lock]!;
      if (!acquired.certain) this.tested.set(at, lock);
      else if (!this.sets.has(this.held, lock)) {
        this.held = this.sets.with(this.held, lock);
        if (acquired.stack >= 0) this.ownerOfStack(acquired.stack)?.entered.push(lock);
      }
      return;
    }
    const released = release(this.source, this.code, at);
    if (released < 0) return;
    this.held = this.sets.without(this.held, this.number[released]!);
    for (const frame of this.frames) {
      if (frame.op === Op.Try) frame.least = this.sets.both(frame.least, this.held);
    }
  }

  /** The `with` that opened an exit stack: its locks go when it closes. */
  private ownerOfStack(stack: number): Frame | undefined {
    const entered = this.number[stack]!;
    return this.frames.find(
      ({ op, at }) =>
        op === Op.With && (this.number[this.code.a[at]!] === entered || this.isEntered(entered, at)),
    );
  }

  private isEntered(value: number, withAt: number): boolean {
    return (
      value >= 0 && value < this.count && this.code.op[value] === Op.Entered && this.code.a[value] === withAt
    );
  }

  /** A `break` or `continue`: what is left of the locks once the managers in between have closed. */
  private jump(at: number, op: Op): void {
    if (!this.env) return;
    let held = this.held;
    let throughFinally = false;
    for (let k = this.frames.length - 1; k >= 0; k--) {
      const frame = this.frames[k]!;
      if (frame.op === Op.With) held = this.afterWith(frame, held);
      else if (frame.op === Op.Try) throughFinally ||= this.hasFinally(frame.at);
      if (frame.op !== Op.Loop) continue;
      // The finally is still to come, and may give back whatever this round of the loop acquired.
      if (throughFinally) held = this.sets.both(held, frame.baseHeld);
      if (op === Op.Continue) frame.backHeld = this.meet(frame.backHeld, held);
      else if (this.code.a[at] === 1) frame.elseHeld = this.meet(frame.elseHeld, held);
      else frame.breakHeld = this.meet(frame.breakHeld, held);
      return;
    }
  }

  private hasFinally(at: number): boolean {
    const { op } = this.code;
    for (let k = at + 1, depth = 1; k < this.count && depth > 0; k++) {
      const inner = op[k] as Op;
      if (inner === Op.End) depth--;
      else if (inner === Op.If || inner === Op.Loop || inner === Op.Try || inner === Op.With) depth++;
      else if (inner === Op.Finally && depth === 1) return true;
    }
    return false;
  }

  private meet(x: number, y: number): number {
    return x === -1 ? y : this.sets.both(x, y);
  }

  private join(at: number): void {
    const { b, extra } = this.code;
    const from = b[at]!;
    this.useList(from, 1, at);
    const values: number[] = [];
    for (let k = from + 1; k <= from + extra[from]!; k++) add(values, this.number[extra[k]!]!);
    this.number[at] = this.phi(values);
  }

  private phi(values: number[]): number {
    if (values.length === 1) return values[0]!;
    this.phis.push(values);
    return this.count + this.code.slots.length + this.phis.length - 1;
  }

  private store(slot: number, value: number): void {
    if (!this.env) return;
    this.env[slot] = value;
    const { frames } = this;
    for (let k = 0; k < frames.length; k++) {
      const list = frames[k]!.open?.get(slot);
      if (list) add(list, value);
    }
  }

  private open(at: number, op: Op): void {
    const { a, c } = this.code;
    const base = this.env ? this.env.slice() : null;
    if (a[at]! >= 0) this.use(a[at]!, at);
    const opens =
      op === Op.Loop || op === Op.Try || (op === Op.With && swallows(this.source, this.code, a[at]!));
    const opened = opens ? this.openPhis(at, op === Op.Loop) : null;
    if (op === Op.Loop) {
      const kept = this.emptyHeads ? [] : this.heads.get(at);
      for (const member of kept ? this.sets.lists[this.held]! : []) {
        if (!kept!.includes(member)) this.held = this.sets.without(this.held, member);
      }
    }
    // A `while` runs out only where its condition fails, which is a Break of its own.
    const runsOut = op === Op.Loop && c[at] === LoopKind.While ? -1 : this.held;
    this.frames.push(
      openFrame(op, at, op === Op.Loop && this.env ? this.env.slice() : base, this.held, runsOut, opened),
    );
    if (op === Op.With) {
      this.held = this.sets.with(this.held, this.number[a[at]!]!);
    } else if (op === Op.If && a[at]! >= 0 && this.tested.size > 0) {
      const facts = {
        source: this.source,
        code: this.code,
        number: this.number,
        tested: this.tested,
        phis: this.phis,
      };
      const frame = this.frames[this.frames.length - 1]!;
      for (const lock of heldWhen(facts, a[at]!, false))
        frame.elseHeld = this.sets.with(frame.elseHeld, lock);
      for (const lock of heldWhen(facts, a[at]!, true)) this.held = this.sets.with(this.held, lock);
    }
  }

  /** Phis for the slots that the bracket's body stores. In a loop they take effect at once, in a try at its handlers. */
  private openPhis(at: number, now: boolean): Map<number, number[]> {
    const { op, a } = this.code;
    const opened = new Map<number, number[]>();
    for (let k = at + 1, depth = 1; k < this.count && depth > 0; k++) {
      const inner = op[k] as Op;
      if (inner === Op.End) depth--;
      else if (inner === Op.If || inner === Op.Loop || inner === Op.Try || inner === Op.With) depth++;
      else if (!now && depth === 1 && (inner === Op.Except || inner === Op.Finally)) break;
      else if (inner === Op.StoreLocal || inner === Op.DeleteLocal) {
        const slot = a[k]!;
        if (opened.has(slot)) continue;
        const list = this.env ? [this.env[slot]!] : [];
        opened.set(slot, list);
        if (now && this.env) {
          this.phis.push(list);
          this.env[slot] = this.count + this.code.slots.length + this.phis.length - 1;
        }
      }
    }
    return opened;
  }

  private part(at: number, op: Op): void {
    const frame = this.frames[this.frames.length - 1];
    if (!frame) return;
    if (op === Op.LoopElse) {
      this.goBack(frame);
      frame.sawElse = true;
      this.env = frame.elseHeld === -1 || !frame.base ? null : frame.base.slice();
      this.held = Math.max(frame.elseHeld, 0);
      return;
    }
    if (op === Op.Else) {
      this.merge(frame);
      frame.sawElse = true;
      this.env = frame.base ? frame.base.slice() : null;
      this.held = frame.elseHeld;
      return;
    }
    if (frame.handlerHeld === -1 && op !== Op.Finally) {
      // The first handler: the body has ended, and goes on in the `else` if there is one.
      frame.handlerHeld = frame.least;
      frame.body = this.env;
      frame.bodyHeld = this.held;
    } else this.merge(frame);
    if (op === Op.Except) {
      if (this.code.a[at]! >= 0) this.use(this.code.a[at]!, at);
      this.env = this.handlerValues(frame);
      this.held = frame.handlerHeld;
      return;
    }
    if (op === Op.TryElse) {
      this.env = frame.body;
      this.held = frame.bodyHeld;
      frame.body = null;
      return;
    }
    // A finally runs after every part, and after an exception in any of them.
    this.mergeBody(frame);
    const parts = frame.ended;
    frame.dead = parts === null;
    this.env = this.joined(parts, this.handlerValues(frame));
    this.held = frame.endedHeld === -1 ? frame.least : this.sets.both(frame.endedHeld, frame.least);
    frame.ended = null;
    frame.endedHeld = -1;
    frame.sawElse = true;
  }

  /** The body of a try without `else` goes on after the try. */
  private mergeBody(frame: Frame): void {
    if (!frame.body) return;
    frame.endedHeld = this.meet(frame.endedHeld, frame.bodyHeld);
    frame.ended = this.joined(frame.body, frame.ended);
    frame.body = null;
  }

  /** The end of a loop's body: back to the head, which can hold no more than what is held here. */
  private goBack(frame: Frame): void {
    if (this.env) frame.backHeld = this.meet(frame.backHeld, this.held);
    if (frame.backHeld === -1) return;
    const kept = this.sets.both(frame.baseHeld, frame.backHeld);
    if (kept === frame.baseHeld) return;
    this.heads.set(frame.at, this.sets.lists[kept]!);
    this.again = true;
  }

  /** What is held after a `with`, given what is held at the end of its body. */
  private afterWith(frame: Frame, held: number): number {
    let after = held;
    for (const lock of [this.number[this.code.a[frame.at]!]!, ...frame.entered]) {
      if (!this.sets.has(frame.baseHeld, lock)) after = this.sets.without(after, lock);
    }
    return after;
  }

  private handlerValues(frame: Frame): number[] | null {
    if (!frame.base) return null;
    const env = frame.base.slice();
    for (const [slot, list] of frame.open ?? []) env[slot] = this.phi(list.slice());
    return env;
  }

  private merge(frame: Frame): void {
    if (!this.env) return;
    frame.endedHeld = frame.endedHeld === -1 ? this.held : this.sets.both(frame.endedHeld, this.held);
    frame.ended = frame.ended ? this.joined(frame.ended, this.env) : this.env;
  }

  private close(): void {
    const frame = this.frames.pop();
    if (!frame) return;
    switch (frame.op) {
      case Op.With:
        this.held = this.env ? this.afterWith(frame, this.held) : frame.baseHeld;
        if (frame.open) {
          // It may have swallowed an exception anywhere in its body.
          this.held = this.sets.both(this.held, frame.baseHeld);
          this.env = this.joined(this.env, this.handlerValues(frame));
        }
        return;
      case Op.Loop:
        this.closeLoop(frame);
        return;
      default:
        this.merge(frame);
        this.mergeBody(frame);
    }
    if (frame.op === Op.If && !frame.sawElse) {
      // Its values come first: they are the earlier ones.
      frame.endedHeld = this.meet(frame.endedHeld, frame.elseHeld);
      frame.ended = this.joined(frame.base, frame.ended);
    }
    this.env = frame.dead ? null : frame.ended;
    this.held = frame.ended ? frame.endedHeld : frame.baseHeld;
  }

  /** Every store of the body is in the phis, so the values at the head stand for those after the loop. */
  private closeLoop(frame: Frame): void {
    let ranOut = frame.elseHeld;
    if (frame.sawElse) ranOut = this.env ? this.held : -1;
    else this.goBack(frame);
    const left = ranOut === -1 ? frame.breakHeld : this.meet(frame.breakHeld, ranOut);
    this.env = left !== -1 && frame.base ? frame.base.slice() : null;
    this.held = left === -1 ? frame.baseHeld : left;
  }

  private joined(x: number[] | null, y: number[] | null): number[] | null {
    if (!x || !y) return x ?? y;
    const out = x.slice();
    for (let slot = 0; slot < out.length; slot++) {
      if (x[slot] !== y[slot]) out[slot] = this.phi([x[slot]!, y[slot]!]);
    }
    return out;
  }
}

function add(list: number[], value: number): void {
  if (list.length < maximumAlternatives && !list.includes(value)) list.push(value);
}
