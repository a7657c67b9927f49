// The fix of a logged secret: stars in its place. Only where the secret is read in the log call itself, by a plain read
// without effects, and where a text may stand.

import type { Flow } from '../../flow/values/summary';
import { ConstantKind, Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';
import type { TextEdit } from '../../text/span';
import type { Analysis } from '../../whole/analysis';
import { type FoundRead, findRead } from '../expression-search';
import type { FixProposal } from '../finding';
import { nameAt } from '../flow-words';

/** Proposals that write stars for every secret of one log call; none when one of them is not in plain sight. */
export function maskFixes(analysis: Analysis, group: readonly Flow[]): readonly FixProposal[] {
  const edits = new Map<number, TextEdit>();
  let name = '';
  for (const flow of group) {
    if (flow.use.inner !== null) return [];
    const found = findRead(analysis, flow);
    const edit = found === null || !standsAlone(found) ? null : editOf(analysis, found, flow);
    if (found === null || edit === null) return [];
    edits.set(edit.start, edit);
    name ||= nameAt(analysis, found.scope.id, found.at);
  }
  const what = edits.size > 1 ? 'the secrets' : `\`${name}\``;
  return [
    {
      kind: 'replace',
      title: `Log *** instead of ${what}`,
      safe: true,
      data: { edits: [...edits.values()] },
    },
  ];
}

function editOf(analysis: Analysis, { scope, at, parent }: FoundRead, flow: Flow): TextEdit | null {
  const { program } = analysis;
  const { op } = scope.code;
  const inCall = inside(analysis, flow, program.span(scope, at));
  if (!inCall) return null;
  if (parent >= 0 && op[parent] === Op.Interpolate) {
    const { start, end } = program.span(scope, parent);
    return { start, end, text: '***' };
  }
  if (takesNumber(analysis, flow)) return null;
  const { start, end } = program.span(scope, at);
  return { start, end, text: "'***'" };
}

/** Reads of names, attributes and items have no effect that would be lost; calls might. */
function standsAlone({ scope, at }: FoundRead): boolean {
  const op = scope.code.op[at] as Op;
  return op === Op.Local || op === Op.Attribute || op === Op.Item || op === Op.Global || op === Op.Captured;
}

function inside(
  analysis: Analysis,
  { use }: Flow,
  span: { readonly start: number; readonly end: number },
): boolean {
  const call = analysis.program.span(analysis.program.scopes[use.scope]!, use.at);
  return call.start <= span.start && span.end <= call.end;
}

/** A message with `%d` and the like would fail on a text. */
function takesNumber(analysis: Analysis, { use }: Flow): boolean {
  const { code, file } = analysis.program.scopes[use.scope]!;
  const first = positional(code, use.at, 0);
  if (first < 0 || code.op[first] !== Op.Const) return false;
  const { kind, text } = file.source.constants[code.a[first]!]!;
  return kind === ConstantKind.String && /%(\(\w+\))?[-+ #0-9.]*[diouxXeEfFgGc]/.test(text);
}
