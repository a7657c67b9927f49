// What tests of a text prove of it: how it begins and ends, which signs it lacks, where a path in its
// shortest form lies. A proof holds for the value tested and for what it was made of without a change of
// meaning.

import { Op } from '../../syntax/code';
import { elements, positional } from '../../syntax/code-reader';
import { argumentAt } from './arguments';
import { calleeName } from './checks';
import { type Domain, Type } from './domain';
import { LabelKind, Mask } from './labels';
import type { Pass } from './pass';
import { cleared, definition, isOurs, refine } from './refinement';
import { constantText } from './text';

const maximumDepth = 6;

/** Calls that give the same text, or the same path, in another form: by name, with the place of what they are given. */
const sameMeaning: ReadonlyMap<string, 'argument' | 'receiver'> = new Map([
  ...['str', 'fspath', 'Path', 'PurePath', 'PosixPath', 'normpath', 'abspath', 'realpath', 'normcase'].map(
    (name) => [name, 'argument'] as const,
  ),
  ...['resolve', 'absolute', 'as_posix', 'lower', 'upper', 'casefold', 'strip', 'lstrip', 'rstrip'].map(
    (name) => [name, 'receiver'] as const,
  ),
]);

/** Takes into account that a call on a text, or about a path, is true or false. */
export function assumeTextCall(pass: Pass, at: number, callee: number, name: string, holds: boolean): void {
  const { op, a } = pass.scope.code;
  const first = positional(pass.scope.code, at, 0);
  assumeChecked(pass, at, callee, holds);
  if (name === 'isabs' && first >= 0 && !holds) prove(pass, first, Mask.Relative);
  if (op[callee] !== Op.Attribute) return;
  const object = a[callee]!;
  if (name === 'is_absolute' && !holds) prove(pass, object, Mask.Relative);
  if (first < 0) return;
  if (name === 'startswith') assumeStart(pass, object, first, holds);
  else if (name === 'endswith' && holds) keepAffix(pass, object, '', constantText(pass, pass.values[first]!));
  else if (name === 'is_relative_to' && holds) assumeWithin(pass, object, first);
}

/** What the library's data say of a call that answers whether its argument is safe. */
function assumeChecked(pass: Pass, at: number, callee: number, holds: boolean): void {
  const { library, resolver } = pass.context;
  if (!holds || library.checks.size === 0) return;
  const path = resolver.libraryPath(pass.scope.id, callee);
  const check = path === '' ? undefined : library.find(library.checks, path);
  if (check === undefined) return;
  const argument = argumentAt(pass, at, check.argument.position, check.argument.keyword);
  if (argument >= 0) prove(pass, argument, bitsOf(pass, check.clears));
}

/** The bits of these sink kinds together. */
export function bitsOf(pass: Pass, kinds: readonly string[]): number {
  return kinds.reduce((bits, kind) => bits | pass.context.bitOf(kind), 0);
}

function assumeStart(pass: Pass, object: number, first: number, holds: boolean): void {
  const start = constantText(pass, pass.values[first]!);
  if (!holds) {
    if (start === '/' || isSeparator(pass, first)) prove(pass, object, Mask.Relative);
    // `/page`, and not `//host`: it stays on this host.
    const before = pass.domain.known.prefix(pass.domain.knownOf[valueNow(pass, object)]!);
    if (start === '//' && before.startsWith('/')) prove(pass, object, pass.context.addressBits);
    return;
  }
  assumeWithin(pass, object, first);
  if (start === null) return;
  keepAffix(pass, object, start, '');
}

/** A path in its shortest form lies below one of ours. */
function assumeWithin(pass: Pass, object: number, base: number): void {
  const { domain, values } = pass;
  if (!isOurs(domain, values[base]!) || !isNormalized(domain, values[object]!)) return;
  prove(pass, object, pass.context.bitOf('path'));
}

function isNormalized(domain: Domain, value: number): boolean {
  const { labels } = domain;
  const pairs = labels.sets[domain.deepLabels(value)]!;
  for (let k = 0; k < pairs.length; k += 2) {
    const kind = labels.kindOf(pairs[k]!);
    if ((kind === LabelKind.Untrusted || kind === LabelKind.Input) && (pairs[k + 1]! & Mask.Normalized) === 0)
      return false;
  }
  return true;
}

/** A text surely begins and ends like this. */
function keepAffix(pass: Pass, object: number, start: string, end: string | null): void {
  if (end === null) return;
  const { domain } = pass;
  const { known, types, knownOf, labelsOf, shapeOf } = domain;
  refine(pass, object, (value) => {
    if (known.constantsOf(knownOf[value]!) !== null) return value;
    const before = known.prefix(knownOf[value]!);
    const after = known.suffix(knownOf[value]!);
    const affixes = known.affixes(
      start.length > before.length ? start : before,
      end.length > after.length ? end : after,
    );
    return domain.value(types[value]!, affixes, labelsOf[value]!, shapeOf[value]!);
  });
}

/** Some text is not found in a value; answers whether that says something of a text. */
export function assumeLacks(pass: Pass, part: number, tested: number): boolean {
  const text = constantText(pass, pass.values[part]!) ?? (isSeparator(pass, part) ? '/' : null);
  if (text === null || text.length > 3) return false;
  const proof = /^[/\\]?\.\.[/\\]?$/.test(text) ? Mask.Undotted : lacks(pass, text);
  if (proof === 0) return false;
  const { op, a } = pass.scope.code;
  const at = definition(pass, tested);
  if (op[at] === Op.Item && op[pass.scope.code.b[at]!] === Op.Slice) {
    assumeLiteral(pass, a[at]!, pass.scope.code.b[at]!, text);
    return true;
  }
  if (op[at] === Op.Attribute && pass.name(pass.scope.code.b[at]!) === 'parts') prove(pass, a[at]!, proof);
  else if (op[at] === Op.Call && op[a[at]!] === Op.Attribute && calleeName(pass, a[at]!) === 'split')
    prove(pass, a[a[at]!]!, proof);
  else prove(pass, tested, proof);
  return true;
}

/** `target[1] != '/'`, `target[1:2] not in ('/', '\\')` of a text that begins with a slash: it stays on this host. */
export function assumeSecondSign(pass: Pass, tested: number, signs: number): void {
  const { op, a, b } = pass.scope.code;
  const at = definition(pass, tested);
  if (op[at] !== Op.Item || !isSecond(pass, b[at]!)) return;
  const { known, knownOf } = pass.domain;
  if (!known.prefix(knownOf[valueNow(pass, a[at]!)]!).startsWith('/')) return;
  const given = op[signs] === Op.Tuple || op[signs] === Op.List ? elements(pass.scope.code, signs) : [signs];
  if ([...given].some((one) => constantText(pass, pass.values[one]!)?.includes('/')))
    prove(pass, a[at]!, pass.context.addressBits);
}

/** `1`, or the slice `1:2`. */
function isSecond(pass: Pass, key: number): boolean {
  const { op, a, b, c } = pass.scope.code;
  const { known, knownOf } = pass.domain;
  const is = (at: number, text: string) => at >= 0 && known.single(knownOf[pass.values[at]!]!)?.text === text;
  return op[key] === Op.Slice ? is(a[key]!, '1') && is(b[key]!, '2') && c[key]! < 0 : is(key, '1');
}

/** What it proves of a text that a sign is not in it. */
export function lacks(pass: Pass, sign: string): number {
  if (sign === '/') return Mask.Undotted | Mask.Relative | pass.context.addressBits;
  if (sign === "'") return Mask.NoSingle;
  if (sign === '"') return Mask.NoDouble;
  return sign === '<' ? pass.context.bitOf('html') : 0;
}

/** A text that begins and ends with a quote and has none between is one literal. */
function assumeLiteral(pass: Pass, whole: number, slice: number, quote: string): void {
  const { a, b, c } = pass.scope.code;
  const { known, knownOf } = pass.domain;
  const bound = (at: number) => (at < 0 ? null : known.single(knownOf[pass.values[at]!]!)?.text);
  if (bound(a[slice]!) !== '1' || bound(b[slice]!) !== '-1' || c[slice]! >= 0) return;
  const value = knownOf[valueNow(pass, whole)]!;
  if (known.prefix(value).startsWith(quote) && known.suffix(value).endsWith(quote))
    prove(pass, whole, pass.context.bitOf('code'));
}

/** The value of a variable at this point: guards may have changed it since it was read. */
function valueNow(pass: Pass, instruction: number): number {
  const number = pass.numberAt(instruction);
  const held = pass.environment?.numbers.indexOf(number) ?? -1;
  return held >= 0 ? pass.environment!.values[held]! : pass.values[instruction]!;
}

function isSeparator(pass: Pass, at: number): boolean {
  if (pass.domain.types[pass.values[at]!] === Type.Text) return false;
  return /^os\.(path\.)?sep$/.test(pass.context.resolver.libraryPath(pass.scope.id, at));
}

/** `commonpath([base, path]) == base`: the paths in its shortest form lie below ours. */
export function assumeCommon(pass: Pass, tested: number, base: number): void {
  const { op, a } = pass.scope.code;
  let at = definition(pass, tested);
  for (let depth = 0; depth < maximumDepth && op[at] === Op.Call; depth++) {
    if (sameMeaning.get(calleeName(pass, a[at]!)) !== 'argument') break;
    at = definition(pass, onlyArgument(pass, at));
  }
  if (op[at] !== Op.Call || !/^common(path|prefix)$/.test(calleeName(pass, a[at]!))) return;
  const list = positional(pass.scope.code, at, 0);
  if (list < 0 || (op[list] !== Op.List && op[list] !== Op.Tuple) || !isOurs(pass.domain, pass.values[base]!))
    return;
  for (const path of elements(pass.scope.code, list)) assumeWithin(pass, path, base);
}

/** Marks what an instruction read, and what that was made of, as proved. */
export function prove(pass: Pass, instruction: number, proof: number): void {
  const { op, a } = pass.scope.code;
  let at = instruction;
  for (let depth = 0; depth < maximumDepth && at >= 0; depth++) {
    refine(pass, at, (value) => cleared(pass.domain, value, proof));
    const made = definition(pass, at);
    if (op[made] !== Op.Call) return;
    if (made !== at) refine(pass, made, (value) => cleared(pass.domain, value, proof));
    const callee = a[made]!;
    const from = sameMeaning.get(calleeName(pass, callee));
    if (from === undefined) return;
    if (from === 'argument') at = onlyArgument(pass, made);
    else at = op[callee] === Op.Attribute ? a[callee]! : -1;
  }
}

function onlyArgument(pass: Pass, call: number): number {
  const { code } = pass.scope;
  return positional(code, call, 1) < 0 ? positional(code, call, 0) : -1;
}
