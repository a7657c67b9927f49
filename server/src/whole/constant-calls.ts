// Whether a call's constant arguments keep a place of the called function from running: `close(wait=False)` never gets
// to what stands under `if wait:`. Knows arguments and defaults that are constants, and tests of parameters that
// nobody stored to; whatever else a test asks may be true or false.

import { slotOf } from '../flow/argument-bindings';
import type { Resolver } from '../flow/resolver';
import type { Scope } from '../program/program';
import {
  Argument,
  CompareOperator,
  type Constant,
  ConstantKind,
  IfOrigin,
  Op,
  UnaryOperator,
} from '../syntax/code';
import { elements, functionExtra, positional } from '../syntax/code-reader';

const maximumDepth = 6;

/** Whether an instruction of a function of the program never runs when this call enters the function. */
export function neverReached(
  resolver: Resolver,
  caller: Scope,
  call: number,
  callee: Scope,
  at: number,
): boolean {
  if (at < 0 || !callee.code.op.includes(Op.If)) return false;
  const displays = new Map<number, string>();
  const given = constantsOf(resolver, caller, call, callee, displays);
  const made = madeHere(resolver, caller, call, callee);
  const isKnown = given.size > 0 || made !== null || displays.size > 0;
  return isKnown && !reaches(resolver, callee, at, { given, made, displays });
}

/** What a call is known to hand over. */
interface Known {
  /** Constants, by slot. */
  readonly given: ReadonlyMap<number, Constant>;
  /** How the receiver was made. */
  readonly made: Made | null;
  /** Types of containers that are written where they are handed over, by slot. */
  readonly displays?: ReadonlyMap<number, string>;
}

/** An object of just this class, made by the function that calls its method. */
interface Made {
  readonly type: number;
  readonly init: Scope;
  readonly given: ReadonlyMap<number, Constant>;
}

/** `Client(proxy=False)` in `client = Client(proxy=False); client.get(url)`, where the caller shows it to nobody and sets
 * none of its fields. */
function madeHere(resolver: Resolver, caller: Scope, call: number, callee: Scope): Made | null {
  const { op, a } = caller.code;
  if (callee.owner < 0 || op[a[call]!] !== Op.Attribute) return null;
  const { number, user } = resolver.numberings.of(caller);
  const made = number[a[a[call]!]!]!;
  if (made < 0 || op[made] !== Op.Call) return null;
  const [target, ...others] = resolver.targets(caller.id, made);
  if (target?.kind !== 'class' || target.init < 0 || others.length > 0) return null;
  for (let at = made; at < op.length; at++) {
    const by = number[at] === made ? user[at]! : -1;
    if (by >= 0 && op[by] !== Op.StoreLocal && op[by] !== Op.Attribute) return null;
  }
  const init = resolver.program.scopes[target.init]!;
  const given = constantsOf(resolver, caller, made, init);
  return given.size === 0 ? null : { type: target.scope, init, given };
}

/** Whether a field of an object may hold a constant: only its constructor stores to it, and stores something else. */
function mayHold(resolver: Resolver, { type, init, given }: Made, name: string, wanted: Constant): boolean {
  const { classes, bindings, entities } = resolver;
  const stores = classes.order(type).flatMap((entity) => {
    const one = entities.x[entity]!;
    return entities.path(entity) === '' ? [...classes.storesOf(one, name), ...bindings.of(one, name)] : [];
  });
  const { op, a } = init.code;
  const { number } = resolver.numberings.of(init);
  return (
    stores.length === 0 ||
    stores.some((store) => {
      if (store.scope !== init.id) return true;
      const known = { given, made: null };
      if (!reaches(resolver, init, store.at, known)) return false;
      const value = number[store.value]!;
      const constant = constantAt(init, store.value) ?? constantOf(resolver, init, store.value, given);
      if (constant) return !isSimple(constant) || isEqual(constant, wanted);
      if (op[value] === Op.Tuple) return false;
      // A method that no constant but a text has.
      const object = op[value] === Op.Call && op[a[value]!] === Op.Attribute ? a[a[value]!]! : -1;
      const on = object < 0 ? null : constantOf(resolver, init, object, given);
      return !on || !isSimple(on) || on.kind === ConstantKind.String;
    })
  );
}

/** The constants that a call hands to parameters, or leaves to their defaults; by slot. */
function constantsOf(
  resolver: Resolver,
  caller: Scope,
  call: number,
  callee: Scope,
  displays?: Map<number, string>,
): ReadonlyMap<number, Constant> {
  const found = new Map<number, Constant>();
  const target = resolver
    .targets(caller.id, call)
    .find((one) =>
      one.kind === 'function' ? one.scope === callee.id : one.kind === 'class' && one.init === callee.id,
    );
  if (!target) return found;
  const outer = callee.parent < 0 ? null : resolver.program.scopes[callee.parent]!;
  if (outer && callee.definedAt >= 0 && outer.code.op[callee.definedAt] === Op.Function) {
    for (const { parameter, value } of functionExtra(outer.code, callee.definedAt).defaults) {
      const constant = constantAt(outer, value);
      if (constant) found.set(parameter, constant);
    }
  }
  const { b, extra } = caller.code;
  let position = target.kind === 'class' || (target.kind === 'function' && target.bound) ? 1 : 0;
  const from = b[call]!;
  for (let k = 0; k < extra[from]!; k++) {
    const keyword = extra[from + 1 + 2 * k]!;
    if (keyword === Argument.Star || keyword === Argument.DoubleStar) return new Map();
    const slot =
      keyword === Argument.Positional ? position++ : slotOf(callee, caller.file.source.names[keyword]!);
    const constant = constantAt(caller, extra[from + 2 + 2 * k]!);
    if (constant) found.set(slot, constant);
    else found.delete(slot);
    const display = displays ? displayAt(resolver, caller, extra[from + 2 + 2 * k]!) : '';
    if (display !== '') displays!.set(slot, display);
  }
  return found;
}

/** `dict` for `{...}`, also by way of a variable; '' for what is no container that is written there. */
function displayAt(resolver: Resolver, scope: Scope, value: number): string {
  const { op } = scope.code;
  const { number } = resolver.numberings.of(scope);
  const at = op[value] === Op.Local ? number[value]! : value;
  return (at >= 0 && at < op.length && displays.get(op[at] as Op)) || '';
}

const displays: ReadonlyMap<Op, string> = new Map([
  [Op.Dict, 'dict'],
  [Op.List, 'list'],
  [Op.Set, 'set'],
  [Op.Tuple, 'tuple'],
]);

/** What `isinstance(parameter, dict)` answers where a container was handed over; null where that is not known. */
function ofType(resolver: Resolver, scope: Scope, call: number, { displays: given }: Known): boolean | null {
  const { op, a } = scope.code;
  const value = positional(scope.code, call, 0);
  const type = positional(scope.code, call, 1);
  const { names } = scope.file.source;
  if (!given || op[a[call]!] !== Op.Global || names[a[a[call]!]!] !== 'isinstance') return null;
  if (value < 0 || type < 0 || op[value] !== Op.Local || op[type] !== Op.Global) return null;
  const { number, count, slotCount, phis } = resolver.numberings.of(scope);
  const wanted = names[a[type]!]!;
  const typeOf = (one: number) => (one < op.length ? displays.get(op[one] as Op) : given.get(one - count));
  const known = number[value]!;
  const all = phis[known - count - slotCount] ?? [known];
  return all.every((one) => typeOf(one) === wanted) ? true : null;
}

function constantAt({ code, file }: Scope, value: number): Constant | null {
  return code.op[value] === Op.Const ? file.source.constants[code.a[value]!]! : null;
}

interface Branch {
  readonly op: Op;
  /** Whether control may come to the alternative, or past a bracket of another kind. */
  readonly other: boolean;
  hasElse: boolean;
  ended: boolean;
}

/** Walks the function up to an instruction, leaving out branches that the constants exclude. */
function reaches(resolver: Resolver, scope: Scope, until: number, known: Known): boolean {
  const { op, a } = scope.code;
  const open: Branch[] = [];
  let alive = true;
  for (let at = 0; at < until; at++) {
    switch (op[at] as Op) {
      case Op.If: {
        const outcome = outcomeOf(resolver, scope, a[at]!, known, maximumDepth);
        open.push({ op: Op.If, other: alive && outcome !== true, hasElse: false, ended: false });
        alive &&= outcome !== false;
        break;
      }
      case Op.Loop:
      case Op.Try:
      case Op.With:
        open.push({ op: op[at] as Op, other: alive, hasElse: false, ended: false });
        break;
      case Op.Else: {
        const branch = open[open.length - 1]!;
        branch.hasElse = true;
        branch.ended = alive;
        alive = branch.other;
        break;
      }
      case Op.Except:
      case Op.TryElse:
      case Op.Finally:
      case Op.LoopElse:
        alive = open[open.length - 1]!.other;
        break;
      case Op.End: {
        const branch = open.pop()!;
        if (branch.op === Op.If) alive ||= branch.hasElse ? branch.ended : branch.other;
        else alive = branch.other;
        break;
      }
      case Op.Return:
      case Op.Raise:
      case Op.Break:
      case Op.Continue:
        alive = false;
        break;
      default:
    }
  }
  return alive;
}

/** What a test answers under the constants; null when it may answer both. */
function outcomeOf(
  resolver: Resolver,
  scope: Scope,
  value: number,
  known: Known,
  depth: number,
): boolean | null {
  if (value < 0 || depth === 0) return null;
  const { op, a, b, c } = scope.code;
  switch (op[value] as Op) {
    case Op.Local: {
      const constant = constantOf(resolver, scope, value, known.given);
      return constant ? truth(constant) : null;
    }
    case Op.Unary: {
      if (c[value] !== UnaryOperator.Not) return null;
      const inner = outcomeOf(resolver, scope, a[value]!, known, depth - 1);
      return inner === null ? null : !inner;
    }
    case Op.Compare: {
      const left = constantOf(resolver, scope, a[value]!, known.given);
      if (c[value] === CompareOperator.In) return left && isAmong(scope, left, b[value]!);
      const right = constantAt(scope, b[value]!);
      if (!right) return null;
      if (!left) return ofField(resolver, scope, value, right, known);
      const equal = isEqual(left, right);
      switch (c[value] as CompareOperator) {
        case CompareOperator.Is:
        case CompareOperator.Equal:
          return isSimple(left) && isSimple(right) ? equal : null;
        case CompareOperator.IsNot:
        case CompareOperator.NotEqual:
          return isSimple(left) && isSimple(right) ? !equal : null;
        default:
          return null;
      }
    }
    case Op.Phi: {
      if (a[value] !== IfOrigin.BooleanOperator) return null;
      const isOr = c[value] === 1;
      const all = [...elements(scope.code, value)].map((one) =>
        outcomeOf(resolver, scope, one, known, depth - 1),
      );
      if (all.includes(isOr)) return isOr;
      return all.includes(null) ? null : !isOr;
    }
    case Op.Call:
      return ofType(resolver, scope, value, known);
    default:
      return null;
  }
}

/** `self.mode == 'auto'`, where the receiver is known never to hold that. */
function ofField(
  resolver: Resolver,
  scope: Scope,
  comparison: number,
  wanted: Constant,
  { made }: Known,
): boolean | null {
  const { op, a, b, c } = scope.code;
  const field = a[comparison]!;
  const isOther = c[comparison] === CompareOperator.NotEqual;
  if (!made || op[field] !== Op.Attribute || !isSimple(wanted)) return null;
  if (c[comparison] !== CompareOperator.Equal && !isOther) return null;
  const { number } = resolver.numberings.of(scope);
  if (number[a[field]!] !== op.length) return null;
  return mayHold(resolver, made, scope.file.source.names[b[field]!]!, wanted) ? null : isOther;
}

/** `left in (True, None)`; null where that may be either. */
function isAmong(scope: Scope, left: Constant, value: number): boolean | null {
  const { op } = scope.code;
  if (op[value] !== Op.Tuple && op[value] !== Op.List) return null;
  const all = [...elements(scope.code, value)].map((one) => constantAt(scope, one));
  if (!isSimple(left) || !all.every((one) => one !== null && isSimple(one))) return null;
  return all.some((one) => one !== null && isEqual(one, left));
}

function isEqual(x: Constant, y: Constant): boolean {
  return x.kind === y.kind && x.text === y.text;
}

function constantOf(
  resolver: Resolver,
  scope: Scope,
  value: number,
  given: ReadonlyMap<number, Constant>,
): Constant | null {
  if (scope.code.op[value] !== Op.Local) return null;
  const { number, count } = resolver.numberings.of(scope);
  return given.get(number[value]! - count) ?? null;
}

/** Constants that are equal only when they look equal. */
function isSimple({ kind }: Constant): boolean {
  return (
    kind === ConstantKind.None ||
    kind === ConstantKind.True ||
    kind === ConstantKind.False ||
    kind === ConstantKind.String
  );
}

function truth({ kind, text }: Constant): boolean | null {
  switch (kind) {
    case ConstantKind.None:
    case ConstantKind.False:
      return false;
    case ConstantKind.True:
      return true;
    case ConstantKind.String:
      return text !== '';
    case ConstantKind.Integer:
      return /^0+$/.test(text) ? false : /^[1-9]\d*$/.test(text) ? true : null;
    default:
      return null;
  }
}
