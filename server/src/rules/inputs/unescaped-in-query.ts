// Rule 355: a value is put between the quotes of an SQL statement, or behind the `=` of an LDAP filter, as it is. Wherever
// it comes from: a name with a quote or a bracket breaks the query, and one that is chosen for it asks another question.
// Numbers, constants, names of tables and what an escaping function returned are left out; where outside data is shown to
// arrive, another rule tells the path.

import { lastName } from '../../flow/function-facts';
import type { Piece } from '../../flow/text-pieces';
import type { Sink } from '../../library/schema';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { nameAt, placeOf } from '../flow-words';
import type { Report, Rule } from '../rule';
import { isLookedAt } from './looked-at';
import { argumentOf, namedCalls } from './named-calls';
import { provenCalls, readsOutside } from './proven-calls';
import { type QueryText, queryTexts } from './query-texts';
import { Doubt, doubtOf, isNumberParameter } from './shell-holes';

export const rule: Rule = {
  number: 355,
  name: 'unescaped-in-query',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [89, 90],
  category: 'sql-injection',
  summary: 'A value is put between the quotes of an SQL statement, or into an LDAP filter, without escaping.',
  check(analysis, report, isOn, options) {
    const isQuery = (kind: string) => kind === 'sql' || kind === 'ldap';
    const proven = new Map<string, ReadonlySet<string>>();
    const told = new Set<string>();
    for (const { scope, at, path } of namedCalls(analysis, analysis.library.sinkLastNames(isQuery))) {
      const sink = sinkOf(analysis, scope, at, path);
      if (sink === undefined) continue;
      for (const { text, report: found } of reportsOn(analysis, scope, at, sink)) {
        if (!proven.has(sink.kind))
          proven.set(
            sink.kind,
            isOn(`untrusted-${sink.kind}`) ? provenCalls(analysis, sink.kind, options) : new Set(),
          );
        const isProven = [`${scope.id}|${at}`, `${text.scope.id}|${text.at}`].some((one) =>
          proven.get(sink.kind)!.has(one),
        );
        const place = `${text.scope.id}|${text.value}`;
        if (isProven || told.has(place) || readsOutside(analysis, text.scope, options)) continue;
        told.add(place);
        report(found);
      }
    }
  },
};

/** Tables in which a database describes itself. */
const ofCatalog = /\b(system_schema|information_schema|pg_\w+|sqlite_(master|schema)|sys(tem)?)\b\.?/i;
/** What the program itself names: parts of a schema, entries of the directory, settings. */
const ofSchema =
  /(^|[._])(dn|keyspace|tables?|columns?|cols?|schemas?|database|db|fields?|index|relation|collection|settings\w*|conf(ig)?|options)($|[._[])/i;

function sinkOf({ library }: Analysis, scope: Scope, at: number, path: string): Sink | undefined {
  const callee = scope.code.a[at]!;
  const sinks =
    path !== ''
      ? library.find(library.sinks, path)
      : scope.code.op[callee] === Op.Attribute
        ? library.sinkNames.get(namesOf(scope, callee))
        : undefined;
  return sinks?.find(({ kind }) => kind === 'sql' || kind === 'ldap');
}

/** `cursor.execute`: the names of an object and its method; of a method that only LDAP has, the method's alone. */
function namesOf(scope: Scope, callee: number): string {
  const { code, file } = scope;
  const method = file.source.names[code.b[callee]!]!;
  if (/^search_(s|st|ext|ext_s)$/.test(method)) return method;
  const object = code.a[callee]!;
  const name = code.op[object] === Op.Attribute ? code.b[object]! : code.a[object]!;
  const isNamed =
    code.op[object] === Op.Attribute || code.op[object] === Op.Local || code.op[object] === Op.Global;
  if (!isNamed) return '';
  return `${file.source.names[code.op[object] === Op.Local ? code.slots[name]! : name]!}.${method}`;
}

function* reportsOn(analysis: Analysis, scope: Scope, at: number, sink: Sink): Iterable<Found> {
  for (const place of sink.arguments) {
    if (typeof place === 'string') continue;
    const argument = argumentOf(scope, at, place.position, place.keyword ?? '');
    for (const text of argument < 0 ? [] : queryTexts(analysis, scope, at, argument)) {
      const report = reportOn(analysis, text, sink.kind === 'ldap');
      if (report !== null) yield { text, report };
    }
  }
}

/** What is found in a text. */
interface Found {
  readonly text: QueryText;
  readonly report: Report;
}

function reportOn(
  analysis: Analysis,
  { scope, at, value, pieces }: QueryText,
  isFilter: boolean,
): Report | null {
  const numbering = analysis.resolver.numberings.of(scope);
  const open: Piece[] = [];
  let before = '';
  for (const piece of pieces) {
    if (piece.at < 0) {
      before += piece.text;
      continue;
    }
    const isOpen = isFilter
      ? /\([^()=]*[~<>]?=\*?$/.test(before) && scope.code.op[madeBy(numbering, piece.at)] !== Op.Call
      : isValue(before) && !ofCatalog.test(before);
    if (isOpen && mayHoldMarks(analysis, scope, at, piece, isFilter ? Doubt.Little : Doubt.Much))
      open.push(piece);
    before += 'x';
  }
  const first = open[0];
  if (first === undefined) return null;
  const name = nameAt(analysis, scope.id, first.at);
  const what = name === '' ? 'A value' : `\`${name}\``;
  const also = open.length > 1 ? `, and ${open.length - 1} more like it` : '';
  return {
    ...placeOf(analysis, scope.id, value),
    message: isFilter
      ? `${what} is put into an LDAP filter as it is${also}: a \`*\` or \`)\` in it asks another question. Escape it with ldap.filter.escape_filter_chars() or ldap3.utils.conv.escape_filter_chars().`
      : `${what} is put between the quotes of an SQL statement as it is${also}: the quotes end at the first one in it. Hand it over as a parameter of the statement.`,
    confidence: 'medium',
    symbol: scope.qualifiedName,
  };
}

/** Whether a value may be a text with marks that mean something in the query, and its function does not look at it. */
function mayHoldMarks(analysis: Analysis, scope: Scope, call: number, piece: Piece, least: Doubt): boolean {
  return (
    !ofSchema.test(nameAt(analysis, scope.id, piece.at)) &&
    !isNumberParameter(analysis, scope, piece.at) &&
    !isLookedAt(analysis, scope, piece.at, call) &&
    !isEscapedOnAWay(analysis, scope, piece.at) &&
    doubtOf(analysis, scope, piece) >= least
  );
}

/** Whether one of the ways to a value escapes it: `if name: name = escape(name)`. */
function isEscapedOnAWay({ resolver }: Analysis, scope: Scope, value: number): boolean {
  const { number, count, slotCount, phis } = resolver.numberings.of(scope);
  const phi = number[value]! - count - slotCount;
  const { op, a } = scope.code;
  return (
    phi >= 0 &&
    phis[phi]!.some(
      (each) =>
        each >= 0 &&
        each < count &&
        op[each] === Op.Call &&
        /escape|quote|sanit/i.test(lastName(scope, a[each]!)),
    )
  );
}

/** The instruction that made a value, or the value's own. */
function madeBy(
  { number, count }: { readonly number: Int32Array; readonly count: number },
  at: number,
): number {
  const made = number[at]!;
  return made >= 0 && made < count ? made : at;
}

/** Whether a text ends between the apostrophes of a value: one that is compared with, or put into a row. */
function isValue(before: string): boolean {
  return (
    (before.match(/'/g)?.length ?? 0) % 2 === 1 &&
    /(=|<|>|\blike|\bilike|\b(in|values)\s*\([^()]*|,)\s*'[^']*$/i.test(before)
  );
}
