// Copies tree-sitter's tree into the flat columns through its public cursor, without recursion, so that no
// depth of nesting can overflow. Calls into the WebAssembly module are what this costs: it asks only for
// what the lowering reads. Decides nothing about meaning.

import type { TreeCursor } from 'web-tree-sitter';
import type { FlatTree } from './flat-tree';
import { type Grammar, Kind } from './grammar';

/** Says of a function or class body whether the walk should leave it out (absolute offsets of the definition). */
export type SkipBody = (
  definitionStart: number,
  definitionEnd: number,
  bodyStart: number,
  bodyEnd: number,
) => boolean;

/** Fills `into` with the tree under the cursor. `text` is the text that was parsed. */
export function walkCursor(
  cursor: TreeCursor,
  grammar: Grammar,
  text: string,
  into: FlatTree,
  skip?: SkipBody,
): void {
  const { kinds, leaves, tokenParents } = grammar;
  const path: number[] = [];
  let parent = Kind.Skip;
  for (;;) {
    const kind = kinds[cursor.nodeTypeId] as Kind;
    let descend = false;
    if (kind >= Kind.FirstToken) {
      if (tokenParents[parent] === 1) into.open(kind, 0, 0);
      if (into.broken && cursor.nodeIsMissing) into.noteError(cursor.startIndex, cursor.startIndex);
    } else if (kind !== Kind.Skip) {
      const start = cursor.startIndex;
      const end = cursor.endIndex;
      if (kind === Kind.Comment) {
        into.comments.push(start, end);
      } else {
        const node = into.open(kind, start, end);
        if (kind === Kind.Error) into.noteError(start, end);
        else if (start === end && into.broken && cursor.nodeIsMissing) into.noteError(start, end);
        descend = leaves[kind] === 0 && (kind !== Kind.String || mayInterpolate(text, start));
        if (descend && skip !== undefined && kind === Kind.Block && isDefinition(parent)) {
          const owner = path[path.length - 1] as number;
          descend = !skip(into.start[owner] as number, into.end[owner] as number, start, end);
        }
        if (descend && cursor.gotoFirstChild()) {
          path.push(node);
          parent = kind;
          continue;
        }
      }
    } else if (into.broken && cursor.nodeIsMissing) {
      into.noteError(cursor.startIndex, cursor.startIndex);
    }
    while (!cursor.gotoNextSibling()) {
      const done = path.pop();
      if (done === undefined || !cursor.gotoParent()) return;
      into.close(done);
      const outer = path[path.length - 1];
      parent = outer === undefined ? Kind.Skip : (into.kind[outer] as Kind);
    }
  }
}

function isDefinition(kind: Kind): boolean {
  return kind === Kind.FunctionDefinition || kind === Kind.ClassDefinition;
}

/** True when the letters before a string's quote make it an f-string (or a t-string): only then it has parts. */
export function mayInterpolate(text: string, start: number): boolean {
  for (let i = start; i < start + 3; i++) {
    const letter = text.charCodeAt(i) | 32;
    if (letter === 102 || letter === 116) return true;
    if (letter !== 114 && letter !== 98 && letter !== 117) return false;
  }
  return false;
}
