// The map of a program's locks: by class and module, which lock guards which state, on how many accesses, where not;
// who takes it, which functions count on it, and which locks are taken while others are held. Facts only, in an order
// that follows from the sources; which of them are defects the rules decide.

import { isWrite, type PlaceOf } from '../flow/accesses';
import { type Lock, LockScope } from '../flow/locks';
import type { ProgramFile, Scope } from '../program/program';
import { ScopeKind } from '../syntax/code';
import type { Analysis } from './analysis';
import { accessWord } from './dump';
import { type Guarded, unguarded } from './guards';
import { lockNameFrom } from './lock-labels';
import { lockOrder, type MappedOrder } from './lock-order';
import { type LockUse, UseKind } from './lock-uses';

/** A span in a file of the program, in UTF-16 code units. */
export interface FileSpan {
  readonly file: number;
  readonly start: number;
  readonly end: number;
}

/** A function and a place in it. `P`: how places are told. */
export interface MappedFunction<P> {
  /** Qualified name; '' for module level. */
  readonly name: string;
  readonly place: P;
}

/** A lock and who takes it. */
export interface MappedLock<P> {
  /** As a reader would call it: `self._lock`, `'name'`. */
  readonly label: string;
  readonly extent: 'program' | 'object' | 'key';
  readonly reentrant: boolean;
  /** `thread`, `asyncio`, `process` and so on. */
  readonly model: string;
  /** Known by the look of its name alone. */
  readonly weak: boolean;
  readonly takenBy: readonly MappedFunction<P>[];
}

/** An access that goes without the guard. */
export interface MappedAccess<P> extends MappedFunction<P> {
  /** `read`, `mutate`, `iterate` and so on. */
  readonly does: string;
  readonly writes: boolean;
}

/** State with a guard, or declared to need none. */
export interface MappedState<P> {
  readonly name: string;
  /** Label of the guard; '' for state that is declared to need none. */
  readonly lock: string;
  readonly declared: boolean;
  /** How many accesses hold the guard, of how many after construction. */
  readonly held: number;
  readonly accesses: number;
  readonly without: readonly MappedAccess<P>[];
}

/** A function whose callers hold locks. */
export interface MappedContract<P> extends MappedFunction<P> {
  /** Labels; empty where words speak of a lock and do not say which. */
  readonly locks: readonly string[];
  /** By a directive, by what all callers do, or by name, docstring or comment. */
  readonly by: 'directive' | 'callers' | 'words';
}

/** A class or module. */
export interface MappedOwner<P> {
  /** Qualified name of the class; '' for the module itself. */
  readonly name: string;
  readonly place: P;
  readonly locks: readonly MappedLock<P>[];
  readonly state: readonly MappedState<P>[];
  readonly contracts: readonly MappedContract<P>[];
}

/** The map of a program. */
export interface LockMap<P> {
  /** Those with anything to tell, by file, then position. */
  readonly owners: readonly MappedOwner<P>[];
  /** Locks known by name, which belong to no class or module. */
  readonly named: readonly MappedLock<P>[];
  readonly order: readonly MappedOrder<P>[];
}

/** Maps the locks of a program, tests left out; of one file when `only` says so. */
export function mapLocks<P>(
  analysis: Analysis,
  locate: (span: FileSpan) => P,
  only: (file: ProgramFile) => boolean,
): LockMap<P> {
  return new Mapping(analysis, locate, only).run();
}

const extents: Readonly<Record<LockScope, 'program' | 'object' | 'key'>> = {
  [LockScope.Program]: 'program',
  [LockScope.Instance]: 'object',
  [LockScope.Keyed]: 'key',
  [LockScope.Local]: 'key',
};

class Mapping<P> {
  private readonly takers = new Map<Lock, MappedFunction<P>[]>();
  private readonly locks = new Map<number, MappedLock<P>[]>();
  private readonly state = new Map<number, MappedState<P>[]>();
  private readonly contracts = new Map<number, MappedContract<P>[]>();
  /** Functions that touch what a lock guards, with that lock held. */
  private readonly uses = new Set<string>();

  constructor(
    private readonly analysis: Analysis,
    private readonly locate: (span: FileSpan) => P,
    private readonly only: (file: ProgramFile) => boolean,
  ) {}

  run(): LockMap<P> {
    const { analysis } = this;
    const { scopes } = analysis.program;
    for (const scope of scopes) if (!scope.file.isTest) this.addTakers(scope);
    const named: MappedLock<P>[] = [];
    for (const [lock, takenBy] of this.takers) {
      const mapped = mappedLock(lock, takenBy);
      const owner = this.ownerOf(lock);
      if (owner >= 0) put(this.locks, owner, mapped);
      else if (lock.key.startsWith('name:') && this.isAsked(lock)) named.push(mapped);
    }
    for (const guarded of analysis.guards.all) this.addState(guarded);
    for (const scope of scopes) this.addContract(scope);
    const owners = scopes
      .filter(({ id, file }) => this.only(file) && this.has(id))
      .map((scope) => this.owner(scope));
    return {
      owners,
      named: named.sort(byLabel),
      order: lockOrder(analysis, this.locate, this.only),
    };
  }

  private has(id: number): boolean {
    return this.locks.has(id) || this.state.has(id) || this.contracts.has(id);
  }

  private owner(scope: Scope): MappedOwner<P> {
    const { program } = this.analysis;
    return {
      name: scope.qualifiedName,
      place: this.locate(program.nameSpan(scope)),
      locks: (this.locks.get(scope.id) ?? []).sort(byLabel),
      state: (this.state.get(scope.id) ?? []).sort((x, y) => compare(x.name, y.name)),
      contracts: this.contracts.get(scope.id) ?? [],
    };
  }

  /** A named lock is told of where some function of the asked-for files takes it. */
  private isAsked(lock: Lock): boolean {
    const { program } = this.analysis;
    return [...this.analysis.lockFiles(lock)].some((file) => this.only(program.files[file]!));
  }

  private addTakers(scope: Scope): void {
    const { analysis } = this;
    for (const { lock } of analysis.entryLocks.wrappersOf(scope))
      this.addTaker(lock, scope, analysis.program.nameSpan(scope));
    for (const use of analysis.lockUses.of(scope.id)) {
      if (!takes(use)) continue;
      for (const lock of analysis.locks.of(scope.id, use.number))
        this.addTaker(lock, scope, analysis.program.span(scope, use.at));
    }
  }

  private addTaker(lock: Lock, scope: Scope, span: FileSpan): void {
    const list = this.takers.get(lock) ?? [];
    list.push({ name: scope.qualifiedName, place: this.locate(span) });
    this.takers.set(lock, list);
  }

  /** The scope of the class or module that a lock belongs to; -1 for none. */
  private ownerOf({ key }: Lock): number {
    if (key.startsWith('field:')) return Number(key.split(':')[1]);
    if (!key.startsWith('global:')) return -1;
    const path = key.slice('global:'.length, key.lastIndexOf(':'));
    return this.analysis.program.files.find((file) => file.path === path)?.firstScope ?? -1;
  }

  private addState(guarded: Guarded): void {
    const { guard, place, declared, accesses } = guarded;
    for (const { scope, locks } of accesses)
      if (guard && locks.includes(guard)) this.uses.add(`${scope} ${guard.id}`);
    if (!this.only(this.fileOf(place)) || this.fileOf(place).isTest) return;
    if (!guard) {
      if (!declared?.needsNoLock) return;
      const none = { lock: '', declared: true, held: 0, accesses: 0, without: [] };
      put(this.state, place.owner, { name: place.name, ...none });
      return;
    }
    const without = unguarded(guarded);
    const held = accesses.filter(({ locks }) => locks.includes(guard)).length;
    put(this.state, place.owner, {
      name: place.name,
      lock: lockNameFrom(this.analysis, guard, place.owner),
      declared: declared !== null,
      held,
      accesses: held + without.length,
      without: without.map(({ scope, at, kind }) => ({
        ...this.function(scope, at),
        does: accessWord(kind),
        writes: isWrite(kind),
      })),
    });
  }

  /** The class around a function, or the module. */
  private classAround(scope: Scope): number {
    const { scopes } = this.analysis.program;
    for (let at = scope.parent; at >= 0; at = scopes[at]!.parent)
      if (scopes[at]!.code.kind === ScopeKind.Class) return at;
    return scope.file.firstScope;
  }

  private function(scopeId: number, at: number): MappedFunction<P> {
    const { program } = this.analysis;
    const scope = program.scopes[scopeId]!;
    return { name: scope.qualifiedName, place: this.locate(program.span(scope, at)) };
  }

  private fileOf(place: PlaceOf): ProgramFile {
    return this.analysis.program.scopes[place.owner]!.file;
  }

  private addContract(scope: Scope): void {
    const { entryLocks, declarations, program } = this.analysis;
    if (scope.code.kind !== ScopeKind.Function || scope.file.isTest) return;
    const locks = entryLocks.of(scope);
    if (locks.length === 0 && !entryLocks.isAssumed(scope)) return;
    const isDeclared = declarations.requiredBy(scope.id).length > 0;
    const owner = this.classAround(scope);
    // What all callers happen to hold matters where it is the function's own, or what the function counts on.
    const counts = (lock: Lock) =>
      this.uses.has(`${scope.id} ${lock.id}`) ||
      this.ownerOf(lock) === owner ||
      lockNameFrom(this.analysis, lock, owner).startsWith('self.');
    const told = isDeclared ? locks : locks.filter(counts);
    if (locks.length > 0 && told.length === 0) return;
    const names = told.map((lock) => lockNameFrom(this.analysis, lock, owner));
    put(this.contracts, owner, {
      name: scope.qualifiedName,
      place: this.locate(program.nameSpan(scope)),
      locks: [...new Set(names)].sort(compare),
      by: isDeclared ? 'directive' : locks.length > 0 ? 'callers' : 'words',
    });
  }
}

function takes({ kind }: LockUse): boolean {
  return kind === UseKind.With || kind === UseKind.Acquire;
}

function mappedLock<P>(
  { label, scope, reentrant, model, weak }: Lock,
  takenBy: readonly MappedFunction<P>[],
): MappedLock<P> {
  return { label, extent: extents[scope], reentrant, model, weak, takenBy };
}

function put<T>(table: Map<number, T[]>, key: number, value: T): void {
  const list = table.get(key);
  if (list) list.push(value);
  else table.set(key, [value]);
}

function byLabel(one: { readonly label: string }, other: { readonly label: string }): number {
  return compare(one.label, other.label);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
