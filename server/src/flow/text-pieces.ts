// What a text is put together from within one function: concatenation, `%`, `format`, f-strings, `join` of a list that is
// written out, through variables. Resolves no name; where a merge offers several texts, the one of most pieces is taken.

import type { Scope } from '../program/program';
import { BinaryOperator, ConstantKind, Op } from '../syntax/code';
import { callArguments, elements, entries } from '../syntax/code-reader';
import type { Numbering } from './numbering';

/** A constant part, or (with `at`) a value that is put in. */
export interface Piece {
  readonly text: string;
  /** The value instruction, or -1 for a constant part. */
  readonly at: number;
  /** The conversion it is put in by: `s`, `d`, `r`... */
  readonly conversion: string;
}

const maximumPieces = 64;
const maximumDepth = 40;

/** The pieces of a text, neighbouring constants as one; null where the value is no text that this function makes. */
export function textPieces(numbering: Numbering, scope: Scope, value: number): readonly Piece[] | null {
  const found = new Search(numbering, scope).piecesOf(value, 0);
  if (found.length === 0 || (found.length === 1 && found[0]!.at >= 0)) return null;
  return merged(found);
}

class Search {
  /** Merges on the way: a text that a loop makes out of itself comes back to its own. */
  private readonly open = new Set<number>();

  constructor(
    private readonly numbering: Numbering,
    private readonly scope: Scope,
  ) {}

  piecesOf(value: number, depth: number): Piece[] {
    if (value < 0) return [];
    const number = this.numbering.number[value]!;
    return number < 0 || depth > maximumDepth ? [hole(value)] : this.ofNumber(number, value, depth);
  }

  private ofNumber(number: number, value: number, depth: number): Piece[] {
    const { count, slotCount, phis } = this.numbering;
    if (number < count) return this.ofInstruction(number, value, depth);
    if (number < count + slotCount || this.open.has(number)) return [hole(value)];
    this.open.add(number);
    let best: Piece[] = [hole(value)];
    for (const each of phis[number - count - slotCount]!) {
      const pieces = each < 0 ? [] : this.ofNumber(each, value, depth + 1);
      if (pieces.length > best.length || (pieces.length === best.length && isHole(best))) best = pieces;
    }
    this.open.delete(number);
    return best;
  }

  private ofInstruction(at: number, value: number, depth: number): Piece[] {
    const { code, file } = this.scope;
    const next = depth + 1;
    switch (code.op[at] as Op) {
      case Op.Const: {
        const { kind, text } = file.source.constants[code.a[at]!]!;
        const isText = kind === ConstantKind.String || kind === ConstantKind.Bytes;
        return isText || kind === ConstantKind.Integer ? [constant(text)] : [hole(value)];
      }
      case Op.Binary: {
        const operator = code.c[at]! & ~BinaryOperator.InPlace;
        if (operator === BinaryOperator.Add)
          return limited([...this.piecesOf(code.a[at]!, next), ...this.piecesOf(code.b[at]!, next)]);
        if (operator === BinaryOperator.Modulo) return this.percent(at, next) ?? [hole(value)];
        return [hole(value)];
      }
      case Op.Format:
        return limited([...elements(code, at)].flatMap((each) => this.piecesOf(each, next)));
      case Op.Interpolate: {
        const specification = code.c[at]! < 0 ? '' : constantText(this.scope, code.c[at]!);
        const conversion = code.b[at]! > 0 ? String.fromCharCode(code.b[at]!) : lastLetter(specification);
        return this.piecesOf(code.a[at]!, next).map((piece) => converted(piece, conversion));
      }
      case Op.Call:
        return this.call(at, next) ?? [hole(value)];
      default:
        return [hole(value)];
    }
  }

  /** `'...%s' % values`. */
  private percent(at: number, depth: number): Piece[] | null {
    const { code } = this.scope;
    const left = this.piecesOf(code.a[at]!, depth);
    if (left.some((piece) => piece.at >= 0)) return null;
    const format = left.map((piece) => piece.text).join('');
    const right = code.b[at]!;
    const given = code.op[right] as Op;
    const values = given === Op.Tuple ? elements(code, right) : null;
    const named = given === Op.Dict ? entries(code, right) : null;
    const pieces: Piece[] = [];
    let from = 0;
    let k = 0;
    for (const match of format.matchAll(conversions)) {
      pieces.push(constant(format.slice(from, match.index)));
      from = match.index + match[0].length;
      if (match[2] === '%') {
        pieces.push(constant('%'));
        continue;
      }
      const key = match[1];
      const put =
        key === undefined
          ? values === null
            ? right
            : (values[k++] ?? -1)
          : (named?.find(([name]) => name >= 0 && constantText(this.scope, name) === key)?.[1] ?? -1);
      if (put < 0) pieces.push({ text: '', at: right, conversion: match[2]! });
      else pieces.push(...this.piecesOf(put, depth).map((piece) => converted(piece, match[2]!)));
    }
    pieces.push(constant(format.slice(from)));
    return limited(pieces);
  }

  /** `'{}'.format(...)`, `' '.join([...])`, and what leaves a text as it is but for its ends and letters. */
  private call(at: number, depth: number): Piece[] | null {
    const { code, file } = this.scope;
    const callee = code.a[at]!;
    if (code.op[callee] !== Op.Attribute) return null;
    const name = file.source.names[code.b[callee]!]!;
    if (
      name === 'encode' ||
      name === 'strip' ||
      name === 'lstrip' ||
      name === 'rstrip' ||
      name === 'decode'
    ) {
      const pieces = this.piecesOf(code.a[callee]!, depth);
      return pieces.length === 1 && isHole(pieces) ? null : pieces;
    }
    if (name === 'format') return this.format(at, code.a[callee]!, depth);
    if (name !== 'join') return null;
    const list = callArguments(code, at)[0]?.value ?? -1;
    const made = list < 0 ? -1 : this.numbering.number[list]!;
    if (made < 0 || made >= this.numbering.count) return null;
    if (code.op[made] !== Op.List && code.op[made] !== Op.Tuple) return null;
    const between = this.piecesOf(code.a[callee]!, depth);
    return limited(
      [...elements(code, made)].flatMap((each, k) => [
        ...(k === 0 ? [] : between),
        ...(code.op[each] === Op.Star ? [hole(each)] : this.piecesOf(each, depth)),
      ]),
    );
  }

  private format(at: number, receiver: number, depth: number): Piece[] | null {
    const { code, file } = this.scope;
    const base = this.piecesOf(receiver, depth);
    if (base.some((piece) => piece.at >= 0)) return null;
    const format = base.map((piece) => piece.text).join('');
    const given = callArguments(code, at);
    const pieces: Piece[] = [];
    let from = 0;
    let k = 0;
    for (const match of format.matchAll(fields)) {
      pieces.push(constant(format.slice(from, match.index)));
      from = match.index + match[0].length;
      if (match[0] === '{{' || match[0] === '}}') {
        pieces.push(constant(match[0][0]!));
        continue;
      }
      const name = match[1]!;
      const found = /^\d*$/.test(name)
        ? given.filter(({ keyword }) => keyword === -1)[name === '' ? k++ : Number(name)]
        : given.find(({ keyword }) => keyword >= 0 && file.source.names[keyword] === name);
      const conversion = match[3] ?? lastLetter(match[4] ?? '');
      const isWhole = match[2] === '';
      if (found === undefined || !isWhole) pieces.push({ text: '', at: found?.value ?? at, conversion });
      else pieces.push(...this.piecesOf(found.value, depth).map((piece) => converted(piece, conversion)));
    }
    pieces.push(constant(format.slice(from)));
    return limited(pieces);
  }
}

const conversions = /%(?:\((\w*)\))?[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?[hlL]?([diouxXeEfFgGcrsa%])/g;
const fields = /\{\{|\}\}|\{(\w*)((?:\.\w+|\[[^\]]*\])*)(?:!([rsa]))?(?::([^{}]*))?\}/g;

function hole(at: number): Piece {
  return { text: '', at, conversion: 's' };
}

function constant(text: string): Piece {
  return { text, at: -1, conversion: '' };
}

function isHole(pieces: readonly Piece[]): boolean {
  return pieces.length === 1 && pieces[0]!.at >= 0;
}

function converted(piece: Piece, conversion: string): Piece {
  return piece.at < 0 || conversion === '' || conversion === 's' ? piece : { ...piece, conversion };
}

function lastLetter(specification: string): string {
  return /[a-zA-Z]$/.exec(specification)?.[0] ?? 's';
}

function constantText({ code, file }: Scope, at: number): string {
  return code.op[at] === Op.Const ? file.source.constants[code.a[at]!]!.text : '';
}

function limited(pieces: Piece[]): Piece[] {
  return pieces.length > maximumPieces ? pieces.slice(0, maximumPieces) : pieces;
}

function merged(pieces: readonly Piece[]): readonly Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const before = all[all.length - 1];
    if (piece.at < 0 && before !== undefined && before.at < 0)
      all[all.length - 1] = constant(before.text + piece.text);
    else if (piece.at >= 0 || piece.text !== '') all.push(piece);
  }
  return all;
}
