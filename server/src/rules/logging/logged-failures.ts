// Failures whose text repeats what failed, logged where a secret was part of that: the command of `subprocess`, the
// address and the parameters of `requests`. A part of rule 201. Looks at one function at a time: the call in the `try`,
// and the log call in its `except`.

import { handledNames, handlersOf } from '../../flow/handlers';
import type { Scope } from '../../program/program';
import { Argument, ConstantKind, Op } from '../../syntax/code';
import { argumentCount, argumentValue, callArguments, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { nameAt, placeOf } from '../flow-words';
import type { Report } from '../rule';
import { calledName, keywordArgument } from './literals';
import { type LogSite, logSites, shownValues } from './log-sites';
import { secretWord } from './secret-parts';
import { hides } from './shown-on-purpose';

/** What a call hands to something whose failures repeat it. */
interface Attempt {
  readonly at: number;
  /** The secret in it. */
  readonly word: number;
  readonly whole: 'command' | 'address';
}

const commands = /^subprocess\.(check_call|check_output|run|call)$/;
const requests =
  /^requests\.(api\.|sessions\.)?([Ss]ession(\(\))?\.)?(get|post|put|patch|delete|head|options|request)$/;
const ofAll = /^(Exception|BaseException|OSError|IOError|EnvironmentError)$/;
const takesEach = /(^|\.)((Base)?Exception|RequestException|CalledProcessError|SubprocessError)$/;
const ofCommands = /(^|\.)(CalledProcessError|SubprocessError|TimeoutExpired)$/;
const ofRequests =
  /(^|\.)(RequestException|HTTPError|ConnectionError|ConnectTimeout|ReadTimeout|Timeout|SSLError|ProxyError|MaxRetryError)$/;

/** Reports each log call that shows such a failure. */
export function* loggedFailures(analysis: Analysis): Generator<Report> {
  const byScope = new Map<number, LogSite[]>();
  for (const site of logSites(analysis)) {
    const { names } = site.scope.file.source;
    if (!names.some((name) => /^(subprocess|requests)$/.test(name.split('.')[0]!))) continue;
    const list = byScope.get(site.scope.id);
    if (list === undefined) byScope.set(site.scope.id, [site]);
    else list.push(site);
  }
  for (const sites of byScope.values()) {
    const { scope } = sites[0]!;
    if (hides(scope)) continue;
    for (const { at, method } of sites) {
      const failure = failureAround(analysis, scope, at, method);
      if (failure === null) continue;
      const { word, whole } = failure;
      yield {
        ...placeOf(analysis, scope.id, at),
        message: `\`${nameAt(analysis, scope.id, at)}\` logs a failure, whose text repeats the ${whole}: \`${nameAt(analysis, scope.id, word)}\` is part of it.`,
        confidence: 'medium',
        symbol: scope.qualifiedName,
        stepsKind: 'places',
        steps: [
          { ...placeOf(analysis, scope.id, word), message: `It becomes part of the ${whole}.` },
          {
            ...placeOf(analysis, scope.id, failure.at),
            message: `What fails here says with which ${whole}.`,
          },
        ],
      };
    }
  }
}

/** The attempt in the innermost `try` whose failure a log call in one of its handlers shows. */
function failureAround(analysis: Analysis, scope: Scope, call: number, method: string): Attempt | null {
  const handlers = handlersOf(scope.code);
  const around = handlers.filter(({ at, end }) => at < call && call < end).at(-1);
  if (around === undefined || !isShown(analysis, scope, call, around.at, method)) return null;
  const before = handlers
    .filter(({ at, from }) => from === around.from && at < around.at)
    .flatMap(({ at }) => handledNames(scope, at));
  const caught = handledNames(scope, around.at);
  for (let at = around.from; at < around.to; at++) {
    const attempt = scope.code.op[at] === Op.Call ? attemptAt(analysis, scope, at) : null;
    if (attempt === null) continue;
    const fits = attempt.whole === 'command' ? ofCommands : ofRequests;
    const takes = (name: string) => ofAll.test(name) || fits.test(name);
    if (caught.some(takes) && !before.some((name) => takesEach.test(name) && takes(name))) return attempt;
  }
  return null;
}

/** Whether a log call shows the text of the exception that its handler caught. */
function isShown(analysis: Analysis, scope: Scope, call: number, handler: number, method: string): boolean {
  const { code, file } = scope;
  const given = keywordArgument(scope, call, 'exc_info');
  if (given >= 0) {
    if (code.op[given] !== Op.Const) return true;
    const { kind, text } = file.source.constants[code.a[given]!]!;
    if (kind === ConstantKind.True || (kind === ConstantKind.Integer && text !== '0')) return true;
  } else if (method === 'exception') {
    return true;
  }
  const { number } = analysis.resolver.numberings.of(scope);
  const isCaught = (value: number): boolean => {
    if (code.op[value] === Op.Caught) return code.a[value] === handler;
    if (code.op[value] === Op.Local) {
      const made = number[value]!;
      return made >= 0 && made < code.op.length && code.op[made] === Op.Caught && code.a[made] === handler;
    }
    if (code.op[value] === Op.Attribute)
      return /^(cmd|args|message)$/.test(file.source.names[code.b[value]!]!) && isCaught(code.a[value]!);
    if (code.op[value] !== Op.Call || !/^(str|repr|format|text_type|unicode)$/.test(calledName(scope, value)))
      return false;
    for (let k = 0; k < argumentCount(code, value); k++)
      if (isCaught(argumentValue(code, value, k))) return true;
    return false;
  };
  return shownValues(scope, call).some(isCaught);
}

function attemptAt(analysis: Analysis, scope: Scope, at: number): Attempt | null {
  const path = analysis.resolver.libraryPath(scope.id, scope.code.a[at]!);
  if (commands.test(path)) {
    const first = positional(scope.code, at, 0);
    const word = mayFail(scope, at, path) && first >= 0 ? secretWord(analysis, scope, first, at) : -1;
    return word < 0 ? null : { at, word, whole: 'command' };
  }
  if (!requests.test(path)) return null;
  for (const { keyword, value } of callArguments(scope.code, at)) {
    const isAddress =
      keyword === Argument.Positional || /^(url|params)$/.test(scope.file.source.names[keyword] ?? '');
    // Behind the address of `requests.post()` stands its body.
    if (!isAddress || (keyword === Argument.Positional && value !== addressOf(scope, at))) continue;
    const word = secretWord(analysis, scope, value, at);
    if (word >= 0) return { at, word, whole: 'address' };
  }
  return null;
}

function addressOf(scope: Scope, call: number): number {
  return positional(scope.code, call, calledName(scope, call) === 'request' ? 1 : 0);
}

/** `run()` and `call()` raise where they are told to, or to wait for some time only. */
function mayFail(scope: Scope, call: number, path: string): boolean {
  if (/check_/.test(path)) return true;
  return ['check', 'timeout'].some((name) => {
    const given = keywordArgument(scope, call, name);
    if (given < 0) return false;
    const { code, file } = scope;
    return code.op[given] !== Op.Const || !/^(False|None)$/.test(file.source.constants[code.a[given]!]!.text);
  });
}
