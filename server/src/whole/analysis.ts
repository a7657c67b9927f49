// The facts of a whole program, behind one object that rules ask. Each part is computed when first needed and only from
// the program, so that every order of questions gives the same answers.

import type { ArgumentBinding } from '../flow/argument-bindings';
import type { Face } from '../flow/face';
import { type Lock, Locks } from '../flow/locks';
import type { Numberings } from '../flow/numberings';
import { Resolver } from '../flow/resolver';
import { type Demand, everything } from '../flow/values/demand';
import { SharedInterpretation, type Told } from '../flow/values/shared-interpretation';
import { SharedRelevance, type ShownPart } from '../flow/values/shared-relevance';
import { Values } from '../flow/values/values';
import type { Library } from '../library/library';
import type { Program, ProgramFile, Scope } from '../program/program';
import { AccessTable } from './access-table';
import { chosenModels } from './backends';
import { Blocking } from './blocking';
import { CallGraph } from './call-graph';
import type { Part } from './call-sharing';
import { constructionOnly, importOnly } from './construction';
import { Declarations } from './declarations';
import { Entered } from './entered';
import { EntryLocks } from './entry-locks';
import { FreshObjects } from './fresh-objects';
import { Guards } from './guards';
import { ImpliedCalls } from './implied-calls';
import { LibraryCalls } from './library-calls';
import type { ContractWords } from './lock-contracts';
import { LockTaking } from './lock-taking';
import { LockUses } from './lock-uses';
import { LogHandlers } from './log-handlers';
import { Meetings } from './meetings';
import { PropertyReads } from './property-reads';
import { Roots } from './roots';
import { ScopeFacts } from './scope-facts';
import { type SinkUseFact, sinkUses } from './sink-uses';
import { type Spawned, spawnedFunctions } from './spawned';

const noFiles: ReadonlySet<number> = new Set();

interface Derived {
  construction?: Uint8Array | undefined;
  importTime?: Uint8Array | undefined;
  declarations?: Declarations;
  entryLocks?: EntryLocks;
  lockFiles?: ReadonlyMap<Lock, ReadonlySet<number>>;
  guards?: Guards;
  lockUses?: LockUses;
  lockTaking?: LockTaking;
  impliedCalls?: ImpliedCalls;
  spawned?: readonly Spawned[];
  blocking?: Blocking;
  roots?: Roots;
  entered?: Entered;
  meetings?: Meetings;
  values?: Values;
  sharedValues?: SharedInterpretation;
  sharedRelevance?: SharedRelevance;
  sinkUses?: readonly SinkUseFact[];
  /** What `once` was asked for, by what finds it. */
  found?: Map<unknown, unknown>;
}

interface EarlierEntryLocks {
  readonly locks: EntryLocks;
  readonly faces: Map<Scope, string>;
  readonly files: Set<ProgramFile>;
}

/** Values are asked for while several threads are still at them. */
export class ValuesPending extends Error {}

/** Everything that rules may ask of a program. */
export class Analysis {
  readonly resolver: Resolver;
  readonly locks: Locks;
  readonly accesses: AccessTable;
  /** Who calls whom. Made first: it tells the resolver what parameters are, and no answer may come before that. */
  readonly calls: CallGraph;
  /** Facts of single scopes, for rules too. */
  readonly facts: ScopeFacts;
  /** Who reads which property. */
  readonly propertyReads: PropertyReads;
  /** Calls into libraries, by path. */
  readonly libraryCalls: LibraryCalls;
  /** The faces of bodies that changed, and what bodies hand to parameters, as they are now. */
  readonly faces = new Map<Scope, Face>();
  readonly handed = new Map<Scope, readonly ArgumentBinding[]>();
  private readonly contractWords: ContractWords = new Map();
  /** Solved from the call graph and the bodies; thrown away together. */
  private derived: Derived = {};
  /** Values from before bodies changed: what holds still is taken from there. */
  private earlierValues: Values | null = null;
  private readonly changedSince = new Set<Scope>();
  /** Entry locksets from then, and what bodies told that changed since. */
  private earlierEntryLocks: EarlierEntryLocks | null = null;
  private awaitsValues = false;

  constructor(
    readonly program: Program,
    readonly library: Library,
    numberings: Numberings,
    /** Whether several analyses look at its calls together (see `CallGraph`). */
    isShared = false,
    /** What will be asked of `values`. */
    private readonly demand: Demand = everything,
    /** Whether bodies are going to be edited. */
    isEdited = false,
  ) {
    this.resolver = new Resolver(program, library, numberings, isEdited && !isShared);
    this.calls = new CallGraph(this.resolver, isShared);
    this.locks = new Locks(this.resolver);
    this.facts = new ScopeFacts(this.resolver);
    this.accesses = new AccessTable(this.resolver, this.facts);
    this.propertyReads = new PropertyReads(this.resolver);
    this.libraryCalls = new LibraryCalls(this.resolver);
  }

  /** 1 for scopes that run only during construction or import. */
  get construction(): Uint8Array {
    this.derived.construction ??= constructionOnly(this.resolver, this.calls);
    return this.derived.construction;
  }

  /** 1 for scopes that run only during import. */
  private get importTime(): Uint8Array {
    this.derived.importTime ??= importOnly(this.resolver, this.calls);
    return this.derived.importTime;
  }

  /** What comments declare of locks and threads. */
  get declarations(): Declarations {
    this.derived.declarations ??= new Declarations(this.resolver, this.locks, this.accesses);
    return this.derived.declarations;
  }

  /** What is held where. */
  get entryLocks(): EntryLocks {
    this.derived.entryLocks ??= this.carriedEntryLocks() ?? this.newEntryLocks();
    return this.derived.entryLocks;
  }

  private newEntryLocks(): EntryLocks {
    const { resolver, locks, calls, construction, declarations, propertyReads, facts, contractWords } = this;
    return new EntryLocks(
      resolver,
      locks,
      calls,
      construction,
      declarations,
      propertyReads,
      facts,
      contractWords,
    );
  }

  /** The entry locksets from before bodies changed, where these tell the same. */
  private carriedEntryLocks(): EntryLocks | null {
    const { earlierEntryLocks: earlier } = this;
    if (!earlier) return null;
    this.earlierEntryLocks = null;
    const { locks, faces, files } = earlier;
    return locks.carryOver(faces, files, this.declarations) ? locks : null;
  }

  /** What is found out about the whole program, once for all rules that ask: `find` must always be the same function. */
  once<T>(find: (analysis: Analysis) => T): T {
    this.derived.found ??= new Map();
    const { found } = this.derived;
    if (!found.has(find)) found.set(find, find(this));
    return found.get(find) as T;
  }

  /** Indexes of the files whose code takes a lock, by `with`, `acquire` or decorator. */
  lockFiles(lock: Lock): ReadonlySet<number> {
    this.derived.lockFiles ??= filesByLock(this);
    return this.derived.lockFiles.get(lock) ?? noFiles;
  }

  /** Where locks are taken, given back, waited on and asked. */
  get lockUses(): LockUses {
    this.derived.lockUses ??= new LockUses(this.resolver, this.facts);
    return this.derived.lockUses;
  }

  /** Which locks a function takes, through what it calls too. */
  get lockTaking(): LockTaking {
    const of = (scope: number, number: number) => this.locks.of(scope, number);
    const { resolver, lockUses, calls, impliedCalls, entryLocks } = this;
    this.derived.lockTaking ??= new LockTaking(resolver, of, lockUses, calls, impliedCalls, entryLocks);
    return this.derived.lockTaking;
  }

  /** Calls that are not written as calls. */
  get impliedCalls(): ImpliedCalls {
    this.derived.impliedCalls ??= new ImpliedCalls(
      this.resolver,
      this.propertyReads,
      this.facts,
      new LogHandlers(this.resolver, this.facts),
    );
    return this.derived.impliedCalls;
  }

  /** Which functions wait for something. */
  get blocking(): Blocking {
    this.derived.blocking ??= new Blocking(this.resolver, this.calls, this.facts);
    return this.derived.blocking;
  }

  /** Who runs which function. */
  get roots(): Roots {
    const { resolver, calls, spawned, facts } = this;
    this.derived.roots ??= new Roots(resolver, calls, spawned, chosenModels(this), facts);
    return this.derived.roots;
  }

  /** Which functions are entered once their object is in use. */
  get entered(): Entered {
    const { resolver, calls, roots, propertyReads, construction, facts } = this;
    const fresh = new FreshObjects(resolver, facts);
    this.derived.entered ??= new Entered(resolver, calls, roots, propertyReads, construction, facts, fresh);
    return this.derived.entered;
  }

  /** Which functions may run at the same time. */
  get meetings(): Meetings {
    this.derived.meetings ??= new Meetings(
      this.program,
      this.calls,
      this.roots,
      this.spawned,
      this.construction,
    );
    return this.derived.meetings;
  }

  /** What is handed over to run elsewhere. */
  get spawned(): readonly Spawned[] {
    this.derived.spawned ??= spawnedFunctions(this);
    return this.derived.spawned;
  }

  /** Which secrets and which outside data arrive where. */
  get values(): Values {
    if (!this.derived.values) {
      if (this.awaitsValues) throw new ValuesPending();
      const { resolver, library, demand, earlierValues, changedSince } = this;
      this.derived.values = new Values(resolver, library, demand, earlierValues, [...changedSince]);
      this.earlierValues = null;
      changedSince.clear();
    }
    return this.derived.values;
  }

  /** Puts questions for values off: they are followed together with other analyses of this program. */
  awaitValues(): void {
    this.awaitsValues = true;
  }

  /** Ends that: what they follow together may have been taken by another one, and is followed anew when asked for. */
  stopWaiting(): void {
    this.awaitsValues = false;
    delete this.derived.sharedValues;
    delete this.derived.sharedRelevance;
  }

  /** This thread's side of that. */
  get sharedValues(): SharedInterpretation {
    const { resolver, library, demand, derived } = this;
    derived.sharedValues ??= new SharedInterpretation(resolver, library, demand, derived.sharedRelevance);
    return derived.sharedValues;
  }

  /** What the scopes of a part show of labels. */
  showPart(part: Part): ShownPart {
    return this.sharedRelevance.of(...this.calls.rangeOf(part));
  }

  /** Takes what the scopes of all parts show, in order. */
  takeShown(parts: readonly ShownPart[]): void {
    this.sharedRelevance.take(parts);
  }

  private get sharedRelevance(): SharedRelevance {
    const { resolver, library, demand, derived } = this;
    derived.sharedRelevance ??= new SharedRelevance(resolver, library, demand);
    return derived.sharedRelevance;
  }

  /** Ends it: from here on values may be asked for. */
  takeValues(told: readonly Told[]): void {
    const { resolver, library, derived } = this;
    derived.values = new Values(resolver, library, this.demand, null, [], this.sharedValues.finish(told));
    delete derived.sharedValues;
    delete derived.sharedRelevance;
    this.awaitsValues = false;
  }

  /** The same analysis with other questions for values, as of now: everything but these is shared. */
  asking(demand: Demand): Analysis {
    const { values: _values, sharedValues: _shared, sharedRelevance: _shown, ...derived } = this.derived;
    const own = {
      demand,
      derived,
      earlierValues: null,
      earlierEntryLocks: null,
      changedSince: new Set(),
      awaitsValues: false,
    };
    return Object.assign(Object.create(Analysis.prototype), this, own);
  }

  /** Keeps in mind what bodies of a file tell that are about to change. */
  noteBodies(file: ProgramFile, changing: readonly Scope[]): void {
    const { entryLocks } = this.derived;
    if (entryLocks) this.earlierEntryLocks = { locks: entryLocks, faces: new Map(), files: new Set() };
    if (!this.earlierEntryLocks) return;
    const { locks, faces, files } = this.earlierEntryLocks;
    files.add(file);
    for (const scope of changing) if (!faces.has(scope)) faces.set(scope, locks.faceOf(scope));
  }

  /** Takes over changed bodies (see `carryOver`). `others`: where these show something else, who looked into them. */
  replaceBodies(bodies: readonly Scope[], others: readonly Scope[] | null): void {
    const changed = others === null ? bodies : [...bodies, ...others];
    this.locks.forget();
    // Which locks there are may be another matter now.
    if (others !== null) this.earlierEntryLocks = null;
    for (const scope of changed) {
      this.accesses.forget(scope);
      this.facts.forget(scope);
    }
    this.propertyReads.forget(changed);
    this.libraryCalls.forget(changed);
    const isSame = this.calls.update(changed.map((scope) => scope.id));
    if (this.derived.values) this.earlierValues = this.derived.values;
    for (const scope of changed) this.changedSince.add(scope);
    // These follow from who calls whom, and from heads of definitions.
    const { construction, importTime } = this.derived;
    this.derived = isSame ? { construction, importTime } : {};
  }

  /** Uses of sinks with values that are not constant, whatever they are. */
  get sinkUses(): readonly SinkUseFact[] {
    this.derived.sinkUses ??= sinkUses(this.resolver, this.library);
    return this.derived.sinkUses;
  }

  /** Which lock guards which state. */
  get guards(): Guards {
    this.derived.guards ??= new Guards(
      this.resolver,
      this.accesses,
      this.entryLocks,
      this.construction,
      this.importTime,
      this.declarations,
    );
    return this.derived.guards;
  }
}

function filesByLock(analysis: Analysis): ReadonlyMap<Lock, ReadonlySet<number>> {
  const files = new Map<Lock, Set<number>>();
  const put = (lock: Lock, file: number) => {
    const set = files.get(lock);
    if (set) set.add(file);
    else files.set(lock, new Set([file]));
  };
  for (const scope of analysis.program.scopes) {
    const wrappers = analysis.entryLocks.wrappersOf(scope);
    for (let k = 0; k < wrappers.length; k++) put(wrappers[k]!.lock, scope.file.index);
    const { sets } = analysis.resolver.numberings.of(scope);
    for (let set = 1; set < sets.lists.length; set++) {
      for (const lock of analysis.locks.ofSet(scope.id, set)) put(lock, scope.file.index);
    }
  }
  return files;
}
