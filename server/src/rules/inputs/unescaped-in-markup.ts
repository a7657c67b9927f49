// Rule 356: a text that people wrote into a record, or that a template hands to a filter, is put between tags as it is, and
// the whole is said to be safe HTML, so that no template escapes it any more. Which fields of a class are such texts, the class says; where outside data is
// shown to arrive, another rule tells the path.

import { type Piece, textPieces } from '../../flow/text-pieces';
import type { Scope } from '../../program/program';
import type { Analysis } from '../../whole/analysis';
import { nameAt, placeOf } from '../flow-words';
import type { Report, Rule } from '../rule';
import { isLookedAt } from './looked-at';
import { argumentOf, namedCalls } from './named-calls';
import { provenCalls } from './proven-calls';
import { isTextOfRecord } from './records';
import { isGivenByTemplate } from './template-values';

export const rule: Rule = {
  number: 356,
  name: 'unescaped-in-markup',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [79, 80],
  category: 'xss',
  summary:
    'A text of a record is put between tags without escaping, and the whole is declared to be safe HTML.',
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
  if (pieces === null || !pieces.some(({ text }) => /<\/?[a-z]|\b[a-z-]+=["']$/i.test(text))) return null;
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

/** Whether a value is a text that people wrote into a record, or what a template hands in, and its function does not look
 * at it. */
function mayHoldMarkup(analysis: Analysis, scope: Scope, call: number, { at, conversion }: Piece): boolean {
  if (!/^[s]?$/.test(conversion) || isLookedAt(analysis, scope, at, call)) return false;
  return isTextOfRecord(analysis, scope, at) || isGivenByTemplate(analysis, scope, at);
}
