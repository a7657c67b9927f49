// What fails in ordinary use, as opposed to what could strictly raise: functions of the program that raise on purpose, by
// themselves or through what they call, input and output, the network, parsing, code that a caller hands in, and waits of
// coroutines, which a cancellation ends. Constructors of plain classes, attributes and library calls of which nothing is
// known do not count. Where an exception goes to is not asked.

import { decoratorNames } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { CodeFlag, IfOrigin, LoopKind, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { neverReached } from '../../whole/constant-calls';
import { isHandedIn, isOutOfView, soundsFailing } from './failing-words';
import { calleeName, enclosing, openingOf, partsOf } from './lock-words';
import { Suspensions } from './suspending';

const mostTargets = 3;
const deepest = 2;
const mostNamed = 4;

/** What a raise of these says of the caller's code, and of no event. */
const refusals =
  /^(NotImplementedError|NotImplemented|TypeError|AssertionError|StopIteration|StopAsyncIteration)$/;

/** Coroutines that wait, and do nothing that could fail. */
const pauses = /^(sleep|wait|gather|join|acquire|get|put|drain|cancel|keys)$/;

/** Answers for one program, each function looked at once. */
export class Failures {
  private readonly known = new Map<number, readonly number[]>();
  private readonly suspensions: Suspensions;
  private methods: ReadonlyMap<string, readonly Scope[]> | null = null;

  /** `cancelled`: whether a pause of a coroutine is a failure, for somebody may cancel it there. */
  constructor(
    private readonly analysis: Analysis,
    private readonly cancelled = true,
  ) {
    this.suspensions = new Suspensions(analysis);
  }

  /** Whether an instruction fails in ordinary use. */
  at(scope: Scope, at: number, depth = deepest): boolean {
    const { op, c } = scope.code;
    switch (op[at] as Op) {
      case Op.Call:
        return this.call(scope, at, depth, false);
      case Op.Await:
        return (this.cancelled && this.suspensions.at(scope, at)) || this.awaited(scope, at, depth);
      case Op.With:
        return this.cancelled && c[at] === 1 && this.suspensions.at(scope, at);
      case Op.Loop:
        return c[at] === LoopKind.AsyncFor;
      case Op.Raise:
        // What is asserted holds.
        return !isAsserted(scope, at);
      case Op.Yield:
      case Op.YieldFrom:
        // `yield from lock.acquire()` of a coroutine of the old kind.
        return isOldCoroutine(this.analysis, scope) ? this.awaited(scope, at, depth) : true;
      default:
        return false;
    }
  }

  private awaited(scope: Scope, at: number, depth: number): boolean {
    const call = scope.code.a[at]!;
    if (scope.code.op[call] !== Op.Call) return false;
    const isUnknown = this.analysis.resolver.targets(scope.id, call).length === 0;
    return (isUnknown && !pauses.test(calleeName(scope, call))) || this.call(scope, call, depth, true);
  }

  private call(scope: Scope, at: number, depth: number, isAwaited: boolean): boolean {
    const { resolver, program } = this.analysis;
    const targets = resolver.targets(scope.id, at);
    if (targets.length === 0)
      return (
        isHandedIn(this.analysis, scope, at) ||
        (soundsFailing(scope, at, '') && !this.isDefinedQuiet(calleeName(scope, at), depth))
      );
    return targets.slice(0, mostTargets).some((target) => {
      if (target.kind === 'library')
        return isOutOfView(scope, at, target.path) || soundsFailing(scope, at, target.path);
      const entered = target.kind === 'function' ? target.scope : target.init;
      if (entered < 0 || depth === 0) return false;
      const { flags } = program.scopes[entered]!.code;
      // A coroutine runs where it is awaited, a generator where it is walked.
      if (flags & CodeFlag.Generator || ((flags & CodeFlag.Async) !== 0 && !isAwaited)) return false;
      return this.entering(scope, at, entered, depth - 1);
    });
  }

  /** Whether the program has methods of a name, a few, and all of them answer their failures themselves. */
  private isDefinedQuiet(name: string, depth: number): boolean {
    this.methods ??= methodsByName(this.analysis);
    const found = this.methods.get(name);
    if (!found || found.length > mostTargets || depth === 0) return false;
    return found.every((scope) => this.inside(scope, depth - 1).length === 0);
  }

  /** Whether a function that is called fails by something that this call leads to. */
  private entering(caller: Scope, call: number, entered: number, depth: number): boolean {
    const { resolver, program } = this.analysis;
    const scope = program.scopes[entered]!;
    return this.inside(scope, depth).some(
      (at) =>
        !neverReached(resolver, caller, call, scope, at) &&
        !(saysEmpty(scope, at) && isAskedFirst(this.analysis, caller, call)),
    );
  }

  /** The first instructions of a function by which an exception leaves it. */
  private inside(scope: Scope, depth: number): readonly number[] {
    const key = scope.id * (deepest + 1) + depth;
    const known = this.known.get(key);
    if (known) return known;
    const found: number[] = [];
    const { op } = scope.code;
    const { reached } = this.analysis.resolver.numberings.of(scope);
    for (let at = 0; at < op.length && found.length < mostNamed; at++)
      if (reached[at] && this.isFailure(scope, at, depth)) found.push(at);
    this.known.set(key, found);
    return found;
  }

  private isFailure(scope: Scope, at: number, depth: number): boolean {
    const { op } = scope.code;
    if (op[at] === Op.Yield || op[at] === Op.YieldFrom) return false;
    if (op[at] === Op.Raise) return !isRefusal(scope, at) && !isAsserted(scope, at) && !isCaught(scope, at);
    return this.at(scope, at, depth) && !isCaught(scope, at);
  }
}

function methodsByName({ program }: Analysis): ReadonlyMap<string, readonly Scope[]> {
  const found = new Map<string, Scope[]>();
  for (const scope of program.scopes) {
    if (scope.owner < 0 || scope.file.isTest) continue;
    const list = found.get(scope.name);
    if (list) list.push(scope);
    else found.set(scope.name, [scope]);
  }
  return found;
}

/** `raise TypeError(...)`: somebody called it wrongly. Raised anew in a handler, it is what the body does that counts. */
function isRefusal(scope: Scope, at: number): boolean {
  return scope.code.a[at]! < 0 || refusals.test(raisedName(scope, at));
}

/** The last name of what is raised; '' where it has none. */
function raisedName(scope: Scope, at: number): string {
  const { op, a, b } = scope.code;
  const value = a[at]!;
  if (value < 0) return '';
  const type = op[value] === Op.Call ? a[value]! : value;
  const { names } = scope.file.source;
  return op[type] === Op.Global ? names[a[type]!]! : op[type] === Op.Attribute ? names[b[type]!]! : '';
}

/** `raise IndexError('empty')`. */
function saysEmpty(scope: Scope, at: number): boolean {
  return scope.code.op[at] === Op.Raise && /^(Index|Key|Lookup)Error$|Empty$/.test(raisedName(scope, at));
}

/** `if self._queue: self._queue.first()`: the object was asked whether it has something. */
function isAskedFirst({ resolver }: Analysis, scope: Scope, call: number): boolean {
  const { op, a } = scope.code;
  if (op[a[call]!] !== Op.Attribute) return false;
  const { number } = resolver.numberings.of(scope);
  const object = number[a[a[call]!]!];
  return enclosing(scope.code, call).some(
    (part) => op[part] === Op.If && partsOf(scope.code, part).some((one) => number[one] === object),
  );
}

/** The raise of an `assert`. */
function isAsserted({ code }: Scope, at: number): boolean {
  const part = enclosing(code, at).at(-1) ?? -1;
  const opening = part < 0 ? -1 : openingOf(code, part);
  return opening >= 0 && code.op[opening] === Op.If && code.c[opening] === IfOrigin.Assert;
}

/** `@asyncio.coroutine`, `@gen.coroutine`, `@inlineCallbacks`: who yields waits for what it yields. */
export function isOldCoroutine({ program }: Analysis, scope: Scope): boolean {
  return (
    (scope.code.flags & CodeFlag.Generator) !== 0 &&
    decoratorNames(program, scope).some((name) => /(^|\.)(coroutine|inlineCallbacks|engine)$/.test(name))
  );
}

/** In the body of a `try` whose handlers raise nothing. */
function isCaught(scope: Scope, at: number): boolean {
  return enclosing(scope.code, at).some(
    (part) => scope.code.op[part] === Op.Try && handlersAreQuiet(scope, part),
  );
}

function handlersAreQuiet({ code: { op } }: Scope, opening: number): boolean {
  let depth = 0;
  let handles = false;
  let inHandler = false;
  for (let at = opening + 1; at < op.length; at++) {
    switch (op[at] as Op) {
      case Op.If:
      case Op.Loop:
      case Op.Try:
      case Op.With:
        depth++;
        break;
      case Op.End:
        if (depth-- === 0) return handles;
        break;
      case Op.Except:
        if (depth === 0) {
          handles = true;
          inHandler = true;
        }
        break;
      case Op.TryElse:
      case Op.Finally:
        if (depth === 0) inHandler = false;
        break;
      case Op.Raise:
        if (inHandler) return false;
        break;
      default:
    }
  }
  return handles;
}
