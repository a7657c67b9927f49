// What holds for the code of any text whatever: brackets pair, values come before their use, spans lie in the text.
import { type Code, Op, type SourceFile } from '../../../server/src/syntax/code';
import {
  callArguments,
  classExtra,
  elements,
  entries,
  functionExtra,
} from '../../../server/src/syntax/code-reader';

/** Throws when a file's code is not well-formed. */
export function checkInvariants(file: SourceFile, text: string): void {
  file.codes.forEach((code, index) => {
    demand(code.parent < index, 'an enclosing scope comes first');
    demand(code.base >= 0 && code.base + code.length <= text.length, 'a scope lies in the text');
    demand(code.captured.length === code.slots.length, 'each slot says whether it is captured');
    let depth = 0;
    for (let i = 0; i < code.op.length; i++) {
      const at = `scope ${index}, instruction ${i}`;
      const start = code.base + (code.start[i] as number);
      const end = code.base + (code.end[i] as number);
      demand(start >= 0 && start <= end && end <= text.length, `${at}: the span lies in the text`);
      for (const value of operandsOf(code, i))
        demand(value >= 0 && value < i, `${at}: value ${value} comes before`);
      depth += bracket(code.op[i] as Op);
      demand(depth >= 0, `${at}: an End too many`);
      checkNames(file, index, i, at);
    }
    demand(depth === 0, `scope ${index}: an End is missing`);
  });
}

function demand(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function bracket(op: Op): number {
  if (op === Op.End) return -1;
  return op === Op.If || op === Op.Loop || op === Op.Try || op === Op.With ? 1 : 0;
}

/** The values that an instruction must have; those that may be absent only when present. */
function operandsOf(code: Code, i: number): number[] {
  const [a, b, c] = [code.a[i] as number, code.b[i] as number, code.c[i] as number];
  const present = (...values: number[]): number[] => values.filter((value) => value !== -1);
  switch (code.op[i]) {
    case Op.Attribute:
    case Op.Discard:
    case Op.Unpack:
    case Op.Star:
    case Op.Await:
    case Op.Unary:
    case Op.Interpolate:
    case Op.Element:
    case Op.Entered:
    case Op.Caught:
    case Op.With:
    case Op.YieldFrom:
      return [a];
    case Op.Binary:
    case Op.Compare:
    case Op.Item:
    case Op.Collect:
      return [a, b];
    case Op.StoreLocal:
    case Op.StoreGlobal:
    case Op.StoreCaptured:
      return [b];
    case Op.StoreAttribute:
      return [a, c];
    case Op.StoreItem:
      return [a, b, c];
    case Op.If:
    case Op.Loop:
    case Op.Except:
    case Op.Return:
    case Op.Yield:
      return present(a);
    case Op.Raise:
      return present(a, b);
    case Op.Slice:
      return present(a, b, c);
    case Op.Annotate:
      return [...present(a), b];
    case Op.Call:
      return [a, ...callArguments(code, i).map((argument) => argument.value)];
    case Op.List:
    case Op.Tuple:
    case Op.Set:
    case Op.Phi:
    case Op.Format:
      return [...elements(code, i)];
    case Op.Dict:
      return entries(code, i).flatMap(([key, value]) => [...present(key), value]);
    case Op.Function: {
      const { decorators, defaults, annotations, returns } = functionExtra(code, i);
      return [...decorators, ...[...defaults, ...annotations].map((each) => each.value), ...present(returns)];
    }
    case Op.Class: {
      const { decorators, bases } = classExtra(code, i);
      return [...decorators, ...bases.map((base) => base.value)];
    }
    default:
      return [];
  }
}

function checkNames(file: SourceFile, index: number, i: number, at: string): void {
  const code = file.codes[index] as Code;
  const [a, b, c] = [code.a[i] as number, code.b[i] as number, code.c[i] as number];
  const outer = (steps: number): Code => {
    let scope = code;
    for (let k = 0; k < steps; k++) scope = file.codes[scope.parent] as Code;
    return scope;
  };
  switch (code.op[i]) {
    case Op.Local:
    case Op.StoreLocal:
    case Op.DeleteLocal:
      demand(a >= 0 && a < code.slots.length, `${at}: a slot of the scope`);
      return;
    case Op.Global:
    case Op.StoreGlobal:
    case Op.DeleteGlobal:
      demand(a >= 0 && a < file.names.length, `${at}: a name`);
      return;
    case Op.Captured:
      demand(outer(b).slots[c] === a, `${at}: the captured slot has the name`);
      demand(outer(b).captured[c] === 1, `${at}: the captured slot knows it`);
      return;
    case Op.StoreCaptured:
      demand(outer(c).slots.includes(a), `${at}: the name is a slot there`);
      return;
    case Op.Function:
    case Op.Class:
      demand(file.codes[a]?.parent === index, `${at}: the code knows its parent`);
      return;
    default:
  }
}
