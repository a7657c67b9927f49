// The state that all lowering forms share: the flat tree, the text, the current scope, the bound on nesting.
// Forms (one file per construct family) register by kind of node and call back through it, so that they need
// not know each other. Decides nothing about any construct.

import { type Code, CodeFlag, type ConstantKind, Op, type ScopeKind } from '../code';
import { ColumnMemory } from '../column-memory';
import type { FlatTree } from '../flat-tree';
import { Kind } from '../grammar';
import type { KeptCodes } from './reuse';
import { Scope } from './scope';
import type { Tables } from './tables';

/** Lowers an expression and returns its value. */
export type ExpressionForm = (l: Lowering, node: number) => number;
/** Lowers a statement. */
export type StatementForm = (l: Lowering, node: number) => void;
/** Binds what a target names to a value. */
export type TargetForm = (l: Lowering, node: number, value: number) => void;

/** The forms of all construct families, by `Kind`. */
export interface Forms {
  readonly expressions: readonly (ExpressionForm | undefined)[];
  readonly statements: readonly (StatementForm | undefined)[];
  readonly targets: readonly (TargetForm | undefined)[];
}

/** How many forms may be open at once; what lies deeper is lowered to one Unknown. */
export const DEPTH_LIMIT = 500;

/** What the columns of a file take for each node of its tree; fifteen on the average. */
const BYTES_PER_NODE = 17;

/** One file's lowering in progress. */
export class Lowering {
  readonly codes: Code[] = [];
  scope: Scope;
  /** How many forms are open. */
  depth = 0;
  truncated = false;
  /** Set when a kept code turned out not to fit: the file must be walked and lowered anew. */
  stale = false;
  /** Set while the target of a comprehension's `for` is lowered: its names have slots of their own. */
  inComprehensionTarget = false;
  /** For each code, what it leaves open, when the caller keeps it for later edits. */
  readonly outward: Int32Array[] = [];
  /** For each code, the number of codes in its subtree and the depth it was lowered at. */
  readonly subtree: number[] = [];
  readonly depths: number[] = [];
  /** Values gathered for the list under construction; nested lists stack. */
  private readonly gathered: number[] = [];
  private readonly memory: ColumnMemory;

  constructor(
    readonly tree: FlatTree,
    readonly text: string,
    readonly tables: Tables,
    readonly forms: Forms,
    readonly pool: Scope[],
    /** Bodies that an edit left alone; absent for a file lowered from scratch. */
    readonly kept: KeptCodes | undefined,
    /** Whether to record what a later edit needs. */
    private readonly recording: boolean,
  ) {
    this.scope = this.pooled(0);
    const expected = tree.size * BYTES_PER_NODE;
    this.memory = new ColumnMemory(expected, expected >> 3);
  }

  /** The text of a node. */
  source(node: number): string {
    return this.text.slice(this.tree.start[node], this.tree.end[node]);
  }

  /** The index of a node's text among the names. */
  name(node: number): number {
    return this.tables.name(this.source(node));
  }

  /** Emits an instruction with the node's span. */
  emit(op: Op, a: number, b: number, c: number, node: number): number {
    const { tree } = this;
    return this.scope.emit(op, a, b, c, tree.start[node] as number, tree.end[node] as number);
  }

  /** Emits an instruction of no width at the end of a node: closing brackets. */
  emitAtEnd(op: Op, a: number, b: number, c: number, node: number): number {
    const end = this.tree.end[node] as number;
    return this.scope.emit(op, a, b, c, end, end);
  }

  constant(kind: ConstantKind, text: string, node: number): number {
    return this.emit(Op.Const, this.tables.constant(kind, text), -1, -1, node);
  }

  unknown(node: number): number {
    return this.emit(Op.Unknown, -1, -1, -1, node);
  }

  /** Lowers an expression; one that is missing, too deep or not understood becomes Unknown. */
  expression(node: number): number {
    const form = this.forms.expressions[this.tree.kind[node] as number];
    if (form === undefined) return this.unknown(node);
    if (this.depth >= DEPTH_LIMIT) return this.cutOff(node);
    this.depth++;
    const value = form(this, node);
    this.depth--;
    return value;
  }

  /** Lowers the expression at a place where the grammar wants one but a broken file may have none. */
  expressionOr(node: number, owner: number): number {
    return node < 0 ? this.unknown(owner) : this.expression(node);
  }

  statement(node: number): void {
    const { tree } = this;
    if (tree.broken) this.statementsInErrors(node);
    const form = this.forms.statements[tree.kind[node] as number];
    if (form === undefined) return;
    if (this.depth >= DEPTH_LIMIT) {
      this.cutOff(node);
      return;
    }
    this.depth++;
    form(this, node);
    this.depth--;
  }

  /** Lowers the statements of a block or of a node that holds statements among other things. */
  block(node: number): void {
    if (node < 0) return;
    const { tree } = this;
    const stop = tree.past[node] as number;
    for (let child = node + 1; child < stop; child = tree.past[child] as number) this.statement(child);
  }

  target(node: number, value: number): void {
    if (node < 0) return;
    const form = this.forms.targets[this.tree.kind[node] as number];
    if (form === undefined) return;
    if (this.depth >= DEPTH_LIMIT) {
      this.cutOff(node);
      return;
    }
    this.depth++;
    form(this, node, value);
    this.depth--;
  }

  /** Runs a form of another kind (a pattern, an annotation) under the bound on nesting. */
  bounded(node: number, form: () => number): number {
    if (this.depth >= DEPTH_LIMIT) return this.cutOff(node);
    this.depth++;
    const value = form();
    this.depth--;
    return value;
  }

  /** A statement may have unreadable text among its parts, and whole statements in that. */
  private statementsInErrors(node: number): void {
    const { tree } = this;
    if (tree.kind[node] === Kind.Error) return;
    const stop = tree.past[node] as number;
    for (let child = node + 1; child < stop; child = tree.past[child] as number) {
      if (tree.kind[child] === Kind.Error) this.statement(child);
    }
  }

  private cutOff(node: number): number {
    this.truncated = true;
    this.scope.flags |= CodeFlag.Truncated;
    return this.unknown(node);
  }

  // --- lists of values ---

  /** Starts a list; the mark closes it. */
  gather(): number {
    return this.gathered.length;
  }

  add(value: number): void {
    this.gathered.push(value);
  }

  /** How many numbers were gathered since the mark. */
  countSince(mark: number): number {
    return this.gathered.length - mark;
  }

  /** Appends what was gathered since the mark to the extra column, without a count, and forgets it. */
  flush(mark: number): number {
    const { gathered, scope } = this;
    const offset = scope.extraSize;
    for (let i = mark; i < gathered.length; i++) scope.push(gathered[i] as number);
    gathered.length = mark;
    return offset;
  }

  /** Puts a number before what was gathered since the mark. */
  insert(mark: number, value: number): void {
    this.gathered.splice(mark, 0, value);
  }

  /** Forgets what was gathered since the mark. */
  drop(mark: number): void {
    this.gathered.length = mark;
  }

  /** Closes a list: appends [count, ...] to the extra column; each entry takes `width` numbers. */
  list(mark: number, width = 1): number {
    const offset = this.scope.push((this.gathered.length - mark) / width);
    this.flush(mark);
    return offset;
  }

  // --- scopes ---

  /** Opens a nested scope whose code has the given extent. */
  open(kind: ScopeKind, start: number): Scope {
    const parent = this.codes.length === 0 ? null : this.scope;
    const scope = this.pooled(parent === null ? 0 : this.level + 1);
    this.level = parent === null ? 0 : this.level + 1;
    scope.begin(kind, this.codes.length, parent, start);
    this.codes.push(PENDING);
    this.subtree.push(0);
    this.depths.push(this.depth);
    this.outward.push(NOTHING);
    this.scope = scope;
    return scope;
  }

  /** Ends the current scope and returns to the enclosing one. */
  close(
    name: number,
    nameStart: number,
    nameEnd: number,
    length: number,
    parameters: Uint8Array,
    docstring: number,
  ): number {
    const { scope, codes } = this;
    scope.settle(codes);
    const { index, base } = scope;
    const { slots, captured, op, a, b, c, start, end, extra } = scope.copied(this.memory);
    codes[index] = {
      kind: scope.kind,
      name,
      parent: scope.parent === null ? -1 : scope.parent.index,
      flags: scope.flags,
      base,
      length,
      nameStart: nameStart - base,
      nameEnd: nameEnd - base,
      slots,
      parameters,
      captured,
      docstring,
      op,
      a,
      b,
      c,
      start,
      end,
      extra,
    };
    this.subtree[index] = codes.length - index;
    if (this.recording) this.outward[index] = Int32Array.from(scope.outward);
    const { parent, outward } = scope;
    if (parent !== null) {
      for (let i = 0; i < outward.length; i += 4) {
        parent.receive(
          codes,
          index + (outward[i] as number),
          outward[i + 1] as number,
          outward[i + 2] as number,
          outward[i + 3] as number,
        );
      }
      this.scope = parent;
      this.level--;
    }
    return index;
  }

  /** Takes over a code from before an edit. */
  keep(code: Code, outward: Int32Array, subtree: number, depth: number): void {
    this.codes.push(code);
    this.outward.push(outward);
    this.subtree.push(subtree);
    this.depths.push(depth);
  }

  private level = 0;

  private pooled(level: number): Scope {
    let scope = this.pool[level];
    if (scope === undefined) {
      scope = new Scope();
      this.pool[level] = scope;
    }
    return scope;
  }
}

const NOTHING = new Int32Array(0);

/** Stands in `codes` until a scope ends; nothing reads it before that. */
const PENDING = {} as Code;
