// The columnar code that one walk of the syntax tree leaves behind: what the analysis reads instead of a tree.
// A file is a list of scopes; a scope is a list of instructions in typed columns. Control flow stays structured
// (If/Else/End brackets), so an interpreter is one loop with a control stack and never recurses on nesting.
// Decides the form only; knows neither the tree (syntax/lower) nor what the instructions mean to a rule.

/** The operation of an instruction. `a`, `b`, `c` are its operand columns; "value" is the index of an earlier
 * instruction of the same scope, "name" an index into `SourceFile.names`, "extra" an offset into `Code.extra`. */
export const enum Op {
  // --- expressions: the instruction's own index is the value ---
  /** A value that the lowering does not describe. */
  Unknown,
  /** a: index into `SourceFile.constants`. */
  Const,
  /** a: slot of this scope. */
  Local,
  /** A name of an enclosing function. a: name, b: number of scopes outwards (1 = the parent), c: slot there. */
  Captured,
  /** A module-level or builtin name. a: name. */
  Global,
  /** a: object value, b: name. */
  Attribute,
  /** Subscript load. a: object value, b: index value. */
  Item,
  /** a: callee value, b: extra -> [n, then n pairs (keyword, value)], keyword: a name, or an `Argument` mark. */
  Call,
  /** a: left, b: right, c: `BinaryOperator`; c carries `InPlace` for an augmented assignment. */
  Binary,
  /** a: operand, c: `UnaryOperator`. */
  Unary,
  /** a: left, b: right, c: `CompareOperator`. A chain `a < b < c` is And-ed by If brackets. */
  Compare,
  /** A value that joins alternatives. b: extra -> [n, values...]; a: the `IfOrigin` of its brackets
   * (BooleanOperator, Ternary or ChainedComparison); c: 1 for `or`, 0 else. In `x or y or z` and `x and y and z` the
   * brackets nest and the values are the operands in order; a ternary's are the consequence, then the alternative. */
  Phi,
  /** b: extra -> [n, values...]; the literal pieces of an f-string are Const values among them; c: 1 when the value is formatted with !r or !a somewhere. */
  Format,
  /** One interpolation of an f-string. a: value, b: conversion character code or 0, c: format-spec value or -1. */
  Interpolate,
  /** b: extra -> [n, values...]; a Star value stands for an unpacked one. */
  List,
  Tuple,
  Set,
  /** b: extra -> [n, then n pairs (key value or -1 for `**`, value)]. */
  Dict,
  /** Unpacked `*x`. a: value. */
  Star,
  /** a: lower or -1, b: upper or -1, c: step or -1. */
  Slice,
  /** A def or lambda. a: index into `SourceFile.codes`, b: extra -> see `FunctionExtra` in code-reader. */
  Function,
  /** A class statement's class. a: index into `SourceFile.codes`, b: extra -> [nDecorators, ..., nBases, then pairs (keyword or Argument mark, value)]. */
  Class,
  Await,
  /** a: value or -1. The result of the expression is what is sent. */
  Yield,
  /** a: iterable. */
  YieldFrom,
  /** The module object of `import a.b` (a: name of the dotted module, c: level) or, with b >= 0, the member b of it.
   * `import a.b` without `as` is two of these: a.b, which nothing uses, and a, which is what the name is bound to. */
  Import,
  /** An element of an iteration. a: iterable value. c: 1 when `async for`. Emitted inside the loop, once. */
  Element,
  /** The value that `with X as y` binds. a: the With instruction. */
  Entered,
  /** The exception that `except T as e` binds. a: the Except instruction. */
  Caught,
  /** Element `c` of an unpacked value. a: value. c = -1: the starred rest; behind a star they count from the end:
   * -2 is the last element, -3 the one before it. */
  Unpack,
  /** The container a comprehension builds. c: 0 list, 1 set, 2 dict, 3 generator. Collect instructions fill it. */
  Comprehension,
  // --- effects ---
  /** Adds to a comprehension. a: the Comprehension, b: value, c: key value or -1. */
  Collect,
  /** a: slot, b: value. */
  StoreLocal,
  /** a: name, b: value; the module's name from a nested scope (`global`), or in the module scope itself. */
  StoreGlobal,
  /** a: name, b: value, c: number of scopes outwards (`nonlocal`). */
  StoreCaptured,
  /** a: object, b: name, c: value. */
  StoreAttribute,
  /** a: object, b: index, c: value. */
  StoreItem,
  DeleteLocal,
  DeleteGlobal,
  /** a: object, b: name. */
  DeleteAttribute,
  /** a: object, b: index. */
  DeleteItem,
  /** `from m import *`. a: name of the dotted module, c: level. */
  ImportStar,
  /** An expression statement. a: value. */
  Discard,
  /** `x: T`, before the store if there is one. a: object value for `obj.x: T`, -1 for a name of this scope;
   * b: annotation value; c: name of the variable or attribute. */
  Annotate,
  // --- control ---
  /** a: condition value (-1: unknown, either branch), c: `IfOrigin`. Always closed by End, with at most one Else between. */
  If,
  Else,
  /** `while` and `for`. c: `LoopKind`. The loop's condition is an If inside with Break in its Else.
   * A: for `for` loops, the iterable value (evaluated before); -1 otherwise. */
  Loop,
  /** The `else` of a loop, run when no Break left it; inside the Loop's brackets. */
  LoopElse,
  /** a: 1 when it is the loop's own condition that failed, so that LoopElse runs; -1 for a `break`. */
  Break,
  Continue,
  /** Try; then any of Except, TryElse, Finally; then End. */
  Try,
  /** a: value of the exception type or -1 for all, c: 1 for `except*`. */
  Except,
  TryElse,
  Finally,
  /** a: value of the manager, c: 1 when `async with`. Closed by End. Several managers nest. */
  With,
  End,
  /** a: value or -1. */
  Return,
  /** a: value or -1 (re-raise), b: cause or -1. */
  Raise,
}

/** Marks in the keyword column of a call's arguments. */
export const enum Argument {
  Positional = -1,
  Star = -2,
  DoubleStar = -3,
}

/** Operators of `Op.Binary` and of augmented assignments. */
export const enum BinaryOperator {
  Add,
  Subtract,
  Multiply,
  Divide,
  FloorDivide,
  Modulo,
  Power,
  MatrixMultiply,
  LeftShift,
  RightShift,
  And,
  Or,
  Xor,
  /** Or-ed into the column for `x op= y`. */
  InPlace = 64,
}

/** Operators with one operand. */
export const enum UnaryOperator {
  Not,
  Minus,
  Plus,
  Invert,
}

/** One comparison; a chain is several. */
export const enum CompareOperator {
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  In,
  NotIn,
  Is,
  IsNot,
}

/** What kind of loop the source has. */
export const enum LoopKind {
  While,
  For,
  AsyncFor,
  Comprehension,
  AsyncComprehension,
}

/** What the source had where the code has an If. */
export const enum IfOrigin {
  Statement,
  BooleanOperator,
  Ternary,
  Assert,
  LoopCondition,
  ComprehensionFilter,
  MatchCase,
  ChainedComparison,
}

/** What opened a scope. */
export const enum ScopeKind {
  Module,
  Class,
  Function,
  Lambda,
}

/** Facts about a whole scope, combined as bits. */
export const enum CodeFlag {
  Async = 1,
  Generator = 2,
  /** Uses `locals()`, `exec`, `eval` or `vars()` by name. */
  Dynamic = 4,
  /** Nesting went past the bound; the deep part is Unknown. */
  Truncated = 8,
}

/** How a parameter takes its arguments. */
export const enum ParameterKind {
  PositionalOnly,
  Normal,
  VarPositional,
  KeywordOnly,
  VarKeyword,
}

/** The type of a literal. */
export const enum ConstantKind {
  None,
  True,
  False,
  Ellipsis,
  Integer,
  Float,
  Complex,
  String,
  Bytes,
}

/** A literal. `text` is the decoded value for strings and bytes, the source spelling for numbers. */
export interface Constant {
  readonly kind: ConstantKind;
  readonly text: string;
}

/** One scope's code. Instruction spans are UTF-16 offsets relative to `base`, so that an edit elsewhere moves one number.
 * A value's span is its expression's, a store's or deletion's its target's; If has its condition's, With its manager's;
 * Loop, Try, Return, Raise have their statement's; Except, TryElse, Finally, LoopElse and the Else of an `else` or
 * `elif` their clause's; End and an Else without a keyword are empty. Function and Class leave the decorators out. */
export interface Code {
  readonly kind: ScopeKind;
  /** Index into `SourceFile.names`. */
  readonly name: number;
  /** Index of the enclosing scope in `SourceFile.codes`; -1 for the module. */
  parent: number;
  readonly flags: number;
  /** Absolute UTF-16 offset to which all spans of this scope are relative (its `def`, `class` or `lambda`; decorators lie before it). */
  base: number;
  /** Length of the definition in UTF-16 code units, from `base`. */
  readonly length: number;
  /** Relative span of the defined name (of the whole head for a lambda, empty for the module). */
  readonly nameStart: number;
  readonly nameEnd: number;
  /** Slot -> name. Parameters come first, in order. Comprehension variables have slots of their own. */
  readonly slots: Int32Array;
  /** `ParameterKind` of slots 0..n-1; its length is the number of parameters. */
  readonly parameters: Uint8Array;
  /** For each slot, 1 when a nested scope captures it. */
  readonly captured: Uint8Array;
  /** Constant index of the docstring, or -1. */
  readonly docstring: number;
  readonly op: Uint8Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly extra: Int32Array;
}

/** A comment that may be a directive or a foreign suppression. Absolute offsets; text without the `#`. */
export interface Comment {
  readonly start: number;
  readonly end: number;
  /** Line from 0. */
  readonly line: number;
  /** True when nothing but white space stands before it on its line. */
  readonly alone: boolean;
  readonly text: string;
}

/** A file after lowering: plain data, no tree, safe to clone between threads and to keep in a cache. */
export interface SourceFile {
  /** Length of the text in UTF-16 code units. */
  readonly length: number;
  readonly names: readonly string[];
  readonly constants: readonly Constant[];
  /** Scopes; 0 is the module, an enclosing scope comes before what it encloses. */
  readonly codes: readonly Code[];
  /** Comments that hold `airlock:`, `nosec`, `noqa`, or a lock contract in words ("caller holds", "with lock held"). */
  readonly comments: readonly Comment[];
  /** Absolute offset of the first unit of each line. */
  readonly lineStarts: Int32Array;
  /** Absolute spans of text that the parser could not read, at most 100. */
  readonly errors: readonly { readonly start: number; readonly end: number }[];
  /** Why part of the file was left out, in words for the user; empty when all was read. */
  readonly notes: readonly string[];
}
