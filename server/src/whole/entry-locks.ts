// The locks held whenever a function is entered: the intersection over its callers, a greatest fixpoint from "all".
// A function that may be entered from outside the program (registered, escaping, without callers) is entered with
// nothing; one whose name or comment says that its callers hold a lock is believed. Contracts of this kind follow RacerD's ownership and lock summaries (OOPSLA 2018) in spirit.

import { EntityKind } from '../flow/entities';
import { decoratorNames } from '../flow/function-facts';
import type { Lock, Locks } from '../flow/locks';
import type { Resolver } from '../flow/resolver';
import { type WrappingLock, wrappingLocks } from '../flow/wrapped';
import type { ProgramFile, Scope } from '../program/program';
import { Op, ScopeKind } from '../syntax/code';
import { functionExtra } from '../syntax/code-reader';
import type { CallGraph, Edge } from './call-graph';
import type { Declarations } from './declarations';
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
const harmless =
  /(^|\.)(\w*retry\w*|exception_logger|(catch|translate|wrap|log|swallow|ignore|reraise)_\w+|property|cached_property|staticmethod|classmethod|(async)?contextmanager|wraps|abstractmethod|override|overload|log_helpers\.log_method_call|trace\w*|synchronized|lru_cache|cache|setter|getter|deleter|profile|removals\.\w+|deprecated)$/;

/** Bases that call nothing of a class by a name of its own. */
const plainBases =
  /^(object|abc\.ABC|ABC|typing\.\w+|enum\.\w+|threading\.Thread|threading\.local|\w*(Exception|Error))$/;

/** Decorators that hand the function to somebody else to call. */
const registering =
  /(^|[._])(route|get|post|put|delete|patch|head|options|websocket|command|group|task|job|handler?s?|handles|listens?\w*|receivers?|receives|subscrib\w*|regist\w*|callback|hook\w*|event|on|on_\w+|connect|signal\w*|expose\w*|endpoint|rpc\w*|periodic\w*|schedule\w*|cron|timer|atexit|thread\w*|spawn\w*|fixture|before_\w+|after_\w+|validat\w+|observe\w*|api|view|filter|tag)$/i;

/** Entry locksets of all functions. */
export class EntryLocks {
  private readonly entry: (readonly Lock[] | null)[];
  private readonly assumed: Uint8Array;
  /** The part of these that words say. */
  private readonly inWords: Uint8Array;
  private readonly setUp: Uint8Array;
  readonly joined: JoinedWork;
  readonly unresolved: UnresolvedCalls;
  private wrapping = new Map<number, readonly WrappingLock[]>();

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
    this.entry = scopes.map((scope) => (this.isFree(scope) ? none : null));
    this.assume(scopes);
    this.solve(scopes);
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
    for (const locks of this.entry) if (locks && !locks.every(stays)) return false;
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
      const now = this.wrappersOf(program.scopes[id]!);
      if (
        now.length !== before.length ||
        !now.every(({ lock }, k) => lock === before[k]!.lock && stays(lock))
      )
        return false;
    }
    this.declarations = declarations;
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
    const solved = this.entry[scope.id] ?? none;
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
    if (scope.code.kind !== ScopeKind.Function || !isPrivate(scope.name)) return false;
    if (this.resolver.program.scopes[scope.parent]!.code.kind === ScopeKind.Function) return false;
    if (this.callersOf(scope).length > 0 || this.graph.escapes[scope.id]) return false;
    if (this.graph.unresolvedNames.has(scope.name) || this.inheritsFromElsewhere(scope)) return false;
    if (decoratorNames(this.resolver.program, scope).length > 0 || this.overridden(scope).length > 0)
      return false;
    // The name of a method put together at run time may be this one.
    return scope.owner < 0 || !scope.file.source.names.includes('getattr');
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
    if (this.of(scope).length > 0 || this.wrappersOf(scope).length > 0) return true;
    const { lists } = this.resolver.numberings.of(scope).sets;
    for (let set = 1; set < lists.length; set++) {
      if (this.locks.ofSet(scope.id, set).length > 0) return true;
    }
    return false;
  }

  /** Whether somebody outside the program may enter the function. */
  private isFree(scope: Scope, seen = new Set<number>()): boolean {
    // Classes whose bases are bound anew may be bases of each other.
    if (seen.has(scope.id)) return false;
    seen.add(scope.id);
    if (!isFunction(scope)) return true;
    if (this.callersOf(scope).length === 0 || this.escapes(scope)) return true;
    if (scope.name.startsWith('__') && scope.name.endsWith('__')) return true;
    const decorators = decoratorNames(this.resolver.program, scope);
    if (decorators.some((name) => registering.test(name) && !harmless.test(name))) return true;
    if (isPrivate(scope.name)) return false;
    if (decorators.some((name, k) => !harmless.test(name) && !this.isOwnDecorator(scope, k))) return true;
    // An override of a method of the program is entered where that method is called.
    return this.unresolved.mayReach(scope) || this.overridden(scope).some((one) => this.isFree(one, seen));
  }

  /** Whether a decorator is a function of the program: it wraps what it is given, as far as its name tells. */
  private isOwnDecorator(scope: Scope, index: number): boolean {
    const outer = this.resolver.program.scopes[scope.parent]!;
    const decorator = functionExtra(outer.code, scope.definedAt).decorators[index]!;
    const callee = outer.code.op[decorator] === Op.Call ? outer.code.a[decorator]! : decorator;
    const { entities } = this.resolver;
    return this.resolver
      .denotes(outer.id, callee)
      .some((entity) => entities.kind[entity] === EntityKind.Function);
  }

  private escapes(scope: Scope): boolean {
    return this.graph.escapes[scope.id] === 1 && this.joined.of(scope.id).length === 0;
  }

  /** Calls, property reads and waited-for hand-overs that enter the function, tests left out. */
  private callersOf(scope: Scope): readonly Edge[] {
    const calls = this.graph.callers[scope.id]!;
    const reads = this.reads.of(scope.id);
    const joined = this.joined.of(scope.id);
    const all = reads.length + joined.length === 0 ? calls : [...calls, ...reads, ...joined];
    const isTest = ({ caller }: Edge) => this.resolver.program.scopes[caller]!.file.isTest;
    return all.some(isTest) ? all.filter((edge) => !isTest(edge)) : all;
  }

  /** A base that is not of the program may call what it knows by name. */
  private inheritsFromElsewhere(scope: Scope): boolean {
    if (scope.owner < 0) return false;
    const { classes, entities } = this.resolver;
    return classes.order(scope.owner).some((entity) => {
      const path = entities.path(entity);
      return path !== '' && !plainBases.test(path);
    });
  }

  /** The functions of the program's classes that a method overrides. */
  private overridden(scope: Scope): readonly Scope[] {
    if (scope.owner < 0) return [];
    const { classes, entities, program } = this.resolver;
    const found: Scope[] = [];
    for (const entity of classes.order(scope.owner).slice(1)) {
      if (entities.path(entity) !== '') continue;
      const method = classes.ownMethod(entities.x[entity]!, scope.name);
      if (method >= 0) found.push(program.scopes[method]!);
    }
    return found;
  }

  /** A function of the program's own that only such functions call is under the same contract. */
  private assume(scopes: readonly Scope[]): void {
    if (!this.assumed.includes(1)) return;
    let left = scopes.filter(({ id }) => !this.assumed[id] && this.entry[id] === null);
    for (let round = 0; round < 8; round++) {
      const count = left.length;
      left = left.filter((scope) => {
        if (!this.callersOf(scope).every((edge) => this.assumed[edge.caller])) return true;
        this.assumed[scope.id] = 1;
        return false;
      });
      if (left.length === count) break;
    }
  }

  /** In rounds over all functions; those that no caller tells anything new are passed over. */
  private solve(scopes: readonly Scope[]): void {
    const callers: (readonly Edge[])[] = [];
    const called: (number[] | undefined)[] = [];
    const waits = new Uint8Array(scopes.length);
    for (const scope of scopes) {
      if (this.entry[scope.id] !== null) continue;
      const edges = this.tellingCallers(scope);
      callers[scope.id] = edges;
      waits[scope.id] = 1;
      for (const { caller } of edges) {
        const list = called[caller];
        if (list) list.push(scope.id);
        else called[caller] = [scope.id];
      }
    }
    for (let round = 0, changed = true; changed && round < maximumRounds; round++) {
      changed = false;
      for (let id = waits.indexOf(1); id >= 0; id = waits.indexOf(1, id + 1)) {
        waits[id] = 0;
        const before = this.entry[id]!;
        if (before?.length === 0) continue;
        const after = this.meet(callers[id]!);
        if (after === null || (before !== null && before.length === after.length)) continue;
        this.entry[id] = after;
        for (const one of called[id] ?? nobody) waits[one] = 1;
        changed = true;
      }
    }
  }

  /** The calls that say what is held when a function is entered. */
  private tellingCallers(scope: Scope): readonly Edge[] {
    const all = this.callersOf(scope);
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
      if (this.entry[caller] === null) continue;
      const there = this.at(this.resolver.program.scopes[caller]!, at);
      held = held === null ? there : held.filter((lock) => there.includes(lock));
      if (held.length === 0) return none;
    }
    return held;
  }
}

function isFunction({ code: { kind } }: Scope): boolean {
  return kind === ScopeKind.Function || kind === ScopeKind.Lambda;
}

/** The locks that functions declare that their callers hold, in words. */
function textOf(declarations: Declarations): string {
  return [...declarations.requiring()]
    .map(([id, declared]) => `${id}:${declared.map(({ lock }) => lock.id)}`)
    .join(' ');
}

function isPrivate(name: string): boolean {
  return name.startsWith('_') && !name.endsWith('__');
}

function union(x: readonly Lock[], y: readonly Lock[]): readonly Lock[] {
  if (y.length === 0) return x;
  if (x.length === 0) return y;
  return [...x, ...y.filter((lock) => !x.includes(lock))];
}
