// What the names of an archive's members are used for: a file that is written, or one that is read, which lies where the
// archive was unpacked. Only the first can harm, by a name that leads elsewhere.

import { lastName } from '../../flow/function-facts';
import type { Root } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import { ConstantKind, Op } from '../../syntax/code';
import { callArguments, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { argumentOf } from './named-calls';

/** The words of names of an archive's members. */
export const memberNames = 'the names in an archive';

const writes = /^(write_(text|bytes)|symlink|symlink_to|link|hardlink_to)$/;
const places = /^(rename|renames|replace|copy|copy2|copyfile|copytree|move)$/;

/** Whether a name of an archive's member is used for something else than a file that the same function writes. */
export function isOtherUse(
  { program }: Analysis,
  { kind, scope: id, at, argument }: Flow['use'],
  root: Root,
): boolean {
  if (root.words !== memberNames) return false;
  if (kind !== 'path' || id !== root.scope) return true;
  const scope = program.scopes[id]!;
  const { code, file } = scope;
  if (code.op[at] !== Op.Call) return true;
  const called = lastName(scope, code.a[at]!);
  if (writes.test(called)) return false;
  if (places.test(called)) return callArguments(code, at).findIndex(({ value }) => value === argument) !== 1;
  if (called !== 'open' && called !== 'fdopen') return true;
  const isMethod = code.op[code.a[at]!] === Op.Attribute && positional(code, at, 0) !== argument;
  const mode = argumentOf(scope, at, isMethod ? 0 : 1, 'mode');
  if (mode < 0 || code.op[mode] !== Op.Const) return mode < 0;
  const given = file.source.constants[code.a[mode]!]!;
  return given.kind !== ConstantKind.String || !/[wax+]/.test(given.text);
}
