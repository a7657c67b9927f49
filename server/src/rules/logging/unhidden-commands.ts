// Commands with a secret among their words that are handed to a function of the program which logs them, and which would
// leave out what it is told to: `run(args, nolog=(password,))`. A part of rule 201. Looks at calls that tell it nothing,
// and at words that stand in the call or in a list that the function makes for it.

import { lastName } from '../../flow/function-facts';
import type { Resolver } from '../../flow/resolver';
import { StepKind } from '../../flow/values/labels';
import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { ConstantKind, Op, ParameterKind } from '../../syntax/code';
import { argumentCount, argumentValue, elements, functionExtra } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { ScopeFacts } from '../../whole/scope-facts';
import { nameAt, placeOf } from '../flow-words';
import type { Report } from '../rule';
import { givenFor } from './given-arguments';
import { calledName, literalText } from './literals';
import { logSitesIn, shownValues } from './log-sites';
import { secretWord } from './secret-parts';
import { hides } from './shown-on-purpose';

/** A function that logs a command, and leaves out what one of its parameters says. */
interface Runner {
  readonly scope: Scope;
  readonly at: number;
  readonly command: number;
  readonly hidden: number;
}

const maximumSteps = 200;
const hiding = /^(no_?log|hid|mask|redact|secret|sensitive|censor|scrub|obfuscat|private)/i;
const kept = /^(join|replace|format|str|repr|list|tuple|map|list2cmdline|copy|text|unicode|quote)$/;

/** Functions that log a command and leave out what they are told to, by scope. */
export type Runners = ReadonlyMap<number, Runner>;

/** Whether a secret comes to the log of such a function in a call that tells it what to leave out, or in one that is
 * reported for itself. */
export function isLeftToCall(
  analysis: Analysis,
  flow: Flow,
  runners: Runners,
  told: ReadonlySet<string>,
): boolean {
  let call: { readonly scope: number; readonly at: number } | null = null;
  let { use } = flow;
  for (; use.inner !== null; use = use.inner) call = use;
  const runner = runners.get(use.scope);
  if (runner === undefined) return false;
  call ??=
    analysis.values
      .path(flow)
      .filter(({ step }) => step === StepKind.Passed)
      .at(-1) ?? null;
  if (call === null || call.at < 0) return false;
  if (told.has(`${call.scope}|${call.at}`)) return true;
  const scope = analysis.program.scopes[call.scope]!;
  return analysis.resolver
    .targets(scope.id, call.at)
    .some(
      (target) =>
        target.kind === 'function' &&
        target.scope === runner.scope.id &&
        givenFor(scope, call!.at, runner.scope, runner.hidden, target.bound ? 1 : 0) !== -1,
    );
}

/** Reports each such call, with the call itself. */
export function* unhiddenCommands(analysis: Analysis, runners: Runners): Generator<[Report, string]> {
  if (runners.size === 0) return;
  const { program, resolver } = analysis;
  const names = new Set([...runners.values()].map(({ scope }) => scope.name));
  for (const scope of program.scopes) {
    const { file, code } = scope;
    if (file.isTest || !file.source.names.some((name) => names.has(name))) continue;
    for (let at = 0; at < code.op.length; at++) {
      if (code.op[at] !== Op.Call || !names.has(calledName(scope, at))) continue;
      for (const target of resolver.targets(scope.id, at)) {
        const runner = target.kind === 'function' ? runners.get(target.scope) : undefined;
        if (runner === undefined || target.kind !== 'function') continue;
        const offset = target.bound ? 1 : 0;
        if (givenFor(scope, at, runner.scope, runner.hidden, offset) !== -1) continue;
        const command = givenFor(scope, at, runner.scope, runner.command, offset);
        const word = command < 0 ? -1 : secretWord(analysis, scope, command, at);
        if (word < 0) continue;
        const parameter = parameterName(runner.scope, runner.hidden);
        const found: Report = {
          ...placeOf(analysis, scope.id, word),
          message: `\`${nameAt(analysis, scope.id, word)}\` is part of the command that \`${calledName(scope, at)}()\` logs: the call does not tell it so by \`${parameter}\`.`,
          confidence: 'medium',
          symbol: scope.qualifiedName,
          stepsKind: 'places',
          steps: [
            {
              ...placeOf(analysis, scope.id, at),
              message: `The command is given to \`${calledName(scope, at)}()\`.`,
            },
            { ...placeOf(analysis, runner.scope.id, runner.at), message: 'Here it is logged.' },
          ],
        };
        yield [found, `${scope.id}|${at}`];
        break;
      }
    }
  }
}

/** Functions that log a command which they mask by a parameter that is empty by default. */
export function runnersOf({ facts }: Analysis): Runners {
  return new Map(facts.all(runnersIn).map((runner) => [runner.scope.id, runner]));
}

const none: readonly Runner[] = [];

function runnersIn({ program }: Resolver, scope: Scope, facts: ScopeFacts): readonly Runner[] {
  const sites = facts.one(logSitesIn, scope);
  if (sites.length === 0 || scope.parent < 0 || !putsSigns(scope)) return none;
  const hidden = hiddenParameter(program.scopes[scope.parent]!, scope);
  if (hidden < 0) return none;
  for (const { at } of sites) {
    const command = shownParameter(scope, at, hidden);
    if (command >= 0) return [{ scope, at, command, hidden }];
  }
  return none;
}

/** Whether a function puts stars, crosses or a word like `HIDDEN` into a text. */
function putsSigns(scope: Scope): boolean {
  const { op } = scope.code;
  return (
    hides(scope) || op.some((one, at) => one === Op.Const && /^[xX]{3,}$/.test(literalText(scope, at) ?? ''))
  );
}

/** The parameter that says what is to be left out, and says nothing by default. */
function hiddenParameter(outer: Scope, scope: Scope): number {
  if (scope.definedAt < 0) return -1;
  for (const { parameter, value } of functionExtra(outer.code, scope.definedAt).defaults) {
    if (hiding.test(parameterName(scope, parameter)) && isEmpty(outer, value)) return parameter;
  }
  return -1;
}

function isEmpty({ code, file }: Scope, value: number): boolean {
  const { op, a } = code;
  if (op[value] === Op.Tuple || op[value] === Op.List || op[value] === Op.Set)
    return elements(code, value).length === 0;
  if (op[value] !== Op.Const) return false;
  return file.source.constants[a[value]!]!.kind === ConstantKind.None;
}

/** The parameter that a log call shows, through texts that are made of it. */
function shownParameter(scope: Scope, call: number, other: number): number {
  const { code } = scope;
  const { op, a, b } = code;
  const queue = [...shownValues(scope, call)];
  const seen = new Set<number>();
  for (let k = 0; k < queue.length && k < maximumSteps; k++) {
    const at = queue[k]!;
    if (at < 0 || seen.has(at)) continue;
    seen.add(at);
    switch (op[at] as Op) {
      case Op.Local: {
        const slot = a[at]!;
        const kind = code.parameters[slot];
        if (kind !== undefined && kind <= ParameterKind.Normal && slot !== other && !isSelf(scope, slot))
          return slot;
        for (let s = 0; s < op.length; s++) if (op[s] === Op.StoreLocal && a[s] === slot) queue.push(b[s]!);
        break;
      }
      case Op.Call: {
        if (!kept.test(lastName(scope, a[at]!))) break;
        if (op[a[at]!] === Op.Attribute) queue.push(a[a[at]!]!);
        if (calledName(scope, at) === 'replace') break;
        for (let j = 0; j < argumentCount(code, at); j++) queue.push(argumentValue(code, at, j));
        break;
      }
      case Op.Binary:
        queue.push(a[at]!, b[at]!);
        break;
      case Op.Phi:
      case Op.Format:
        queue.push(...elements(code, at));
        break;
      case Op.Interpolate:
        queue.push(a[at]!);
        break;
      default:
    }
  }
  return -1;
}

function isSelf(scope: Scope, slot: number): boolean {
  return scope.owner >= 0 && slot === 0;
}

function parameterName({ code, file }: Scope, parameter: number): string {
  return file.source.names[code.slots[parameter]!]!;
}
