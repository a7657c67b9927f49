// Messages that are formatted before the log call gets them, or that nobody formats: `'{} {0}'.format(x)`, which raises,
// `'%s %s' % (x,)`, and `'{name}'` where an `f` was forgotten. Looks at literals beside their arguments only.

import type { Scope } from '../../program/program';
import { Argument, BinaryOperator, Op } from '../../syntax/code';
import { callArguments, elements } from '../../syntax/code-reader';
import { literalMapping, literalText } from './literals';

/** A field of a format with braces: its name is '' for the next in line. */
interface Field {
  readonly name: string;
  readonly isConverted: boolean;
}

/** The fields of a format with braces, those within other fields too; null when it is none. */
export function braceFields(format: string): readonly Field[] | null {
  const found: Field[] = [];
  const open: number[] = [];
  for (let k = 0; k < format.length; k++) {
    const char = format[k]!;
    if (open.length === 0 && (char === '{' || char === '}') && format[k + 1] === char) {
      k++;
      continue;
    }
    if (char === '{') {
      if (open.length > 1) return null;
      open.push(k + 1);
      const [, name, conversion] = /^([^{}!:]*)(![rsa])?(?=[:{}])/.exec(format.slice(k + 1)) ?? [];
      if (name === undefined) return null;
      found.push({ name: name.replace(/[.[].*$/, ''), isConverted: conversion !== undefined });
    } else if (char === '}') {
      if (open.pop() === undefined) return null;
    }
  }
  return open.length > 0 ? null : found;
}

/** What raises while a message is put together; '' when nothing is known to. */
export function formatFailure(scope: Scope, message: number): string {
  const { op, a, b, c } = scope.code;
  if (message < 0) return '';
  if (op[message] === Op.Binary && c[message] === BinaryOperator.Modulo)
    return modulo(scope, a[message]!, b[message]!);
  if (op[message] !== Op.Call || op[a[message]!] !== Op.Attribute) return '';
  const callee = a[message]!;
  if (scope.file.source.names[b[callee]!] !== 'format') return '';
  const text = literalText(scope, a[callee]!);
  const fields = text === null ? null : braceFields(text);
  return fields === null ? '' : braces(scope, message, fields);
}

function braces({ code, file }: Scope, call: number, fields: readonly Field[]): string {
  const given = callArguments(code, call);
  const isOpen = (mark: Argument): boolean => given.some(({ keyword }) => keyword === mark);
  const next = fields.filter(({ name }) => name === '').length;
  const numbers = fields.filter(({ name }) => /^\d+$/.test(name)).map(({ name }) => Number(name));
  if (next > 0 && numbers.length > 0)
    return 'The format counts some of its fields and numbers others: `format()` raises a ValueError, and nothing is logged.';
  const positional = given.filter(({ keyword }) => keyword === Argument.Positional).length;
  const wanted = Math.max(next, ...numbers.map((number) => number + 1), 0);
  if (wanted > positional && !isOpen(Argument.Star))
    return `The format takes ${wanted === 1 ? '1 argument' : `${wanted} arguments`}, \`format()\` gets ${positional}: it raises an IndexError, and nothing is logged.`;
  const keywords = new Set(
    given.filter(({ keyword }) => keyword >= 0).map(({ keyword }) => file.source.names[keyword]!),
  );
  const missing = fields.find(({ name }) => /^[A-Za-z_]\w*$/.test(name) && !keywords.has(name));
  if (missing !== undefined && !isOpen(Argument.DoubleStar))
    return `\`format()\` gets no \`${missing.name}\`, which the format names: it raises a KeyError, and nothing is logged.`;
  return '';
}

const conversions =
  /%(?:\((?<name>[^()]*)\))?[-+ #0]*(?<width>\*|\d+)?(?:\.(?<precision>\*|\d+))?[hlL]?(?<conversion>[diouxXeEfFgGcrsa%])/g;

function modulo(scope: Scope, format: number, given: number): string {
  const text = literalText(scope, format);
  if (text === null) return '';
  const places = [...text.matchAll(conversions)]
    .map(({ groups }) => groups!)
    .filter(({ conversion }) => conversion !== '%');
  const named = places.filter(({ name }) => name !== undefined);
  if (named.length > 0) {
    const mapping = named.length === places.length ? literalMapping(scope, given) : null;
    const missing = mapping === null ? undefined : named.find(({ name }) => !mapping.has(name!));
    return missing === undefined
      ? ''
      : `The mapping has no \`${missing.name}\`, which the format names: \`%\` raises a KeyError, and nothing is logged.`;
  }
  if (scope.code.op[given] !== Op.Tuple) return '';
  const values = elements(scope.code, given);
  if ([...values].some((value) => scope.code.op[value] === Op.Star)) return '';
  const wanted = places.reduce(
    (sum, { width, precision }) => sum + 1 + Number(width === '*') + Number(precision === '*'),
    0,
  );
  return wanted === values.length || /%[^\w\s(#+.*%-]/.test(text)
    ? ''
    : `The format takes ${wanted === 1 ? '1 value' : `${wanted} values`}, \`%\` gets ${values.length}: it raises a TypeError, and nothing is logged.`;
}

/** What is wrong with a message in braces that is handed over without arguments; '' when nothing is. */
export function bracesUnfilled(scope: Scope, text: string): string {
  // `{install: false}` is a mapping as YAML writes it.
  const fields = /\{\w+: +\w{2}/.test(text) ? null : braceFields(text);
  if (fields === null || fields.length === 0) return '';
  if (fields.some(({ isConverted }) => isConverted))
    return 'Nothing fills the braces of the message: it is shown as it is written.';
  const { names } = scope.file.source;
  const locals = new Set([...scope.code.slots].map((name) => names[name]!));
  return fields.every(({ name }) => locals.has(name) && name !== 'self')
    ? `\`{${fields[0]!.name}}\` is shown as it is written: the message is no f-string, and nothing fills its braces.`
    : '';
}

/** What a logger that fills braces misses in the one mapping that it is given; '' when nothing. */
export function bracesUnnamed(scope: Scope, text: string, given: number): string {
  const mapping = literalMapping(scope, given);
  const fields = mapping === null ? null : braceFields(text);
  if (mapping === null || fields === null) return '';
  const named = fields.filter(({ name }) => /^[A-Za-z_]\w*$/.test(name));
  const missing = named.find(({ name }) => !mapping.has(name));
  return missing === undefined || !named.some(({ name }) => mapping.has(name))
    ? ''
    : `The mapping has no \`${missing.name}\`, which the format names: the record is lost to an error.`;
}
