// Rule 224: a log call that writes the exception being handled, where none is: "NoneType: None".
// Functions that may be called while one is handled are left out.

import type { Resolver } from '../../flow/resolver';
import type { Scope } from '../../program/program';
import { ConstantKind, Op, ScopeKind } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { ScopeFacts } from '../../whole/scope-facts';
import type { Rule } from '../rule';
import { keywordArgument, literalKind } from './literals';
import { isStandard, type StandardCall, standardCallsIn } from './standard-calls';

export const rule: Rule = {
  number: 224,
  name: 'exception-outside-handler',
  concern: 'logging',
  severity: 'warning',
  preview: false,
  cwe: [],
  category: 'logging-misuse',
  summary: 'A log call asks for the exception that is being handled, where none is.',
  check(analysis, report) {
    for (const { call, asks } of analysis.facts.all(asking)) {
      if (!isStandard(analysis.program, call) || mayBeHandling(analysis, call.scope)) continue;
      report({
        ...analysis.program.span(call.scope, call.at),
        message: `${asks} asks for the exception that is being handled, and none is here: the log shows "NoneType: None".`,
        confidence: call.isTyped ? 'medium' : 'low',
        symbol: call.scope.qualifiedName,
      });
    }
  },
};

interface Asking {
  readonly call: StandardCall;
  /** What makes it ask. */
  readonly asks: string;
}

/** The calls of a scope that ask for the exception outside of its handlers. */
function asking(_: Resolver, scope: Scope, facts: ScopeFacts): readonly Asking[] {
  return facts.one(standardCallsIn, scope).flatMap((call) => {
    const asks = asksFor(call);
    return asks === '' || facts.of(handledPlaces, scope)[call.at] === 1 ? [] : [{ call, asks }];
  });
}

/** What makes the call ask for the exception; '' when it does not. */
function asksFor({ scope, at, method }: StandardCall): string {
  const given = keywordArgument(scope, at, 'exc_info');
  if (given >= 0) return literalKind(scope, given) === ConstantKind.True ? '`exc_info=True`' : '';
  return method === 'exception' ? '`exception()`' : '';
}

/** 1 for instructions that run while an exception is handled, or may be: handlers, and what runs in any case. */
function handledPlaces(_: Resolver, { code }: Scope): Uint8Array {
  const places = new Uint8Array(code.op.length);
  const open: boolean[] = [];
  let depth = 0;
  for (let at = 0; at < code.op.length; at++) {
    switch (code.op[at] as Op) {
      case Op.If:
      case Op.Loop:
      case Op.Try:
      case Op.With:
        open.push(false);
        break;
      case Op.Except:
      case Op.Finally:
        if (!open[open.length - 1]) depth++;
        open[open.length - 1] = true;
        break;
      case Op.TryElse:
        if (open[open.length - 1]) depth--;
        open[open.length - 1] = false;
        break;
      case Op.End:
        if (open.pop()) depth--;
        break;
      default:
    }
    places[at] = depth > 0 ? 1 : 0;
  }
  return places;
}

const tells =
  /exc|err|fail|handl|hook|exit|abort|crash|trace|catch|except|recover|rollback|log|report|warn|callback|cb$|on_/i;
const carries =
  /^(e|ex|exc|err|error|exception|failure|tb|traceback|exc_\w+|\w+_exc|\w+_error|reason|cause)$/i;

/** Whether the function may be entered while an exception is handled: by its name or parameters, by a caller within a
 * handler, or because nobody knows who calls it. */
function mayBeHandling({ program, calls, facts }: Analysis, scope: Scope): boolean {
  if (scope.code.kind === ScopeKind.Module) return false;
  if (scope.code.kind !== ScopeKind.Function || tells.test(scope.name) || /^__\w+__$/.test(scope.name))
    return true;
  const { names } = scope.file.source;
  for (let k = 0; k < scope.code.parameters.length; k++)
    if (carries.test(names[scope.code.slots[k]!]!)) return true;
  const parent = program.scopes[scope.parent]!;
  if (parent.code.kind === ScopeKind.Function) return true;
  if (calls.escapes[scope.id] === 1 || calls.unresolvedNames.has(scope.name)) return true;
  return (calls.callers[scope.id] ?? []).some(
    ({ caller, at }) => facts.of(handledPlaces, program.scopes[caller]!)[at] === 1,
  );
}
