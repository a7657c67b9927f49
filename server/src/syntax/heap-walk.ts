// Copies tree-sitter's tree into the flat columns straight from the memory of the WebAssembly module, several
// times faster than through the cursor. It relies on the layout of structures that the library does not promise; so
// `checkHeapWalk` compares it with the cursor when the parser is loaded, and whoever reads an impossible tree throws.
//
// Layout (32-bit, little endian; one line = one 32-bit word, `|` from the low end):
//   tree:          root subtree (2 words)
//   subtree:       inline bit set:   inline 1, visible 1, named 1, extra 1, changed 1, missing 1, keyword 1, - 1
//                                    | symbol 8 | parse state 16,   then padding columns 8 | rows, lookahead 8
//                                    | padding bytes 8 | size bytes 8
//                  inline bit clear: address of a node, then nothing
//   node:          0 references, 1 padding bytes, 2-3 its rows, columns, 4 size bytes, 5-6 its rows, columns,
//                  7 lookahead, 8 error cost, 9 child count, 10 symbol 16 | parse state 16,
//                  11 flags (visible 0, extra 2, missing 9), 12 visible children, 13-15, 16 repeat 16 | production 16
//   its children:  subtrees that end where the node begins
//   language:      1 symbol count, 2 alias count, 7 production count, 9 alias sequence length 16, 21 alias sequences

import type { SkipBody } from './cursor-walk';
import { mayInterpolate } from './cursor-walk';
import type { FlatTree } from './flat-tree';
import { type Grammar, Kind } from './grammar';

/** The module object that the runtime fills in; its views are replaced when the memory grows. */
export interface HeapOwner {
  readonly HEAPU8?: Uint8Array;
}

const FRAME = 6;

/** Reads trees out of the module's memory. */
export class HeapWalk {
  private readonly aliases: Uint16Array;
  private readonly aliasWidth: number;
  /** Frames of the nodes being read: next child, end of children, offset, structural index, alias sequence, flat node that owns them. */
  private frames = new Int32Array(FRAME * 256);

  constructor(
    private readonly owner: HeapOwner,
    private readonly grammar: Grammar,
    language: number,
  ) {
    const words = this.words();
    const at = language >> 2;
    const productions = word(words, at + 7);
    this.aliasWidth = word(words, at + 9) & 0xffff;
    const length = productions * this.aliasWidth;
    if (!(length > 0 && length < 1 << 20)) throw new Error(NOT_UNDERSTOOD);
    const from = word(words, at + 21);
    this.aliases = new Uint16Array(words.buffer.slice(from, from + 2 * length));
  }

  private words(): Int32Array {
    const heap = this.owner.HEAPU8;
    if (heap === undefined) throw new Error(NOT_UNDERSTOOD);
    return new Int32Array(heap.buffer, 0, heap.buffer.byteLength >> 2);
  }

  /** Fills `into` with the tree whose handle is at `address`. */
  walk(address: number, text: string, into: FlatTree, skip?: SkipBody): void {
    const { kinds, leaves, tokenParents } = this.grammar;
    const { aliases, aliasWidth } = this;
    const words = this.words();
    const { broken } = into;
    // A well-formed tree needs far fewer steps; a misread one may have no end.
    let steps = 256 * (text.length + 256);
    let frames = this.frames;
    let depth = 0;
    let at = address;
    let stop = address + 8;
    let offset = 0;
    let structural = 0;
    let sequence = 0;
    let node = -1;
    let parent = Kind.Skip as Kind;
    // The first child begins where its parent does: the parent's padding is the child's.
    let first = false;
    for (;;) {
      if (at === stop) {
        if (depth === 0) return;
        depth--;
        const frame = depth * FRAME;
        // A hidden node opened none of its own: its frame has the owner of the frame around it.
        if (node !== frames[frame + 5]) into.close(node);
        at = frames[frame] as number;
        stop = frames[frame + 1] as number;
        offset = frames[frame + 2] as number;
        structural = frames[frame + 3] as number;
        sequence = frames[frame + 4] as number;
        node = frames[frame + 5] as number;
        parent = node < 0 ? Kind.Skip : (into.kind[node] as Kind);
        first = false;
        continue;
      }
      if (--steps < 0) throw new Error(NOT_UNDERSTOOD);
      const low = word(words, at >> 2);
      let symbol: number;
      let padding: number;
      let size: number;
      let visible: number;
      let extra: number;
      let missing: number;
      let children = 0;
      if ((low & 1) !== 0) {
        const high = word(words, (at >> 2) + 1);
        symbol = (low >>> 8) & 255;
        padding = (high >>> 16) & 255;
        size = high >>> 24;
        visible = low & 2;
        extra = low & 8;
        missing = low & 32;
      } else {
        const base = low >> 2;
        const flags = word(words, base + 11);
        symbol = word(words, base + 10) & 0xffff;
        padding = words[base + 1] as number;
        size = words[base + 4] as number;
        visible = flags & 1;
        extra = flags & 4;
        missing = flags & 512;
        children = words[base + 9] as number;
      }
      const from = first ? offset : offset + padding;
      first = false;
      offset = from + size;
      at += 8;
      if (extra === 0) {
        const alias = sequence === 0 ? 0 : (aliases[sequence + structural] as number);
        if (alias !== 0) {
          symbol = alias;
          visible = 1;
        }
        structural++;
      }
      let opened = node;
      let openedKind = parent;
      if (visible !== 0 || depth === 0) {
        const kind = kinds[symbol] as Kind;
        const start = from >> 1;
        if (broken && missing !== 0) into.noteError(start, start);
        if (kind === Kind.Skip) continue;
        if (kind >= Kind.FirstToken) {
          if (tokenParents[parent] === 1) into.open(kind, 0, 0);
          continue;
        }
        const end = offset >> 1;
        if (kind === Kind.Comment) {
          into.comments.push(start, end);
          continue;
        }
        if (kind === Kind.Error) into.noteError(start, end);
        opened = into.open(kind, start, end);
        openedKind = kind;
        if (children === 0 || leaves[kind] === 1) continue;
        if (kind === Kind.String && !mayInterpolate(text, start)) continue;
        if (skip !== undefined && kind === Kind.Block && isDefinition(parent)) {
          if (skip(into.start[node] as number, into.end[node] as number, start, end)) continue;
        }
      } else if (children === 0 || words[(low >> 2) + 12] === 0) continue;
      if (depth * FRAME === frames.length) {
        frames = new Int32Array(frames.length * 2);
        frames.set(this.frames);
        this.frames = frames;
      }
      const frame = depth * FRAME;
      frames[frame] = at;
      frames[frame + 1] = stop;
      frames[frame + 2] = offset;
      frames[frame + 3] = structural;
      frames[frame + 4] = sequence;
      frames[frame + 5] = node;
      depth++;
      stop = low;
      at = low - 8 * children;
      offset = from;
      structural = 0;
      sequence = (word(words, (low >> 2) + 16) >>> 16) * aliasWidth;
      node = opened;
      parent = openedKind;
      first = true;
    }
  }
}

const NOT_UNDERSTOOD =
  'The tree in memory does not have the expected layout; it must be read through the cursor.';

function isDefinition(kind: Kind): boolean {
  return kind === Kind.FunctionDefinition || kind === Kind.ClassDefinition;
}

function word(words: Int32Array, index: number): number {
  const value = words[index];
  if (value === undefined) throw new Error(NOT_UNDERSTOOD);
  return value;
}
