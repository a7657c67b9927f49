// Rule 383: a cookie that carries a login, or that is told to be sent without encryption. A cookie that is taken back,
// and one whose flags come from settings, are no defect.

import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import {
  argumentCount,
  argumentKeyword,
  argumentValue,
  hasUnpacked,
  positional,
} from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Confidence, FixProposal } from '../finding';
import type { Report, Rule } from '../rule';

export const rule: Rule = {
  number: 383,
  name: 'insecure-cookie',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [614, 1004],
  category: 'insecure-cookie',
  summary: 'A cookie that carries a login may be sent without encryption.',
  check(analysis, report) {
    // Tests set what cookies they like; a program of nothing but tests is looked at all the same.
    const testsToo = analysis.program.files.every(({ isTest }) => isTest);
    for (const scope of analysis.program.scopes) {
      if ((scope.file.isTest && !testsToo) || !scope.file.source.names.includes('set_cookie')) continue;
      const { op } = scope.code;
      for (let at = 0; at < op.length; at++) {
        if (op[at] !== Op.Call) continue;
        const found = reportOn(analysis, scope, at);
        if (found !== null) report(found);
      }
    }
  },
};

/** Where `secure` stands when it is given by position. */
const securePosition = 6;
const httponlyPosition = 7;
const login =
  /(^|[_-])(sess(ion)?(_?id)?|sid|o?auth(_?key)?|password|token|jwt|login|remember(_me|_token)?|access|refresh|user_?id)s?($|[_-])/i;

/** What keeps other pages from sending forms is no login. */
function isLoginName(text: string): boolean {
  return login.test(text) && !/csrf|xsrf/i.test(text);
}

function reportOn(analysis: Analysis, scope: Scope, at: number): Report | null {
  const { code } = scope;
  const callee = code.a[at]!;
  if (code.op[callee] !== Op.Attribute || scope.file.source.names[code.b[callee]!] !== 'set_cookie')
    return null;
  const name = argument(scope, at, 0, 'key') ?? argument(scope, at, 0, 'name');
  const value = argument(scope, at, 1, 'value');
  if (name === null || value === null || hasUnpacked(code, at) || isTakenBack(analysis, scope, at, value))
    return null;
  const secure = argument(scope, at, securePosition, 'secure');
  const isOff = secure !== null && isFalse(analysis, scope, secure);
  if (secure !== null && !isOff) return readableReport(analysis, scope, at, name);
  const text = constantText(analysis, scope, name);
  const isLogin = text !== null && isLoginName(text);
  if (!isOff && !isLogin) return null;
  const cookie = text === null ? 'This cookie' : `The cookie \`${text}\``;
  return {
    ...analysis.program.span(scope, at),
    message: isOff
      ? `${cookie} is told to go without encryption too: whoever listens on the way can take it. Set secure=True.`
      : `${cookie} carries a login and may go without encryption: whoever listens on the way can take it. Set secure=True.`,
    confidence: (isLogin ? 'high' : 'medium') satisfies Confidence,
    symbol: scope.qualifiedName,
    fixes: fixes(analysis, scope, at, secure),
  };
}

/** A login that goes over encrypted connections only, and that scripts of the page are let at. */
function readableReport(analysis: Analysis, scope: Scope, at: number, name: number): Report | null {
  const text = constantText(analysis, scope, name);
  const readable = argument(scope, at, httponlyPosition, 'httponly');
  if (text === null || !isLoginName(text) || readable === null || !isFalse(analysis, scope, readable))
    return null;
  const { start, end } = analysis.program.span(scope, readable);
  const isLiteral = scope.code.op[readable] === Op.Const;
  return {
    ...analysis.program.span(scope, at),
    message: `The cookie \`${text}\` carries a login, and scripts of the page may read it: one that somebody else put there takes the login along. Set httponly=True.`,
    confidence: 'medium',
    symbol: scope.qualifiedName,
    fixes: isLiteral
      ? [
          {
            kind: 'replace',
            title: 'Keep the cookie from scripts',
            safe: false,
            data: { edits: [{ start, end, text: 'True' }] },
          },
        ]
      : [],
  };
}

function fixes(analysis: Analysis, scope: Scope, at: number, secure: number | null): readonly FixProposal[] {
  const { program } = analysis;
  const title = 'Send the cookie over encrypted connections only';
  if (secure !== null) {
    if (scope.code.op[secure] !== Op.Const) return [];
    const { start, end } = program.span(scope, secure);
    return [{ kind: 'replace', title, safe: false, data: { edits: [{ start, end, text: 'True' }] } }];
  }
  const count = argumentCount(scope.code, at);
  const { end } = program.span(scope, argumentValue(scope.code, at, count - 1));
  return [
    { kind: 'replace', title, safe: false, data: { edits: [{ start: end, end, text: ', secure=True' }] } },
  ];
}

function argument(scope: Scope, at: number, position: number, keyword: string): number | null {
  const { code, file } = scope;
  for (let k = 0; k < argumentCount(code, at); k++) {
    const name = argumentKeyword(code, at, k);
    if (name >= 0 && file.source.names[name] === keyword) return argumentValue(code, at, k);
  }
  const found = positional(code, at, position);
  return found < 0 ? null : found;
}

/** An empty value, or one that is over at once, takes a cookie back. */
function isTakenBack(analysis: Analysis, scope: Scope, at: number, value: number): boolean {
  if (constantText(analysis, scope, value) === '') return true;
  return ['max_age', 'expires'].some((keyword, k) => {
    const time = argument(scope, at, 2 + k, keyword);
    return time !== null && constant(analysis, scope, time)?.text === '0';
  });
}

function isFalse(analysis: Analysis, scope: Scope, at: number): boolean {
  return constant(analysis, scope, at)?.kind === ConstantKind.False;
}

function constantText(analysis: Analysis, scope: Scope, at: number): string | null {
  const found = constant(analysis, scope, at);
  return found?.kind === ConstantKind.String ? found.text : null;
}

/** The constant that an instruction is, or that a variable surely holds. */
function constant(analysis: Analysis, scope: Scope, at: number) {
  const number = analysis.resolver.numberings.of(scope).number[at]!;
  const { op, a } = scope.code;
  const made = number >= 0 && number < op.length ? number : at;
  return op[made] === Op.Const ? scope.file.source.constants[a[made]!]! : null;
}
