// The words that the code itself puts into a message: the literal texts of a call's arguments, through formatting,
// translation and variables that were given one thing. What is put into their gaps is not looked at.

import { ConstantKind, Op } from '../../syntax/code';
import { argumentCount, argumentValue, elements } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';

const maximumSteps = 200;

/** Who is told that what he gave is refused, learns nothing new, and what is refused opens nothing. */
export const refuses =
  /\b(in)?valid\b|\bmust\b|\bshould\b|\bmissing\b|\brequired?s?\b|\bempty\b|\bunsupported\b|\bunknown\b|\bexpect(s|ed)?\b|\bmalformed\b|\bwrong\b|\bbad\b|\bnot (a|an|found|in|one|allowed|supported|recogni[sz]ed)\b|\btoo (long|short)\b|\bcannot (be|contain)\b|\bgreater than\b|\bduplicate|\balready\b|\bis not\b|\b(is|does|are|was|could|can|should|must)n't\b|\bgot\b|\bno such\b|\b(doesn't|does not) (exist|match|contain|have|include)\b/i;

/** The literal texts of a call's arguments, with spaces between. */
export function messageText({ program, resolver }: Analysis, scopeId: number, call: number): string {
  const scope = program.scopes[scopeId]!;
  const { code, file } = scope;
  if (call < 0 || code.op[call] !== Op.Call) return '';
  const queue: number[] = [];
  const give = (at: number): void => {
    for (let k = 0; k < argumentCount(code, at); k++) queue.push(argumentValue(code, at, k));
  };
  give(call);
  const seen = new Set<number>();
  const found: string[] = [];
  for (let k = 0; k < queue.length && k < maximumSteps; k++) {
    const at = queue[k]!;
    if (seen.has(at)) continue;
    seen.add(at);
    switch (code.op[at] as Op) {
      case Op.Const: {
        const { kind, text } = file.source.constants[code.a[at]!]!;
        if (kind === ConstantKind.String) found.push(text);
        break;
      }
      case Op.Binary:
        queue.push(code.a[at]!, code.b[at]!);
        break;
      case Op.Format:
      case Op.Phi:
        queue.push(...elements(code, at));
        break;
      case Op.Call: {
        // `_('...')`, `'...'.format(...)`, `' '.join(...)`.
        const callee = code.a[at]!;
        if (code.op[callee] === Op.Attribute) queue.push(code.a[callee]!);
        else give(at);
        break;
      }
      case Op.Local: {
        const number = resolver.numberings.of(scope).number[at]!;
        if (number >= 0 && number < code.op.length && number !== at) queue.push(number);
        break;
      }
      default:
    }
  }
  return found.join(' ');
}
