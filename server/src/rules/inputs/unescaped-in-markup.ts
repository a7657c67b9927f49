// Rule 356: a value is put between tags as it is, and the whole is said to be safe HTML, so that no template escapes it any
// more. Wherever the value comes from. Numbers, constants, addresses, finished markup and what an escaping function
// returned are left out, by what they are or are called; where outside data is shown to arrive, another rule tells the path.

import { lastName } from '../../flow/function-facts';
import { type Piece, textPieces } from '../../flow/text-pieces';
import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { nameAt, placeOf } from '../flow-words';
import type { Report, Rule } from '../rule';
import { isLookedAt } from './looked-at';
import { argumentOf, namedCalls } from './named-calls';
import { provenCalls } from './proven-calls';
import { isNumberParameter } from './shell-holes';

export const rule: Rule = {
  number: 356,
  name: 'unescaped-in-markup',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [79, 80],
  category: 'xss',
  summary: 'A value is put between tags without escaping, and the whole is declared to be safe HTML.',
  check(analysis, report, isOn, options) {
    const { library } = analysis;
    let proven: ReadonlySet<string> | null = null;
    for (const { scope, at, path } of namedCalls(
      analysis,
      library.sinkLastNames((kind) => kind === 'html'),
    )) {
      const sink = path === '' ? undefined : library.find(library.sinks, path)?.[0];
      if (sink?.kind !== 'html' || !/takes it for HTML that is safe$/.test(sink.words ?? '')) continue;
      const found = reportOn(analysis, scope, at);
      if (found === null) continue;
      proven ??= isOn('untrusted-html') ? provenCalls(analysis, 'html', options) : new Set();
      if (!proven.has(`${scope.id}|${at}`)) report(found);
    }
  },
};

function reportOn(analysis: Analysis, scope: Scope, at: number): Report | null {
  const argument = argumentOf(scope, at, 0, 's');
  const pieces = argument < 0 ? null : textPieces(analysis.resolver.numberings.of(scope), scope, argument);
  if (pieces === null || !pieces.some(({ text }) => /<\/?[a-z]/i.test(text))) return null;
  const open = pieces.filter((piece) => piece.at >= 0 && mayHoldMarkup(analysis, scope, at, piece));
  const first = open[0];
  if (first === undefined) return null;
  const name = nameAt(analysis, scope.id, first.at);
  const also = open.length > 1 ? `, and ${open.length - 1} more like it` : '';
  return {
    ...placeOf(analysis, scope.id, argument),
    message: `${name === '' ? 'A value' : `\`${name}\``} is put into HTML as it is${also}, and the whole is declared safe: no template escapes it any more. Escape it, or build the text with format_html() or Markup's own format().`,
    confidence: 'medium',
    symbol: scope.qualifiedName,
  };
}

/** Texts that people write. */
const written =
  /(^|_)(name|username|title|label|caption|text|message|msg|comments?|description|desc|subject|summary|body|reason|errors?|value|email|note|query|search|filename|file_name|first_name|last_name|tag|category|location|company|content)$/i;
const finished = /html|markup|safe|escap|render|clean|sanit|icon|css|url|verbose|template/i;

function mayHoldMarkup(analysis: Analysis, scope: Scope, call: number, { at, conversion }: Piece): boolean {
  if (!/^[s]?$/.test(conversion)) return false;
  const name = nameOf(analysis, scope, at);
  if (!written.test(name) || finished.test(nameAt(analysis, scope.id, at)) || finished.test(name))
    return false;
  if (isNumberParameter(analysis, scope, at) || isLookedAt(analysis, scope, at, call)) return false;
  return analysis.resolver.libraryPath(scope.id, at) === '';
}

/** What a value is called that is handed over, kept or taken out of something; '' for what a call makes. */
function nameOf(analysis: Analysis, scope: Scope, at: number): string {
  const numbering = analysis.resolver.numberings.of(scope);
  const number = numbering.number[at]!;
  const { code, file } = scope;
  if (number >= numbering.count + numbering.slotCount || number < 0) return '';
  if (number >= numbering.count) return lastName(scope, at);
  switch (code.op[number] as Op) {
    case Op.Attribute:
      return lastName(scope, number);
    case Op.Item: {
      const key = code.b[number]!;
      if (code.op[key] !== Op.Const) return '';
      const { kind, text } = file.source.constants[code.a[key]!]!;
      return kind === ConstantKind.String ? text : '';
    }
    default:
      return '';
  }
}
