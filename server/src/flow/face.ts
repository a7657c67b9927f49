// What the rest of the program can see of a function's body: what it returns, yields and stores, and what it hands to
// the parameters of others. While the face stays the same, no answer outside the function can change.

import type { Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import { functionExtra } from '../syntax/code-reader';
import { answerText, containerText } from './container-face';
import { dottedName } from './function-facts';
import { allBindings, passedWithRest } from './handed-arguments';
import { templateText } from './name-templates';
import type { Resolver } from './resolver';

/** The face of a function as text; equal texts mean equal faces. */
export function faceOf(resolver: Resolver, scope: Scope): string {
  const { op, a, b, c, parameters, extra } = scope.code;
  const { names } = scope.file.source;
  const { number } = resolver.numberings.of(scope);
  const parts: string[] = [headText(resolver, scope)];
  const told = new Map<number, number>();
  const passed = passedWithRest(resolver, scope);
  if (passed >= 0) parts.push(`W${passed}`);
  const structure = (instruction: number) => containerText(resolver, scope, instruction, told);
  const value = (instruction: number) => `${valueText(instruction)}${structure(instruction)}`;
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
      parts.push(`F${names[b[at]!]}=${value(c[at]!)}`);
    } else if (op[at] === Op.Annotate && a[at]! >= 0) {
      parts.push(`N${names[c[at]!]}=${value(b[at]!)}`);
    } else if (op[at] === Op.StoreGlobal) parts.push(`G${names[a[at]!]}=${value(b[at]!)}`);
    else if (op[at] === Op.Call) {
      for (const bound of allBindings(resolver, scope, at)) {
        parts.push(
          `A${bound.callee}.${bound.slot}=${answerText(resolver, scope.id, bound.value)}${structure(bound.value)}`,
        );
      }
    }
  }
  for (const { root, steps, value: put, spread } of resolver.additions.of(scope)) {
    if (
      root >= op.length ||
      (op[root] !== Op.Attribute && op[root] !== Op.Global && op[root] !== Op.Captured)
    )
      continue;
    parts.push(`P${steps.join('.')}${spread ? '*' : ''}${structure(root)}=${value(put)}`);
  }
  return parts.join('\n');
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
