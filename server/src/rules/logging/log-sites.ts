// All calls that write to a log, by what they call: methods of loggers by type, or by the logger's name where the type is
// unknown. Prints and the like are none.

import { dottedName } from '../../flow/function-facts';
import type { Resolver } from '../../flow/resolver';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentValue, elements, entries } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { calledName } from './literals';

/** A log call. */
export interface LogSite {
  readonly scope: Scope;
  readonly at: number;
  /** `info`, `exception`, ... */
  readonly method: string;
  /** What it calls, by path; '' where only the name says that it is a logger. */
  readonly path: string;
}

/** Log calls of all files but tests, in source order. */
export function logSites({ facts }: Analysis): readonly LogSite[] {
  return facts.all(logSitesIn);
}

/** Log calls of a scope; none in tests. */
export function logSitesIn(resolver: Resolver, scope: Scope): readonly LogSite[] {
  const { library, program } = resolver;
  if (scope.file.isTest || !program.mentions(scope.file, library.loggerMethods)) return none;
  const { op, a } = scope.code;
  const found: LogSite[] = [];
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute) continue;
    const method = calledName(scope, at);
    if (!library.loggerMethods.has(method)) continue;
    const path = resolver.libraryPath(scope.id, a[at]!);
    if (path === '') {
      const owner = dottedName(scope, scope.code.a[a[at]!]!).split('.').at(-1)!;
      if (!library.loggerNames.has(owner) || resolver.targets(scope.id, at).length > 0) continue;
      found.push({ scope, at, method, path });
    } else if (isLog(library.find(library.sinks, path))) {
      found.push({ scope, at, method, path });
    }
  }
  return found.length === 0 ? none : found;
}

const none: readonly LogSite[] = [];

function isLog(sinks: readonly { readonly kind: string }[] | undefined): boolean {
  return sinks?.some(({ kind }) => kind === 'log') ?? false;
}

/** The values that the arguments of a call show as texts, looked into as far as they are written there. */
export function shownValues({ code }: Scope, call: number): readonly number[] {
  const queue: number[] = [];
  for (let k = 0; k < argumentCount(code, call); k++) queue.push(argumentValue(code, call, k));
  const found: number[] = [];
  for (let k = 0; k < queue.length && k < 200; k++) {
    const at = queue[k]!;
    switch (code.op[at] as Op) {
      case Op.Binary:
        queue.push(code.a[at]!, code.b[at]!);
        break;
      case Op.Format:
      case Op.List:
      case Op.Tuple:
      case Op.Set:
      case Op.Phi:
        queue.push(...elements(code, at));
        break;
      case Op.Dict:
        queue.push(...entries(code, at).map(([, value]) => value));
        break;
      case Op.Interpolate:
        queue.push(code.a[at]!);
        break;
      default:
        found.push(at);
    }
  }
  return found;
}
