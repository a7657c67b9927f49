// One forward pass over a function: the control stack. Ways part at conditions, meet at the end of brackets; a loop's
// body runs a second time when its first run changed the state. Bounded by steps, never recursive.
// What an instruction means is decided in `instructions`; what a condition proves, in `guards`.

import type { Scope } from '../../program/program';
import { LoopKind, Op, ScopeKind } from '../../syntax/code';
import type { Numbering } from '../numbering';
import { type Capture, capturesOf } from './closures';
import type { Context } from './context';
import { anything, bottom, type Domain } from './domain';
import { absorb, Environment, joined } from './environment';
import { raiseSink } from './exceptions';
import { assume } from './guards';
import { Inputs } from './inputs';
import { evaluate, execute } from './instructions';
import { type Marks, marksOf } from './marks';
import type { Flow } from './summary';

interface Bracket {
  readonly op: Op;
  readonly at: number;
  /** If: the way of the false condition. Loop: the state at its head. Try: what a handler may see. */
  other: Environment | null;
  /** States at the end of finished parts. */
  ended: Environment | null;
  breaks: Environment | null;
  continues: Environment | null;
  exhausted: Environment | null;
  /** Try: the end of its body, kept for TryElse. */
  normal: Environment | null;
  /** Try: still in the body. If: no Else seen. Loop: first run. */
  first: boolean;
  /** Loop: in its else part. */
  inElse: boolean;
}

const maximumSteps = 60_000;
const maximumNesting = 3;
const noSlots: ReadonlyMap<number, number> = new Map();

/** The interpretation of one function. */
export class Pass {
  readonly domain: Domain;
  readonly values: number[];
  readonly numbering: Numbering;
  environment: Environment | null;
  /** For each read of a variable, the number of what it held then: on one way it may be known where the text is not. */
  private readonly held: number[];
  /** In a module: name -> slot behind the code's own, so that its names are followed as locals are. */
  readonly nameSlots: ReadonlyMap<number, number>;
  /** Variables of enclosing functions that are inputs too. */
  readonly captures: readonly Capture[];
  readonly inputs: Inputs;
  /** Flows found, by sink and root. */
  readonly flows = new Map<string, Flow>();
  /** Stores of what is compared with a request's data elsewhere in the function. */
  readonly compared = new Set<number>();
  /** What comments say of values that are assigned here. */
  readonly marks: Marks | null;
  private objects: ReadonlySet<number> | null = null;
  private neverReturns = false;
  private readonly brackets: Bracket[] = [];
  private loops = 0;

  constructor(
    readonly context: Context,
    readonly scope: Scope,
    /** The inputs to follow, for a summary in terms of them. */
    readonly followed: number,
  ) {
    this.domain = context.domain;
    this.values = new Array(scope.code.op.length).fill(bottom);
    this.held = new Array(scope.code.op.length).fill(-1);
    this.numbering = context.resolver.numberings.of(scope);
    this.nameSlots = nameSlotsOf(scope);
    this.marks = marksOf(scope);
    this.environment = Environment.empty(scope.code.slots.length + this.nameSlots.size);
    this.captures = capturesOf(scope.file.source.names, scope.code);
    this.inputs = new Inputs(this);
  }

  /** Runs to the end. */
  run(): void {
    const { op } = this.scope.code;
    this.inputs.enter();
    for (let at = 0, steps = 0; at < op.length; at++) {
      if (++steps > maximumSteps) {
        this.context.counts.exhausted++;
        return;
      }
      const kind = op[at] as Op;
      if (kind >= Op.If) at = this.step(at, kind);
      else if (this.environment === null) this.values[at] = bottom;
      else if (kind < Op.Collect) this.values[at] = evaluate(this, at, kind);
      else execute(this, at, kind);
    }
    if (this.environment !== null) this.inputs.leave(-1);
  }

  /** Whether the value with this number is used as an object (see `ObjectUses`). */
  isObject(number: number): boolean {
    this.objects ??= this.context.objectUses.numbersOf(this.scope, this.numbering);
    return this.objects.has(number);
  }

  /** Tells whether the call being evaluated ends the way. */
  noteReturn(never: boolean): void {
    this.neverReturns = never;
  }

  /** Ends the way when the call that was evaluated never returns. */
  endIfGone(): void {
    if (this.neverReturns) this.environment = null;
    this.neverReturns = false;
  }

  /** The number of what an instruction read. */
  numberAt(at: number): number {
    const held = this.held[at]!;
    return held >= 0 ? held : this.numbering.number[at]!;
  }

  /** Notes what a variable holds as it is read. */
  noteRead(at: number, number: number): void {
    this.held[at] = number;
  }

  /** A name of the file. */
  name(index: number): string {
    return this.scope.file.source.names[index]!;
  }

  /** The state may be seen by the handlers of the innermost try. */
  mayRaise(): void {
    for (let k = this.brackets.length - 1; k >= 0; k--) {
      const bracket = this.brackets[k]!;
      if (bracket.op !== Op.Try || !bracket.first) continue;
      if (bracket.other === null) bracket.other = this.environment?.copy() ?? null;
      else if (this.environment !== null) absorb(this.domain, bracket.other, this.environment);
      return;
    }
  }

  /** Does one instruction of the control flow; answers the place after which to go on. */
  private step(at: number, op: Op): number {
    switch (op) {
      case Op.If:
        this.openIf(at);
        return at;
      case Op.Loop:
        this.loops++;
        this.open(Op.Loop, at, this.environment?.copy() ?? null);
        return at;
      case Op.Try:
        this.open(Op.Try, at, this.environment?.copy() ?? null);
        return at;
      case Op.With:
        this.open(Op.With, at, null);
        return at;
      case Op.Else:
        this.otherwise();
        return at;
      case Op.LoopElse:
        return this.endOfBody(this.top(), at);
      case Op.Except:
      case Op.TryElse:
      case Op.Finally:
        this.nextPart(op);
        return at;
      case Op.End:
        return this.close(at);
      case Op.Break:
      case Op.Continue:
        this.jump(op, this.scope.code.a[at] === 1);
        return at;
      case Op.Return:
        if (this.environment !== null) this.inputs.leave(this.scope.code.a[at]!);
        this.environment = null;
        return at;
      case Op.Raise:
        if (this.environment !== null) {
          raiseSink(this, this.scope.code.a[at]!);
          this.mayRaise();
        }
        this.environment = null;
        return at;
      default:
        return at;
    }
  }

  private open(op: Op, at: number, other: Environment | null): void {
    this.brackets.push({
      op,
      at,
      other,
      ended: null,
      breaks: null,
      continues: null,
      exhausted: null,
      normal: null,
      first: true,
      inElse: false,
    });
  }

  private top(): Bracket {
    return this.brackets[this.brackets.length - 1]!;
  }

  private openIf(at: number): void {
    const condition = this.scope.code.a[at]!;
    const here = this.environment;
    if (here === null || condition < 0) {
      this.open(Op.If, at, here?.copy() ?? null);
      return;
    }
    const truth = this.decided(condition);
    const other = truth === true ? null : here.copy();
    this.environment = other === null ? null : other;
    if (other !== null) assume(this, condition, false);
    const otherAfter = this.environment;
    this.environment = truth === false ? null : here;
    if (this.environment !== null) assume(this, condition, true);
    this.open(Op.If, at, otherAfter);
  }

  /** Whether a condition surely holds or fails here. A module's name may be set from anywhere: it decides nothing. */
  private decided(condition: number): boolean | null {
    const { op } = this.scope.code;
    const kind = op[condition] as Op;
    if (kind === Op.Global || kind === Op.Attribute || kind === Op.Captured) return null;
    return this.domain.known.truth(this.domain.knownOf[this.values[condition]!]!);
  }

  private otherwise(): void {
    const bracket = this.top();
    bracket.ended = this.environment;
    this.environment = bracket.other;
    bracket.first = false;
  }

  /** The end of a loop's body: runs it again, or answers `at` with the state after the loop. */
  private endOfBody(bracket: Bracket, at: number): number {
    const back = joined(this.domain, this.environment, bracket.continues);
    const head = joined(this.domain, bracket.other, back);
    const again = bracket.first && this.loops <= maximumNesting && head !== null && back !== null;
    if (again && bracket.other !== null && !head.equals(bracket.other)) {
      bracket.first = false;
      bracket.continues = null;
      bracket.other = head.copy();
      this.environment = head.copy();
      return bracket.at;
    }
    bracket.inElse = true;
    const isWhile = this.scope.code.c[bracket.at] === LoopKind.While;
    this.environment = isWhile ? bracket.exhausted : (head?.copy() ?? null);
    return at;
  }

  private nextPart(op: Op): void {
    const bracket = this.top();
    if (bracket.first) {
      bracket.normal = this.environment;
      bracket.first = false;
    } else {
      bracket.ended = joined(this.domain, bracket.ended, this.environment);
    }
    if (op === Op.Except) {
      this.environment = bracket.other?.copy() ?? null;
      return;
    }
    if (op === Op.TryElse) {
      this.environment = bracket.normal;
      bracket.normal = null;
      return;
    }
    const ended = joined(this.domain, bracket.ended, bracket.normal);
    bracket.ended = null;
    bracket.normal = null;
    this.environment = ended ?? bracket.other?.copy() ?? null;
  }

  private close(at: number): number {
    const bracket = this.top();
    if (bracket.op === Op.Loop && !bracket.inElse) {
      const next = this.endOfBody(bracket, at);
      if (next !== at) return next;
    }
    this.brackets.pop();
    switch (bracket.op) {
      case Op.If:
        this.environment = joined(
          this.domain,
          this.environment,
          bracket.first ? bracket.other : bracket.ended,
        );
        break;
      case Op.Loop:
        this.loops--;
        this.environment = joined(this.domain, this.environment, bracket.breaks);
        break;
      case Op.Try:
        this.environment = joined(
          this.domain,
          joined(this.domain, this.environment, bracket.ended),
          bracket.normal,
        );
        break;
      default:
    }
    return at;
  }

  private jump(op: Op, exhausted: boolean): void {
    const here = this.environment;
    this.environment = null;
    if (here === null) return;
    for (let k = this.brackets.length - 1; k >= 0; k--) {
      const bracket = this.brackets[k]!;
      if (bracket.op !== Op.Loop || bracket.inElse) continue;
      if (op === Op.Continue) bracket.continues = joined(this.domain, bracket.continues, here);
      else if (exhausted) bracket.exhausted = joined(this.domain, bracket.exhausted, here);
      else bracket.breaks = joined(this.domain, bracket.breaks, here);
      return;
    }
  }

  /** The value of an instruction; anything when it has none. */
  valueOf(at: number): number {
    return at < 0 ? anything : this.values[at]!;
  }
}

function nameSlotsOf({ code }: Scope): ReadonlyMap<number, number> {
  if (code.kind !== ScopeKind.Module) return noSlots;
  const slots = new Map<number, number>();
  for (let at = 0; at < code.op.length; at++) {
    if (code.op[at] === Op.StoreGlobal && !slots.has(code.a[at]!))
      slots.set(code.a[at]!, code.slots.length + slots.size);
  }
  return slots;
}
