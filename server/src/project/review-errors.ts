// What a review says of a file's error handling: which handlers name what they expect, which take everything, and
// what becomes of the exception there. Facts only; which of them are defects is for rules.

import { dottedName } from '../flow/function-facts';
import type { Scope } from '../program/program';
import { Op } from '../syntax/code';
import type { Analysis } from '../whole/analysis';
import type { ProjectFile } from './positions';
import type { Statement } from './protocol';
import { countOf, type Facts, linesOf, type Site, scopesOf } from './review-facts';
import { statement } from './statement';

interface Handler extends Site {
  readonly broad: boolean;
  readonly outcome: 'raises' | 'logs' | 'goes on' | 'does nothing';
}

/** The error-handling facts of a file. */
export function reviewErrors(analysis: Analysis, file: ProjectFile): Facts {
  const handlers = scopesOf(analysis, file).flatMap((scope) => handlersOf(analysis, scope));
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
  for (const outcome of ['logs', 'goes on', 'does nothing'] as const) {
    const list = handlers.filter((handler) => handler.broad && handler.outcome === outcome);
    if (list.length === 0) continue;
    const what = outcome === 'logs' ? 'logs and goes on' : outcome;
    const text =
      list.length === 1
        ? `1 handler catches \`Exception\` or everything and ${what}`
        : `${list.length} handlers catch \`Exception\` or everything; each ${what}`;
    undecided.push(statement(file, text, linesOf(analysis, list)));
  }
  if (handlers.length === 0)
    noted.push(statement(file, 'The file catches no exception: callers see every failure.', []));
  return { good, noted, undecided };
}

function handlersOf(analysis: Analysis, scope: Scope): Handler[] {
  const { op, a } = scope.code;
  const found: Handler[] = [];
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Except) continue;
    const type = a[at]!;
    const name = type < 0 ? '' : dottedName(scope, type);
    found.push({
      scope,
      at,
      broad: /^$|(^|\.)(Base)?Exception$/.test(name),
      outcome: outcomeOf(analysis, scope, at),
    });
  }
  return found;
}

function outcomeOf(analysis: Analysis, scope: Scope, except: number): Handler['outcome'] {
  const { op, a, b } = scope.code;
  const { names } = scope.file.source;
  let logs = false;
  let acts = false;
  for (let at = except + 1, depth = 1; at < op.length && depth > 0; at++) {
    const one = op[at] as Op;
    if (one === Op.If || one === Op.Loop || one === Op.Try || one === Op.With) depth++;
    else if (one === Op.End) depth--;
    else if (depth === 1 && (one === Op.Except || one === Op.TryElse || one === Op.Finally)) break;
    else if (one === Op.Raise) return 'raises';
    else if (one === Op.Call) {
      acts = true;
      if (op[a[at]!] !== Op.Attribute) continue;
      const method = names[b[a[at]!]!]!;
      if (/^save_and_reraise/.test(method)) return 'raises';
      logs ||= analysis.library.loggerMethods.has(method);
    } else if (
      one === Op.Return ||
      one === Op.StoreLocal ||
      one === Op.StoreAttribute ||
      one === Op.StoreItem
    )
      acts = true;
  }
  return logs ? 'logs' : acts ? 'goes on' : 'does nothing';
}
