// Patterns that are meant to describe a whole text and leave its end open. Only those made of sets of letters, whose last
// set repeats: what is behind the part that they match may be anything.

import { lastName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import { argumentCount, argumentValue } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const set = '(?:\\[(?:\\\\.|[^\\]\\\\])+\\]|\\\\w)';
const letter = `(?:${set}|\\\\[dDW.-]|[A-Za-z0-9_@ -])`;
const openEnd = new RegExp(
  `^(\\^|\\\\A)?(?:${letter}(?:[+*?]|\\{\\d+(?:,\\d*)?\\})?)*${set}(?:[+*]|\\{\\d+,\\d*\\})$`,
);

/** Whether a pattern describes a text but for its end. */
export function leavesEndOpen(pattern: string): boolean {
  return openEnd.test(pattern);
}

/** Whether a pattern is one set of letters: matched at the beginning, it sees the first letter only. */
export function isOneSet(pattern: string): boolean {
  return /^\[(?:\\.|[^\]\\])+\]$/.test(pattern) && !/^\[(?:A-Za-z_?|a-zA-Z_?|a-z|A-Z|0-9)+\]$/.test(pattern);
}

/** The pattern that a matching call uses and the instruction that writes it down; null when it is not in plain sight. */
export function patternOf(
  analysis: Analysis,
  scope: Scope,
  call: number,
  path: string,
): { readonly text: string; readonly scope: Scope; readonly at: number } | null {
  const { code } = scope;
  if (path === 're.match' || path === 're.search') {
    const text = argumentCount(code, call) > 1 ? argumentValue(code, call, 0) : -1;
    return text < 0 ? null : written(scope, text);
  }
  const callee = code.a[call]!;
  if (code.op[callee] !== Op.Attribute) return null;
  const object = code.a[callee]!;
  const { number } = analysis.resolver.numberings.of(scope);
  const made = number[object]!;
  if (made >= 0 && made < code.op.length && code.op[made] === Op.Call) return compiled(analysis, scope, made);
  if (code.op[object] !== Op.Global) return null;
  const module = analysis.program.scopes[scope.file.firstScope]!;
  const name = code.a[object]!;
  for (let at = 0; at < module.code.op.length; at++) {
    if (module.code.op[at] !== Op.StoreGlobal || module.code.a[at] !== name) continue;
    const value = module.code.b[at]!;
    return module.code.op[value] === Op.Call ? compiled(analysis, module, value) : null;
  }
  return null;
}

function compiled(analysis: Analysis, scope: Scope, call: number) {
  const { code } = scope;
  const isCompile =
    lastName(scope, code.a[call]!) === 'compile' &&
    analysis.resolver.libraryPath(scope.id, code.a[call]!) === 're.compile';
  return isCompile && argumentCount(code, call) > 0 ? written(scope, argumentValue(code, call, 0)) : null;
}

function written(scope: Scope, at: number) {
  const { code, file } = scope;
  if (code.op[at] !== Op.Const) return null;
  const { kind, text } = file.source.constants[code.a[at]!]!;
  return kind === ConstantKind.String || kind === ConstantKind.Bytes ? { text, scope, at } : null;
}
