// Rule 342: a check that lets through what it is there to refuse: a pattern without an end, a host by the letters that
// it ends with, an address by the letters that it begins with, dots taken out once. Only where the answer refuses.

import { lastName } from '../../flow/function-facts';
import type { Scope } from '../../program/program';
import { CompareOperator, ConstantKind, Op } from '../../syntax/code';
import { argumentCount, argumentValue } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { FixProposal } from '../finding';
import { nameAt, placeOf } from '../flow-words';
import type { Report, Rule } from '../rule';
import { type NamedCall, namedCalls } from './named-calls';
import { passedScopes } from './passing-data';
import { readsOutside } from './proven-calls';
import { isRefusal } from './refusals';
import { outsideAt } from './untrusted-flow';
import { isOneSet, leavesEndOpen, patternOf } from './weak-patterns';

const kinds = ['path', 'command', 'sql', 'html', 'redirect', 'url', 'code'];

export const rule: Rule = {
  number: 342,
  name: 'weak-guard',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [185, 625, 182, 20],
  category: 'regex-flaw',
  summary: 'A check lets through what it is there to refuse.',
  asks: () => outsideAt(...kinds),
  check(analysis, report, _isOn, options) {
    let passed: ReadonlySet<number> | null = null;
    for (const call of namedCalls(analysis, new Set(['match', 'endswith', 'startswith', 'replace']))) {
      const { scope, at } = call;
      const found = finders[lastName(scope, scope.code.a[at]!)]?.(analysis, call) ?? null;
      if (found === null) continue;
      passed ??= passedScopes(analysis, options, kinds);
      const isSent = passed.has(scope.id) || readsOutside(analysis, scope, options);
      report({
        ...placeOf(analysis, scope.id, at),
        confidence: isSent ? 'medium' : 'low',
        symbol: scope.qualifiedName,
        ...found,
      });
    }
  },
};

type Found = Pick<Report, 'message' | 'fixes'>;

const finders: Readonly<Record<string, (analysis: Analysis, call: NamedCall) => Found | null>> = {
  match: openPattern,
  endswith: hostEnd,
  startswith: addressStart,
  replace: removedOnce,
};

function openPattern(analysis: Analysis, { scope, at, path }: NamedCall): Found | null {
  const pattern = patternOf(analysis, scope, at, path);
  if (pattern !== null && isOneSet(pattern.text) && isRefusal(scope, at, true)) {
    return {
      message: `match() looks at the first letter only: a text that holds one of \`${shown(pattern.text)}\` behind it passes. Use search().`,
      fixes: renamed(analysis, scope, at, 'search', 'Look at the whole text'),
    };
  }
  if (pattern === null || !leavesEndOpen(pattern.text) || !isRefusal(scope, at)) return null;
  return {
    message: `The pattern \`${pattern.text}\` has no end: a text whose beginning matches passes, whatever follows it. Use fullmatch().`,
    fixes: renamed(analysis, scope, at, 'fullmatch', 'Match the whole text'),
  };
}

function renamed(
  analysis: Analysis,
  scope: Scope,
  at: number,
  text: string,
  title: string,
): readonly FixProposal[] {
  const callee = scope.code.a[at]!;
  if (scope.code.op[callee] !== Op.Attribute) return [];
  const { end } = analysis.program.span(scope, callee);
  return [
    {
      kind: 'replace',
      title,
      safe: false,
      data: { edits: [{ start: end - 'match'.length, end, text }] },
    },
  ];
}

/** A pattern on one line, for a message. */
function shown(pattern: string): string {
  return JSON.stringify(pattern).slice(1, -1);
}

const domain = /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/;
const hostNames = /(^|_)(host(name)?|domain|netloc|origin|server_?name|e?mail|sender|fqdn)$/i;
const addressNames =
  /(^|_)(url|uri|origin|referr?er|redirect(_to|_url|_uri)?|next(_url)?|target|callback(_url)?|endpoint|issuer|iss)$/i;

function hostEnd(analysis: Analysis, { scope, at }: NamedCall): Found | null {
  const text = onlyText(scope, at);
  const name = receiverName(analysis, scope, at);
  if (text === null || !domain.test(text) || !hostNames.test(name) || !isRefusal(scope, at)) return null;
  return {
    message: `\`${name}\` may end with \`${text}\` and be another host: \`evil-${text}\` passes. Compare with \`${text}\` itself or with \`.${text}\` at the end.`,
  };
}

function addressStart(analysis: Analysis, { scope, at }: NamedCall): Found | null {
  const text = onlyText(scope, at);
  const name = receiverName(analysis, scope, at);
  const host = text === null ? undefined : /^https?:\/\/([^/?#@]+)$/.exec(text)?.[1];
  if (host === undefined || !domain.test(host) || !addressNames.test(name) || !isRefusal(scope, at))
    return null;
  return {
    message: `\`${name}\` may begin with \`${text}\` and lead elsewhere: \`${text}.evil.net\` and \`${text}@evil.net\` pass. Compare the host of the parsed address, or put \`/\` behind it.`,
  };
}

const takenOut = new Set(['../', '..\\', '<script>', '</script>', '....//']);

function removedOnce(analysis: Analysis, { scope, at }: NamedCall): Found | null {
  const { code } = scope;
  if (argumentCount(code, at) !== 2 || code.op[code.a[at]!] !== Op.Attribute) return null;
  const text = constantText(scope, argumentValue(code, at, 0));
  if (text === null || !takenOut.has(text) || constantText(scope, argumentValue(code, at, 1)) !== '')
    return null;
  // A loop that goes on until nothing is left asks for it.
  for (let k = 0; k < code.op.length; k++) {
    const isMember = code.op[k] === Op.Compare && code.c[k] === CompareOperator.In;
    if (isMember && constantText(scope, code.a[k]!) === text) return null;
  }
  const name = receiverName(analysis, scope, at);
  const nested = text.slice(0, text.length >> 1) + text + text.slice(text.length >> 1);
  return {
    message: `\`${text}\` is taken out of ${name === '' ? 'the text' : `\`${name}\``} once: \`${nested}\` leaves \`${text}\` behind. Refuse what holds it${text.startsWith('.') ? ', or check where the joined path leads' : ''}.`,
  };
}

function receiverName(analysis: Analysis, scope: Scope, at: number): string {
  const callee = scope.code.a[at]!;
  return scope.code.op[callee] === Op.Attribute ? nameAt(analysis, scope.id, scope.code.a[callee]!) : '';
}

function onlyText(scope: Scope, at: number): string | null {
  return argumentCount(scope.code, at) === 1 ? constantText(scope, argumentValue(scope.code, at, 0)) : null;
}

function constantText({ code, file }: Scope, at: number): string | null {
  if (code.op[at] !== Op.Const) return null;
  const { kind, text } = file.source.constants[code.a[at]!]!;
  return kind === ConstantKind.String ? text : null;
}
