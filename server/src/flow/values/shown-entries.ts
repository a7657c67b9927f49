// Loops over the entries of a mapping that treat all of them alike: `for key, value in headers.items()` where the key is
// shown and nothing else. What such a loop does with the value it does with the secret that is one of them. Where the
// key is asked anything, which value a place gets is not known.

import { BinaryOperator, Op } from '../../syntax/code';
import { lastName } from '../function-facts';
import type { Pass } from './pass';

const entries = /^(items|iteritems|viewitems)$/;
const showing =
  /^(debug|info|warning|warn|error|critical|exception|log|msg|trace|append|join|str|repr|format|quote|write|print|encode|_)$/;

/** Whether a value is unpacked from the entry of a mapping, in a loop that takes every entry as it comes. */
export function isShownEntry(pass: Pass, from: number): boolean {
  const { code } = pass.scope;
  const { op, a, b, c } = code;
  if (op[from] !== Op.Unpack || c[from] !== 1) return false;
  const element = a[from]!;
  if (op[element] !== Op.Element || op[a[element]!] !== Op.Call) return false;
  if (!entries.test(lastName(pass.scope, a[a[element]!]!))) return false;
  for (let at = element; at < op.length; at++) {
    if (op[at] !== Op.StoreLocal) continue;
    const value = b[at]!;
    if (op[value] === Op.Unpack && a[value] === element && c[value] === 0)
      return isOnlyShown(pass, a[at]!, at);
  }
  return false;
}

/** Whether a variable is put into texts and calls that show it, and used for nothing else. */
function isOnlyShown(pass: Pass, slot: number, from: number): boolean {
  const { code } = pass.scope;
  const { op, a, c } = code;
  for (let at = from + 1; at < op.length; at++) {
    if (op[at] !== Op.Local || a[at] !== slot) continue;
    const user = pass.numbering.user[at]!;
    if (user < 0) return false;
    switch (op[user] as Op) {
      case Op.Format:
      case Op.Interpolate:
      case Op.Tuple:
        break;
      case Op.Binary:
        if (c[user] !== BinaryOperator.Modulo && c[user] !== BinaryOperator.Add) return false;
        break;
      case Op.Call:
        if (!showing.test(lastName(pass.scope, a[user]!))) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}
