// Counts that are kept for people: added to here and there, then printed, or asked whether there are any. One that is lost
// changes nothing. Asked of all that the program does with the count.

import { AccessKind } from '../../flow/accesses';
import type { Scope } from '../../program/program';
import { BinaryOperator, ConstantKind, Op, UnaryOperator } from '../../syntax/code';
import type { Analysis } from '../../whole/analysis';
import type { Guarded } from '../../whole/guards';
import { calleeName } from './lock-words';

const printing =
  /^(print|pprint|write|format|str|repr|debug|info|warn|warning|error|critical|exception|log|msg)$/;
const telling = /stat(s|us|istics)?(_|$)|metric|dump|summary|report|describe|debug|^__(repr|str)__$/i;
const deepest = 4;

/** Whether all that is ever done with a count is to show it, to ask whether there are any, and to start again. */
export function isTally({ program, resolver }: Analysis, { accesses }: Guarded): boolean {
  const shown = accesses.map(({ scope: id, at, kind, load }) => {
    const scope = program.scopes[id]!;
    // What is also counted down says who is still there.
    if (kind === AccessKind.Update) return countsUp(scope, at);
    if (kind === AccessKind.Write) return storesNumber(scope, at);
    if (kind > AccessKind.Test) return false;
    const { number, user } = resolver.numberings.of(scope);
    return scope.code.op.every(
      (_, k) => number[k] !== number[load] || user[k]! < 0 || isShown(scope, user, k, deepest),
    );
  });
  return shown.length > 0 && shown.every(Boolean) && accesses.some(({ kind }) => kind <= AccessKind.Test);
}

/** Whether a value goes to somebody who reads it, or decides between none and some. */
function isShown(scope: Scope, user: Int32Array, value: number, depth: number): boolean {
  const { op, a, b, c } = scope.code;
  const by = user[value]!;
  if (by < 0) return true;
  if (depth === 0) return false;
  switch (op[by] as Op) {
    case Op.If:
    case Op.StoreLocal:
    case Op.Discard:
    case Op.Format:
    case Op.Interpolate:
      return true;
    case Op.Unary:
      return c[by] === UnaryOperator.Not;
    case Op.Compare:
      return isZero(scope, a[by] === value ? b[by]! : a[by]!) && isShown(scope, user, by, depth - 1);
    case Op.Binary:
      // The count itself, added to.
      if ((c[by]! & BinaryOperator.InPlace) !== 0) return a[by] === value;
      return op[a[by]!] === Op.Const && c[by] === BinaryOperator.Modulo && isText(scope, a[by]!);
    case Op.Phi:
    case Op.Tuple:
    case Op.List:
    case Op.Dict:
      return isShown(scope, user, by, depth - 1);
    case Op.Call:
      return a[by] !== value && printing.test(calleeName(scope, by));
    case Op.Return:
      return telling.test(scope.name);
    default:
      return false;
  }
}

function countsUp(scope: Scope, at: number): boolean {
  const { op, b, c } = scope.code;
  const value = op[at] === Op.StoreAttribute ? c[at]! : op[at] === Op.StoreGlobal ? b[at]! : -1;
  return (
    value >= 0 && op[value] === Op.Binary && (c[value]! & ~BinaryOperator.InPlace) === BinaryOperator.Add
  );
}

function storesNumber(scope: Scope, at: number): boolean {
  const { op, b, c } = scope.code;
  const value = op[at] === Op.StoreAttribute ? c[at]! : op[at] === Op.StoreGlobal ? b[at]! : -1;
  return value >= 0 && op[value] === Op.Const && kindOf(scope, value) === ConstantKind.Integer;
}

function isZero(scope: Scope, value: number): boolean {
  return scope.code.op[value] === Op.Const && scope.file.source.constants[scope.code.a[value]!]!.text === '0';
}

function isText(scope: Scope, value: number): boolean {
  return kindOf(scope, value) === ConstantKind.String;
}

function kindOf({ code, file }: Scope, value: number): ConstantKind {
  return file.source.constants[code.a[value]!]!.kind;
}
