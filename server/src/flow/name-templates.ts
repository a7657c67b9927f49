// Texts that are known in part: a constant, a constant's variable, or a template with `{}` for what varies. What a variable
// part may be is not asked.

import type { Scope } from '../program/program';
import { ConstantKind, Op } from '../syntax/code';
import type { Resolver } from './resolver';

/** A string value as text with `{}` for the parts that vary; null when nothing of it is known. */
export function templateText(resolver: Resolver, scope: Scope, at: number, depth: number): string | null {
  const { op, a, b, extra } = scope.code;
  const { source } = scope.file;
  if (depth === 0) return null;
  switch (op[at] as Op) {
    case Op.Const: {
      const constant = source.constants[a[at]!]!;
      return constant.kind === ConstantKind.String ? constant.text : null;
    }
    case Op.Format: {
      let text = '';
      const from = b[at]!;
      for (let k = 0; k < extra[from]!; k++) {
        const piece = extra[from + 1 + k]!;
        text += (op[piece] === Op.Const ? templateText(resolver, scope, piece, 1) : null) ?? '{}';
      }
      return text;
    }
    case Op.Binary: {
      const left = templateText(resolver, scope, a[at]!, depth - 1);
      const right = templateText(resolver, scope, b[at]!, depth - 1);
      if (left === null && right === null) return null;
      if (left?.includes('%')) return left;
      return `${left ?? '{}'}${right ?? '{}'}`;
    }
    case Op.Global: {
      const bound = resolver.bindings.of(scope.file.firstScope, source.names[a[at]!]!);
      if (bound.length !== 1) return null;
      const made = resolver.program.scopes[bound[0]!.scope]!;
      return templateText(resolver, made, bound[0]!.value, depth - 1);
    }
    case Op.Call: {
      const callee = a[at]!;
      if (op[callee] !== Op.Attribute || source.names[b[callee]!] !== 'format') return null;
      return templateText(resolver, scope, a[callee]!, depth - 1);
    }
    default:
      return null;
  }
}

/** The prefix of a lock's name: what the call that the decorator's name was bound to was given. */
export function prefixOf(
  resolver: Resolver,
  scope: Scope,
  call: number,
  given: (maker: Scope, call: number) => number,
): string {
  const callee = scope.code.a[call]!;
  if (scope.code.op[callee] !== Op.Global) return '';
  const name = scope.file.source.names[scope.code.a[callee]!]!;
  const bound = resolver.bindings.of(scope.file.firstScope, name)[0];
  if (!bound) return '';
  const made = resolver.program.scopes[bound.scope]!;
  if (made.code.op[bound.value] !== Op.Call) return '';
  const value = given(made, bound.value);
  const number = value < 0 ? -1 : resolver.numberings.of(made).number[value]!;
  if (number < 0 || number >= made.code.op.length) return '';
  return templateText(resolver, made, number, 4) ?? '';
}
