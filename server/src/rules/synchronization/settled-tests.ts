// Whether a test that a caller has made is made again on the way, and turns back: who calls `if self._agent:` enters no
// function that returns at once where there is an agent. Fields of the receiver, attributes of classes and variables of
// modules that are tested for truth or for None, or set to an object on the way; that somebody changes them between is not
// looked at.

import type { Scope } from '../../program/program';
import { CompareOperator, ConstantKind, IfOrigin, Op, UnaryOperator } from '../../syntax/code';
import { elements } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { enclosing, endOf } from './lock-words';

/** Whether some function on a way of calls returns, before it goes on, for what is tested around the call at `at`, or set
 * before it. */
export function turnsBackWhereSettled(
  analysis: Analysis,
  start: Scope,
  at: number,
  path: readonly { readonly scope: number; readonly at: number }[],
): boolean {
  const { program, lockTaking } = analysis;
  const settled = new Set(testedAt(analysis, start, at));
  for (const key of storedAt(analysis, start, at)) settle(settled, key);
  let caller = start;
  let call = at;
  for (const step of path) {
    // Another object has other fields.
    if (call < 0 || !lockTaking.onReceiver(caller, call))
      for (const one of settled) if (one.startsWith('self.')) settled.delete(one);
    const callee = program.scopes[step.scope]!;
    if (step.at >= 0 && turnsBack(analysis, callee, step.at, settled)) return true;
    if (step.at >= 0) for (const key of storedAt(analysis, callee, step.at)) settle(settled, key);
    caller = callee;
    call = step.at;
  }
  return false;
}

/** What is known to be true, or (with a `!` behind) false, at an instruction, by the tests around it. */
function testedAt(analysis: Analysis, scope: Scope, at: number): readonly string[] {
  const { op, a } = scope.code;
  return enclosing(scope.code, at).flatMap((part) => {
    if (op[part] !== Op.If || a[part]! < 0) return [];
    const key = keyOf(analysis, scope, a[part]!);
    return key === '' ? [] : [key];
  });
}

/** The same, by what is stored before it, for sure and last. */
function storedAt(analysis: Analysis, scope: Scope, at: number): Iterable<string> {
  const { op } = scope.code;
  const around = enclosing(scope.code, at);
  const stored = new Map<string, string>();
  for (let k = 0; k < at; k++) {
    if (op[k] !== Op.StoreAttribute && op[k] !== Op.StoreGlobal) continue;
    const key = storedKey(analysis, scope, k);
    if (key === '') continue;
    const isSure = enclosing(scope.code, k).every((part) => around.includes(part));
    if (isSure && isObject(analysis, scope, k)) stored.set(key, key);
    else if (isSure && isNothing(scope, k)) stored.set(key, `${key}!`);
    else stored.delete(key);
  }
  return stored.values();
}

/** The later word counts. */
function settle(settled: Set<string>, key: string): void {
  settled.delete(opposite(key));
  settled.add(key);
}

function opposite(key: string): string {
  return key.endsWith('!') ? key.slice(0, -1) : `${key}!`;
}

/** Whether False or None is stored. */
function isNothing({ code, file }: Scope, at: number): boolean {
  const { op, a, b, c } = code;
  const value = op[at] === Op.StoreGlobal ? b[at]! : c[at]!;
  if (value < 0 || op[value] !== Op.Const) return false;
  const { kind } = file.source.constants[a[value]!]!;
  return kind === ConstantKind.None || kind === ConstantKind.False;
}

function storedKey(analysis: Analysis, scope: Scope, at: number): string {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  if (op[at] === Op.StoreGlobal) return `${scope.file.index}:${names[a[at]!]!}`;
  return attributeKey(analysis, scope, a[at]!, names[b[at]!]!);
}

/** Whether what is stored is neither None nor another constant. */
function isObject({ resolver }: Analysis, scope: Scope, at: number): boolean {
  const { op, b, c } = scope.code;
  const value = op[at] === Op.StoreGlobal ? b[at]! : c[at]!;
  if (value < 0) return false;
  const found = resolver.numberings.of(scope).number[value]!;
  return op[found] === Op.Call || op[found] === Op.Attribute || op[found] === Op.Await;
}

function turnsBack(analysis: Analysis, scope: Scope, before: number, settled: ReadonlySet<string>): boolean {
  const { op, a, c } = scope.code;
  const around = enclosing(scope.code, before);
  const has = (condition: number) => settled.has(keyOf(analysis, scope, condition));
  for (let at = 0; at < before; at++) {
    if (op[at] !== Op.If || a[at]! < 0) continue;
    // `if self._config is None:` around it, where there is one by now.
    const key = around.includes(at) ? keyOf(analysis, scope, a[at]!) : '';
    if (key !== '' && settled.has(opposite(key))) return true;
    if (enclosing(scope.code, at).length > 0) continue;
    const test = a[at]!;
    const isOr = op[test] === Op.Phi && a[test] === IfOrigin.BooleanOperator && c[test] === 1;
    if (!(isOr ? [...elements(scope.code, test)].some(has) : has(test))) continue;
    const end = endOf(scope.code, at);
    if (end > before) continue;
    for (let k = at + 1; k < end; k++) {
      if (op[k] === Op.Else) break;
      if ((op[k] === Op.Return || op[k] === Op.Raise) && enclosing(scope.code, k).length === 1) return true;
    }
  }
  return false;
}

/** A name for what a condition tests; '' where that is neither a field, nor an attribute of a class, nor a variable. */
function keyOf(analysis: Analysis, scope: Scope, condition: number): string {
  const { op, a, b, c } = scope.code;
  const { names } = scope.file.source;
  if (op[condition] === Op.Unary && c[condition] === UnaryOperator.Not) {
    const inner = keyOf(analysis, scope, a[condition]!);
    return inner === '' ? '' : `${inner}!`;
  }
  if (op[condition] === Op.Compare && isNone(scope, b[condition]!)) {
    const inner = keyOf(analysis, scope, a[condition]!);
    if (inner === '') return '';
    if (c[condition] === CompareOperator.IsNot) return inner;
    return c[condition] === CompareOperator.Is ? `${inner}!` : '';
  }
  if (op[condition] === Op.Global) return `${scope.file.index}:${names[a[condition]!]!}`;
  if (op[condition] !== Op.Attribute) return '';
  return attributeKey(analysis, scope, a[condition]!, names[b[condition]!]!);
}

function isNone({ code, file }: Scope, value: number): boolean {
  return code.op[value] === Op.Const && file.source.constants[code.a[value]!]!.kind === ConstantKind.None;
}

/** A name for an attribute of an object. */
function attributeKey({ resolver }: Analysis, scope: Scope, object: number, name: string): string {
  const { op } = scope.code;
  if (resolver.numberings.of(scope).number[object] === op.length) return `self.${name}`;
  if (op[object] !== Op.Global) return '';
  const owners = resolver.denotes(scope.id, object);
  return owners.length === 1 ? `${owners[0]}.${name}` : '';
}
