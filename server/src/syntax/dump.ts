// The code of a file as readable text: what expectation tests compare and what a reviewer reads.
// One instruction a line, brackets indented; values as %n, names and constants spelled out.

import {
  Argument,
  BinaryOperator,
  type Code,
  CodeFlag,
  type Constant,
  ConstantKind,
  Op,
  type SourceFile,
} from './code';
import { callArguments, classExtra, elements, entries, functionExtra } from './code-reader';

const OPERATIONS = (
  'Unknown Const Local Captured Global Attribute Item Call Binary Unary Compare Phi Format Interpolate List Tuple ' +
  'Set Dict Star Slice Function Class Await Yield YieldFrom Import Element Entered Caught Unpack Comprehension ' +
  'Collect StoreLocal StoreGlobal StoreCaptured StoreAttribute StoreItem DeleteLocal DeleteGlobal DeleteAttribute ' +
  'DeleteItem ImportStar Discard Annotate If Else Loop LoopElse Break Continue Try Except TryElse Finally With End ' +
  'Return Raise'
).split(' ');
const BINARY = ['+', '-', '*', '/', '//', '%', '**', '@', '<<', '>>', '&', '|', '^'];
const UNARY = ['not', '-', '+', '~'];
const COMPARE = ['==', '!=', '<', '<=', '>', '>=', 'in', 'not in', 'is', 'is not'];
const LOOPS = ['while', 'for', 'async for', 'comprehension', 'async comprehension'];
const ORIGINS = ['statement', 'boolean', 'ternary', 'assert', 'loop', 'filter', 'case', 'chain'];
const SCOPES = ['module', 'class', 'function', 'lambda'];
const PARAMETERS = ['positional ', '', '*', 'keyword ', '**'];
const COMPREHENSIONS = ['list', 'set', 'dict', 'generator'];
const CONSTANTS = ['None', 'True', 'False', '...'];

/** The whole file, scope by scope. With `spans`, each line ends with the instruction's absolute offsets. */
export function dumpFile(source: SourceFile, spans = false): string {
  const parts = source.codes.map((_, index) => dumpCode(source, index, spans));
  for (const error of source.errors) parts.push(`error ${error.start}-${error.end}`);
  for (const comment of source.comments) {
    parts.push(
      `comment ${comment.start}-${comment.end} line ${comment.line}${comment.alone ? ' alone' : ''}:${comment.text}`,
    );
  }
  for (const note of source.notes) parts.push(`note ${note}`);
  return `${parts.join('\n\n')}\n`;
}

/** One scope: a head line, then its instructions. */
export function dumpCode(source: SourceFile, index: number, spans = false): string {
  const code = source.codes[index] as Code;
  const lines = [head(source, code, index, spans)];
  let depth = 1;
  for (let i = 0; i < code.op.length; i++) {
    const op = code.op[i] as Op;
    const closes = op === Op.End || isMiddle(op);
    if (closes) depth--;
    const span = spans
      ? `  @${code.base + (code.start[i] as number)}-${code.base + (code.end[i] as number)}`
      : '';
    lines.push(
      `${'  '.repeat(Math.min(Math.max(0, depth), 40))}%${i} ${instruction(source, code, i)}${span}`,
    );
    if (isMiddle(op) || opens(op)) depth++;
  }
  return lines.join('\n');
}

function opens(op: Op): boolean {
  return op === Op.If || op === Op.Loop || op === Op.Try || op === Op.With;
}

function isMiddle(op: Op): boolean {
  return op === Op.Else || op === Op.LoopElse || op === Op.Except || op === Op.TryElse || op === Op.Finally;
}

function head(source: SourceFile, code: Code, index: number, spans: boolean): string {
  const slots = Array.from(code.slots, (name, slot) => {
    const kind = slot < code.parameters.length ? `${PARAMETERS[code.parameters[slot] as number]}` : '=';
    return `${kind}${source.names[name]}${code.captured[slot] === 1 ? '^' : ''}`;
  });
  const flags = [
    code.flags & CodeFlag.Async ? 'async' : '',
    code.flags & CodeFlag.Generator ? 'generator' : '',
    code.flags & CodeFlag.Dynamic ? 'dynamic' : '',
    code.flags & CodeFlag.Truncated ? 'truncated' : '',
  ].filter((flag) => flag !== '');
  const doc = code.docstring < 0 ? '' : ` doc ${constant(source.constants[code.docstring] as Constant)}`;
  const name = `${SCOPES[code.kind]} ${source.names[code.name] || '-'}`;
  const extent = spans
    ? `  @${code.base}+${code.length} name ${code.base + code.nameStart}-${code.base + code.nameEnd}`
    : '';
  return `#${index} ${[...flags, name].join(' ')} in #${code.parent} (${slots.join(', ')})${doc}${extent}`;
}

function constant(value: Constant): string {
  if (value.kind < CONSTANTS.length) return CONSTANTS[value.kind] as string;
  const prefix = value.kind === ConstantKind.Bytes ? 'b' : '';
  const quoted = value.kind === ConstantKind.String || value.kind === ConstantKind.Bytes;
  return quoted ? prefix + JSON.stringify(value.text) : value.text;
}

function value(index: number): string {
  return index < 0 ? '-' : `%${index}`;
}

function values(list: Iterable<number>): string {
  return Array.from(list, value).join(', ');
}

function instruction(source: SourceFile, code: Code, i: number): string {
  const op = code.op[i] as Op;
  const word = OPERATIONS[op] ?? `op ${op}`;
  const details = operands(source, code, i, op);
  return details === '' ? word : `${word} ${details}`;
}

function operands(source: SourceFile, code: Code, i: number, op: Op): string {
  const [a, b, c] = [code.a[i] as number, code.b[i] as number, code.c[i] as number];
  const name = (index: number): string => source.names[index] ?? `name ${index}`;
  const slot = (index: number): string => `${name(code.slots[index] as number)}.${index}`;
  const argument = (keyword: number): string =>
    keyword === Argument.Positional
      ? ''
      : keyword === Argument.Star
        ? '*'
        : keyword < 0
          ? '**'
          : `${name(keyword)}=`;
  switch (op) {
    case Op.Const:
      return constant(source.constants[a] as Constant);
    case Op.Local:
    case Op.DeleteLocal:
      return slot(a);
    case Op.Captured:
      return `${name(a)} out ${b} slot ${c}`;
    case Op.Global:
    case Op.DeleteGlobal:
      return name(a);
    case Op.Attribute:
    case Op.DeleteAttribute:
      return `${value(a)} .${name(b)}`;
    case Op.Item:
    case Op.DeleteItem:
      return `${value(a)} [${value(b)}]`;
    case Op.Call:
      return `${value(a)} (${callArguments(code, i)
        .map((each) => argument(each.keyword) + value(each.value))
        .join(', ')})`;
    case Op.Binary:
      return `${value(a)} ${BINARY[c & ~BinaryOperator.InPlace]}${c & BinaryOperator.InPlace ? '=' : ''} ${value(b)}`;
    case Op.Unary:
      return `${UNARY[c]} ${value(a)}`;
    case Op.Compare:
      return `${value(a)} ${COMPARE[c]} ${value(b)}`;
    case Op.Phi:
      return `${ORIGINS[a]}${c === 1 ? ' or' : ''} [${values(elements(code, i))}]`;
    case Op.Format:
      return `[${values(elements(code, i))}]${c === 1 ? ' repr' : ''}`;
    case Op.Interpolate:
      return `${value(a)}${b > 0 ? ` !${String.fromCharCode(b)}` : ''}${c < 0 ? '' : ` :${value(c)}`}`;
    case Op.List:
    case Op.Tuple:
    case Op.Set:
      return `[${values(elements(code, i))}]`;
    case Op.Dict:
      return `{${entries(code, i)
        .map(([key, each]) => (key < 0 ? `**${value(each)}` : `${value(key)}: ${value(each)}`))
        .join(', ')}}`;
    case Op.Slice:
      return `${value(a)} ${value(b)} ${value(c)}`;
    case Op.Function: {
      const { decorators, defaults, annotations, returns } = functionExtra(code, i);
      const pairs = (list: typeof defaults): string =>
        list.map((each) => `${each.parameter}: ${value(each.value)}`).join(', ');
      return `#${a} decorators [${values(decorators)}] defaults {${pairs(defaults)}} annotations {${pairs(annotations)}} -> ${value(returns)}`;
    }
    case Op.Class: {
      const { decorators, bases } = classExtra(code, i);
      return `#${a} decorators [${values(decorators)}] bases (${bases.map((each) => argument(each.keyword) + value(each.value)).join(', ')})`;
    }
    case Op.Import:
      return `${'.'.repeat(c)}${name(a)}${b < 0 ? '' : ` member ${name(b)}`}`;
    case Op.ImportStar:
      return `${'.'.repeat(c)}${name(a)}`;
    case Op.Element:
      return `${c === 1 ? 'async ' : ''}${value(a)}`;
    case Op.Unpack:
      return `${value(a)} at ${c === -1 ? 'rest' : c}`;
    case Op.Comprehension:
      return COMPREHENSIONS[c] as string;
    case Op.Collect:
      return `${value(a)} <- ${c < 0 ? '' : `${value(c)}: `}${value(b)}`;
    case Op.StoreLocal:
      return `${slot(a)} = ${value(b)}`;
    case Op.StoreGlobal:
      return `${name(a)} = ${value(b)}`;
    case Op.StoreCaptured:
      return `${name(a)} out ${c} = ${value(b)}`;
    case Op.StoreAttribute:
      return `${value(a)} .${name(b)} = ${value(c)}`;
    case Op.StoreItem:
      return `${value(a)} [${value(b)}] = ${value(c)}`;
    case Op.Annotate:
      return `${a < 0 ? '' : `${value(a)} .`}${name(c)}: ${value(b)}`;
    case Op.If:
      return `${value(a)} ${ORIGINS[c]}`;
    case Op.Loop:
      return `${value(a)} ${LOOPS[c]}`;
    case Op.Break:
      return a === 1 ? 'exhausted' : '';
    case Op.Except:
      return `${value(a)}${c === 1 ? ' group' : ''}`;
    case Op.With:
      return `${c === 1 ? 'async ' : ''}${value(a)}`;
    case Op.Raise:
      return `${value(a)}${b < 0 ? '' : ` from ${value(b)}`}`;
    case Op.Star:
    case Op.Await:
    case Op.Yield:
    case Op.YieldFrom:
    case Op.Entered:
    case Op.Caught:
    case Op.Discard:
    case Op.Return:
      return value(a);
    default:
      return '';
  }
}
