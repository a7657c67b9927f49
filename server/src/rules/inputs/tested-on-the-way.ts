// Whether something asks about a value on its way, and turns away what it does not like: a comparison with others, a call
// named for a check, whose outcome raises, leaves, or decides whether the value is used. What the test is worth was not
// proved, so it clears nothing; a reader would look at it first, and mostly be content.

import { lastName } from '../../flow/function-facts';
import { StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { CompareOperator, ConstantKind, IfOrigin, Op, UnaryOperator } from '../../syntax/code';
import { argumentCount, bracketEnds, callArguments, elements, matchingEnd } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const asks =
  /(^|_)(valid(ate|ator|ation)?s?|invalid|check(s|er|ed)?|verif(y|ied)|allow(s|ed)?|disallowed|compare|forbidden|blocked|permit(s|ted)?|permission|authori[sz]ed?|safe|sane|sanitize|trusted|ensure|match|fullmatch|search|digest|within|inside|under|contains|commonpath|commonprefix|relative_to|can|may|supported|known|registered|legal|private|global|host)(_|$)|^hasattr$|^is_?(alnum|alpha|digit|decimal|numeric|identifier|subset|superset|relative_to)|[a-z](Valid|Allowed|Safe|Match)|^(valid|check|verify|can|allow)[A-Z]|^is_(?!(file|dir|link|mount|none|empty|ajax|absolute|null|instance|string|str|list|dict|url|uri|path|http|https|remote|local|zip|tar|archive|json)(_|$))/;
const leaves =
  /^(abort|fail|fail_json|error|send_error|exit|_exit|die|deny|forbid|reject|HttpResponse(BadRequest|Forbidden)|HTTPException|HTTPError|http_error|set_status)$/;

const looksUp = /(^|_)(fetch|look_?up|find|query|get|first|one_or_none|scalar)(_|$)/;
const takesOne = /^(get|getlist|pop)$/;
const requests = /^(requests|httpx|aiohttp|urllib|urllib2|urllib3|treq|os)\./;

/** What a path is asked for that leads elsewhere. */
const upwards = /^(\.\.?[\\/]?|[\\/]|[\\/]\.\.[\\/]?|~)$/;

/** Steps through a value's makings are bounded by this many instructions. */
const maximumVisits = 400;

/** Whether a test in one of the functions that the value of a flow goes through may keep harmful ones from its use. */
export function isTestedOnTheWay(analysis: Analysis, flow: Flow): boolean {
  const root = analysis.values.origin(flow);
  const places = new Map<number, number[]>();
  const note = (scope: number, at: number) => {
    const list = places.get(scope);
    if (list) list.push(at);
    else places.set(scope, [at]);
  };
  for (const { scope, at } of analysis.values.path(flow)) note(scope, at);
  const entered = entersBy(analysis, flow);
  for (let use: Flow['use'] | null = flow.use; use !== null; use = use.inner) {
    note(use.scope, use.argument);
  }
  // A parameter of a function that a framework asks for the handler's argument: what it raises keeps the value out.
  if (root.at < 0 && !places.get(root.scope)?.some((at) => at >= 0)) {
    if (new Tests(analysis, analysis.program.scopes[root.scope]!, [], root.at, -1, true).areMade())
      return true;
  }
  for (const [id, at] of places) {
    const scope = analysis.program.scopes[id]!;
    const source = id === root.scope ? root.at : null;
    if (new Tests(analysis, scope, at, source, entered.get(id) ?? -1).areMade()) return true;
  }
  return false;
}

/** By which call a flow leaves each function for the one where it ends. The use lies inside of that call: what comes of it
 * comes too late for a test. */
function entersBy({ values }: Analysis, flow: Flow): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const { step, scope, at } of values.path(flow)) {
    if (step === StepKind.Passed) found.set(scope, at);
    else found.delete(scope);
  }
  for (let use: Flow['use'] | null = flow.use; use !== null; use = use.inner) found.set(use.scope, use.at);
  return found;
}

/** Which outcome of a test lets a value through. */
const enum Sense {
  Bad = -1,
  Either = 0,
  Good = 1,
}

/** What the tests among some values say together; null when there are none. */
function senseOf(values: readonly number[], tested: ReadonlyMap<number, Sense>): Sense | null {
  let found: Sense | null = null;
  for (const value of values) {
    const sense = tested.get(value);
    if (sense !== undefined) found = found === null || found === sense ? sense : Sense.Either;
  }
  return found;
}

/** What a value is made of in one function, what is made of it, and which of that is asked about. */
class Tests {
  private readonly slots = new Set<number>();
  private readonly made = new Set<number>();
  private readonly seen = new Set<number>();
  private readonly number: Int32Array | readonly number[];
  private takesPart = false;

  constructor(
    private readonly analysis: Analysis,
    private readonly scope: Scope,
    private readonly seeds: readonly number[],
    private readonly source: number | null,
    private readonly entered: number,
    isWhole = false,
  ) {
    this.number = analysis.resolver.numberings.of(scope).number;
    for (const seed of seeds) if (seed >= 0) this.trace(seed);
    if (source !== null && source < 0 && (isWhole || this.usesWhole(-1 - source)))
      this.slots.add(-1 - source);
  }

  /** Whether a parameter itself, not a part of it, is what is used. */
  private usesWhole(slot: number): boolean {
    return this.seen.has(-1 - slot);
  }

  /** Goes backwards from a value to what it is made of; not into the source itself, which holds other values too. */
  private trace(from: number): void {
    const { code } = this.scope;
    const { op, a, b } = code;
    const work = [from];
    while (work.length > 0 && this.seen.size < maximumVisits) {
      const at = work.pop()!;
      if (at < 0 || this.seen.has(at)) continue;
      this.seen.add(at);
      switch (op[at] as Op) {
        case Op.Local:
          this.traceSlot(a[at]!, work);
          break;
        case Op.StoreLocal:
          this.traceSlot(a[at]!, work);
          work.push(b[at]!);
          break;
        case Op.StoreAttribute:
        case Op.StoreItem:
          work.push(code.c[at]!);
          break;
        case Op.Attribute:
          if (at === this.source && !this.isReceiver(a[at]!)) break;
          this.made.add(this.number[at]!);
          if (!this.isReceiver(a[at]!) && (op[a[at]!] !== Op.Local || -1 - a[a[at]!]! !== this.source))
            work.push(a[at]!);
          break;
        case Op.Item:
          this.made.add(this.number[at]!);
          if (this.isSourceSlot(a[at]!)) this.takesPart = true;
          work.push(a[at]!);
          break;
        case Op.Call: {
          this.made.add(this.number[at]!);
          if (at === this.source) break;
          if (op[a[at]!] === Op.Attribute && this.isSourceSlot(a[a[at]!]!)) {
            if (takesOne.test(lastName(this.scope, a[at]!))) this.takesPart = true;
          }
          // What `source.get(key, default)` is asked for is not what comes out of it.
          if (op[a[at]!] !== Op.Attribute || a[a[at]!] !== this.source)
            for (const { value } of callArguments(code, at)) work.push(value);
          if (op[a[at]!] === Op.Attribute && !this.isReceiver(a[a[at]!]!)) work.push(a[a[at]!]!);
          break;
        }
        default:
          work.push(...parts(this.scope, at));
      }
    }
  }

  private isSourceSlot(at: number): boolean {
    const { op, a } = this.scope.code;
    return op[at] === Op.Local && -1 - a[at]! === this.source;
  }

  /** The object whose method this is: a test of another field of it says nothing of the value. */
  private isReceiver(at: number): boolean {
    const { op, a } = this.scope.code;
    return this.scope.owner >= 0 && op[at] === Op.Local && a[at] === 0;
  }

  private traceSlot(slot: number, work: number[]): void {
    if (this.source !== null && -1 - slot === this.source) {
      this.seen.add(-1 - slot);
      return;
    }
    if (this.slots.has(slot)) return;
    this.slots.add(slot);
    const { op, a, b } = this.scope.code;
    for (let at = 0; at < op.length; at++) {
      if (op[at] === Op.StoreLocal && a[at] === slot) work.push(b[at]!);
    }
  }

  /** Goes forward through the function and looks for a branch that a test of the value decides. */
  areMade(): boolean {
    const { code } = this.scope;
    const { op, a, b, c } = code;
    const { names } = this.scope.file.source;
    const ends = bracketEnds(code);
    const derived = new Set<number>();
    const tested = new Map<number, Sense>();
    const derivedSlots = new Set(this.slots);
    const testedSlots = new Map<number, Sense>();
    const filters: number[] = [];
    for (let at = 0; at < op.length; at++) {
      const operands = op[at] === Op.Call ? operandsOfCall(this.scope, at) : parts(this.scope, at);
      const fromValue =
        (op[at] === Op.Local && derivedSlots.has(a[at]!)) ||
        (at !== this.source && isValue(op[at]!) && this.made.has(this.number[at]!)) ||
        operands.some((one) => derived.has(one));
      const fromTest = senseOf(operands, tested);
      if (fromValue) derived.add(at);
      switch (op[at] as Op) {
        case Op.Local:
          if (testedSlots.has(a[at]!)) tested.set(at, testedSlots.get(a[at]!)!);
          break;
        case Op.StoreLocal:
          if (derived.has(b[at]!)) derivedSlots.add(a[at]!);
          if (tested.has(b[at]!)) testedSlots.set(a[at]!, tested.get(b[at]!)!);
          break;
        case Op.Compare: {
          const sense = fromTest === null ? this.comparesWith(at, derived) : Sense.Either;
          if (sense !== null) tested.set(at, sense);
          break;
        }
        case Op.Unary:
          if (fromTest !== null)
            tested.set(at, (c[at] === UnaryOperator.Not ? -fromTest : fromTest) as Sense);
          break;
        case Op.Attribute:
          if (fromTest !== null) tested.set(at, fromTest);
          else if (fromValue && /^(netloc|hostname)$/.test(names[b[at]!]!)) tested.set(at, Sense.Either);
          break;
        case Op.Call:
          if (fromValue && this.asksForUpwards(at)) {
            tested.set(at, Sense.Bad);
            break;
          }
          // It raises when the value lies elsewhere.
          if (fromValue && lastName(this.scope, a[at]!) === 'relative_to') return true;
          if (fromTest !== null && this.raisesWithout(at)) return true;
          if (at === this.entered && fromTest === null) break;
          if (
            fromTest !== null ||
            (fromValue && (asks.test(lastName(this.scope, a[at]!)) || this.asksForStart(at))) ||
            this.isLookedUp(at, derived)
          )
            tested.set(at, Sense.Either);
          break;
        case Op.Collect:
          // `all(key in known for key in keys)`, `[x for x in all if x.name == name]`.
          if (tested.has(b[at]!) || filters.some((one) => tested.has(a[one]!)))
            tested.set(a[at]!, Sense.Either);
          break;
        case Op.If: {
          if (c[at] === IfOrigin.BooleanOperator) break;
          if (c[at] === IfOrigin.ComprehensionFilter) filters.push(at);
          if (tested.has(a[at]!) && this.decides(at, ends, tested.get(a[at]!)!, derived)) return true;
          break;
        }
        default:
          if (fromTest !== null) tested.set(at, fromTest);
      }
    }
    return false;
  }

  /** How a comparison of the value decides; null when it says only that it is there, or is one of several cases. */
  private comparesWith(at: number, derived: ReadonlySet<number>): Sense | null {
    const { code } = this.scope;
    const { op, a, b, c } = code;
    const [left, right] = [a[at]!, b[at]!];
    if (this.isUpwards(left) && derived.has(right))
      return c[at] === CompareOperator.NotIn ? Sense.Good : c[at] === CompareOperator.In ? Sense.Bad : null;
    if (op[left] === Op.Const || op[right] === Op.Const) return null;
    if (!derived.has(left) && !derived.has(right)) return null;
    switch (c[at] as CompareOperator) {
      case CompareOperator.In:
      case CompareOperator.Equal:
        return Sense.Good;
      case CompareOperator.NotIn:
      case CompareOperator.NotEqual:
        return Sense.Bad;
      default:
        return null;
    }
  }

  private isUpwards(at: number): boolean {
    const { code, file } = this.scope;
    if (code.op[at] !== Op.Const) return false;
    const { kind, text } = file.source.constants[code.a[at]!]!;
    return kind === ConstantKind.String && upwards.test(text);
  }

  /** `path.count('../')`: how often it leads upwards. */
  private asksForUpwards(call: number): boolean {
    const { code } = this.scope;
    if (lastName(this.scope, code.a[call]!) !== 'count' || argumentCount(code, call) !== 1) return false;
    return this.isUpwards(callArguments(code, call)[0]!.value);
  }

  /** `path.startswith(root)`: what it has to begin with is another value. */
  private asksForStart(call: number): boolean {
    const { code } = this.scope;
    if (lastName(this.scope, code.a[call]!) !== 'startswith' || argumentCount(code, call) !== 1) return false;
    return code.op[callArguments(code, call)[0]!.value] !== Op.Const;
  }

  /** `found = db.fetch(name=value)`: only a value by which something is found is left where that is asked. What the used value
   * is made by is no such question. */
  private isLookedUp(call: number, derived: ReadonlySet<number>): boolean {
    const { code } = this.scope;
    const callee = code.a[call]!;
    if (this.seen.has(call) || !looksUp.test(lastName(this.scope, callee))) return false;
    // By all that was sent something is found whatever one part of it is.
    const isBy = (value: number) => derived.has(value) && !(this.takesPart && this.isSourceSlot(value));
    if (!callArguments(code, call).some(({ value }) => isBy(value))) return false;
    return !requests.test(this.analysis.resolver.libraryPath(this.scope.id, callee));
  }

  /** `next(x for x in all if x.name == name)` raises where there is none. */
  private raisesWithout(call: number): boolean {
    const { code } = this.scope;
    if (code.op[code.a[call]!] !== Op.Global || argumentCount(code, call) !== 1) return false;
    if (lastName(this.scope, code.a[call]!) !== 'next') return false;
    return code.op[callArguments(code, call)[0]!.value] === Op.Comprehension;
  }

  /** Whether the branch of what did not pass leaves or gives the value up for a constant, or the other holds the use. */
  private decides(at: number, ends: Int32Array, sense: Sense, derived: ReadonlySet<number>): boolean {
    const { code } = this.scope;
    const next = ends[at]!;
    const end = matchingEnd(code, ends, at);
    const holds = (from: number, to: number) => this.seeds.some((seed) => seed > from && seed < to);
    // What is used where it did not pass is used as it came.
    const first = holds(at, next);
    const second = holds(next, end);
    if (sense !== Sense.Good && (second || (!first && this.leaves(at, next, derived)))) return true;
    return sense !== Sense.Bad && (first || (!second && next !== end && this.leaves(next, end, derived)));
  }

  /** Whether a value is made without the one that is tested. */
  private isOther(value: number, derived: ReadonlySet<number>): boolean {
    const before = new Set<number>();
    const work = [value];
    while (work.length > 0 && before.size < maximumVisits) {
      const at = work.pop()!;
      if (at < 0 || before.has(at)) continue;
      before.add(at);
      if (derived.has(at) || this.isOfSlots(at)) return false;
      work.push(
        ...(this.scope.code.op[at] === Op.Call ? operandsOfCall(this.scope, at) : parts(this.scope, at)),
      );
    }
    return true;
  }

  private isOfSlots(at: number): boolean {
    const { op, a } = this.scope.code;
    return op[at] === Op.Local && this.slots.has(a[at]!);
  }

  private leaves(from: number, to: number, derived: ReadonlySet<number>): boolean {
    const { op, a, b } = this.scope.code;
    for (let at = from + 1; at < to; at++) {
      switch (op[at] as Op) {
        case Op.Raise:
        case Op.Return:
        case Op.Continue:
        case Op.Break:
          return true;
        case Op.Call:
          if (leaves.test(lastName(this.scope, a[at]!))) return true;
          break;
        case Op.StoreLocal:
          if (this.slots.has(a[at]!) && this.isOther(b[at]!, derived)) return true;
          break;
        default:
      }
    }
    return false;
  }
}

function isValue(op: number): boolean {
  return op <= Op.Comprehension;
}

function operandsOfCall({ code }: Scope, at: number): readonly number[] {
  const callee = code.a[at]!;
  const given = callArguments(code, at).map(({ value }) => value);
  return code.op[callee] === Op.Attribute ? [...given, code.a[callee]!] : given;
}

/** The values that an instruction is made of, where each part counts for the whole. */
export function parts({ code }: Scope, at: number): readonly number[] {
  const { op, a, b } = code;
  switch (op[at] as Op) {
    case Op.Attribute:
    case Op.Await:
    case Op.Unary:
    case Op.Star:
    case Op.Element:
    case Op.Unpack:
    case Op.Interpolate:
    case Op.YieldFrom:
      return [a[at]!];
    case Op.Item:
      return [a[at]!];
    case Op.Binary:
    case Op.Compare:
      return [a[at]!, b[at]!];
    case Op.Phi:
    case Op.Format:
    case Op.List:
    case Op.Tuple:
    case Op.Set:
      return [...elements(code, at)];
    default:
      return [];
  }
}
