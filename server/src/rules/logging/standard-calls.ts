// Calls of the standard library's loggers, and of those that work like them: which argument is the message, what stands
// behind it. Loggers with formats of their own are left out.

import type { Resolver } from '../../flow/resolver';
import type { Program, ProgramFile, Scope } from '../../program/program';
import { Argument } from '../../syntax/code';
import { callArguments } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { ScopeFacts } from '../../whole/scope-facts';
import { type LogSite, logSitesIn } from './log-sites';

/** A log call that formats as `%` does. */
export interface StandardCall extends LogSite {
  /** The message, or -1. */
  readonly message: number;
  /** Positional arguments behind the message; null when some are unpacked. */
  readonly rest: readonly number[] | null;
  /** Names of keyword arguments that the standard library does not know; null when a mapping is unpacked. */
  readonly strange: readonly string[] | null;
  /** Whether its logger is known by type. */
  readonly isTyped: boolean;
}

const methods = /^(debug|info|warning|warn|error|critical|fatal|exception|log)$/;
const typed = /^(logging|oslo_log|absl\.logging)(\.|$)/;

/** Log calls that format as `%` does. */
export function* standardCalls({ program, facts }: Analysis): Generator<StandardCall> {
  for (const call of facts.all(standardCallsIn)) if (isStandard(program, call)) yield call;
}

/** Log calls of a scope that format as `%` does if `isStandard`. */
export function standardCallsIn(_: Resolver, scope: Scope, facts: ScopeFacts): readonly StandardCall[] {
  const sites = facts.one(logSitesIn, scope);
  return sites.flatMap((site) => {
    if (!methods.test(site.method)) return [];
    const isTyped = typed.test(site.path);
    if (!isTyped && site.path !== '') return [];
    const [message, rest] = parts(site);
    return [{ ...site, message, rest, strange: strangeKeywords(site), isTyped }];
  });
}

/** Whether the logger of a call is of the standard library, by its type or by what its file knows. */
export function isStandard(program: Program, { isTyped, scope }: StandardCall): boolean {
  return isTyped || importsLogging(program, scope.file);
}

const ofLogging = /^(logging|oslo_log)(\.|$)/;
const ofOthers = /^(structlog|loguru|twisted)(\.|$)/;

/** Whether a file knows the standard library's logging, and no other that is called alike. */
function importsLogging(program: Program, file: ProgramFile): boolean {
  return program.mentions(file, ofLogging) && !program.mentions(file, ofOthers);
}

function parts({ scope, at, method }: LogSite): readonly [number, readonly number[] | null] {
  const positional: number[] = [];
  let isUnpacked = false;
  for (const { keyword, value } of callArguments(scope.code, at)) {
    if (keyword === Argument.Star) isUnpacked = true;
    else if (keyword === Argument.Positional) positional.push(value);
  }
  const place = method === 'log' ? 1 : 0;
  return [positional[place] ?? -1, isUnpacked ? null : positional.slice(place + 1)];
}

/** With what loggers add that take the place of the standard ones. */
const known = new Set([
  'exc_info',
  'stack_info',
  'stacklevel',
  'extra',
  'msg',
  'level',
  'exc_info_on_loglevel',
]);

function strangeKeywords({ scope, at }: LogSite): readonly string[] | null {
  const { code, file } = scope;
  const given = callArguments(code, at);
  if (given.some(({ keyword }) => keyword === Argument.DoubleStar)) return null;
  return given
    .filter(({ keyword }) => keyword >= 0 && !known.has(file.source.names[keyword]!))
    .map(({ keyword }) => file.source.names[keyword]!);
}
