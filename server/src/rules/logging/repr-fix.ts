// The fix of a forged log line: `%r` in place of `%s`, or `!r` in an f-string, where the value stands in the call itself.

import type { Flow } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentValue, positional } from '../../syntax/code-reader';
import type { TextEdit } from '../../text/span';
import type { Analysis } from '../../whole/analysis';
import { type FoundRead, findRead } from '../expression-search';
import type { FixProposal } from '../finding';
import { literalText } from './literals';

/** Proposals that escape every value from outside in one call; none when one of them is not in plain sight. */
export function reprFixes(analysis: Analysis, group: readonly Flow[]): readonly FixProposal[] {
  const edits = new Map<number, TextEdit>();
  for (const flow of group) {
    if (flow.use.inner !== null) return [];
    const edit = placeholderEdit(analysis, flow) ?? interpolationEdit(analysis, flow);
    if (edit === null) return [];
    edits.set(edit.start, edit);
  }
  const sorted = [...edits.values()].sort((x, y) => x.start - y.start);
  return [
    {
      kind: 'replace',
      title: 'Write it as its `repr`, on one line',
      safe: true,
      data: { edits: sorted },
    },
  ];
}

/** `%s` of the message, where the argument is the value itself. Found in the literal as it is spelled: without escapes
 * and prefixes the text is what stands between the quotes. */
function placeholderEdit({ program }: Analysis, { use }: Flow): TextEdit | null {
  const scope = program.scopes[use.scope]!;
  const first = positional(scope.code, use.at, 0);
  if (first < 0 || first === use.argument) return null;
  const text = literalText(scope, first);
  if (text === null || /[\\\n]|%%/.test(text) || scope.code.op[first] !== Op.Const) return null;
  const span = program.span(scope, first);
  if (span.end - span.start !== text.length + 2) return null;
  const index = placeOf(scope, use.at, use.argument) - 1;
  const found = [...text.matchAll(/%[-+ #0-9.]*([a-zA-Z])/g)][index];
  if (found === undefined || found[1] !== 's') return null;
  const end = span.start + 1 + found.index + found[0].length;
  return { start: end - 1, end, text: 'r' };
}

/** The place of an argument among the positional ones. */
function placeOf({ code }: Scope, call: number, argument: number): number {
  for (let k = 0; k < argumentCount(code, call); k++) if (argumentValue(code, call, k) === argument) return k;
  return -1;
}

/** `{value}` of an f-string. */
function interpolationEdit(analysis: Analysis, flow: Flow): TextEdit | null {
  const found = findRead(analysis, flow);
  if (found === null || !isInterpolated(found)) return null;
  const { program } = analysis;
  const { scope, at, parent } = found;
  const call = program.span(program.scopes[flow.use.scope]!, flow.use.at);
  const whole = program.span(scope, parent);
  const { end } = program.span(scope, at);
  const isBare = whole.end === end + 1;
  if (!isBare || whole.start < call.start || whole.end > call.end || scope.id !== flow.use.scope) return null;
  return { start: end, end, text: '!r' };
}

function isInterpolated({ scope, parent }: FoundRead): boolean {
  const { op, b, c } = scope.code;
  return parent >= 0 && op[parent] === Op.Interpolate && b[parent] === 0 && c[parent]! < 0;
}
