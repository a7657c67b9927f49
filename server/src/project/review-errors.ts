// What a review says of a file's error handling: which handlers name what they expect, which take everything, and
// what becomes of the exception there. Facts only; which of them are defects is for rules.

import { handledNames, handlersOf } from '../flow/handlers';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import { keyword } from '../syntax/code-reader';
import type { Analysis } from '../whole/analysis';
import type { ProjectFile } from './positions';
import type { Statement } from './protocol';
import { countOf, type Facts, linesOf, type Site, scopesOf } from './review-facts';
import { statement } from './statement';

interface Handler extends Site {
  readonly broad: boolean;
  readonly outcome: 'raises' | 'may raise' | 'logs' | 'logs no reason' | 'goes on' | 'does nothing';
}

const outcomes: readonly (readonly [Handler['outcome'], string])[] = [
  ['logs', ', logs it and goes on'],
  ['logs no reason', ' and goes on; what it logs names neither the exception nor where it came from'],
  ['goes on', ' and goes on without logging it'],
  ['does nothing', ' and does nothing: the failure leaves no trace'],
];

/** The error-handling facts of a file. */
export function reviewErrors(analysis: Analysis, file: ProjectFile): Facts {
  const handlers = scopesOf(analysis, file).flatMap((scope) => sitesOf(analysis, scope));
  const good: Statement[] = [];
  const noted: Statement[] = [];
  const undecided: Statement[] = [];
  const narrow = handlers.filter(({ broad }) => !broad);
  if (narrow.length > 0) {
    const text = countOf(
      narrow.length,
      'handler names the exceptions it expects',
      'handlers name the exceptions they expect',
    );
    good.push(statement(file, text, linesOf(analysis, narrow)));
  }
  const passing = handlers.filter(({ broad, outcome }) => broad && outcome === 'raises');
  if (passing.length > 0) {
    const text = countOf(
      passing.length,
      'handler catches everything and raises again',
      'handlers catch everything and raise again',
    );
    good.push(statement(file, text, linesOf(analysis, passing)));
  }
  for (const [outcome, words] of outcomes) {
    const list = handlers.filter((handler) => handler.broad && handler.outcome === outcome);
    if (list.length === 0) continue;
    const text =
      list.length === 1
        ? `1 handler catches any exception${words}`
        : `${list.length} handlers catch any exception${words
            .replace('goes', 'go')
            .replace(/\blogs(?= it)/, 'log')
            .replace('does nothing', 'do nothing')
            .replace('it logs', 'they log')}`;
    undecided.push(statement(file, text, linesOf(analysis, list)));
  }
  if (handlers.length === 0) noted.push(statement(file, 'The file catches no exception.', []));
  return { good, noted, undecided };
}

function sitesOf(analysis: Analysis, scope: Scope): Handler[] {
  return handlersOf(scope.code).map(({ at }) => ({
    scope,
    at,
    broad: handledNames(scope, at).some((name) => /(^|\.)(Base)?Exception$/.test(name)),
    outcome: outcomeOf(analysis, scope, at),
  }));
}

function outcomeOf(analysis: Analysis, scope: Scope, except: number): Handler['outcome'] {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  let logs = false;
  let tells = false;
  let acts = false;
  for (let at = except + 1, depth = 1; at < op.length && depth > 0; at++) {
    const one = op[at] as Op;
    if (one === Op.If || one === Op.Loop || one === Op.Try || one === Op.With) depth++;
    else if (one === Op.End) depth--;
    else if (depth === 1 && (one === Op.Except || one === Op.TryElse || one === Op.Finally)) break;
    else if (one === Op.Raise) return depth === 1 ? 'raises' : 'may raise';
    else if (one === Op.Caught && a[at] === except) tells = true;
    else if (one === Op.Call) {
      acts = true;
      if (tellsException(scope, at)) tells = true;
      if (op[a[at]!] !== Op.Attribute) continue;
      const method = names[b[a[at]!]!]!;
      if (/^save_and_reraise/.test(method)) return 'raises';
      logs ||= analysis.library.loggerMethods.has(method) || /(^|_)log(_|$)/.test(method);
    } else if (
      one === Op.Return ||
      one === Op.StoreLocal ||
      one === Op.StoreAttribute ||
      one === Op.StoreItem
    )
      acts = true;
  }
  if (logs) return tells ? 'logs' : 'logs no reason';
  return acts ? 'goes on' : 'does nothing';
}

/** `exception()`, `exc_info=...`, `traceback.format_exc()`. */
function tellsException({ code, file }: Scope, call: number): boolean {
  const { names } = file.source;
  const { op, a, b } = code;
  const callee = a[call]!;
  const name =
    op[callee] === Op.Attribute ? names[b[callee]!]! : op[callee] === Op.Global ? names[a[callee]!]! : '';
  return (
    /^(exception|exc_info|format_exc|print_exc|format_exception)$/.test(name) ||
    keyword(code, call, names.indexOf('exc_info')) >= 0
  );
}
