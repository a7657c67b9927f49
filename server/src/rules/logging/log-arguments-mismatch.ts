// Rule 221: the arguments of a log call do not fit its format, so that the record is lost to an error or shows nothing of
// them. Looks at messages that are written in the call; what a variable holds it does not ask.

import type { Resolver } from '../../flow/resolver';
import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import type { ScopeFacts } from '../../whole/scope-facts';
import type { Rule } from '../rule';
import { bracesUnfilled, bracesUnnamed, formatFailure } from './brace-formats';
import { isContradicted } from './contradictions';
import { isFilledMapping, keywordArgument, literalKind, literalMapping, literalText } from './literals';
import { isStandard, type StandardCall, standardCallsIn } from './standard-calls';

export const rule: Rule = {
  number: 221,
  name: 'log-arguments-mismatch',
  concern: 'logging',
  severity: 'error',
  preview: false,
  cwe: [685],
  category: 'logging-format',
  summary: 'The arguments of a log call do not fit the format of its message.',
  check(analysis, report) {
    const judged = analysis.facts.all(judgedIn).filter(({ call }) => isStandard(analysis.program, call));
    const inBraces = formatsInBraces(judged);
    for (const { call, isFree, failure, inPercents } of judged) {
      const wrong = failure || (inBraces && isFree ? inBraceStyle(call) : inPercents);
      if (wrong === '') continue;
      if (isContradicted(analysis.resolver, call.scope, call.at)) continue;
      report({
        ...analysis.program.span(call.scope, call.at),
        message: wrong,
        confidence: saysItBelow(call) ? 'low' : call.isTyped ? 'high' : 'medium',
        symbol: call.scope.qualifiedName,
      });
    }
  },
};

/** `LOG.error('cannot connect: %s', exc_info=error)`: what the one place was to say, the traceback says. */
function saysItBelow({ scope, at, method, message, rest }: StandardCall): boolean {
  if (rest?.length !== 0 || placeholders(literalText(scope, message) ?? '').length !== 1) return false;
  return method === 'exception' || keywordArgument(scope, at, 'exc_info') >= 0;
}

/** What is wrong with a call by itself; where nothing is, it still tells how a program's loggers format. */
interface Judged {
  readonly call: StandardCall;
  /** Has no place for `%`. */
  readonly isFree: boolean;
  /** Has braces and no place for `%`. */
  readonly usesBraces: boolean;
  readonly failure: string;
  readonly inPercents: string;
}

function judgedIn(_: Resolver, scope: Scope, facts: ScopeFacts): readonly Judged[] {
  return facts.one(standardCallsIn, scope).map((call) => {
    const isFree = hasNoPlaces(call);
    const failure = formatFailure(scope, call.message);
    return { call, isFree, usesBraces: isFree && hasBraces(call), failure, inPercents: mismatch(call) };
  });
}

const fewest = 5;

/** Whether a program's loggers format with braces, whatever class they come from: a part of its calls that no slip of
 * the pen explains does. */
function formatsInBraces(calls: readonly Judged[]): boolean {
  const filled = calls.filter(({ call: { rest } }) => rest !== null && rest.length > 0);
  const braces = filled.filter(({ usesBraces }) => usesBraces).length;
  return braces >= fewest && braces * 5 > filled.length;
}

function hasBraces({ scope, message }: StandardCall): boolean {
  const text = message < 0 ? null : literalText(scope, message);
  return text !== null && /\{[\w.]*(![rsa])?(:[^{}]*)?\}/.test(text);
}

function hasNoPlaces({ scope, message }: StandardCall): boolean {
  const text = message < 0 ? null : literalText(scope, message);
  return text === null || placeholders(text).length === 0;
}

/** What is wrong with a call to a logger that fills braces. */
function inBraceStyle({ scope, message, rest }: StandardCall): string {
  const text = message < 0 ? null : literalText(scope, message);
  return text === null || rest?.length !== 1 ? '' : bracesUnnamed(scope, text, rest[0]!);
}

/** A place in a format. */
interface Placeholder {
  readonly name: string | null;
  /** How many arguments it takes: the value, and a width or precision given as `*`. */
  readonly takes: number;
  readonly conversion: string;
}

const pattern =
  /%(?:\((?<name>[^()]*)\))?[-+ #0]*(?<width>\*|\d+)?(?:\.(?<precision>\*|\d+))?[hlL]?(?<conversion>[diouxXeEfFgGcrsa%])/g;

/** A letter that no conversion has: a logger of the program's own may format it. */
const unknownConversion = /%[bhj-np-qtv-wyzA-DH-QS-Z](?![A-Za-z])/;

function placeholders(format: string): readonly Placeholder[] {
  return [...format.matchAll(pattern)]
    .map(({ groups }) => ({
      name: groups!.name ?? null,
      takes: 1 + Number(groups!.width === '*') + Number(groups!.precision === '*'),
      conversion: groups!.conversion!,
    }))
    .filter(({ conversion }) => conversion !== '%');
}

/** What is wrong with a call, or ''. */
function mismatch({ scope, message, rest, strange, isTyped, path }: StandardCall): string {
  const text = message < 0 ? null : literalText(scope, message);
  if (text === null || rest === null || strange === null || unknownConversion.test(text)) return '';
  if (strange.length > 0) return isTyped ? keywordMismatch(text, strange, path) : '';
  const places = placeholders(text);
  const named = places.filter(({ name }) => name !== null);
  // "%(auto)setup" is a word of the text.
  if (rest.length === 0 && /%\(\w+\)[a-z]{3}/.test(text)) return '';
  if (named.length > 0 && (rest.length > 0 || placeholders(withoutCode(text)).length > 0))
    return named.length < places.length ? '' : namedMismatch(scope, named, rest);
  const wanted = places.reduce((sum, { takes }) => sum + takes, 0);
  if (rest.length === 0)
    return withoutArguments(withoutCode(text)) || bracesUnfilled(scope, withoutCode(text));
  // A mapping alone is what a format takes values from, and it need take none.
  if (wanted === 0 && rest.length === 1 && isFilledMapping(scope, rest[0]!)) return '';
  if (wanted !== rest.length) {
    const isBrace = wanted === 0 && /\{[\w.]*\}/.test(text) ? ' (`{}` is no placeholder here)' : '';
    return `The format takes ${count(wanted)}${isBrace}, the call gives ${count(rest.length)}: the record is lost to an error.`;
  }
  return kindMismatch(scope, places, rest);
}

/** Values that are given by keyword reach no format: they are an error, or go to the side. */
function keywordMismatch(text: string, strange: readonly string[], path: string): string {
  const name = strange[0]!;
  // An adapter of a program's own takes the keywords that its `process` takes out.
  if (path.startsWith('logging.LoggerAdapter.')) return '';
  if (path.startsWith('logging.')) return `A log call takes no keyword \`${name}\`: it raises a TypeError.`;
  return placeholders(text).some((place) => place.name === name)
    ? `The format takes \`${name}\` from a mapping, the call gives it by keyword: the message is shown as it is written.`
    : '';
}

function count(arguments_: number): string {
  return arguments_ === 0 ? 'no argument' : arguments_ === 1 ? '1 argument' : `${arguments_} arguments`;
}

/** A text without the placeholders that it speaks of: "markers like `%s`", "\\%(name)s in the message". */
function withoutCode(text: string): string {
  return text.replace(/`[^`]*`/g, '`').replace(/\\%/g, '');
}

/** Without arguments nothing is formatted: the placeholder itself is shown. */
function withoutArguments(text: string): string {
  const places = placeholders(text);
  const isPlain = places.length > 0 && places.every(({ conversion }) => /[sdr]/.test(conversion));
  // "100%s" and "50% done" are texts about percentages, "%-raw" is a name.
  if (!isPlain || /\d%|% |(^|[\s'"`])%[-+#]*[srd][A-Za-z_]{2}/.test(text)) return '';
  return `Nothing fills ${places.length > 1 ? `the ${places.length} placeholders` : 'the placeholder'} of the message: it is shown as it is written.`;
}

function namedMismatch(scope: Scope, named: readonly Placeholder[], rest: readonly number[]): string {
  if (rest.length === 0)
    return `Nothing fills \`%(${named[0]!.name})${named[0]!.conversion}\`: the message is shown as it is written.`;
  if (rest.length > 1)
    return `The format names its values, so it takes one mapping; the call gives ${rest.length} arguments: the record is lost to an error.`;
  const given = literalMapping(scope, rest[0]!);
  if (given === null)
    return literalText(scope, rest[0]!) === null
      ? ''
      : 'The format names its values, so it takes a mapping, not a text.';
  const missing = named.find(({ name }) => !given.has(name!));
  return missing === undefined
    ? ''
    : `The mapping has no \`${missing.name}\`, which the format names: the record is lost to an error.`;
}

/** `%d` of a text. */
function kindMismatch(scope: Scope, places: readonly Placeholder[], rest: readonly number[]): string {
  if (places.some(({ takes }) => takes > 1)) return '';
  for (let k = 0; k < places.length; k++) {
    const isNumber = /[diouxXeEfFgG]/.test(places[k]!.conversion);
    const isText =
      literalKind(scope, rest[k]!) === ConstantKind.String || scope.code.op[rest[k]!] === Op.Format;
    if (isNumber && isText)
      return `\`%${places[k]!.conversion}\` takes a number, the call gives it a text: the record is lost to an error.`;
  }
  return '';
}
