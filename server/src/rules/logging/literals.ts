// Literals as they stand in the code: texts, also those that a call for translation is given, and arguments by name.
// Follows no variable.

import type { Scope } from '../../program/program';
import { Argument, type Code, ConstantKind, Op } from '../../syntax/code';
import { callArguments, entries, positional } from '../../syntax/code-reader';

const translations = /^(_|_[A-Z]{1,3}|_l|gettext|ugettext|lazy_gettext|gettext_lazy|ugettext_lazy)$/;

/** The text that a value is written as; null when it is no literal. */
export function literalText(scope: Scope, value: number): string | null {
  const { code, file } = scope;
  let at = value;
  while (at >= 0 && code.op[at] === Op.Call && translations.test(calledName(scope, at)))
    at = positional(code, at, 0);
  if (at < 0 || code.op[at] !== Op.Const) return null;
  const { kind, text } = file.source.constants[code.a[at]!]!;
  return kind === ConstantKind.String ? text : null;
}

/** The kind of a literal; null when it is none. */
export function literalKind({ code, file }: Scope, value: number): ConstantKind | null {
  return value >= 0 && code.op[value] === Op.Const ? file.source.constants[code.a[value]!]!.kind : null;
}

/** The last name of what a call calls. */
export function calledName({ code, file }: Scope, call: number): string {
  const callee = code.a[call]!;
  const { names } = file.source;
  switch (code.op[callee] as Op) {
    case Op.Attribute:
      return names[code.b[callee]!]!;
    case Op.Global:
    case Op.Captured:
      return names[code.a[callee]!]!;
    case Op.Local:
      return names[code.slots[code.a[callee]!]!]!;
    default:
      return '';
  }
}

/** The value of the keyword argument of that name, or -1. */
export function keywordArgument({ code, file }: Scope, call: number, name: string): number {
  for (const { keyword, value } of callArguments(code, call)) {
    if (keyword >= 0 && file.source.names[keyword] === name) return value;
  }
  return -1;
}

/** Whether a value is a mapping with something in it by how it is written, whatever its keys. */
export function isFilledMapping({ code, file }: Scope, value: number): boolean {
  if (value < 0) return false;
  if (code.op[value] === Op.Dict) return entries(code, value).length > 0;
  if (code.op[value] !== Op.Call || callArguments(code, value).length === 0) return false;
  const callee = code.a[value]!;
  return code.op[callee] === Op.Global && file.source.names[code.a[callee]!] === 'dict';
}

/** A mapping that is written out: `{'a': x}` or `dict(a=x)`. Null when it is none, or when not all keys are known. */
export function literalMapping(scope: Scope, value: number): ReadonlyMap<string, number> | null {
  const { code, file } = scope;
  const found = new Map<string, number>();
  if (value >= 0 && code.op[value] === Op.Dict) {
    for (const [key, member] of entries(code, value)) {
      const name = key < 0 ? null : literalText(scope, key);
      if (name === null) return null;
      found.set(name, member);
    }
    return found;
  }
  if (value < 0 || !isDictCall(code, scope, value)) return null;
  for (const { keyword, value: member } of callArguments(code, value)) {
    if (keyword < 0) return null;
    found.set(file.source.names[keyword]!, member);
  }
  return found;
}

/** `dict(...)` with keywords only. */
function isDictCall(code: Code, { file }: Scope, value: number): boolean {
  if (code.op[value] !== Op.Call) return false;
  const callee = code.a[value]!;
  if (code.op[callee] !== Op.Global || file.source.names[code.a[callee]!] !== 'dict') return false;
  return callArguments(code, value).every(({ keyword }) => keyword !== Argument.Positional);
}
