// Rule 226: a handler is added to a shared logger each time a function runs, so that every record is written once more for
// each call before. Functions that look whether there is one, or take it away again, are left out.

import type { Scope } from '../../program/program';
import { Op, ScopeKind } from '../../syntax/code';
import { isInLoop, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { Rule } from '../rule';
import { calledName } from './literals';

export const rule: Rule = {
  number: 226,
  name: 'handler-per-call',
  concern: 'logging',
  severity: 'warning',
  preview: true,
  cwe: [400],
  category: 'logging-misuse',
  summary: 'A handler is added to a shared logger on every call.',
  check(analysis, report) {
    const { program } = analysis;
    for (const scope of program.scopes) {
      const { code, file } = scope;
      if (code.kind !== ScopeKind.Function || file.isTest || !file.source.names.includes('addHandler'))
        continue;
      if (runsOnce.test(scope.name) || looks(scope)) continue;
      for (let at = 0; at < code.op.length; at++) {
        if (code.op[at] !== Op.Call || calledName(scope, at) !== 'addHandler') continue;
        if (!isShared(analysis, scope, at) || !isNew(analysis, scope, at)) continue;
        report({
          ...program.span(scope, at),
          message: `\`${scope.name}()\` adds a handler to a shared logger on every call: each record is written once more each time.`,
          confidence: isRepeated(analysis, scope) ? 'medium' : 'low',
          symbol: scope.qualifiedName,
        });
      }
    }
  },
};

/** Functions that set a program up run once. */
const runsOnce =
  /setup|set_up|init|config|main|start|enable|install|bootstrap|prepare|basic|add_|attach|register|__enter__|cli|^run$|create_app|logging|enter/i;

/** Whether the program itself calls a function more than once: from two functions, or in a loop. */
function isRepeated({ calls, program }: Analysis, scope: Scope): boolean {
  const sites = (calls.callers[scope.id] ?? []).filter(
    ({ caller }) => caller !== scope.id && !program.scopes[caller]!.file.isTest,
  );
  return (
    new Set(sites.map(({ caller }) => caller)).size > 1 ||
    sites.some(({ caller, at }) => isInLoop(program.scopes[caller]!.code, at))
  );
}

/** Whether the function asks for handlers, or takes one away. */
function looks({ code, file }: Scope): boolean {
  return code.op.some(
    (op, at) =>
      op === Op.Attribute &&
      /^(handlers|hasHandlers|removeHandler|loggerDict)$/.test(file.source.names[code.b[at]!]!),
  );
}

/** Whether the function makes the handler: adding the same one again does nothing. */
function isNew({ resolver }: Analysis, scope: Scope, call: number): boolean {
  const { op } = scope.code;
  const handler = positional(scope.code, call, 0);
  if (handler < 0 || op[handler] === Op.Call) return handler >= 0;
  const number = resolver.numberings.of(scope).number[handler]!;
  return op[handler] === Op.Local && number >= 0 && number < op.length && op[number] === Op.Call;
}

/** Whether the logger is one that all have: by name, from outside of the function. */
function isShared({ resolver }: Analysis, scope: Scope, call: number): boolean {
  const { code } = scope;
  const callee = code.a[call]!;
  if (code.op[callee] !== Op.Attribute) return false;
  const logger = code.a[callee]!;
  if (code.op[logger] === Op.Global) return /^logging\.Logger/.test(resolver.libraryPath(scope.id, callee));
  const number = resolver.numberings.of(scope).number[logger]!;
  const made = number >= 0 && number < code.op.length ? number : -1;
  if (made < 0 || code.op[made] !== Op.Call || calledName(scope, made) !== 'getLogger') return false;
  const name = positional(code, made, 0);
  return name < 0 || code.op[name] === Op.Const || code.op[name] === Op.Global;
}
