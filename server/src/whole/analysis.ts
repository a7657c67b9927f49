// The facts of a whole program, behind one object that rules ask. Each part is computed when first needed and only from
// the program, so that every order of questions gives the same answers.

import { Locks } from '../flow/locks';
import type { Numberings } from '../flow/numberings';
import { Resolver } from '../flow/resolver';
import type { Library } from '../library/library';
import type { Program } from '../program/program';
import { CallGraph } from './call-graph';
import { constructionOnly } from './construction';
import { EntryLocks } from './entry-locks';
import { Guards } from './guards';

/** Everything that rules may ask of a program. */
export class Analysis {
  readonly resolver: Resolver;
  readonly locks: Locks;
  private graph: CallGraph | undefined;
  private constructionFlags: Uint8Array | undefined;
  private entries: EntryLocks | undefined;
  private guardTable: Guards | undefined;

  constructor(
    readonly program: Program,
    readonly library: Library,
    numberings: Numberings,
  ) {
    this.resolver = new Resolver(program, library, numberings);
    this.locks = new Locks(this.resolver);
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

  /** Which lock guards which state. */
  get guards(): Guards {
    this.guardTable ??= new Guards(this.resolver, this.entryLocks, this.construction);
    return this.guardTable;
  }
}
