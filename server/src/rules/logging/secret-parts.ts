// The part of a command or an address that is a secret by its name. Looks at what stands in the value itself, at what the
// function's variables were given, and into lists that it builds step by step; follows no call.

import { lastName } from '../../flow/function-facts';
import { SecretEvidence } from '../../library/secret-words';
import type { Scope } from '../../program/program';
import { Op } from '../../syntax/code';
import { argumentCount, argumentValue, elements, entries } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { calledName, literalText } from './literals';

const maximumSteps = 200;
const passing = /^(format|str|quote|quote_plus|urlencode|encode|join|list|tuple|dict|urljoin|strip|rstrip)$/;

/** The instruction that reads the secret, or -1. `before`: the call that the value is given to. */
export function secretWord(
  analysis: Pick<Analysis, 'library'>,
  scope: Scope,
  value: number,
  before: number,
): number {
  const { code } = scope;
  const { op, a, b } = code;
  const queue = [value];
  const opened = new Set<number>();
  for (let k = 0; k < queue.length && k < maximumSteps; k++) {
    const at = queue[k]!;
    switch (op[at] as Op) {
      case Op.List:
      case Op.Tuple:
      case Op.Format:
        queue.push(...elements(code, at));
        break;
      case Op.Dict:
        for (const [, member] of entries(code, at)) queue.push(member);
        break;
      case Op.Interpolate:
        queue.push(a[at]!);
        break;
      case Op.Binary:
        queue.push(a[at]!, b[at]!);
        break;
      case Op.Call:
        if (!passing.test(calledName(scope, at))) break;
        if (op[a[at]!] === Op.Attribute) queue.push(a[a[at]!]!);
        for (let j = 0; j < argumentCount(code, at); j++) queue.push(argumentValue(code, at, j));
        break;
      case Op.Local:
        if (isSecret(analysis, lastName(scope, at))) return at;
        if (opened.has(a[at]!)) break;
        opened.add(a[at]!);
        queue.push(...given(scope, a[at]!, before));
        break;
      case Op.Item:
        if (isSecret(analysis, literalText(scope, b[at]!) ?? '')) return at;
        break;
      case Op.Attribute:
        if (isSecret(analysis, lastName(scope, at))) return at;
        break;
      default:
    }
  }
  return -1;
}

/** What a variable was given before a place: by assignment, under a key, by `append` and its like. */
function given(scope: Scope, slot: number, before: number): readonly number[] {
  const { code } = scope;
  const { op, a, b, c } = code;
  const found: number[] = [];
  const isIt = (at: number): boolean => op[at] === Op.Local && a[at] === slot;
  for (let at = 0; at < before; at++) {
    if (op[at] === Op.StoreLocal && a[at] === slot) found.push(b[at]!);
    if (op[at] === Op.StoreItem && isIt(a[at]!)) found.push(c[at]!);
    if (op[at] !== Op.Call || op[a[at]!] !== Op.Attribute || !isIt(a[a[at]!]!)) continue;
    if (!/^(append|extend|insert|update)$/.test(calledName(scope, at))) continue;
    for (let j = 0; j < argumentCount(code, at); j++) found.push(argumentValue(code, at, j));
  }
  return found;
}

function isSecret({ library }: Pick<Analysis, 'library'>, name: string): boolean {
  return library.secretWords.judge(name) === SecretEvidence.Plain;
}
