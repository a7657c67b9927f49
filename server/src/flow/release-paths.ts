// The ways out of one scope on which a lock that it took is still held: returns, the end, exceptions that nothing
// between here and the caller answers by releasing it. One pass over structured code with a small set of states.
// Decides no intent: a function that hands its lock to the caller shows here too.

import type { Scope } from '../program/program';
import { type Code, LoopKind, Op } from '../syntax/code';
import { bracketEnds, elements, matchingEnd } from '../syntax/code-reader';

/** What the walk must know of one lock in one scope. */
export interface LockCalls {
  /** Calls that return only with the lock held. */
  readonly takes: ReadonlySet<number>;
  /** Calls that may come back without it. */
  readonly tries: ReadonlySet<number>;
  readonly releases: ReadonlySet<number>;
  /** Whether an instruction may raise an exception. */
  mayRaise(at: number): boolean;
  /** Whether a call never comes back. */
  neverReturns(at: number): boolean;
  /** How a condition turns out wherever the lock is taken; null for one that is open. */
  settled(condition: number): boolean | null;
}

/** A way out, or an odd release. */
export interface WayOut {
  readonly kind: 'return' | 'round' | 'exception' | 'released-twice';
  /** The instruction that leaves, or goes round again; the End past the last one for the end of the scope. */
  readonly at: number;
  /** The call that took the lock. */
  readonly takenAt: number;
}

/** What the walk found. */
export interface ReleasePaths {
  readonly leaks: readonly WayOut[];
  /** Whether some normal way out leaves the lock free after it was taken. */
  readonly leavesFree: boolean;
}

const free = 1;
const held = 2;
const unknown = 4;

interface Frame {
  readonly at: number;
  readonly op: Op;
  part: Op;
  /** States in which the other branch starts. */
  other: number;
  /** States at the ends of the parts. */
  ended: number;
  /** States at the end of the body: where the else part of a try goes on, where a loop comes round. */
  body: number;
  /** Try: states at the points of the body that may raise. Loop: states at its breaks. */
  thrown: number;
  /** While: states at which its condition turns out false. */
  exhausted: number;
  readonly entry: number;
  readonly catches: boolean;
  readonly releases: boolean;
  readonly handles: boolean;
  readonly cures: boolean;
  readonly plain: number;
  /** How many leaks were known before it. */
  readonly known: number;
}

/** Walks one scope for one lock. `number` maps instructions to value numbers. */
export function releasePaths(scope: Scope, number: Int32Array, calls: LockCalls): ReleasePaths {
  const { code } = scope;
  const { op, a } = code;
  const tries = tryParts(scope, calls.releases);
  const ends = bracketEnds(code);
  const lastRelease = Math.max(-1, ...calls.releases);
  const before = new Map<number, number>();
  const frames: Frame[] = [];
  let leaks: WayOut[] = [];
  let state = unknown;
  let takenAt = -1;
  let leavesFree = false;

  const raise = () => {
    for (let k = frames.length - 1; k >= 0; k--) {
      const frame = frames[k]!;
      if (frame.op !== Op.Try || frame.part === Op.Finally) continue;
      if (frame.part === Op.Try && frame.handles) {
        frame.thrown |= state;
        // Who goes on after it, and never gives the lock back, leaves it held all the same.
        if (frame.catches) {
          const isAnswered = frames.slice(0, k + 1).some(({ releases, cures }) => releases || cures);
          return !isAnswered && lastRelease < matchingEnd(code, ends, frame.at);
        }
      }
      if (frame.releases) return false;
      // A handler that releases at its end is a cure already, though its own clean-up might fail.
      if (frame.part === Op.Except && frame.cures) return false;
    }
    return true;
  };
  const answered = (until: Op | -1) => {
    for (let k = frames.length - 1; k >= 0; k--) {
      const frame = frames[k]!;
      if (frame.op === Op.Try && frame.part !== Op.Finally && frame.releases) return true;
      if (frame.op === until) return false;
    }
    return false;
  };
  /** The release that the nearest finally makes on every way; -1 for none. */
  const releaseAtEnd = () => {
    for (let k = frames.length - 1; k >= 0; k--) {
      const frame = frames[k]!;
      if (frame.op !== Op.Try || frame.part === Op.Finally || !frame.releases) continue;
      // Taken before the try, given back in it.
      return frame.at > takenAt ? frame.plain : -1;
    }
    return -1;
  };
  /** Round a loop again, or out of it for good, with what the round has taken. */
  const leaveRound = (at: number, frame: Frame) => {
    if (state !== held || takenAt < frame.at || (frame.entry & held) !== 0) return;
    const first = Math.min(...[...calls.releases].filter((one) => one > frame.at));
    if (op[at] === Op.Continue ? first > takenAt : lastRelease < matchingEnd(code, ends, frame.at))
      leaks.push({ kind: op[at] === Op.Continue ? 'round' : 'return', at, takenAt });
  };
  const leave = (at: number) => {
    if (state === 0) return;
    if (answered(-1)) {
      leavesFree = true;
      const again = state === free && takenAt >= 0 ? releaseAtEnd() : -1;
      if (again >= 0) leaks.push({ kind: 'released-twice', at: again, takenAt });
    } else if (state === held) leaks.push({ kind: 'return', at, takenAt });
    else if (state & free) leavesFree = true;
  };

  for (let at = 0; at < op.length; at++) {
    const operation = op[at] as Op;
    switch (operation) {
      case Op.Call:
        if (calls.takes.has(at)) {
          state = state && held;
          takenAt = at;
        } else if (calls.tries.has(at)) {
          before.set(at, state);
          state = state && state | held;
          takenAt = at;
        } else if (calls.releases.has(at)) {
          if (state === free) leaks.push({ kind: 'released-twice', at, takenAt });
          state = state && free;
        } else if (state === held && calls.mayRaise(at) && raise()) {
          leaks.push({ kind: 'exception', at, takenAt });
        }
        if (calls.neverReturns(at)) state = 0;
        break;
      case Op.Raise:
        if (state === held && raise()) leaks.push({ kind: 'exception', at, takenAt });
        state = 0;
        break;
      case Op.Return:
        leave(at);
        state = 0;
        break;
      case Op.Break:
      case Op.Continue: {
        const inside = answered(Op.Loop) ? free : state;
        for (let k = frames.length - 1; k >= 0; k--) {
          const frame = frames[k]!;
          if (frame.op !== Op.Loop) continue;
          if (inside === state && a[at] !== 1 && !answered(-1)) leaveRound(at, frame);
          if (operation === Op.Continue) frame.ended |= inside;
          else if (a[at] === 1) frame.exhausted |= inside;
          else frame.thrown |= inside;
          break;
        }
        state = 0;
        break;
      }
      case Op.If:
      case Op.Loop:
      case Op.Try:
      case Op.With: {
        const shape = tries.get(at);
        const frame: Frame = {
          at,
          op: operation,
          part: operation,
          other: state,
          ended: 0,
          body: 0,
          thrown: 0,
          exhausted: 0,
          entry: state,
          catches: shape?.catches ?? false,
          releases: shape?.releases ?? false,
          handles: shape?.handles ?? false,
          cures: shape?.cures ?? false,
          plain: shape?.plain ?? -1,
          known: leaks.length,
        };
        frames.push(frame);
        if (operation === Op.With && state === held && calls.mayRaise(at) && raise())
          leaks.push({ kind: 'exception', at, takenAt });
        if (operation === Op.If && a[at]! >= 0) {
          const settled = calls.settled(a[at]!);
          if (settled === true) frame.other = 0;
          if (settled === false) state = 0;
          const [call, outcome] = testedCall(code, number, a[at]!, before);
          if (call < 0) break;
          const without = before.get(call)!;
          state = state && (outcome ? held : without);
          frame.other = frame.other && (outcome ? without : held);
        }
        break;
      }
      case Op.Else:
      case Op.Except:
      case Op.TryElse:
      case Op.LoopElse:
      case Op.Finally: {
        const frame = frames[frames.length - 1];
        if (!frame) break;
        if (operation === Op.Except && frame.part === Op.Try) frame.body = state;
        else frame.ended |= state;
        if (operation === Op.TryElse) {
          state = frame.part === Op.Try ? state : frame.body;
          frame.body = 0;
        } else if (operation === Op.Else) state = frame.other;
        else if (operation === Op.Except) state = frame.thrown | (frame.entry & ~held);
        else if (operation === Op.LoopElse) {
          frame.body = state;
          state = runOut(code, frame);
        } else {
          state = frame.ended | frame.body;
          frame.ended = 0;
          frame.body = 0;
        }
        frame.part = operation;
        break;
      }
      case Op.End: {
        const frame = frames.pop();
        if (!frame) break;
        if (frame.op === Op.With) break;
        if (frame.op === Op.Loop) {
          if (frame.part !== Op.LoopElse) {
            frame.body = state;
            frame.ended |= state;
            state = runOut(code, frame);
          }
          // What comes round differs from what came in: nothing sure can be said of the body.
          const round = frame.body;
          if (round !== 0 && frame.entry !== 0 && round !== frame.entry && mixes(round | frame.entry))
            leaks = leaks.slice(0, frame.known);
          state |= frame.thrown;
          break;
        }
        state |= frame.ended | frame.body;
        if (frame.op === Op.If && frame.part === Op.If) state |= frame.other;
        break;
      }
      default:
        if (state === held && calls.mayRaise(at) && raise()) leaks.push({ kind: 'exception', at, takenAt });
    }
  }
  leave(op.length - 1);
  return { leaks, leavesFree };
}

/** States in which a loop has come to its end by itself. */
function runOut({ c }: Code, { at, entry, ended, exhausted }: Frame): number {
  if (c[at] !== LoopKind.While) return entry | ended;
  return exhausted === 0 ? 0 : exhausted | ended;
}

function mixes(state: number): boolean {
  return (state & held) !== 0 && state !== held;
}

interface TryShape {
  readonly handles: boolean;
  /** Some handler takes every ordinary exception. */
  readonly catches: boolean;
  /** Its finally releases the lock. */
  readonly releases: boolean;
  /** A handler of it releases the lock. */
  readonly cures: boolean;
  /** The release that its finally makes under no condition; -1 for none. */
  readonly plain: number;
}

interface OpenTry {
  readonly at: number;
  handles: boolean;
  catches: boolean;
  releases: boolean;
  cures: boolean;
  plain: number;
  part: Op;
}

function tryParts(scope: Scope, releases: ReadonlySet<number>): Map<number, TryShape> {
  const { op, a } = scope.code;
  const shapes = new Map<number, TryShape>();
  const open: OpenTry[] = [];
  for (let at = 0; at < op.length; at++) {
    const top = open[open.length - 1];
    switch (op[at] as Op) {
      case Op.If:
      case Op.Loop:
      case Op.Try:
      case Op.With:
        open.push({
          at,
          handles: false,
          catches: false,
          releases: false,
          cures: false,
          plain: -1,
          part: Op.Try,
        });
        break;
      case Op.Except:
        if (!top) break;
        top.handles = true;
        top.part = Op.Except;
        top.catches ||= a[at]! < 0 || catchesAll(scope, a[at]!);
        break;
      case Op.Finally:
        if (top) top.part = Op.Finally;
        break;
      case Op.Call:
        if (!releases.has(at)) break;
        if (top?.part === Op.Finally && op[top.at] === Op.Try) top.plain = at;
        for (const one of open) {
          one.releases ||= one.part === Op.Finally;
          one.cures ||= one.part === Op.Except;
        }
        break;
      case Op.End: {
        const closed = open.pop();
        if (closed && op[closed.at] === Op.Try) shapes.set(closed.at, closed);
        break;
      }
      default:
    }
  }
  return shapes;
}

function catchesAll(scope: Scope, type: number): boolean {
  const { op, a } = scope.code;
  if (op[type] === Op.Tuple) {
    for (const one of elements(scope.code, type)) if (catchesAll(scope, one)) return true;
    return false;
  }
  if (op[type] !== Op.Global) return false;
  const name = scope.file.source.names[a[type]!];
  return name === 'Exception' || name === 'BaseException';
}

/** The tried acquire that a condition tests, and the outcome that means "held"; -1 when it tests none. */
function testedCall(
  code: Code,
  number: Int32Array,
  condition: number,
  known: ReadonlyMap<number, number>,
): readonly [number, boolean] {
  let value = number[condition]!;
  let outcome = true;
  for (let depth = 0; depth < 4 && value >= 0 && value < code.op.length; depth++) {
    if (known.has(value)) return [value, outcome];
    if (code.op[value] === Op.Await) value = number[code.a[value]!]!;
    else if (code.op[value] === Op.Unary && code.c[value] === 0) {
      outcome = !outcome;
      value = number[code.a[value]!]!;
    } else break;
  }
  return [-1, true];
}
