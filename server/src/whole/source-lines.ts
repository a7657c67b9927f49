// What of a file's code stands on a line: stores, definitions, statements. For comments that speak of the line they
// stand on, or of the next. Lines count from 0.

import type { Program, ProgramFile, Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import { bracketEnds, classExtra, functionExtra, matchingEnd } from '../syntax/code-reader';

/** A store of a field, or of a variable of a class or module. */
export interface Store {
  readonly scope: Scope;
  readonly at: number;
}

/** A statement, or the part of it that a scope's instructions hold. */
export interface Statement {
  readonly scope: Scope;
  /** First and last instruction. */
  readonly first: number;
  readonly last: number;
}

/** The lines of one file. */
export interface SourceLines {
  /** The first line of code below a line; -1 when there is none. */
  next(line: number): number;
  /** The function whose definition, or a decorator of it, stands on the line. */
  functionAt(line: number): Scope | null;
  classAt(line: number): Scope | null;
  /** Stores whose statement begins on the line or, when `begins` is not asked for, covers it. */
  storesAt(line: number, begins: boolean): readonly Store[];
  /** Whether the line is one of an assignment, to whatever. */
  assignsAt(line: number): boolean;
  /** What begins on the line: blocks whole, other instructions one by one. */
  statementsAt(line: number): readonly Statement[];
}

/** Reads the lines of a file. */
export function sourceLines(program: Program, file: ProgramFile): SourceLines {
  const scopes = file.source.codes.map((_, index) => program.scopeOf(file, index));
  const lineOf = (scope: Scope, offset: number) => program.lineAt(file, scope.code.base + offset);
  const startOf = (scope: Scope, at: number) => lineOf(scope, scope.code.start[at]!);
  const headOf = (scope: Scope) => {
    const first = lineOf(scope, 0);
    if (scope.parent < 0 || scope.definedAt < 0) return [first, first] as const;
    const outer = program.scopes[scope.parent]!;
    const isClass = scope.code.kind === ScopeKind.Class;
    const { decorators } = (isClass ? classExtra : functionExtra)(outer.code, scope.definedAt);
    const top = decorators.length === 0 ? first : startOf(outer, decorators[0]!);
    return [Math.min(top, first), lastHeadLine(scope, first, startOf)] as const;
  };
  const definedAt = (line: number, isWanted: (kind: ScopeKind) => boolean) =>
    scopes.find((scope) => {
      if (!isWanted(scope.code.kind)) return false;
      const [first, last] = headOf(scope);
      return first <= line && line <= last;
    }) ?? null;
  return {
    next(line) {
      let best = -1;
      const see = (found: number) => {
        if (found > line && (best < 0 || found < best)) best = found;
      };
      for (const scope of scopes) {
        if (scope.parent >= 0) see(lineOf(scope, 0));
        for (let at = 0; at < scope.code.op.length; at++) see(startOf(scope, at));
      }
      return best;
    },
    functionAt: (line) => definedAt(line, (kind) => kind === ScopeKind.Function),
    classAt: (line) => definedAt(line, (kind) => kind === ScopeKind.Class),
    storesAt(line, begins) {
      const found: Store[] = [];
      for (const scope of scopes) {
        for (let at = 0; at < scope.code.op.length; at++) {
          const value = storedValue(scope, at);
          if (value === null || isDefinition(scope, value)) continue;
          const first = startOf(scope, at);
          const last = Math.max(first, value < 0 ? first : lineOf(scope, scope.code.end[value]!));
          if (begins ? first === line : first <= line && line <= last) found.push({ scope, at });
        }
      }
      return found;
    },
    assignsAt: (line) =>
      scopes.some((scope) => {
        for (let at = 0; at < scope.code.op.length; at++) {
          const value = assignedValue(scope, at);
          if (value === null || isDefinition(scope, value)) continue;
          const first = startOf(scope, at);
          const last = value < 0 ? first : Math.max(first, lineOf(scope, scope.code.end[value]!));
          if (first <= line && line <= last) return true;
        }
        return false;
      }),
    statementsAt(line) {
      const found: Statement[] = [];
      for (const scope of scopes) {
        const { op } = scope.code;
        const ends = bracketEnds(scope.code);
        for (let at = 0; at < op.length; at++) {
          if (startOf(scope, at) !== line) continue;
          const opens = op[at] === Op.If || op[at] === Op.Loop || op[at] === Op.Try || op[at] === Op.With;
          found.push({ scope, first: at, last: opens ? matchingEnd(scope.code, ends, at) : at });
        }
      }
      return found;
    },
  };
}

/** The value that a store of lasting state stores, -1 for a bare annotation; null when the instruction is none. */
function storedValue({ code: { op, a, b, c, kind } }: Scope, at: number): number | null {
  switch (op[at] as Op) {
    case Op.StoreAttribute:
      return c[at]!;
    case Op.StoreGlobal:
      return b[at]!;
    case Op.StoreLocal:
      return kind === ScopeKind.Class ? b[at]! : null;
    case Op.Annotate:
      return kind === ScopeKind.Class && a[at] === -1 ? -1 : null;
    default:
      return null;
  }
}

/** A definition is stored, too, but is no statement of one line. */
function isDefinition({ code: { op } }: Scope, value: number): boolean {
  return op[value] === Op.Class || op[value] === Op.Function;
}

/** The value that an assignment of any kind stores; null when the instruction is none. */
function assignedValue({ code: { op, b, c } }: Scope, at: number): number | null {
  switch (op[at] as Op) {
    case Op.StoreAttribute:
    case Op.StoreItem:
      return c[at]!;
    case Op.StoreLocal:
    case Op.StoreGlobal:
    case Op.StoreCaptured:
      return b[at]!;
    default:
      return null;
  }
}

/** The last line of a definition's head, as far as its body tells: the line before the body, if that is further. */
function lastHeadLine(scope: Scope, first: number, startOf: (scope: Scope, at: number) => number): number {
  let body = Number.POSITIVE_INFINITY;
  for (let at = 0; at < scope.code.op.length; at++) body = Math.min(body, startOf(scope, at));
  // A docstring leaves no instruction: its lines count as head, which hurts nobody.
  return Number.isFinite(body) ? Math.max(first, body - 1) : first;
}
