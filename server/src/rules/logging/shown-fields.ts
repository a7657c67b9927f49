// Classes whose `repr` is made for them and shows their fields: dataclasses, attrs, named tuples, pydantic models. Asks
// the class's body for fields that hold a secret as plain text; who shows an object of it, it does not ask.

import { dottedName } from '../../flow/function-facts';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { ConstantKind, Op, ScopeKind } from '../../syntax/code';
import { callArguments, classExtra } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { FixProposal } from '../finding';
import { keywordArgument, literalKind } from './literals';

/** A field that the `repr` of its class shows. */
export interface ShownField {
  readonly scope: Scope;
  readonly at: number;
  readonly name: string;
  readonly fixes: readonly FixProposal[];
}

const decorators =
  /(^|\.)(dataclass|attrs|define|frozen|mutable|attr\.s|attr\.dataclass)$|^attr\.(s|attributes)$/;
const bases = /(^|\.)(typing\.NamedTuple|pydantic(\.\w+)*\.BaseModel|sqlmodel(\.\w+)*\.SQLModel)$/;

/** The secret fields that a class's own `repr` shows; empty when it has another one. */
export function shownFields(
  { program, resolver, library }: Analysis,
  classScope: number,
): readonly ShownField[] {
  const { classes } = resolver;
  if (classes.method(classScope, '__repr__') >= 0) return [];
  const scope = program.scopes[classScope]!;
  const decorator = shownBy(program.scopes[scope.parent], scope);
  const isModel = classes.order(classScope).some((base) => bases.test(resolver.pathOf(base)));
  if (decorator === '' && !isModel) return [];
  const { code, file } = scope;
  const { names } = file.source;
  const found: ShownField[] = [];
  for (let at = 0; at < code.op.length; at++) {
    if (code.op[at] !== Op.Annotate || code.a[at]! >= 0 || !isText(names, scope, code.b[at]!)) continue;
    const name = names[code.c[at]!]!;
    if (library.secretWords.judge(name) !== SecretEvidence.Plain) continue;
    const value = givenValue(scope, at);
    if (value >= 0 && hides(scope, value)) continue;
    found.push({ scope, at, name, fixes: isModel ? [] : hidden(scope, at, value, decorator) });
  }
  return found;
}

/** The decorator that makes the `repr`, as it is written; '' for none. */
function shownBy(outer: Scope | undefined, scope: Scope): string {
  if (outer === undefined || scope.code.kind !== ScopeKind.Class || scope.definedAt < 0) return '';
  for (const decorator of classExtra(outer.code, scope.definedAt).decorators) {
    const name = dottedName(outer, decorator);
    if (!decorators.test(name)) continue;
    const isCall = outer.code.op[decorator] === Op.Call;
    return isCall && isFalse(outer, keywordArgument(outer, decorator, 'repr')) ? '' : name;
  }
  return '';
}

/** The value that a field is given in the class's body, or -1. */
function givenValue({ code, file }: Scope, annotate: number): number {
  const next = annotate + 1;
  for (let at = next; at < code.op.length; at++) {
    if (code.op[at] === Op.Annotate) return -1;
    if (code.op[at] !== Op.StoreLocal) continue;
    return file.source.names[code.slots[code.a[at]!]!] === file.source.names[code.c[annotate]!]
      ? code.b[at]!
      : -1;
  }
  return -1;
}

/** `field(repr=False)`, whatever the function is called. */
function hides(scope: Scope, value: number): boolean {
  return scope.code.op[value] === Op.Call && isFalse(scope, keywordArgument(scope, value, 'repr'));
}

function isFalse(scope: Scope, value: number): boolean {
  return literalKind(scope, value) === ConstantKind.False;
}

/** `str`, `bytes`, `Optional[str]`, `str | None`. */
function isText(names: readonly string[], scope: Scope, annotation: number): boolean {
  const { op, a, b } = scope.code;
  switch (op[annotation] as Op) {
    case Op.Global:
      return /^(str|bytes)$/.test(names[a[annotation]!]!);
    case Op.Item:
      return (
        /(^|\.)Optional$/.test(dottedName(scope, a[annotation]!)) && isText(names, scope, b[annotation]!)
      );
    case Op.Binary:
      return isText(names, scope, a[annotation]!) || isText(names, scope, b[annotation]!);
    default:
      return false;
  }
}

/** Puts `repr=False` in, where `field` is at hand or is called already. */
function hidden(scope: Scope, at: number, value: number, decorator: string): readonly FixProposal[] {
  const { code, file } = scope;
  const edit = (offset: number, text: string): readonly FixProposal[] => [
    {
      kind: 'replace',
      title: 'Leave the field out of the repr',
      safe: true,
      data: { edits: [{ start: code.base + offset, end: code.base + offset, text }] },
    },
  ];
  if (value >= 0) {
    const last = code.op[value] === Op.Call ? callArguments(code, value).at(-1) : undefined;
    return last === undefined ? [] : edit(code.end[last.value]!, ', repr=False');
  }
  const module = decorator.includes('.') ? decorator.slice(0, decorator.lastIndexOf('.') + 1) : '';
  if (module !== '' ? module !== 'dataclasses.' : !file.source.names.includes('field')) return [];
  return edit(code.end[code.b[at]!]!, ` = ${module}field(repr=False)`);
}
