// From a flat tree to a SourceFile: puts the forms of all construct families into one table and lowers the module.

import { findLineStarts, lineAt } from '../../text/line-index';
import { type Code, type Comment, ScopeKind, type SourceFile } from '../code';
import { FlatTree } from '../flat-tree';
import { Kind } from '../grammar';
import { callForms } from './calls';
import { comprehensionForms } from './comprehensions';
import { controlForms } from './control';
import { definitionForms, docstringOf, lambdaForms } from './definitions';
import { expressionForms } from './expressions';
import { importForms } from './imports';
import { DEPTH_LIMIT, type Forms, Lowering } from './lowering';
import { matchForms } from './match';
import { operatorForms } from './operators';
import type { KeptCodes, Leftovers } from './reuse';
import type { Scope } from './scope';
import { statementForms } from './statements';
import { stringForms } from './strings';
import { detached, Tables } from './tables';
import { targetForms } from './targets';
import { typeAliasForms, typeCallForms } from './type-aliases';

function byKind<T>(...families: readonly (readonly (readonly [Kind, T])[])[]): (T | undefined)[] {
  const table: (T | undefined)[] = new Array(Kind.KindCount).fill(undefined);
  for (const [kind, form] of families.flat()) table[kind] = form;
  return table;
}

/** How each kind of node is lowered. */
export const FORMS: Forms = {
  expressions: byKind(
    expressionForms,
    operatorForms,
    stringForms,
    callForms,
    comprehensionForms,
    lambdaForms,
    typeCallForms,
  ),
  statements: byKind(statementForms, controlForms, importForms, definitionForms, typeAliasForms, matchForms),
  targets: byKind(targetForms),
};

/** A lowered file, and what an open document keeps of it to lower the next edit faster. */
export interface LoweredFile {
  readonly file: SourceFile;
  readonly leftovers: Leftovers;
  /** Kept codes did not fit after all: lower again without them. */
  readonly stale: boolean;
}

/** What a lowering may use beyond the tree and the text. */
export interface LoweringOptions {
  readonly tables: Tables;
  /** Scopes for reuse from call to call. */
  readonly pool: Scope[];
  /** Whether leftovers are wanted. */
  readonly recording?: boolean;
  readonly kept?: KeptCodes;
  /** Of the text, where they are known. */
  readonly lineStarts?: Int32Array;
}

const NO_PARAMETERS = new Uint8Array(0);

/** Lowers a file. */
export function lowerFile(tree: FlatTree, text: string, options: LoweringOptions): LoweredFile {
  const { tables } = options;
  const l = new Lowering(tree, text, tables, FORMS, options.pool, options.kept, options.recording ?? false);
  l.open(ScopeKind.Module, 0);
  const lineStarts = options.lineStarts ?? findLineStarts(text);
  const statements = lowerEach(l, 0);
  l.close(tables.name(''), 0, 0, text.length, NO_PARAMETERS, tree.size > 0 ? docstringOf(l, 0) : -1);
  const file: SourceFile = {
    length: text.length,
    names: tables.names,
    constants: tables.constants,
    codes: l.codes,
    comments: readComments(tree, text, lineStarts),
    lineStarts,
    errors: readErrors(tree),
    notes: l.truncated ? [TRUNCATED] : [],
  };
  const { outward, subtree, depths } = l;
  return { file, leftovers: { outward, subtree, depths, statements }, stale: l.stale };
}

const noStatements = new Int32Array(0);

/** Lowers the statements of a tree into the module; where each begins (see `Leftovers.statements`). `shift`: where the
 * tree's text begins in the text. */
export function lowerEach(l: Lowering, shift: number): Int32Array {
  const { tree, scope } = l;
  const begun: number[] = [];
  for (let child = 1; child < tree.size; child = tree.past[child] as number) {
    begun.push(
      (tree.start[child] as number) + shift,
      scope.size,
      scope.extraSize,
      scope.slots.length,
      l.codes.length,
    );
    l.statement(child);
  }
  return Int32Array.from(begun);
}

/** Lowers one function of the tree that stands in a module, or in classes alone: its code under the index 1, with those
 * within it behind. `depth`: how many forms are open around what it has. Null where nesting went past the bound. */
export function lowerFunctionAlone(
  tree: FlatTree,
  text: string,
  node: number,
  depth: number,
  { tables, pool }: LoweringOptions,
): (Pick<LoweredFile, 'leftovers'> & { readonly codes: readonly Code[] }) | null {
  const l = new Lowering(tree, text, tables, FORMS, pool, undefined, true);
  l.open(ScopeKind.Module, 0);
  l.depth = depth - 1;
  l.statement(node);
  const { codes, outward, subtree, depths } = l;
  return l.truncated ? null : { codes, leftovers: { outward, subtree, depths, statements: noStatements } };
}

/** What stands for a file that the parser gave up on: a module without code, and a note. */
export function unreadFile(text: string): SourceFile {
  const { file } = lowerFile(new FlatTree(), text, { tables: new Tables(), pool: [] });
  return { ...file, errors: [{ start: 0, end: text.length }], notes: [GIVEN_UP] };
}

const GIVEN_UP =
  'The file is left out: the parser needs far more steps for it than for Python code of its length. ' +
  'Exclude it, or check that it is Python.';

const TRUNCATED =
  `Nesting deeper than ${DEPTH_LIMIT} levels is left out. ` +
  'Split the nested part into smaller ones to have it read.';

/** Directives, foreign suppressions, and what people write of locks: "caller holds the lock", "with lock taken". */
const TELLING = new RegExp(
  'airlock:|nosec|noqa' +
    '|(?:lock|mutex|semaphore|caller)\\w*\\b.*\\b(?:held|holds?|holding|taken|acquired)\\b' +
    '|\\b(?:held|holds?|holding|taken|acquired)\\b.*(?:lock|mutex|semaphore)',
  'i',
);

/** The comments of a tree that the analysis reads. `shift`: where the tree's text begins in the text. */
export function readComments(tree: FlatTree, text: string, lineStarts: Int32Array, shift = 0): Comment[] {
  const comments: Comment[] = [];
  for (let i = 0; i < tree.comments.length; i += 2) {
    const start = (tree.comments[i] as number) + shift;
    let end = (tree.comments[i + 1] as number) + shift;
    // The grammar lets a comment run to \n only.
    while (end > start && text.charCodeAt(end - 1) === 13) end--;
    const content = text.slice(start + 1, end);
    if (!TELLING.test(content)) continue;
    const line = lineAt(lineStarts, start);
    const alone = text.slice(lineStarts[line], start).trim() === '';
    comments.push({ start, end, line, alone, text: detached(content) });
  }
  return comments;
}

function readErrors(tree: FlatTree): { start: number; end: number }[] {
  const errors: { start: number; end: number }[] = [];
  for (let i = 0; i < tree.errors.length; i += 2) {
    errors.push({ start: tree.errors[i] as number, end: tree.errors[i + 1] as number });
  }
  return errors;
}
