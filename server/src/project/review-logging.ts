// What a review says of a file's logging beside the defects: which calls there are, and how they hand over values.

import { EntityKind } from '../flow/entities';
import type { Scope } from '../program/program';
import { BinaryOperator, Op } from '../syntax/code';
import { positional } from '../syntax/code-reader';
import type { Analysis } from '../whole/analysis';
import type { ProjectFile } from './positions';
import type { Statement } from './protocol';
import { countOf, type Facts, linesOf, scopesOf } from './review-facts';
import { statement } from './statement';

interface LogCall {
  readonly scope: Scope;
  readonly at: number;
  readonly method: string;
  /** The message is put together before the call. */
  readonly eager: boolean;
}

/** The logging facts of a file. */
export function reviewLogging(analysis: Analysis, file: ProjectFile): Facts {
  const calls = scopesOf(analysis, file).flatMap((scope) => logCallsOf(analysis, scope));
  if (calls.length === 0) {
    return { good: [], noted: [statement(file, 'The file logs nothing.', [])], undecided: [] };
  }
  const spans = (list: readonly LogCall[]) => linesOf(analysis, list);
  const levels = new Map<string, number>();
  for (const { method } of calls) levels.set(method, (levels.get(method) ?? 0) + 1);
  const list = [...levels].map(([level, many]) => `${many} \`${level}\``).join(', ');
  const lazy = calls.filter(({ eager }) => !eager);
  const eager = calls.filter((call) => call.eager);
  const good: Statement[] = [];
  const noted: Statement[] = [];
  const undecided: Statement[] = [];
  const all = countOf(calls.length, 'log call', 'log calls');
  if (eager.length === 0) {
    good.push(
      statement(
        file,
        `${all} (${list}); ${calls.length === 1 ? 'it' : 'each'} leaves the formatting to the logger`,
        spans(lazy),
      ),
    );
  } else {
    noted.push(statement(file, `${all} (${list})`, spans(calls)));
    const put = countOf(eager.length, 'call formats its message', 'calls format their messages');
    noted.push(statement(file, `${put} before the logger decides whether to write it`, spans(eager)));
  }
  return { good, noted, undecided };
}

function logCallsOf(analysis: Analysis, scope: Scope): LogCall[] {
  const { library } = analysis;
  const { op, a, b, c } = scope.code;
  const { names } = scope.file.source;
  const found: LogCall[] = [];
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
    const method = names[b[a[at]!]!]!;
    if (!library.loggerMethods.has(method) || !isLogger(analysis, scope, a[a[at]!]!)) continue;
    const message = positional(scope.code, at, method === 'log' ? 1 : 0);
    const eager =
      message >= 0 &&
      (op[message] === Op.Format ||
        (op[message] === Op.Binary &&
          (c[message] === BinaryOperator.Modulo || c[message] === BinaryOperator.Add)));
    found.push({ scope, at, method, eager });
  }
  return found;
}

function isLogger(analysis: Analysis, scope: Scope, value: number): boolean {
  const { resolver, library } = analysis;
  const { op, a, b } = scope.code;
  const entities = resolver.denotes(scope.id, value);
  for (const entity of entities) {
    if (resolver.entities.kind[entity] !== EntityKind.Library) continue;
    const path = resolver.entities.path(entity);
    if (/(^|\.)(logging|log|structlog|loguru)\b|[Ll]og(ger)?(Adapter)?$/.test(path)) return true;
  }
  if (entities.length > 0) return false;
  const { names } = scope.file.source;
  const name =
    op[value] === Op.Global ? names[a[value]!]! : op[value] === Op.Attribute ? names[b[value]!]! : '';
  return library.loggerNames.has(name);
}
