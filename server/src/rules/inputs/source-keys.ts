// By which constant keys a function reads what comes in as a whole: `request.args["q"]`. In the text of one function.

import type { Scope } from '../../program/program';
import { ConstantKind, Op } from '../../syntax/code';
import { positional } from '../../syntax/code-reader';

/** The constant keys by which a function reads a source: `request.args["q"]`, `request.args.get("q")`. */
export function keysOf(scope: Scope, source: number): readonly string[] {
  const { code } = scope;
  const { op, a, b } = code;
  const isSource = (at: number): boolean => {
    for (let value = at, depth = 0; value >= 0 && depth < 4; depth++) {
      if (value === source) return true;
      if (op[value] === Op.Local) {
        const slot = a[value]!;
        return op.findIndex((one, k) => one === Op.StoreLocal && a[k] === slot && b[k] === source) >= 0;
      }
      if (op[value] !== Op.Await) return false;
      value = a[value]!;
    }
    return false;
  };
  const keys: string[] = [];
  for (let at = 0; at < op.length; at++) {
    let key = -1;
    if (op[at] === Op.Item && isSource(a[at]!)) key = b[at]!;
    else if (
      op[at] === Op.Call &&
      (a[at] === source || (op[a[at]!] === Op.Attribute && isSource(a[a[at]!]!)))
    )
      key = positional(code, at, 0);
    if (key < 0 || op[key] !== Op.Const) continue;
    const { kind, text } = scope.file.source.constants[a[key]!]!;
    if (kind === ConstantKind.String) keys.push(text);
  }
  return keys;
}
