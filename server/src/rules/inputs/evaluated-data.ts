// Rule 354: a text is run as code though it only holds data: its value is indexed, walked or looked through like a
// literal. Wherever the text comes from. Texts put together here, own names for the code and results that are called or
// computed with are left out: there code was meant.

import { lastName } from '../../flow/function-facts';
import { textPieces } from '../../flow/text-pieces';
import type { Scope } from '../../program/program';
import { CompareOperator, Op } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue, callArguments } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { FixProposal } from '../finding';
import { nameAt, placeOf } from '../flow-words';
import type { Rule } from '../rule';
import { namedCalls } from './named-calls';
import { provenCalls, readsOutside } from './proven-calls';

export const rule: Rule = {
  number: 354,
  name: 'evaluated-data',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [95],
  category: 'code-injection',
  summary: 'A text that only holds data is run as code to read it.',
  check(analysis, report, isOn, options) {
    let proven: ReadonlySet<string> | null = null;
    for (const { scope, at, path } of namedCalls(analysis, new Set(['eval']))) {
      if (path !== 'eval' || argumentCount(scope.code, at) !== 1 || argumentKeyword(scope.code, at, 0) !== -1)
        continue;
      const text = argumentValue(scope.code, at, 0);
      if (scope.code.op[text] === Op.Const || !isKept(analysis, scope, text)) continue;
      const use = useOf(analysis, scope, at);
      if (use === '') continue;
      proven ??= isOn('untrusted-code') ? provenCalls(analysis, 'code', options) : new Set();
      if (proven.has(`${scope.id}|${at}`) || readsOutside(analysis, scope, options)) continue;
      const name = nameAt(analysis, scope.id, text);
      report({
        ...placeOf(analysis, scope.id, at),
        message: `${name === '' ? 'The text' : `\`${name}\``} is run as code, and what comes of it is only ${use}: whoever can change the text runs what they like. Read data with ast.literal_eval() or JSON.`,
        confidence: 'medium',
        symbol: scope.qualifiedName,
        fixes: fixes(analysis, scope, at),
      });
    }
  },
};

const ownCode =
  /(^|_)(code|expr(ession)?s?|source|src|cmd|command|formula|statement|snippet|func(tion)?|lambda|script|type|cls|class|annotation|hint|op(eration)?|condition|cond|test|rule|equation)$/i;

/** Whether the text is one that was kept or handed over, not put together here. */
function isKept(analysis: Analysis, scope: Scope, at: number): boolean {
  const numbering = analysis.resolver.numberings.of(scope);
  if (ownCode.test(lastName(scope, at)) || textPieces(numbering, scope, at) !== null) return false;
  const made = numbering.number[at]!;
  if (made < 0 || made >= numbering.count) return true;
  switch (scope.code.op[made] as Op) {
    case Op.Attribute:
    case Op.Item:
    case Op.Element:
    case Op.Unpack:
    case Op.Local:
    case Op.Global:
      return true;
    case Op.Call:
      return /^(get|read|pop|strip|decode|group|str|text|getenv|recv|execute|run|check_output|communicate|content|readline|open)$/.test(
        lastName(scope, scope.code.a[made]!),
      );
    default:
      return false;
  }
}

const readers = new Set(['get', 'items', 'keys', 'values']);
const askers = new Set([
  'isinstance',
  'len',
  'dict',
  'list',
  'set',
  'tuple',
  'sorted',
  'dumps',
  'update',
  'extend',
]);

/** How the result is used, where all that is done with it suits data; '' where it may be more. */
function useOf(analysis: Analysis, scope: Scope, call: number): string {
  const { number } = analysis.resolver.numberings.of(scope);
  const { code, file } = scope;
  const { op, a, b, c } = code;
  const wanted = number[call]!;
  const isIt = (at: number) => at >= 0 && number[at] === wanted;
  let found = '';
  for (let at = call + 1; at < op.length; at++) {
    switch (op[at] as Op) {
      case Op.Item:
        if (isIt(a[at]!)) found ||= 'indexed';
        break;
      case Op.Element:
        if (isIt(a[at]!)) found ||= 'walked through';
        break;
      case Op.Compare:
        if ((c[at] === CompareOperator.In || c[at] === CompareOperator.NotIn) && isIt(b[at]!))
          found ||= 'looked through';
        break;
      case Op.Attribute:
        if (!isIt(a[at]!)) break;
        if (!readers.has(file.source.names[b[at]!]!)) return '';
        found ||= 'looked through';
        break;
      case Op.Call:
        if (isIt(a[at]!)) return '';
        if (askers.has(lastName(scope, a[at]!)) && callArguments(code, at).some(({ value }) => isIt(value)))
          found ||= 'read';
        break;
      default:
    }
  }
  return found;
}

function fixes(analysis: Analysis, scope: Scope, at: number): readonly FixProposal[] {
  const module = analysis.program.scopes[scope.file.firstScope]!;
  const { op, a, b, c } = module.code;
  const { names } = scope.file.source;
  for (let k = 0; k < op.length; k++) {
    if (op[k] !== Op.StoreGlobal || op[b[k]!] !== Op.Import || names[a[k]!] !== 'ast') continue;
    if (c[b[k]!] !== 0 || b[b[k]!]! >= 0 || names[a[b[k]!]!] !== 'ast') continue;
    const { start, end } = analysis.program.span(scope, scope.code.a[at]!);
    const data = { edits: [{ start, end, text: 'ast.literal_eval' }] };
    return [{ kind: 'replace', title: 'Read it as a literal', safe: false, data }];
  }
  return [];
}
