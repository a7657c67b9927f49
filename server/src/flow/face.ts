// What the rest of the program can see of a function's body: what it returns, yields and stores, and what it hands to
// the parameters of others. While the face stays the same, no answer outside the function can change. While its fixed part
// stays the same, no other answers can change than those that looked into the body (see `Askers`).

import type { Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import { functionExtra } from '../syntax/code-reader';
import type { ArgumentBinding } from './argument-bindings';
import { answerText, containerText } from './container-face';
import { dottedName } from './function-facts';
import { passedWithRest } from './handed-arguments';
import { templateText } from './name-templates';
import type { Resolver } from './resolver';

/** The face of a function as texts; equal texts mean equal faces. */
export interface Face {
  readonly whole: string;
  /** What there is, apart from what it is: fields that are stored, names that get something. */
  readonly fixed: string;
}

/** The face of a function. `given`: what it hands to parameters. */
export function faceOf(resolver: Resolver, scope: Scope, given: readonly ArgumentBinding[]): Face {
  const { op, a, b, c, parameters, extra } = scope.code;
  const { names } = scope.file.source;
  const { number } = resolver.numberings.of(scope);
  const parts: string[] = [headText(resolver, scope)];
  const fixed: string[] = [...parts];
  const both = (text: string) => {
    parts.push(text);
    fixed.push(text);
  };
  const told = new Map<number, number>();
  const passed = passedWithRest(resolver, scope);
  if (passed >= 0) both(`W${passed}`);
  const structure = (instruction: number) => containerText(resolver, scope, instruction, told);
  const value = (instruction: number) => `${valueText(instruction)}${structure(instruction)}`;
  const whole = (instruction: number) =>
    `${valueText(instruction)}${containerText(resolver, scope, instruction, new Map())}`;
  const valueText = (instruction: number) => {
    const found = number[instruction]!;
    const entities = answerText(resolver, scope.id, instruction);
    if (found < 0 || found >= op.length) return entities;
    if (op[found] === Op.Tuple) {
      const from = b[found]!;
      const inner: string[] = [];
      for (let k = 1; k <= extra[from]!; k++) inner.push(answerText(resolver, scope.id, extra[from + k]!));
      return `(${inner.join('|')})`;
    }
    // Locks get their names from constructors and constant texts.
    if (op[found] === Op.Call || op[found] === Op.Const || op[found] === Op.Format) {
      return `${entities}:${dottedName(scope, found)}:${callText(resolver, scope, found)}`;
    }
    // A field may keep a method of another one; a module's name may be no variable.
    return `${entities}:${op[found]}${dottedName(scope, found)}`;
  };
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Return && a[at]! >= 0) parts.push(`R${value(a[at]!)}`);
    else if (op[at] === Op.Yield && a[at]! >= 0) parts.push(`Y${value(a[at]!)}`);
    else if (op[at] === Op.StoreAttribute && number[a[at]!] === op.length && parameters.length > 0) {
      fixed.push(`F${names[b[at]!]}`);
      parts.push(`F${names[b[at]!]}=${value(c[at]!)}`);
    } else if (op[at] === Op.Annotate && a[at]! >= 0) {
      both(`N${names[c[at]!]}=${whole(b[at]!)}`);
    } else if (op[at] === Op.StoreGlobal) both(`G${names[a[at]!]}=${whole(b[at]!)}`);
  }
  for (const { callee, slot, value: put } of given) {
    parts.push(`A${callee}.${slot}=${answerText(resolver, scope.id, put)}${structure(put)}`);
  }
  for (const { root, steps, value: put, spread } of resolver.additions.of(scope)) {
    if (
      root >= op.length ||
      (op[root] !== Op.Attribute && op[root] !== Op.Global && op[root] !== Op.Captured)
    )
      continue;
    const into = `P${steps.join('.')}${spread ? '*' : ''}`;
    fixed.push(`${into}${containerText(resolver, scope, root, new Map())}`);
    parts.push(`${into}${structure(root)}=${value(put)}`);
  }
  return { whole: parts.join('\n'), fixed: fixed.join('\n') };
}

/** What the enclosing function says of a nested one: its decorators, defaults and annotations. */
function headText(resolver: Resolver, { parent, definedAt }: Scope): string {
  const outer = parent < 0 ? undefined : resolver.program.scopes[parent]!;
  const kind = outer?.code.kind;
  if (outer === undefined || (kind !== ScopeKind.Function && kind !== ScopeKind.Lambda)) return '';
  if (definedAt < 0 || outer.code.op[definedAt] !== Op.Function) return '';
  const { decorators, defaults, annotations, returns } = functionExtra(outer.code, definedAt);
  const { constants } = outer.file.source;
  const text = (value: number) => {
    const constant = outer.code.op[value] === Op.Const ? constants[outer.code.a[value]!]! : null;
    const literal = constant === null ? '' : `${constant.kind}${constant.text}`;
    return `${answerText(resolver, outer.id, value)}:${dottedName(outer, value)}:${literal}`;
  };
  const pair = ({ parameter, value }: { readonly parameter: number; readonly value: number }) =>
    `${parameter}=${text(value)}`;
  const parts = [...decorators.map(text), '-', ...defaults.map(pair), '-', ...annotations.map(pair)];
  return `${parts.join()}-${returns < 0 ? '' : text(returns)}`;
}

function callText(resolver: Resolver, scope: Scope, at: number): string {
  const { op, b, extra } = scope.code;
  if (op[at] !== Op.Call) return templateText(resolver, scope, at, 4) ?? '';
  const texts: string[] = [];
  const from = b[at]!;
  for (let k = 0; k < extra[from]!; k++) {
    const argument = extra[from + 2 + 2 * k]!;
    texts.push(`${templateText(resolver, scope, argument, 3) ?? ''}${dottedName(scope, argument)}`);
  }
  return texts.join();
}
