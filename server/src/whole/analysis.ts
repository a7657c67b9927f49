// The facts of a whole program, behind one object that rules ask. Each part is computed when first needed and only from
// the program, so that every order of questions gives the same answers.

import { type Lock, Locks } from '../flow/locks';
import type { Numberings } from '../flow/numberings';
import { Resolver } from '../flow/resolver';
import type { Library } from '../library/library';
import type { Program, Scope } from '../program/program';
import { AccessTable } from './access-table';
import { CallGraph } from './call-graph';
import { constructionOnly } from './construction';
import { EntryLocks } from './entry-locks';
import { Guards } from './guards';
import { LibraryCalls } from './library-calls';
import { LockUses } from './lock-uses';

const noFiles: ReadonlySet<number> = new Set();

/** Everything that rules may ask of a program. */
export class Analysis {
  readonly resolver: Resolver;
  readonly locks: Locks;
  readonly accesses: AccessTable;
  private graph: CallGraph | undefined;
  private constructionFlags: Uint8Array | undefined;
  private entries: EntryLocks | undefined;
  private filesOfLocks: ReadonlyMap<Lock, ReadonlySet<number>> | undefined;
  private guardTable: Guards | undefined;
  private lockUseTable: LockUses | undefined;
  private libraryCallTable: LibraryCalls | undefined;

  constructor(
    readonly program: Program,
    readonly library: Library,
    numberings: Numberings,
  ) {
    this.resolver = new Resolver(program, library, numberings);
    this.locks = new Locks(this.resolver);
    this.accesses = new AccessTable(this.resolver);
  }

  /** Who calls whom. */
  get calls(): CallGraph {
    this.graph ??= new CallGraph(this.resolver);
    return this.graph;
  }

  /** 1 for scopes that run only during construction or import. */
  get construction(): Uint8Array {
    this.constructionFlags ??= constructionOnly(this.resolver, this.calls);
    return this.constructionFlags;
  }

  /** What is held where. */
  get entryLocks(): EntryLocks {
    this.entries ??= new EntryLocks(this.resolver, this.locks, this.calls, this.construction);
    return this.entries;
  }

  /** Indexes of the files whose code takes a lock, by `with`, `acquire` or decorator. */
  lockFiles(lock: Lock): ReadonlySet<number> {
    this.filesOfLocks ??= filesByLock(this);
    return this.filesOfLocks.get(lock) ?? noFiles;
  }

  /** Where locks are taken, given back, waited on and asked. */
  get lockUses(): LockUses {
    void this.calls;
    this.lockUseTable ??= new LockUses(this.resolver);
    return this.lockUseTable;
  }

  /** Calls into libraries, by path. */
  get libraryCalls(): LibraryCalls {
    if (!this.libraryCallTable) {
      // The call graph learns what parameters are; calls resolve better after it.
      void this.calls;
      this.libraryCallTable = new LibraryCalls(this.resolver);
    }
    return this.libraryCallTable;
  }

  /** Takes over changed bodies whose faces stayed the same (see `carryOver`). */
  replaceBodies(changed: readonly Scope[]): void {
    this.locks.forget();
    for (const scope of changed) this.accesses.forget(scope);
    this.graph?.update(changed.map((scope) => scope.id));
    this.constructionFlags = undefined;
    this.entries = undefined;
    this.filesOfLocks = undefined;
    this.guardTable = undefined;
  }

  /** Which lock guards which state. */
  get guards(): Guards {
    this.guardTable ??= new Guards(this.resolver, this.accesses, this.entryLocks, this.construction);
    return this.guardTable;
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
    for (const { lock } of analysis.entryLocks.wrappersOf(scope)) put(lock, scope.file.index);
    const { sets } = analysis.resolver.numberings.of(scope);
    for (let set = 1; set < sets.lists.length; set++) {
      for (const lock of analysis.locks.ofSet(scope.id, set)) put(lock, scope.file.index);
    }
  }
  return files;
}
