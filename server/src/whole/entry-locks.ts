// The locks held whenever a function is entered: the intersection over its callers, a greatest fixpoint from "all".
// A function that may be entered from outside the program (registered, escaping, without callers) is entered with
// nothing; one whose name or comment says that its callers hold a lock is believed. Only what calls lead to from where a
// lock is held is looked at. Contracts of this kind follow RacerD's ownership and lock summaries (OOPSLA 2018) in spirit.

import type { Lock, Locks } from '../flow/locks';
import type { Resolver } from '../flow/resolver';
import { type WrappingLock, wrappingLocks } from '../flow/wrapped';
import type { ProgramFile, Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import type { CallGraph, Edge } from './call-graph';
import type { Declarations } from './declarations';
import { Entering } from './entering';
import { entryFace, scopeOfLock } from './entry-face';
import { JoinedWork } from './joined-work';
import { type ContractWords, contractsByWord } from './lock-contracts';
import type { PropertyReads } from './property-reads';
import type { ScopeFacts } from './scope-facts';
import { setUpOnly } from './set-up';
import { UnresolvedCalls } from './unresolved-calls';

const none: readonly Lock[] = [];
const nobody: readonly number[] = [];
const maximumRounds = 64;

/** Entry locksets of all functions. */
export class EntryLocks {
  /** By function that a lock may reach; null for "all", where nothing outside is seen to enter it. */
  private readonly entry = new Map<number, readonly Lock[] | null>();
  private readonly assumed: Uint8Array;
  /** The part of these that words say. */
  private readonly inWords: Uint8Array;
  private readonly setUp: Uint8Array;
  readonly joined: JoinedWork;
  readonly unresolved: UnresolvedCalls;
  private readonly entering: Entering;
  /** Functions that, as far as is known yet, somebody enters, or nobody. */
  private readonly live = new Map<number, boolean>();
  private wrapping = new Map<number, readonly WrappingLock[]>();
  private isSolved = false;
  /** Which scopes may hold a lock, as far as somebody asked. */
  private readonly holding: (boolean | undefined)[] = [];

  constructor(
    readonly resolver: Resolver,
    readonly locks: Locks,
    readonly graph: CallGraph,
    construction: Uint8Array,
    private declarations: Declarations,
    readonly reads: PropertyReads,
    facts: ScopeFacts,
    private readonly words: ContractWords,
  ) {
    const { scopes } = resolver.program;
    this.setUp = setUpOnly(resolver, graph, construction);
    this.joined = new JoinedWork(resolver, facts);
    this.unresolved = new UnresolvedCalls(resolver, graph, facts);
    this.inWords = contractsByWord(resolver.program, words);
    this.assumed = this.inWords.slice();
    this.entering = new Entering(resolver, graph, reads, this.joined, this.unresolved);
    this.assume(scopes);
    this.solve(scopes);
    this.isSolved = true;
  }

  /** What a body tells; while it tells the same, nothing here changes. */
  faceOf(scope: Scope): string {
    return entryFace(this, scope);
  }

  /** Takes over changed bodies and comments. False when these say something else, and all is to be solved anew.
   * `faces`: what changed bodies told before. */
  carryOver(
    faces: ReadonlyMap<Scope, string>,
    files: Iterable<ProgramFile>,
    declarations: Declarations,
  ): boolean {
    const { program } = this.resolver;
    const moved = new Set([...faces.keys()].map(({ id }) => id));
    const stays = ({ key }: Lock) => !moved.has(scopeOfLock(key));
    for (const locks of this.entry.values()) if (locks && !locks.every(stays)) return false;
    for (const [scope, face] of faces) if (this.faceOf(scope) !== face) return false;
    for (const file of files) {
      const words = contractsByWord(program, this.words, [file]);
      const end = file.firstScope + file.source.codes.length;
      for (let id = file.firstScope; id < end; id++) if (words[id] !== this.inWords[id]) return false;
    }
    if (textOf(declarations) !== textOf(this.declarations)) return false;
    // What decorators hold shows in the functions that they return.
    const known = this.wrapping;
    const isNested = [...faces.keys()].some(
      ({ parent, code }) => isFunction(program.scopes[parent]!) || code.op.includes(Op.Function),
    );
    if (isNested) this.wrapping = new Map();
    for (const [id, before] of known) {
      if (!isNested && before.length === 0) continue;
      const now = this.wrappersOf(program.scopes[id]!);
      if (
        now.length !== before.length ||
        !now.every(({ lock }, k) => lock === before[k]!.lock && stays(lock))
      )
        return false;
    }
    this.declarations = declarations;
    for (const id of moved) this.holding[id] = undefined;
    return true;
  }

  /** The locks that the function's decorators hold around it. */
  wrappersOf(scope: Scope): readonly WrappingLock[] {
    let found = this.wrapping.get(scope.id);
    if (!found) {
      found = scope.code.kind === ScopeKind.Function ? wrappingLocks(this.resolver, this.locks, scope) : [];
      this.wrapping.set(scope.id, found);
    }
    return found;
  }

  /** Locks held whenever the function's callers enter it, by declaration too, decorators aside. */
  of(scope: Scope): readonly Lock[] {
    const solved = this.entry.get(scope.id) ?? none;
    const declared = this.declarations.requiredBy(scope.id);
    return declared.length === 0
      ? solved
      : union(
          solved,
          declared.map(({ lock }) => lock),
        );
  }

  /** Whether words say that the function's callers hold a lock, or it is only called from such functions. */
  isAssumed(scope: Scope): boolean {
    return this.assumed[scope.id] === 1;
  }

  /** Whether the function runs only before its object is in use. */
  isSetUp(scope: Scope): boolean {
    return this.setUp[scope.id] === 1;
  }

  /** Whether nothing in the program outside of its tests can enter the function, and nothing hands it on. */
  isUnused(scope: Scope): boolean {
    return this.entering.isUnused(scope);
  }

  /** All locks held at an instruction: by callers, by decorators, and in the function itself. */
  at(scope: Scope, instruction: number): readonly Lock[] {
    const set = this.resolver.numberings.of(scope).held[instruction]!;
    const wrappers = this.wrappersOf(scope);
    const entry = this.of(scope);
    if (set === 0 && wrappers.length === 0) return entry;
    return union(
      union(
        entry,
        wrappers.map(({ lock }) => lock),
      ),
      this.locks.ofSet(scope.id, set),
    );
  }

  /** Whether a lock is held anywhere in a scope. */
  mayHold(scope: Scope): boolean {
    let found = this.holding[scope.id];
    if (found === undefined) {
      found = this.holdsAny(scope);
      // While callers are walked, what they hold is not known yet.
      if (this.isSolved) this.holding[scope.id] = found;
    }
    return found;
  }

  private holdsAny(scope: Scope): boolean {
    if (this.of(scope).length > 0 || this.wrappersOf(scope).length > 0) return true;
    const { lists } = this.resolver.numberings.of(scope).sets;
    for (let set = 1; set < lists.length; set++) {
      if (this.locks.ofSet(scope.id, set).length > 0) return true;
    }
    return false;
  }

  /** A function of the program's own that only such functions call is under the same contract. */
  private assume(scopes: readonly Scope[]): void {
    const waits = new Uint8Array(scopes.length);
    const tell = (id: number) => {
      for (const { callee } of this.entering.entriesOf(scopes[id]!)) waits[callee] = 1;
    };
    for (let id = this.assumed.indexOf(1); id >= 0; id = this.assumed.indexOf(1, id + 1)) tell(id);
    for (let round = 0, changed = true; changed && round < 8; round++) {
      changed = false;
      for (let id = waits.indexOf(1); id >= 0; id = waits.indexOf(1, id + 1)) {
        waits[id] = 0;
        const scope = scopes[id]!;
        if (this.assumed[id] || this.entering.isFree(scope)) continue;
        if (!this.entering.callersOf(scope).every((edge) => this.assumed[edge.caller])) continue;
        this.assumed[id] = 1;
        tell(id);
        changed = true;
      }
    }
  }

  /** In rounds over the functions that a lock may reach; those that no caller tells anything new are passed over. */
  private solve(scopes: readonly Scope[]): void {
    const callers: (readonly Edge[])[] = [];
    const called: (number[] | undefined)[] = [];
    const waits = new Uint8Array(scopes.length);
    for (const id of this.underLocks(scopes)) {
      const edges = this.tellingCallers(scopes[id]!);
      this.entry.set(id, null);
      callers[id] = edges;
      waits[id] = 1;
      for (const { caller } of edges) {
        const list = called[caller];
        if (list) list.push(id);
        else called[caller] = [id];
      }
    }
    for (let round = 0, changed = true; changed && round < maximumRounds; round++) {
      changed = false;
      for (let id = waits.indexOf(1); id >= 0; id = waits.indexOf(1, id + 1)) {
        waits[id] = 0;
        const before = this.entry.get(id)!;
        if (before?.length === 0) continue;
        const after = this.meet(callers[id]!);
        if (after === null || (before !== null && before.length === after.length)) continue;
        this.entry.set(id, after);
        for (const one of called[id] ?? nobody) waits[one] = 1;
        changed = true;
      }
    }
  }

  /** The functions that some call enters with a lock held, and those that they enter. */
  private underLocks(scopes: readonly Scope[]): readonly number[] {
    const found = new Set<number>();
    const put = (callee: number) => {
      if (!found.has(callee) && !this.entering.isFree(scopes[callee]!)) found.add(callee);
    };
    for (const scope of scopes) {
      if (scope.file.isTest || !this.mayHold(scope)) continue;
      for (const { at, callee } of this.entering.entriesOf(scope))
        if (this.at(scope, at).length > 0) put(callee);
    }
    // Those that are added meanwhile are walked, too.
    for (const id of found) {
      if (scopes[id]!.file.isTest) continue;
      for (const { callee } of this.entering.entriesOf(scopes[id]!)) put(callee);
    }
    return [...found].sort((one, other) => one - other);
  }

  /** The calls that say what is held when a function is entered. */
  private tellingCallers(scope: Scope): readonly Edge[] {
    const all = this.entering.callersOf(scope);
    const callers = all.some((edge) => this.assumed[edge.caller])
      ? all.filter((edge) => !this.assumed[edge.caller])
      : all;
    if (this.setUp[scope.id] || !callers.some((edge) => this.setUp[edge.caller])) return callers;
    const inUse = callers.filter((edge) => !this.setUp[edge.caller]);
    // What set-up holds says little, but where there is nothing else, it is what is known.
    return inUse.length > 0 ? inUse : callers;
  }

  private meet(callers: readonly Edge[]): readonly Lock[] | null {
    let held: readonly Lock[] | null = null;
    for (const { caller, at } of callers) {
      // Still "all": a caller that was not reached yet takes nothing away.
      const known = this.entry.get(caller);
      if (known === null || (known === undefined && !this.isLive(caller))) continue;
      const there = this.at(this.resolver.program.scopes[caller]!, at);
      held = held === null ? there : held.filter((lock) => there.includes(lock));
      if (held.length === 0) return none;
    }
    return held;
  }

  /** Whether calls lead to a function from where somebody outside enters; what only calls itself is never entered. */
  private isLive(from: number): boolean {
    const { scopes } = this.resolver.program;
    const way = new Set([from]);
    for (const id of way) {
      const known = this.live.get(id);
      if (known === false) continue;
      if (known || this.entering.isFree(scopes[id]!)) {
        this.live.set(from, true);
        return true;
      }
      for (const { caller } of this.tellingCallers(scopes[id]!)) way.add(caller);
    }
    for (const id of way) this.live.set(id, false);
    return false;
  }
}

/** The locks that functions declare that their callers hold, in words. */
function textOf(declarations: Declarations): string {
  return [...declarations.requiring()]
    .map(([id, declared]) => `${id}:${declared.map(({ lock }) => lock.id)}`)
    .join(' ');
}

function isFunction({ code: { kind } }: Scope): boolean {
  return kind === ScopeKind.Function || kind === ScopeKind.Lambda;
}

function union(x: readonly Lock[], y: readonly Lock[]): readonly Lock[] {
  if (y.length === 0) return x;
  if (x.length === 0) return y;
  return [...x, ...y.filter((lock) => !x.includes(lock))];
}
