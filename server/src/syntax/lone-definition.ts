// An edit within the body of a function: the function alone is parsed, as what stands around it means the same with any
// body that ends where the old one ended. Decides where that holds, and refuses everything else. In a text that has
// errors elsewhere, a parser that starts afresh may see more of them: see `Document.settle`.

import type { Tree } from 'web-tree-sitter';
import type { TextEdit } from '../text/span';
import { ScopeKind, type SourceFile } from './code';
import type { SkipBody } from './cursor-walk';
import type { FlatTree } from './flat-tree';
import { Kind } from './grammar';
import { maySpill } from './open-end';

/** A function that no other one encloses, around an edit. Absolute offsets before the edit. */
export interface LoneDefinition {
  /** Index of its code. */
  readonly index: number;
  /** Its `def`, or `async`. */
  readonly start: number;
  readonly end: number;
  /** The white space before it. */
  readonly indentation: string;
  /** Behind the comments and empty lines after it, where the next line with code begins. */
  readonly next: number;
}

/** A definition in a flat tree of a text of its own. */
export interface ParsedDefinition {
  readonly text: string;
  readonly node: number;
  /** Add it to an offset of the tree for that of the text. */
  readonly shift: number;
}

/** A function this short is parsed alone in files of any length; longer ones where they are a small part of it. */
const short = 2000;
const smallPart = 6;

/** Deeper than people indent: the grammar does not remember any depth of blocks. */
const deepest = 100;

const wrapper = 'if 1:\n';

/** What the parser and its walk do here. */
export interface DefinitionParser {
  readonly tree: FlatTree;
  parse(text: string): Tree | null;
  walk(parsed: Tree, text: string, skip?: SkipBody): void;
}

/** The function around an edit that may be parsed alone; null where there is none. */
export function definitionAround(
  { codes, errors, notes }: SourceFile,
  subtree: readonly number[],
  text: string,
  edit: TextEdit,
): LoneDefinition | null {
  if (notes.length > 0) return null;
  let index = 1;
  while (index < codes.length) {
    const code = codes[index]!;
    if (edit.start <= code.base || edit.end > code.base + code.length) index += subtree[index]!;
    else if (code.kind === ScopeKind.Class) {
      if (hasTypeParameters(text, code.base + code.nameEnd)) return null;
      index++;
    } else break;
  }
  const code = codes[index];
  if (code?.kind !== ScopeKind.Function || hasTypeParameters(text, code.base + code.nameEnd)) return null;
  const { base: start, length } = code;
  if (length > short && length * smallPart > text.length) return null;
  const lineStart = text.lastIndexOf('\n', start) + 1;
  const indentation = text.slice(lineStart, start);
  const end = start + length;
  const next = nextCode(text, end);
  if (errors.some((error) => error.start <= next && error.end >= lineStart)) return null;
  if (next < 0 || indentation.length > deepest || /[^ \t]/.test(indentation)) return null;
  return { index, start, end, indentation, next };
}

/** The definition after an edit, in the parser's flat tree; null where more than its body is another one. */
export function parseAlone(
  parser: DefinitionParser,
  { start, end, indentation, next }: LoneDefinition,
  before: string,
  edit: TextEdit,
): ParsedDefinition | null {
  const prefix = indentation === '' ? '' : `${wrapper}${indentation}`;
  const text = prefix + before.slice(start, edit.start) + edit.text + before.slice(edit.end, next);
  if (maySpill(text)) return null;
  const parsed = parser.parse(text);
  if (parsed === null) return null;
  parser.walk(parsed, text);
  parsed.delete();
  const { tree } = parser;
  if (tree.broken) return null;
  let block = 0;
  if (prefix !== '') {
    const wrapped = onlyChild(tree, 0);
    block = wrapped < 0 ? -1 : tree.childOf(wrapped, Kind.Block);
    if (block < 0 || tree.past[block] !== tree.past[wrapped]) return null;
  }
  const node = onlyChild(tree, block);
  if (node < 0 || tree.kind[node] !== Kind.FunctionDefinition) return null;
  const shift = start - prefix.length;
  const body = tree.childOf(node, Kind.Block);
  const isSame =
    tree.start[node] === prefix.length &&
    body >= 0 &&
    // The head ends where it did if something of the body comes before the edit.
    tree.start[body]! + shift < edit.start &&
    tree.end[node]! + shift === end + edit.text.length - (edit.end - edit.start);
  return isSame ? { text, node, shift } : null;
}

/** The only child of a node of the flat tree, or -1. */
function onlyChild(tree: FlatTree, parent: number): number {
  const child = parent + 1;
  return child < tree.size && tree.past[child] === tree.past[parent] ? child : -1;
}

/** Names of type parameters are seen from within a definition, though they are none of a function around it. */
function hasTypeParameters(text: string, nameEnd: number): boolean {
  return /^[\s\\]*\[/.test(text.slice(nameEnd, nameEnd + 50));
}

/** Where the first line after an offset begins that has more than a comment; -1 where the line of the offset has more. */
function nextCode(text: string, from: number): number {
  let at = from;
  for (;;) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    if (!/^[ \t\r\f]*(#|$)/.test(text.slice(at, end))) return at === from ? -1 : at;
    if (newline < 0) return text.length;
    at = newline + 1;
  }
}
