// The one owner of web-tree-sitter: loads it, parses, and frees every tree as soon as it has been read.
// Hands out SourceFiles; nobody else sees a tree or a node.

import { Language, Parser, type Tree } from 'web-tree-sitter';
import type { SourceFile } from './code';
import { type SkipBody, walkCursor } from './cursor-walk';
import { Document, type DocumentParser } from './document';
import { FlatTree } from './flat-tree';
import { type Grammar, mapGrammar } from './grammar';
import { SAMPLE, sameTree } from './heap-check';
import { type HeapOwner, HeapWalk } from './heap-walk';
import { lowerFile, unreadFile } from './lower/lower-file';
import type { Scope } from './lower/scope';
import { Tables } from './lower/tables';

/** Where the two WebAssembly modules come from: bytes, or for the runtime an address that its loader can fetch. */
export interface ParserSources {
  readonly runtimeWasm: Uint8Array | string;
  readonly languageWasm: Uint8Array;
  /** False: read trees through the public cursor only. For comparison; it is slower. */
  readonly heap?: boolean;
  /** How many hundred steps the parser may take for a text of some length before it gives up; for tests. */
  readonly stepLimit?: (length: number) => number;
}

/** Loads the runtime and the grammar. Call once per process or worker. */
export async function loadParser(sources: ParserSources): Promise<PythonParser> {
  const { runtimeWasm } = sources;
  // The runtime fills this very object in, with its memory among others.
  const options: HeapOwner & Parameters<typeof Parser.init>[0] =
    typeof runtimeWasm === 'string'
      ? { locateFile: () => runtimeWasm }
      : // Its place is asked even when the bytes are there, and a worker made from data has none.
        { wasmBinary: copyOf(runtimeWasm), locateFile: (name: string) => name };
  await Parser.init(options);
  const language = await Language.load(sources.languageWasm);
  const parser = new Parser();
  parser.setLanguage(language);
  const grammar = mapGrammar(language.types, (symbol) => language.nodeTypeIsNamed(symbol));
  const loaded = new PythonParser(parser, grammar, sources.stepLimit ?? stepLimit);
  if (sources.heap !== false) loaded.tryHeap(options, handleOf(language));
  return loaded;
}

/** Common code takes a hundred steps for 200 code units, hostile text for 20. */
function stepLimit(length: number): number {
  return 1000 + length / 4;
}

/** The address that the library keeps in its objects. */
function handleOf(object: Tree | Language): number {
  return (object as unknown as Readonly<Record<number, number>>)[0] ?? 0;
}

function copyOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.slice().buffer as ArrayBuffer;
}

/** Parses and lowers Python. Not reentrant: its buffers are reused from file to file. */
export class PythonParser implements DocumentParser {
  readonly tree = new FlatTree();
  readonly pool: Scope[] = [];
  private heap: HeapWalk | undefined;

  /** Use `loadParser`. */
  constructor(
    private readonly parser: Parser,
    private readonly grammar: Grammar,
    private readonly limit: (length: number) => number,
  ) {}

  /** Parses and lowers a whole file. Never throws on any text. */
  compile(text: string): SourceFile {
    const parsed = this.parse(text);
    if (parsed === null) return unreadFile(text);
    try {
      this.walk(parsed, text);
    } finally {
      parsed.delete();
    }
    return lowerFile(this.tree, text, { tables: new Tables(), pool: this.pool }).file;
  }

  /** Opens a file for editing. Close it when the editor does. */
  open(text: string): Document {
    return new Document(this, text);
  }

  parse(text: string, before?: Tree): Tree | null {
    // A count, not a clock: the same text gives the same outcome on every machine.
    let left = this.limit(text.length);
    const tree = this.parser.parse(text, before, { progressCallback: () => --left < 0 });
    if (tree === null) this.parser.reset();
    return tree;
  }

  walk(parsed: Tree, text: string, skip?: SkipBody): void {
    if (this.heap !== undefined && this.walkHeap(this.heap, parsed, text, skip)) return;
    const { tree } = this;
    tree.clear();
    const cursor = parsed.walk();
    tree.broken = parsed.rootNode.hasError;
    walkCursor(cursor, this.grammar, text, tree, skip);
    cursor.delete();
  }

  /** True when trees are read from the module's memory rather than through the cursor. */
  get readsHeap(): boolean {
    return this.heap !== undefined;
  }

  /** Reads trees from the module's memory from now on, if that gives what the cursor gives. */
  tryHeap(owner: HeapOwner, language: number): void {
    const parsed = this.parse(SAMPLE);
    if (parsed === null) return;
    this.walk(parsed, SAMPLE);
    const byHeap = new FlatTree();
    try {
      const heap = new HeapWalk(owner, this.grammar, language);
      byHeap.broken = this.tree.broken;
      heap.walk(handleOf(parsed), SAMPLE, byHeap);
      if (sameTree(this.tree, byHeap)) this.heap = heap;
    } catch {
      // Another layout: the cursor it is.
    } finally {
      parsed.delete();
    }
  }

  private walkHeap(heap: HeapWalk, parsed: Tree, text: string, skip?: SkipBody): boolean {
    const { tree } = this;
    tree.clear();
    tree.broken = parsed.rootNode.hasError;
    try {
      heap.walk(handleOf(parsed), text, tree, skip);
      return true;
    } catch {
      this.heap = undefined;
      return false;
    }
  }
}
