// The fix of YAML that is read with a loader for any object: the safe loader, by its own function or in place of the one
// that is given. Only where the call spells both out.

import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentKeyword, argumentValue } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import type { FixProposal } from '../finding';
import { calleePath } from './callee-path';

/** Proposals that read with the safe loader; none where the call is not of YAML, or hidden behind another name. */
export function safeLoadFixes(analysis: Analysis, group: readonly Flow[]): readonly FixProposal[] {
  const { scope, at } = group[0]!.use;
  return safeLoadEdits(analysis, analysis.program.scopes[scope]!, at);
}

/** The same for one call. */
export function safeLoadEdits(analysis: Analysis, scope: Scope, at: number): readonly FixProposal[] {
  const { code, file } = scope;
  const path = calleePath(analysis, scope, at);
  const name = /^yaml\.(?:unsafe_|full_)?(load|load_all)$/.exec(path)?.[1];
  const callee = code.op[at] === Op.Call ? code.a[at]! : -1;
  if (name === undefined || code.op[callee] !== Op.Attribute) return [];
  for (let k = 0; k < argumentCount(code, at); k++) {
    const keyword = argumentKeyword(code, at, k);
    const isLoader = keyword >= 0 ? file.source.names[keyword] === 'Loader' : k === 1;
    if (isLoader) return renamed(analysis, scope, argumentValue(code, at, k), 'SafeLoader');
  }
  return renamed(analysis, scope, callee, `safe_${name}`);
}

/** `module.name` under another name. */
function renamed(analysis: Analysis, scope: Scope, attribute: number, to: string): readonly FixProposal[] {
  const { op, b } = scope.code;
  if (op[attribute] !== Op.Attribute) return [];
  const { end } = analysis.program.span(scope, attribute);
  const start = end - scope.file.source.names[b[attribute]!]!.length;
  return [
    {
      kind: 'replace',
      title: `Read with \`${to}\``,
      safe: false,
      data: { edits: [{ start, end, text: to }] },
    },
  ];
}
