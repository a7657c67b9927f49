// What people declare in comments about locks and threads, bound to the state and functions that they stand at:
// `guarded-by`, `requires`, `thread-confined`, `atomic-ok`; and whether `trusted` and `secret` stand at a value at all. Declarations are believed; whether the code keeps to
// them, and what to say of those that bind to nothing, a rule decides.

import type { Places } from '../flow/accesses';
import { lockOfText } from '../flow/lock-expressions';
import type { Lock, Locks } from '../flow/locks';
import type { Resolver } from '../flow/resolver';
import type { ProgramFile, Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import type { AtomicDirective, LockDirective, MarkDirective } from '../syntax/directives';
import { parseDirectives } from '../syntax/directives';
import type { Span } from '../text/span';
import type { AccessTable } from './access-table';
import { type SourceLines, sourceLines } from './source-lines';

/** A directive that declares something of state, functions or values. */
export type DeclarationDirective = LockDirective | AtomicDirective | MarkDirective;

/** A declared lock, and where it is declared. */
export interface DeclaredLock {
  readonly lock: Lock;
  /** The expression as written. */
  readonly expression: string;
  readonly file: number;
  readonly span: Span;
}

/** A declaration that declares nothing, and why, in words without a full stop. */
export interface BrokenDeclaration {
  readonly file: number;
  readonly span: Span;
  readonly directive: string;
  readonly wrong: string;
}

/** What is declared of a place. */
export interface PlaceDeclaration {
  readonly guard: DeclaredLock | null;
  /** `thread-confined`, or `atomic-ok` with a reason: nobody need hold anything. */
  readonly needsNoLock: boolean;
}

/** Everything that a program's comments declare. */
export class Declarations {
  readonly broken: BrokenDeclaration[] = [];
  private readonly guards = new Map<number, DeclaredLock>();
  private readonly free = new Set<number>();
  private readonly freeOwners = new Set<number>();
  private readonly confined = new Set<number>();
  private readonly confinedOwners = new Set<number>();
  private readonly required = new Map<number, DeclaredLock[]>();
  /** Scope -> ranges of instructions, first and last, that are declared to need no lock. */
  private readonly excused = new Map<number, (readonly [number, number])[]>();

  constructor(
    private readonly resolver: Resolver,
    private readonly locks: Locks,
    private readonly table: AccessTable,
  ) {
    for (const file of resolver.program.files) {
      if (file.source.comments.length === 0) continue;
      const directives = parseDirectives(file.source).filter(isDeclaration);
      if (directives.length === 0) continue;
      const lines = sourceLines(resolver.program, file);
      for (const directive of directives) this.read(file, lines, directive);
    }
  }

  /** What is declared of a place; null for nothing. */
  of(place: Places['all'][number]): PlaceDeclaration | null {
    const guard = this.guards.get(place.id) ?? null;
    const needsNoLock = this.free.has(place.id) || this.freeOwners.has(place.owner);
    return guard || needsNoLock ? { guard, needsNoLock } : null;
  }

  /** Ids of the places that are declared to have a guard. */
  guarded(): Iterable<number> {
    return this.guards.keys();
  }

  /** Whether any state is declared to belong to one thread. */
  get confines(): boolean {
    return this.confined.size + this.confinedOwners.size > 0;
  }

  /** Whether a place is declared to belong to one thread. */
  isConfined({ id, owner }: Places['all'][number]): boolean {
    return this.confined.has(id) || this.confinedOwners.has(owner);
  }

  /** The locks that a function's callers hold by declaration. */
  requiredBy(scopeId: number): readonly DeclaredLock[] {
    return this.required.get(scopeId) ?? [];
  }

  /** Functions that declare what their callers hold, by scope id. */
  requiring(): Iterable<readonly [number, readonly DeclaredLock[]]> {
    return this.required;
  }

  /** Whether an instruction stands in a statement that is declared to need no lock. */
  isExcused(scopeId: number, at: number): boolean {
    return this.excused.get(scopeId)?.some(([first, last]) => first <= at && at <= last) ?? false;
  }

  private read(file: ProgramFile, lines: SourceLines, directive: DeclarationDirective): void {
    const wrong = this.bind(file, lines, directive);
    if (wrong === '') return;
    this.broken.push({ file: file.index, span: directive.span, directive: directive.kind, wrong });
  }

  /** Binds a directive; what is wrong with it, '' when nothing is. */
  private bind(file: ProgramFile, lines: SourceLines, directive: DeclarationDirective): string {
    const { line, alone } = directive.comment;
    const target = alone ? lines.next(line) : line;
    switch (directive.kind) {
      case 'requires': {
        const scope = lines.functionAt(target);
        if (!scope) return 'it stands at no function';
        return this.declare(file, scope, directive, (found) => put(this.required, scope.id, found));
      }
      case 'guarded-by': {
        const stores = lines.storesAt(target, alone);
        if (stores.length === 0) return 'it stands at no assignment of a field or module variable';
        const places = this.placesOf(stores);
        if (places.length === 0) return 'it stands at no assignment of a field or module variable';
        return this.declare(file, stores[0]!.scope, directive, (found) => {
          for (const place of places) this.guards.set(place, found);
        });
      }
      case 'thread-confined': {
        const owner = lines.classAt(target);
        if (owner) this.freeOwners.add(owner.id);
        if (owner) this.confinedOwners.add(owner.id);
        const places = owner ? [] : this.placesOf(lines.storesAt(target, alone));
        for (const place of places) this.free.add(place);
        for (const place of places) this.confined.add(place);
        return owner || places.length > 0 ? '' : 'it stands at no assignment and no class';
      }
      case 'atomic-ok':
        return this.excuse(lines, directive, target, alone);
      default:
        // What these say of the value, whoever follows values believes: on this line, or on the next.
        return lines.assignsAt(alone ? line + 1 : line) ? '' : 'it stands at no assignment';
    }
  }

  private excuse(lines: SourceLines, { reason }: AtomicDirective, target: number, alone: boolean): string {
    if (reason === '') return 'it gives no reason; write `atomic-ok(why no lock is needed)`';
    const stores = lines.storesAt(target, alone).filter(({ scope }) => makes(scope));
    for (const place of this.placesOf(stores)) this.free.add(place);
    const ranges = lines.statementsAt(target);
    for (const { scope, first, last } of ranges) put(this.excused, scope.id, [first, last] as const);
    return stores.length + ranges.length > 0 ? '' : 'it stands at no statement';
  }

  private declare(
    file: ProgramFile,
    scope: Scope,
    { expression, span }: LockDirective,
    keep: (found: DeclaredLock) => void,
  ): string {
    if (expression === '') return 'it names no lock';
    const { lock, wrong } = lockOfText(this.resolver, this.locks, scope, expression);
    if (lock) keep({ lock, expression, file: file.index, span });
    return wrong;
  }

  /** The places that stores go to. */
  private placesOf(stores: readonly { readonly scope: Scope; readonly at: number }[]): readonly number[] {
    const { program, classes } = this.resolver;
    const { places } = this.table;
    const found: number[] = [];
    for (const { scope, at } of stores) {
      const { op, a, c, slots, kind } = scope.code;
      const { names } = scope.file.source;
      if (kind === ScopeKind.Class) {
        const name = names[op[at] === Op.Annotate ? c[at]! : slots[a[at]!]!]!;
        found.push(places.of(program, classes.ownerOf(scope.id, name), name));
      } else if (kind === ScopeKind.Module) {
        found.push(places.of(program, scope.id, names[a[at]!]!));
      } else {
        for (const access of this.table.of(scope)) if (access.at === at) found.push(access.place);
      }
    }
    return found;
  }
}

/** Code in which state is made, so that a declaration speaks of the state and not of the statement. */
function makes(scope: Scope): boolean {
  return scope.code.kind !== ScopeKind.Function || scope.name === '__init__' || scope.name === '__new__';
}

const declaring: ReadonlySet<string> = new Set<DeclarationDirective['kind']>([
  'guarded-by',
  'requires',
  'thread-confined',
  'atomic-ok',
  'trusted',
  'secret',
]);

function isDeclaration(directive: { readonly kind: string }): directive is DeclarationDirective {
  return declaring.has(directive.kind);
}

function put<T>(table: Map<number, T[]>, key: number, value: T): void {
  const list = table.get(key);
  if (list) list.push(value);
  else table.set(key, [value]);
}
