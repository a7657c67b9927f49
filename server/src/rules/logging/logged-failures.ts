// Failures whose text repeats what failed, logged where a secret was part of that: the command of `subprocess`, the
// address and the parameters of `requests`. A part of rule 201. Looks at one function at a time: the call in the `try`,
// and the log call in its `except`.

import { handledNames, handlersOf } from '../../flow/handlers';
import type { Resolver } from '../../flow/resolver';
import type { Scope } from '../../program/program';
import { Argument, ConstantKind, Op } from '../../syntax/code';
import { argumentCount, argumentValue, callArguments, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { ScopeFacts } from '../../whole/scope-facts';
import { nameAt, placeOf } from '../flow-words';
import type { Report } from '../rule';
import { calledName, keywordArgument } from './literals';
import { logSitesIn, shownValues } from './log-sites';
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

/** A log call that shows such a failure. */
interface LoggedFailure {
  readonly scope: Scope;
  readonly at: number;
  readonly failure: Attempt;
}

const modules = /^(subprocess|requests)(\.|$)/;
const none: readonly LoggedFailure[] = [];

/** Reports each log call that shows such a failure. */
export function* loggedFailures(analysis: Analysis): Generator<Report> {
  for (const { scope, at, failure } of analysis.facts.all(failuresIn)) {
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

function failuresIn(resolver: Resolver, scope: Scope, facts: ScopeFacts): readonly LoggedFailure[] {
  const sites = facts.one(logSitesIn, scope);
  if (sites.length === 0 || !resolver.program.mentions(scope.file, modules) || hides(scope)) return none;
  return sites.flatMap(({ at, method }) => {
    const failure = failureAround(resolver, scope, at, method);
    return failure === null ? none : [{ scope, at, failure }];
  });
}

/** The attempt in the innermost `try` whose failure a log call in one of its handlers shows. */
function failureAround(resolver: Resolver, scope: Scope, call: number, method: string): Attempt | null {
  const handlers = handlersOf(scope.code);
  const around = handlers.filter(({ at, end }) => at < call && call < end).at(-1);
  if (around === undefined || !isShown(resolver, scope, call, around.at, method)) return null;
  const before = handlers
    .filter(({ at, from }) => from === around.from && at < around.at)
    .flatMap(({ at }) => handledNames(scope, at));
  const caught = handledNames(scope, around.at);
  for (let at = around.from; at < around.to; at++) {
    const attempt = scope.code.op[at] === Op.Call ? attemptAt(resolver, scope, at) : null;
    if (attempt === null) continue;
    const fits = attempt.whole === 'command' ? ofCommands : ofRequests;
    const takes = (name: string) => ofAll.test(name) || fits.test(name);
    if (caught.some(takes) && !before.some((name) => takesEach.test(name) && takes(name))) return attempt;
  }
  return null;
}

/** Whether a log call shows the text of the exception that its handler caught. */
function isShown(resolver: Resolver, scope: Scope, call: number, handler: number, method: string): boolean {
  const { code, file } = scope;
  const given = keywordArgument(scope, call, 'exc_info');
  if (given >= 0) {
    if (code.op[given] !== Op.Const) return true;
    const { kind, text } = file.source.constants[code.a[given]!]!;
    if (kind === ConstantKind.True || (kind === ConstantKind.Integer && text !== '0')) return true;
  } else if (method === 'exception') {
    return true;
  }
  const { number } = resolver.numberings.of(scope);
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

function attemptAt(resolver: Resolver, scope: Scope, at: number): Attempt | null {
  const path = resolver.libraryPath(scope.id, scope.code.a[at]!);
  if (commands.test(path)) {
    const first = positional(scope.code, at, 0);
    const word = mayFail(scope, at, path) && first >= 0 ? secretWord(resolver, scope, first, at) : -1;
    return word < 0 ? null : { at, word, whole: 'command' };
  }
  if (!requests.test(path)) return null;
  for (const { keyword, value } of callArguments(scope.code, at)) {
    const isAddress =
      keyword === Argument.Positional || /^(url|params)$/.test(scope.file.source.names[keyword] ?? '');
    // Behind the address of `requests.post()` stands its body.
    if (!isAddress || (keyword === Argument.Positional && value !== addressOf(scope, at))) continue;
    const word = secretWord(resolver, scope, value, at);
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
