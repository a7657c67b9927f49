// Decorators that write to the log with which arguments a function is called, around functions that are given a secret.
// A part of rule 201. Looks at wrappers that show `*args` itself; what they leave out by a list of their own, or take
// through another function first, counts as cared for.

import { EntityKind } from '../../flow/entities';
import { lastName } from '../../flow/function-facts';
import type { Resolver } from '../../flow/resolver';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { Argument, Op, ParameterKind, ScopeKind } from '../../syntax/code';
import {
  argumentCount,
  argumentValue,
  callArguments,
  elements,
  functionExtra,
} from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { ScopeFacts } from '../../whole/scope-facts';
import { placeOf } from '../flow-words';
import type { Report } from '../rule';
import { logSitesIn, shownValues } from './log-sites';
import { hides } from './shown-on-purpose';

/** A function that a decorator puts around others, with the log call that shows what they are called with. */
interface LoggingWrapper {
  readonly scope: Scope;
  readonly at: number;
  /** Whether what is given by position is shown; else only what is given by keyword. */
  readonly isAll: boolean;
  /** Whether it leaves out what its decorator is told to. */
  readonly mayHide: boolean;
}

const maximumSteps = 200;
const maximumDepth = 8;
/** Parameters of a decorator that say what is not to be shown. */
const hiding =
  /hid|mask|redact|exclu|skip|secret|sensitive|filter|ignore|censor|scrub|except|omit|param|arg/i;
/** Calls whose result shows what they are given. */
const showing =
  /^(format|str|repr|unicode|text|join|list|tuple|dict|sorted|map|copy|deepcopy|items|values|pformat|dumps|_|zip|enumerate|extend|update|append)$/;

/** Reports each function with a secret among its parameters whose decorator logs them. */
export function* loggedArguments(analysis: Analysis): Generator<Report> {
  const wrappers = loggingWrappers(analysis);
  if (wrappers.size === 0) return;
  const { program, library } = analysis;
  for (const scope of program.scopes) {
    if (scope.code.kind !== ScopeKind.Function || scope.definedAt < 0 || scope.file.isTest) continue;
    const secret = secretParameter(analysis, scope);
    if (secret === null) continue;
    const outer = program.scopes[scope.parent]!;
    for (const decorator of functionExtra(outer.code, scope.definedAt).decorators) {
      const wrapper = wrappersOf(analysis, outer, decorator)
        .map((id) => wrappers.get(id))
        .find((one) => one !== undefined && (one.isAll || secret.isKeyword));
      if (wrapper === undefined || (wrapper.mayHide && isTold(outer, decorator))) continue;
      const name = lastName(
        outer,
        outer.code.op[decorator] === Op.Call ? outer.code.a[decorator]! : decorator,
      );
      yield {
        ...placeOf(analysis, outer.id, decorator),
        message: `\`${name}\` writes all arguments of \`${scope.name}()\` to the log, and \`${secret.name}\` is one of them.`,
        confidence: library.secretWords.judge(scope.name) === SecretEvidence.None ? 'high' : 'medium',
        symbol: scope.qualifiedName,
        stepsKind: 'places',
        steps: [
          {
            ...placeOf(analysis, wrapper.scope.id, wrapper.at),
            message: 'Here the wrapper logs what it is called with.',
          },
        ],
      };
      break;
    }
  }
}

/** The first parameter that is called a secret. */
function secretParameter(
  { library }: Analysis,
  { code, file }: Scope,
): { readonly name: string; readonly isKeyword: boolean } | null {
  for (let k = 0; k < code.parameters.length; k++) {
    const kind = code.parameters[k] as ParameterKind;
    if (kind === ParameterKind.VarKeyword || kind === ParameterKind.VarPositional) continue;
    const name = file.source.names[code.slots[k]!]!;
    if (library.secretWords.judge(name) === SecretEvidence.Plain)
      return { name, isKeyword: kind === ParameterKind.KeywordOnly };
  }
  return null;
}

/** The wrappers that log what they are called with, by scope. */
function loggingWrappers({ facts }: Analysis): ReadonlyMap<number, LoggingWrapper> {
  return new Map(facts.all(wrappersIn).map((wrapper) => [wrapper.scope.id, wrapper]));
}

const none: readonly LoggingWrapper[] = [];

function wrappersIn(resolver: Resolver, scope: Scope, facts: ScopeFacts): readonly LoggingWrapper[] {
  const { parameters } = scope.code;
  if (scope.parent < 0) return none;
  if (!parameters.includes(ParameterKind.VarPositional) && !parameters.includes(ParameterKind.VarKeyword))
    return none;
  if (resolver.program.scopes[scope.parent]!.code.kind !== ScopeKind.Function) return none;
  let found = none;
  for (const { at } of facts.one(logSitesIn, scope)) {
    if (found[0]?.isAll) break;
    const shown = starsShown(scope, at);
    if (shown.size === 0) continue;
    const isHiding = hides(scope);
    const mayHide =
      isHiding &&
      makersOf(resolver, scope).some((maker) => parameterNames(maker).some((name) => hiding.test(name)));
    if (isHiding && !mayHide) continue;
    found = [{ scope, at, isAll: shown.has(ParameterKind.VarPositional), mayHide }];
  }
  return found;
}

/** The kinds of starred parameters whose whole content a log call shows. */
function starsShown(scope: Scope, call: number): ReadonlySet<ParameterKind> {
  const { code } = scope;
  const { op, a, b, c } = code;
  const queue = [...shownValues(scope, call)];
  const seen = new Set<number>();
  const found = new Set<ParameterKind>();
  for (let k = 0; k < queue.length && k < maximumSteps; k++) {
    const at = queue[k]!;
    if (at < 0 || seen.has(at)) continue;
    seen.add(at);
    switch (op[at] as Op) {
      case Op.Local: {
        const slot = a[at]!;
        const kind = code.parameters[slot];
        if (kind === ParameterKind.VarPositional || kind === ParameterKind.VarKeyword) found.add(kind);
        for (let s = 0; s < op.length; s++) if (op[s] === Op.StoreLocal && a[s] === slot) queue.push(b[s]!);
        break;
      }
      case Op.Call: {
        if (!showing.test(lastName(scope, a[at]!))) break;
        for (let j = 0; j < argumentCount(code, at); j++) queue.push(argumentValue(code, at, j));
        if (op[a[at]!] === Op.Attribute) queue.push(a[a[at]!]!);
        break;
      }
      case Op.Binary:
        queue.push(a[at]!, b[at]!);
        break;
      case Op.Phi:
      case Op.Format:
      case Op.List:
      case Op.Tuple:
        queue.push(...elements(code, at));
        break;
      case Op.Interpolate:
      case Op.Star:
      case Op.Element:
      case Op.Unpack:
        queue.push(a[at]!);
        break;
      case Op.Comprehension:
        if (isSelective(scope, at)) break;
        for (let s = 0; s < op.length; s++) {
          if (op[s] === Op.Collect && a[s] === at) queue.push(b[s]!, c[s]!);
        }
        break;
      default:
    }
  }
  return found;
}

/** Whether a comprehension takes some of the values only, or something else in their place. */
function isSelective({ code: { op, a } }: Scope, comprehension: number): boolean {
  for (let at = comprehension; at < op.length; at++) {
    if (op[at] === Op.If) return true;
    if (op[at] === Op.Collect && a[at] === comprehension) return false;
  }
  return false;
}

/** The functions that a decorator puts around what it decorates. */
function wrappersOf({ resolver, program }: Analysis, outer: Scope, decorator: number): readonly number[] {
  const { entities, classes } = resolver;
  const found: number[] = [];
  for (const entity of resolver.denotes(outer.id, decorator)) {
    const kind = entities.kind[entity];
    const maker =
      kind === EntityKind.Function
        ? entities.x[entity]!
        : kind === EntityKind.Instance
          ? classes.method(entities.x[entity]!, '__call__')
          : -1;
    if (maker < 0) continue;
    for (const returned of resolver.returnedBy(maker, maximumDepth)) {
      const inner = entities.x[returned]!;
      if (entities.kind[returned] === EntityKind.Function && program.scopes[inner]!.parent === maker)
        found.push(inner);
    }
  }
  return found;
}

/** The functions around a wrapper, and the constructor of the class that they are in: who takes what is to be hidden. */
function makersOf({ program, classes }: Resolver, wrapper: Scope): readonly Scope[] {
  const found: Scope[] = [];
  for (let scope = wrapper; scope.parent >= 0; ) {
    const { owner } = scope;
    if (owner >= 0) {
      const init = classes.method(owner, '__init__');
      if (init >= 0) found.push(program.scopes[init]!);
    }
    scope = program.scopes[scope.parent]!;
    if (scope.code.kind === ScopeKind.Function) found.push(scope);
  }
  return found;
}

function parameterNames({ code, file }: Scope): readonly string[] {
  return [...code.parameters].map((_, k) => file.source.names[code.slots[k]!]!);
}

/** Whether a decorator is given something besides its logger: a name, a level and what it is to hide look alike. */
function isTold(outer: Scope, decorator: number): boolean {
  const { code, file } = outer;
  if (code.op[decorator] !== Op.Call) return false;
  return callArguments(code, decorator).some(({ keyword, value }) => {
    if (keyword >= 0) return hiding.test(file.source.names[keyword]!);
    if (keyword !== Argument.Positional) return true;
    return code.op[value] !== Op.Const && !/log/i.test(lastName(outer, value));
  });
}
