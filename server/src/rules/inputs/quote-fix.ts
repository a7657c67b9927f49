// The fix of an untrusted command: `shlex.quote` around the value where it is put into a shell's command line. Only
// where the text around it shows that the value stands as a word of its own, outside of quotes.

import type { Flow } from '../../flow/values/summary';
import { SinkMode } from '../../flow/values/summary';
import type { Scope } from '../../program/program';
import { BinaryOperator, ConstantKind, Op } from '../../syntax/code';
import { elements, positional } from '../../syntax/code-reader';
import type { Analysis } from '../../whole/analysis';
import { type FoundRead, findRead } from '../expression-search';
import type { FixProposal } from '../finding';
import { nameAt } from '../flow-words';

/** Proposals that quote every value of one command; none when one of them does not stand as a word. */
export function quoteFixes(analysis: Analysis, group: readonly Flow[]): readonly FixProposal[] {
  const spans: { readonly start: number; readonly end: number }[] = [];
  let name = '';
  for (const flow of group) {
    if (flow.use.mode !== SinkMode.Shell) return [];
    const found = findRead(analysis, flow);
    if (found === null || !isWord(found)) return [];
    const { start, end } = analysis.program.span(found.scope, found.at);
    if (!spans.some((span) => span.start === start)) spans.push({ start, end });
    name ||= nameAt(analysis, found.scope.id, found.at);
  }
  const { file } = analysis.program.scopes[group[0]!.use.scope]!;
  const what = spans.length > 1 ? 'the values' : `\`${name}\``;
  const imported = importedQuote(analysis.program.scopes[file.firstScope]!);
  return [
    {
      kind: 'quote-argument',
      title: `Quote ${what} for the shell`,
      safe: true,
      data: {
        spans,
        quote: imported ?? 'shlex.quote',
        importAt: imported === null ? importPlace(file, analysis) : -1,
      },
    },
  ];
}

/** How the module can call the quoting function, or null when it has not imported it. */
function importedQuote(module: Scope): string | null {
  const { op, a, b, c } = module.code;
  const { names } = module.file.source;
  for (let at = 0; at < op.length; at++) {
    if (op[at] !== Op.StoreGlobal || op[b[at]!] !== Op.Import) continue;
    const from = b[at]!;
    const member = b[from]! < 0 ? '' : names[b[from]!]!;
    if (c[from] !== 0 || (names[a[from]!] !== 'shlex' && names[a[from]!] !== 'pipes')) continue;
    if (member === '') return `${names[a[at]!]}.quote`;
    if (member === 'quote') return names[a[at]!]!;
  }
  return null;
}

/** Offset of the first import of the module that is not of `__future__`; the start of its first statement else. */
function importPlace(file: Scope['file'], analysis: Analysis): number {
  const module = analysis.program.scopes[file.firstScope]!;
  const { op, a } = module.code;
  for (let at = 0; at < op.length; at++) {
    if (op[at] === Op.Import && file.source.names[a[at]!] !== '__future__')
      return analysis.program.span(module, at).start;
  }
  return -2;
}

/** Whether the value stands as a word of its own in the command line that it is put into. */
function isWord({ scope, at, parent }: FoundRead): boolean {
  if (parent < 0) return false;
  const { op, a, b, c } = scope.code;
  switch (op[parent] as Op) {
    case Op.Interpolate: {
      const format = whoHas(scope, parent);
      if (format < 0 || b[parent] !== 0 || c[parent]! >= 0) return false;
      const parts = elements(scope.code, format);
      const place = parts.indexOf(parent);
      const before = place === 0 ? '' : text(scope, parts[place - 1]!);
      const after = place === parts.length - 1 ? '' : text(scope, parts[place + 1]!);
      return (
        before !== null &&
        after !== null &&
        before !== '' &&
        isBoundary(before, after) &&
        !inQuotes(scope, parts, place)
      );
    }
    case Op.Binary: {
      const operator = c[parent]! & ~BinaryOperator.InPlace;
      const left = text(scope, a[parent]!);
      if (left === null || b[parent] !== at) return false;
      if (operator === BinaryOperator.Add) return isBoundary(left, '') && balanced(left);
      return operator === BinaryOperator.Modulo && isPlaceholderWord(left, /%s/);
    }
    case Op.Tuple: {
      const format = scope.code.op.indexOf(Op.Binary, parent);
      const left = format < 0 || b[format] !== parent ? null : text(scope, a[format]!);
      const place = elements(scope.code, parent).indexOf(at);
      return left !== null && isPlaceholderWord(left, /%s/, place);
    }
    case Op.Call: {
      const callee = a[parent]!;
      if (op[callee] !== Op.Attribute || scope.file.source.names[b[callee]!] !== 'format') return false;
      const left = text(scope, a[callee]!);
      const place = [0, 1, 2, 3].find((k) => positional(scope.code, parent, k) === at);
      return left !== null && place !== undefined && isPlaceholderWord(left, /\{\}/, place);
    }
    default:
      return false;
  }
}

function whoHas(scope: Scope, part: number): number {
  for (let at = part + 1; at < scope.code.op.length; at++) {
    if (scope.code.op[at] === Op.Format && elements(scope.code, at).includes(part)) return at;
  }
  return -1;
}

function text(scope: Scope, at: number): string | null {
  if (scope.code.op[at] !== Op.Const) return null;
  const { kind, text: value } = scope.file.source.constants[scope.code.a[at]!]!;
  return kind === ConstantKind.String ? value : null;
}

/** A word begins after a blank or `=`, and ends before a blank, a separator or the end. */
function isBoundary(before: string, after: string): boolean {
  return /[\s=]$/.test(before) && /^$|^[\s;|&>)]/.test(after);
}

function balanced(piece: string): boolean {
  return (piece.match(/'/g)?.length ?? 0) % 2 === 0 && (piece.match(/"/g)?.length ?? 0) % 2 === 0;
}

function inQuotes(scope: Scope, parts: ArrayLike<number>, place: number): boolean {
  let before = '';
  for (let k = 0; k < place; k++) before += text(scope, parts[k]!) ?? '';
  return !balanced(before);
}

/** Whether a placeholder of a format (the only one, or the k-th) stands as a word. */
function isPlaceholderWord(format: string, placeholder: RegExp, place = 0): boolean {
  const pieces = format.split(placeholder);
  if (pieces.length < place + 2 || /%[^s%]|%%|\{[^}]/.test(format)) return false;
  const before = pieces.slice(0, place + 1);
  return isBoundary(before[place]!, pieces[place + 1]!) && balanced(before.join(''));
}
