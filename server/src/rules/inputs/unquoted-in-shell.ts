// Rule 352: a value is put into a shell's command line as it is. Wherever it comes from: a name with a space breaks the
// command, and one with `;` or `$(` in it runs another. Numbers, constants, whole commands and what a quoting function
// returned are left out; where outside data is shown to arrive, another rule tells the path.

import { type Piece, textPieces } from '../../flow/text-pieces';
import type { Sink } from '../../library/schema';
import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import { nameAt, placeOf } from '../flow-words';
import type { Report, Rule } from '../rule';
import { isLookedAt } from './looked-at';
import { argumentOf, namedCalls } from './named-calls';
import { provenCalls, readsOutside } from './proven-calls';
import { Doubt, doubtOf, isNumberParameter } from './shell-holes';

export const rule: Rule = {
  number: 352,
  name: 'unquoted-in-shell',
  concern: 'inputs',
  severity: 'warning',
  preview: true,
  cwe: [78, 88],
  category: 'command-injection',
  summary: "A value is put into a shell's command line without quoting.",
  check(analysis, report, isOn, options) {
    const { library } = analysis;
    let proven: ReadonlySet<string> | null = null;
    for (const { scope, at, path } of namedCalls(analysis, library.sinkLastNames())) {
      const sink =
        path === '' ? undefined : library.find(library.sinks, path)?.find(({ kind }) => kind === 'command');
      if (sink === undefined || !runsShell(scope, at, sink)) continue;
      const found = reportOn(analysis, scope, at, sink);
      if (found === null) continue;
      proven ??= isOn('untrusted-command') ? provenCalls(analysis, 'command', options) : new Set();
      if (!proven.has(`${scope.id}|${at}`) && !readsOutside(analysis, scope, options)) report(found);
    }
  },
};

function reportOn(analysis: Analysis, scope: Scope, at: number, sink: Sink): Report | null {
  const place = sink.arguments[0];
  if (place === undefined || typeof place === 'string') return null;
  const argument = argumentOf(scope, at, place.position, place.keyword ?? '');
  if (argument < 0) return null;
  const pieces = textPieces(analysis.resolver.numberings.of(scope), scope, argument);
  if (pieces === null) return null;
  let worst: { piece: Piece; doubt: Doubt; quoted: boolean } | null = null;
  let others = 0;
  let before = '';
  for (const piece of pieces) {
    if (piece.at < 0) {
      before += piece.text;
      continue;
    }
    // What stands first is the program, and what follows it without a space belongs to its path.
    const isProgram = !/\S\s+\S*$/.test(before) && !/[=|<>;&]\s*\S*$/.test(before);
    const isLeftOut =
      isProgram || isNumberParameter(analysis, scope, piece.at) || isLookedAt(analysis, scope, piece.at, at);
    const doubt = isLeftOut ? Doubt.None : doubtOf(analysis, scope, piece);
    if (doubt > Doubt.None) {
      others++;
      const quoted = isInQuotes(before);
      if (worst === null || doubt > worst.doubt) worst = { piece, doubt, quoted };
    }
    before += 'x';
  }
  if (worst === null) return null;
  const name = nameAt(analysis, scope.id, worst.piece.at);
  const what = name === '' ? 'A value' : `\`${name}\``;
  const also = others > 1 ? `, and ${others - 1} more like it` : '';
  const how = worst.quoted
    ? 'the quotes around it end at the first one in it'
    : 'a space in it makes two arguments of it, and what stands behind a `;` is run';
  return {
    ...placeOf(analysis, scope.id, argument),
    message: `${what} is put into a shell's command line as it is${also}: ${how}. Give the arguments as a list without a shell, or quote with shlex.quote().`,
    // What only builds the package is run by whoever wrote it.
    confidence: worst.doubt === Doubt.Much && !/(^|\/)setup\.py$/.test(scope.file.path) ? 'medium' : 'low',
    symbol: scope.qualifiedName,
  };
}

function runsShell(scope: Scope, at: number, sink: Sink): boolean {
  if (sink.shell === true) return true;
  if (sink.when === undefined) return false;
  const value = argumentOf(scope, at, -1, sink.when);
  if (value < 0) return false;
  const { code, file } = scope;
  if (code.op[value] !== Op.Const) return false;
  return file.source.constants[code.a[value]!]!.kind === ConstantKind.True;
}

/** Whether a quote is open at the end of a command line. */
function isInQuotes(before: string): boolean {
  let open = '';
  for (const letter of before) {
    if (open === '' && (letter === "'" || letter === '"')) open = letter;
    else if (letter === open) open = '';
  }
  return open !== '';
}
