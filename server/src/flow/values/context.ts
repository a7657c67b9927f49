// What all passes over the functions of one program share: the domain, the resolver, summaries, fields, flows found.
// Owned by `Values`; a pass only adds to it.

import type { Library } from '../../library/library';
import type { Resolver } from '../resolver';
import { Domain } from './domain';
import { Fields } from './fields';
import { Mask } from './labels';
import { ObjectUses } from './object-uses';
import { Patterns } from './patterns';
import type { Summary } from './summary';

const maximumNesting = 40;
/** Bits of a mask from the first sink's to the highest of a positive number. */
const maximumKinds = 26;

/** Figures of a run, for `--stats`. */
export interface Counts {
  /** Functions that the interpretation ran on. */
  functions: number;
  /** Functions that ran again because a shared place held more than they had seen. */
  reruns: number;
  /** Calls of which nothing was known, so that their arguments' labels went through. */
  unknownCalls: number;
  /** Functions cut off by the bound on steps. */
  exhausted: number;
}

/** The shared state of a run. */
export class Context {
  readonly domain = new Domain();
  readonly fields = new Fields(this.domain);
  readonly patterns = new Patterns();
  readonly objectUses: ObjectUses;
  /** Verdicts on names of functions: whether they mask what they are given. */
  readonly maskerNames = new Map<string, boolean>();
  readonly summaries = new Map<number, Summary>();
  readonly counts: Counts = { functions: 0, reruns: 0, unknownCalls: 0, exhausted: 0 };
  /** Functions being interpreted, so that a recursive call is seen. */
  private readonly running = new Set<number>();
  private readonly sinkBits = new Map<string, number>();
  /** Last segments of source paths and of paths with secrets: whether asking for a path can pay. */
  readonly sourceNames: ReadonlySet<string>;
  /** Names of attributes that are sinks when they are set. */
  readonly setNames: ReadonlySet<string>;

  constructor(
    readonly resolver: Resolver,
    readonly library: Library,
    private readonly interpret: (scope: number, full: boolean) => void,
  ) {
    this.objectUses = new ObjectUses(resolver.program);
    this.sourceNames = library.sourceLastNames();
    this.setNames = new Set(
      [...library.sinks.lastSegments()].filter((name) => name.endsWith('=')).map((name) => name.slice(0, -1)),
    );
  }

  /** The mask bit of a sink kind. */
  bitOf(kind: string): number {
    let bit = this.sinkBits.get(kind);
    if (bit === undefined) {
      // Kinds beyond the bits share the last one: what clears one of them clears all.
      bit = Mask.FirstSink << Math.min(this.sinkBits.size, maximumKinds - 1);
      this.sinkBits.set(kind, bit);
    }
    return bit;
  }

  /** The summary of a function. `full`: in terms of its inputs, made now if need be; else what there is. Undefined when
   * there is none, or when calls nest too deeply or come back to a function that is not finished. */
  summary(scope: number, full: boolean): Summary | undefined {
    const known = this.summaries.get(scope);
    if (!full || known?.full) return known;
    if (this.running.size >= maximumNesting || this.running.has(scope)) return undefined;
    this.run(scope, true);
    return this.summaries.get(scope);
  }

  /** Interprets a function. */
  run(scope: number, full: boolean): void {
    this.running.add(scope);
    this.interpret(scope, full);
    this.running.delete(scope);
  }
}
