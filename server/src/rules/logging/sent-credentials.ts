// What a function sends to prove who it is: a value that stands behind `Bearer`, or under the name of a header that holds a
// credential. So a token that is called no more than that is told from a position in a text. Looks at the function in
// which the value begins, by the name that the value has there.

import { lastName } from '../../flow/function-facts';
import type { Root } from '../../flow/values/labels';
import type { Scope } from '../../program/program';
import { BinaryOperator, Op } from '../../syntax/code';
import { argumentCount, argumentValue, elements, entries } from '../../syntax/code-reader';
import { calledName, literalText } from './literals';

/** `token` and its like are schemes where nothing stands before them; in a sentence they are just words. */
const scheme =
  /((^|["'\s:])(bearer|basic)[ :=]+|^(authorization: ?)?(token|apikey|jwt) +)(token=)?["']?(%s|\{[^{}]*\})?["']?$/i;
const header =
  /^(proxy-)?authorization$|^x-([\w-]+-)?(token|api-?key|auth-?key|secret)$|^(api-?key|private-token)$/i;

/** Whether the value is put behind the name of a scheme, or into a header for credentials. */
export function isSentAsCredential(scope: Scope, { words }: Root): boolean {
  const { code } = scope;
  const { op, a, b, c } = code;
  const name = words
    .replace(/ .*$/, '')
    .split('.')
    .at(-1)!
    .replace(/\(.*\)$/, '()');
  const isIt = (at: number, depth = 0): boolean => {
    if (at < 0 || depth > 4) return false;
    switch (op[at] as Op) {
      case Op.Local:
      case Op.Global:
      case Op.Captured:
      case Op.Attribute:
        return lastName(scope, at) === name;
      case Op.Item:
        return literalText(scope, b[at]!) === name;
      case Op.Interpolate:
        return isIt(a[at]!, depth + 1);
      case Op.Tuple:
      case Op.Format:
        return [...elements(code, at)].some((one) => isIt(one, depth + 1));
      case Op.Binary:
        return isIt(a[at]!, depth + 1) || isIt(b[at]!, depth + 1);
      case Op.Call:
        return (
          `${calledName(scope, at)}()` === name || formatted(scope, at).some((one) => isIt(one, depth + 1))
        );
      default:
        return false;
    }
  };
  for (let at = 0; at < op.length; at++) {
    switch (op[at] as Op) {
      case Op.Format: {
        const parts = elements(code, at);
        for (let k = 1; k < parts.length; k++) {
          if (isIt(parts[k]!) && scheme.test(literalText(scope, parts[k - 1]!) ?? '')) return true;
        }
        break;
      }
      case Op.Binary: {
        const isJoined = c[at] === BinaryOperator.Add || c[at] === BinaryOperator.Modulo;
        if (isJoined && scheme.test(literalText(scope, a[at]!) ?? '') && isIt(b[at]!)) return true;
        break;
      }
      case Op.Call: {
        const callee = a[at]!;
        if (calledName(scope, at) !== 'format' || op[callee] !== Op.Attribute) break;
        if (scheme.test(literalText(scope, a[callee]!) ?? '') && isIt(at)) return true;
        break;
      }
      case Op.Dict:
        for (const [key, value] of entries(code, at)) {
          if (key >= 0 && header.test(literalText(scope, key) ?? '') && isIt(value)) return true;
        }
        break;
      case Op.StoreItem:
        if (header.test(literalText(scope, b[at]!) ?? '') && isIt(c[at]!)) return true;
        break;
      default:
    }
  }
  return false;
}

/** What a call puts into a text. */
function formatted({ code, file }: Scope, call: number): readonly number[] {
  const callee = code.a[call]!;
  if (
    code.op[callee] !== Op.Attribute ||
    !/^(format|encode|decode|strip)$/.test(file.source.names[code.b[callee]!]!)
  )
    return [];
  const found = [code.a[callee]!];
  for (let k = 0; k < argumentCount(code, call); k++) found.push(argumentValue(code, call, k));
  return found;
}
