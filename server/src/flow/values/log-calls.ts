// Log calls: what of their arguments is written, loggers recognised by name where their type is unknown, and what the
// message itself says of a placeholder (`'password: %s'`).

import { SecretEvidence } from '../../library/secret-words';
import { Argument, Op } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, positional } from '../../syntax/code-reader';
import type { Target } from '../targets';
import { calleeName } from './checks';
import { bottom, Type } from './domain';
import { withSecret } from './evidence';
import { escapes, onOneLine, percentConversions, shownOnOneLine, showsNumber } from './line-breaks';
import { isCalledLogger, isLogCall } from './log-names';
import type { Pass } from './pass';
import { ShapeKind } from './shapes';
import { arriveAt } from './sink-calls';
import { type Cap, SinkMode } from './summary';
import { bracePieces, constantText, percentPieces } from './text';

const notWritten = new Set([
  'exc_info',
  'stack_info',
  'stacklevel',
  'level',
  'file',
  'end',
  'sep',
  'flush',
  'err',
  'nl',
  'fg',
  'category',
]);

/** All arguments of a log call arrive at the log. */
export function logCall(pass: Pass, at: number, cap: Cap, unread = false): void {
  const { demand } = pass.context;
  if (!demand.asksAt('log') && !demand.asksAt('log-format')) return;
  const { code, file } = pass.scope;
  const hints = messageHints(pass, at);
  const conversions = messageConversions(pass, at);
  const message = positional(code, at, 0);
  let place = 0;
  for (let k = 0; k < argumentCount(code, at); k++) {
    const keyword = argumentKeyword(code, at, k);
    if (keyword >= 0 && notWritten.has(file.source.names[keyword]!)) continue;
    const argument = argumentValue(code, at, k);
    let value = pass.values[argument]!;
    if (place === 1 && keyword === Argument.Positional) value = shownMembers(pass, at, value);
    const conversion = keyword === Argument.Positional ? conversions[place] : undefined;
    const hint = keyword === Argument.Positional ? hints[place++] : undefined;
    if (hint !== undefined) value = hinted(pass, value, argument, hint);
    if (conversion !== undefined && showsNumber(conversion)) continue;
    value =
      conversion !== undefined && escapes(conversion) ? onOneLine(pass, value) : shownOnOneLine(pass, value);
    writeTo(pass, at, 'log', argument, value, cap, unread);
  }
  // With arguments behind it the message is a format.
  if (place > 1 && message >= 0) writeTo(pass, at, 'log-format', message, pass.values[message]!, cap, unread);
}

function writeTo(
  pass: Pass,
  at: number,
  kind: 'log' | 'log-format',
  argument: number,
  value: number,
  cap: Cap,
  unread: boolean,
): void {
  const { code } = pass.scope;
  const words = calleeName(pass, code.a[at]!);
  const isMessage = argument === positional(code, at, 0);
  arriveAt(
    pass,
    at,
    argument,
    value,
    { kind, arguments: [], confidence: cap },
    SinkMode.Whole,
    words,
    isMessage,
    unread,
  );
}

/** Of a dictionary that a message with named placeholders gets, the members that it names. */
function shownMembers(pass: Pass, at: number, value: number): number {
  const { domain } = pass;
  const shape = domain.shape(value);
  const first = positional(pass.scope.code, at, 0);
  if (shape === null || shape.kind !== ShapeKind.Dict || first < 0) return value;
  const text = constantText(pass, pass.values[first]!);
  const names = text === null ? [] : [...text.matchAll(/%\((\w+)\)/g)].map((found) => `s:${found[1]}`);
  if (names.length === 0) return value;
  const shown = shape.keys.flatMap((key, k) =>
    names.includes(key) ? [[key, shape.values[k]!] as const] : [],
  );
  return domain.reshaped(value, shape.kind, shown, bottom);
}

/** A call of a level method on something that is called a logger, or of a function that is called like one that writes a
 * log. Answers whether it was one. */
export function logByName(
  pass: Pass,
  at: number,
  callee: number,
  name: string,
  targets: readonly Target[],
): boolean {
  const { library } = pass.context;
  const { op, a } = pass.scope.code;
  const object = op[callee] === Op.Attribute && library.loggerMethods.has(name) ? a[callee]! : -1;
  const isLogger = object >= 0 && library.loggerNames.has(calleeName(pass, object));
  if (!isLogger && !(object >= 0 && isCalledLogger(pass, object)) && !isLogCall(pass, at, callee, name))
    return false;
  // The loggers of the standard library are known.
  const isOther = targets.some(
    (target) => target.kind === 'library' && library.standardModules.has(target.path.split('.')[0]!),
  );
  logCall(pass, at, isOther ? 'low' : 'medium', !isLogger || targets.length > 0);
  return true;
}

/** For each positional argument, the conversion that shows it: none for the message itself. */
function messageConversions(pass: Pass, at: number): readonly (string | undefined)[] {
  const first = positional(pass.scope.code, at, 0);
  const text = first < 0 ? null : constantText(pass, pass.values[first]!);
  return text === null ? [] : [undefined, ...percentConversions(text)];
}

/** For each positional argument, the words before its placeholder when they name a secret. */
function messageHints(pass: Pass, at: number): readonly (string | undefined)[] {
  const { code } = pass.scope;
  const first = positional(code, at, 0);
  if (first < 0) return [];
  const text = constantText(pass, pass.values[first]!);
  if (text === null || !/[%{]/.test(text)) return [];
  const percent = percentPieces(text);
  const pieces = percent.length > 1 ? percent : bracePieces(text);
  const hints: (string | undefined)[] = [undefined];
  for (let k = 0; k + 1 < pieces.length; k++) hints.push(announced(pass, pieces[k]!));
  return hints;
}

/** "could not read it from the password: %s" tells why, not what. */
const tellsWhy =
  /\b(from|of|for|in|(decod|pars|read|gett?|load|validat|verify?|check)(e|ing)?)(\s+(the|a|an|its))?\W*$/i;

function announced(pass: Pass, piece: string): string | undefined {
  const word = /([A-Za-z][A-Za-z0-9_-]*)['"]?\s*(?:[:=]|\bis\b:?)\s*['"]?$/.exec(piece)?.[1];
  if (word === undefined || tellsWhy.test(piece.slice(0, piece.lastIndexOf(word)))) return undefined;
  return pass.context.library.secretWords.judge(word) === SecretEvidence.Plain ? word : undefined;
}

/** The message calls the value a secret, and nothing known of it says otherwise. */
function hinted(pass: Pass, value: number, argument: number, word: string): number {
  const { domain, context } = pass;
  if ((domain.types[value]! & Type.Unjudged) === 0 || domain.shape(value) !== null) return value;
  const { op } = pass.scope.code;
  if (op[argument] === Op.Call || op[argument] === Op.Compare || op[argument] === Op.Phi) return value;
  const name = calleeName(pass, argument);
  if (/^_*(e|ex|exc|err|error|exception|cause)$/.test(name) || context.library.secretWords.isNeutral(name))
    return value;
  return withSecret(pass, value, `${word} (as the message calls it)`, argument, SecretEvidence.Likely);
}
