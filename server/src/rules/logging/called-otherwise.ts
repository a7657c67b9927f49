// What a function says of a value beside its secret's name: that it is the path of a file or a name, a member of an
// enumeration, what was just found wrong, what nobody looks into. Reads the text where the value begins and where it is
// used, and who else in the program keeps a path under the same key.

import { EntityKind } from '../../flow/entities';
import { dottedName, lastName } from '../../flow/function-facts';
import { type Root, StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Program, Scope } from '../../program/program';
import { CompareOperator, Op, UnaryOperator } from '../../syntax/code';
import { callArguments, elements, entries, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { testsAround } from './contradictions';
import { literalText } from './literals';

/** Whether the text around a secret's name says that the value is something else, or a secret no more. */
export function isCalledOtherwise(analysis: Analysis, flow: Flow): boolean {
  const { program, values } = analysis;
  const root = values.origin(flow);
  const scope = program.scopes[root.scope]!;
  return (
    isPutAsName(scope, root) ||
    (root.at >= 0 && (isMember(analysis, scope, root.at) || isPresenceAlone(analysis, flow))) ||
    isRefused(program.scopes[flow.use.scope]!, flow.use.at, root) ||
    isKeptAsPath(program, scope, root)
  );
}

/** `Cookie.ACCESS_TOKEN` of an enumeration: a word for it. */
function isMember({ resolver }: Analysis, { id, code }: Scope, at: number): boolean {
  if (code.op[at] !== Op.Attribute) return false;
  const { classes, entities } = resolver;
  return resolver
    .denotes(id, code.a[at]!)
    .some(
      (one) =>
        entities.kind[one] === EntityKind.Class &&
        classes.order(entities.x[one]!).some((base) => /^enum\./.test(resolver.pathOf(base))),
    );
}

/** `f'--set pull.name={secret}'`, `f'certificates/{private_key}'`. */
function isPutAsName(scope: Scope, { words }: Root): boolean {
  const { op, a } = scope.code;
  const name = words.split('.').at(-1)!;
  const isKey = /key/i.test(name);
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Format) continue;
    const parts = elements(scope.code, at);
    for (let k = 1; k < parts.length; k++) {
      const part = parts[k]!;
      const shown = op[part] === Op.Interpolate ? a[part]! : part;
      if (lastName(scope, shown) !== name) continue;
      const before = literalText(scope, parts[k - 1]!) ?? '';
      if (/(^|[\W_])(file_?)?name['"]?=['"]?$/i.test(before)) return true;
      if (isKey && /[\w.]\/$/.test(before) && !before.includes('://')) return true;
    }
  }
  return false;
}

const namesOfPlaces = /(^|_)(path|filename|file_?path|dirname)$|_(file|name|arn|crn|dir)$/i;

/** Whether what is kept under a key of that name is called a path or a name where it is put in. */
function isKeptAsPath(program: Program, origin: Scope, { at, words }: Root): boolean {
  if (at < 0) return false;
  const { op, c } = origin.code;
  if (op[at] === Op.StoreItem || op[at] === Op.StoreAttribute) return isPlace(origin, c[at]!);
  if (!/key|cert|secret|token/i.test(words) || !isReadByKey(origin, at, words)) return false;
  for (const file of program.files) {
    if (file.isTest || !file.source.constants.some(({ text }) => text === words)) continue;
    for (let index = 0; index < file.source.codes.length; index++)
      if (keepsPlace(program.scopeOf(file, index), words)) return true;
  }
  return false;
}

function isReadByKey(scope: Scope, at: number, words: string): boolean {
  const { op, b } = scope.code;
  if (op[at] === Op.Item) return literalText(scope, b[at]!) === words;
  return op[at] === Op.Call && literalText(scope, positional(scope.code, at, 0)) === words;
}

function keepsPlace(scope: Scope, key: string): boolean {
  const { op, b, c } = scope.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.StoreItem && literalText(scope, b[at]!) === key && isPlace(scope, c[at]!)) return true;
    if (op[at] !== Op.Dict) continue;
    for (const [name, value] of entries(scope.code, at))
      if (name >= 0 && literalText(scope, name) === key && isPlace(scope, value)) return true;
  }
  return false;
}

/** `cert_path`, `get_private_key_path()`; what `read_key_file()` gives is in the file. */
function isPlace(scope: Scope, value: number): boolean {
  const name = dottedName(scope, value).split('.').at(-1)!;
  return namesOfPlaces.test(name) && !/^_*(read|load|parse|open)/i.test(name);
}

/** Whether the use stands where the value was just found to be another than the right one: `if key != row['key']`. What a
 * person typed may still be nearly right. */
function isRefused(scope: Scope, use: number, { words }: Root): boolean {
  if (/pass|pwd|phrase/i.test(words)) return false;
  const { op, a, b, c } = scope.code;
  const given = new Set(
    callArguments(scope.code, use)
      .map(({ value }) => dottedName(scope, value))
      .filter((name) => name !== ''),
  );
  return testsAround(scope, use).some(({ test, holds }) => {
    if (op[test] !== Op.Compare || c[test] !== (holds ? CompareOperator.NotEqual : CompareOperator.Equal))
      return false;
    const sides = [a[test]!, b[test]!];
    return (
      !sides.some((side) => op[side] === Op.Const) && sides.some((side) => given.has(dottedName(scope, side)))
    );
  });
}

/** Whether a function looks at a header only for whether it is there: anything that is sent opens the door. */
function isPresenceAlone({ program, values }: Analysis, flow: Flow): boolean {
  const [first, ...others] = values
    .path(flow)
    .filter(({ step }) => step !== StepKind.Origin && step !== StepKind.Added);
  const root = values.origin(flow);
  const scope = program.scopes[root.scope]!;
  const { op, a, c } = scope.code;
  if (first?.step !== StepKind.Assigned || others.length > 0 || flow.use.scope !== root.scope) return false;
  if (!/(^|\.)headers(\.|$)/i.test(dottedName(scope, root.at)) || op[first.at] !== Op.StoreLocal)
    return false;
  const shown = new Set(callArguments(scope.code, flow.use.at).map(({ value }) => value));
  const tests = new Set<number>();
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.If) continue;
    const test = a[at]!;
    tests.add(op[test] === Op.Unary && c[test] === UnaryOperator.Not ? a[test]! : test);
  }
  let isTested = false;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Local || a[at] !== a[first.at]) continue;
    if (tests.has(at)) isTested = true;
    else if (!shown.has(at)) return false;
  }
  return isTested;
}
