// A double check that shows its object too early: under the lock the new object is bound to the name that others look at
// without the lock, and only then filled or set up. Asks which name is looked at, and what still happens to the object
// before the lock is given back; not what the others would miss.

import type { Scope } from '../../program/program';
import { CompareOperator, ConstantKind, IfOrigin, Op, ScopeKind, UnaryOperator } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { reachedFrom } from '../../whole/spawned';
import type { Report } from '../rule';
import { functionLabel, lockLabel } from './access-words';
import { calleeName, enclosing } from './lock-words';
import { goesHome } from './turned-back';

/** One report for each name that a function binds too early. */
export function* boundEarly(analysis: Analysis): Iterable<Report> {
  for (const id of analysis.lockUses.scopes()) {
    const scope = analysis.program.scopes[id]!;
    if (scope.code.kind !== ScopeKind.Function || scope.file.isTest) continue;
    if (analysis.entryLocks.at(scope, 0).length > 0) continue;
    yield* inFunction(analysis, scope);
  }
}

function* inFunction(analysis: Analysis, scope: Scope): Iterable<Report> {
  const { op } = scope.code;
  const { held, number } = analysis.resolver.numberings.of(scope);
  /** Value number of what is looked at without a lock -> the look. */
  const looks = new Map<number, number>();
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.If && held[at] === 0) {
      const looked = lookedAt(scope, at);
      if (looked >= 0 && !looks.has(number[looked]!)) looks.set(number[looked]!, at);
    }
    if (held[at] === 0 || looks.size === 0) continue;
    for (const [path, look] of looks) {
      const value = storedUnder(analysis, scope, at, path);
      if (value < 0 || !isSkipped(scope, look, at)) continue;
      const change = laterChange(analysis, scope, at, path, number[value]!);
      if (change < 0) continue;
      looks.delete(path);
      yield wording(analysis, scope, look, at, change);
    }
  }
}

/** What a statement asks to be there: `x is None`, `not x`, `x`, `key not in x` (then the element); -1 for any other. */
function lookedAt({ code, file }: Scope, condition: number): number {
  const { op, a, b, c } = code;
  if (c[condition] !== IfOrigin.Statement || a[condition]! < 0) return -1;
  let value = a[condition]!;
  if (op[value] === Op.Unary && c[value] === UnaryOperator.Not) value = a[value]!;
  if (op[value] === Op.Compare) {
    const right = b[value]!;
    const isNone = op[right] === Op.Const && file.source.constants[a[right]!]!.kind === ConstantKind.None;
    if (!isNone || (c[value] !== CompareOperator.Is && c[value] !== CompareOperator.IsNot)) return -1;
    value = a[value]!;
  }
  return op[value] === Op.Global || op[value] === Op.Attribute ? value : -1;
}

/** The new object that an instruction stores where the look found none; -1 when it does no such thing. */
function storedUnder(analysis: Analysis, scope: Scope, at: number, path: number): number {
  const { op, a, b, c } = scope.code;
  const { number } = analysis.resolver.numberings.of(scope);
  let value = -1;
  if (op[at] === Op.StoreGlobal && op[path] === Op.Global && a[at] === a[path]) value = b[at]!;
  if (
    op[at] === Op.StoreAttribute &&
    op[path] === Op.Attribute &&
    b[at] === b[path] &&
    number[a[at]!] === number[a[path]!]
  )
    value = c[at]!;
  const made = value < 0 ? -1 : number[value]!;
  if (made < 0 || made >= op.length) return -1;
  return isNew(op[made]!) ? value : -1;
}

function isNew(op: number): boolean {
  return op === Op.Call || op === Op.Dict || op === Op.List || op === Op.Set;
}

/** Whether the store is passed over when the look finds something. */
function isSkipped(scope: Scope, look: number, store: number): boolean {
  return enclosing(scope.code, store).includes(look) || goesHome(scope, look);
}

/** Where the object is still worked on after it was bound, with a lock of the binding held; -1 when nowhere. */
function laterChange(analysis: Analysis, scope: Scope, store: number, path: number, made: number): number {
  const { op, a } = scope.code;
  const { held, number, sets } = analysis.resolver.numberings.of(scope);
  const locks = sets.lists[held[store]!]!.filter((one) => analysis.locks.of(scope.id, one).length > 0);
  const isAsync = locks.every((one) =>
    analysis.locks.of(scope.id, one).every(({ model }) => model === 'asyncio'),
  );
  if (locks.length === 0) return -1;
  const isObject = (value: number) => number[value] === path || number[value] === made;
  let gaveWay = false;
  for (let at = store + 1; at < op.length; at++) {
    if (!locks.some((one) => sets.has(held[at]!, one))) return -1;
    if (op[at] === Op.Await) gaveWay = true;
    if (isAsync && !gaveWay) continue;
    if (op[at] === Op.StoreItem && isObject(a[at]!)) return at;
    if (op[at] === Op.StoreAttribute && isObject(a[at]!)) return at;
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute || !isObject(a[a[at]!]!)) continue;
    if (changes(analysis, scope, at)) return at;
  }
  return -1;
}

/** `x.append(...)` of a container, or a method of the program that sets fields of its object. */
function changes(analysis: Analysis, scope: Scope, call: number): boolean {
  const targets = analysis.resolver.targets(scope.id, call);
  const [target] = targets;
  if (targets.length !== 1 || target?.kind !== 'function') {
    const effect = analysis.library.containerMethods.get(calleeName(scope, call));
    return effect === 'add' || effect === 'getOrAdd';
  }
  return reachedFrom(analysis, target.scope, 1).some(({ scope: reached, from, at }) => {
    if (from >= 0 && !analysis.lockTaking.onReceiver(analysis.program.scopes[target.scope]!, at))
      return false;
    const { op, a } = reached.code;
    const { number } = analysis.resolver.numberings.of(reached);
    return op.some((one, k) => one === Op.StoreAttribute && number[a[k]!] === op.length);
  });
}

function wording(analysis: Analysis, scope: Scope, look: number, store: number, change: number): Report {
  const { program, resolver } = analysis;
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  const name = op[store] === Op.StoreGlobal ? names[a[store]!]! : names[b[store]!]!;
  const { held, sets } = resolver.numberings.of(scope);
  const lock = sets.lists[held[store]!]!.flatMap((one) => analysis.locks.of(scope.id, one))[0]!;
  return {
    ...program.span(scope, store),
    message: `${functionLabel(scope)} binds \`${name}\` before it is complete: who looks at it without ${lockLabel(lock)} in between takes it as it is.`,
    confidence: lock.weak ? 'low' : 'medium',
    symbol: scope.qualifiedName,
    stepsKind: 'places',
    steps: [
      { ...program.span(scope, change), message: 'It is completed here.' },
      { ...program.span(scope, look), message: 'It is looked at here without the lock.' },
    ],
  };
}
