// What the scopes of a program show of labels (see `relevance`), found by several threads in parts and put together: the
// flags of all scopes, and whoever has them begins to follow values. What is found depends on the program alone.

import type { Library } from '../../library/library';
import type { Resolver } from '../resolver';
import { Context } from './context';
import type { Demand } from './demand';
import { FlagReader, flagsOf } from './relevance';

/** One thread's side of it. */
export class SharedRelevance {
  readonly context: Context;
  readonly reader: FlagReader;
  /** By scope; null until all parts were told. */
  flags: Uint8Array | null = null;

  constructor(resolver: Resolver, library: Library, demand: Demand) {
    this.context = new Context(resolver, library, demand);
    this.reader = new FlagReader(this.context);
  }

  /** What a range of scopes shows. */
  of(from: number, to: number): Uint8Array {
    return flagsOf(this.context, this.reader, from, to);
  }

  /** Takes what all parts show, in order. */
  take(parts: readonly Uint8Array[]): void {
    const { scopes } = this.context.resolver.program;
    const flags = new Uint8Array(scopes.length);
    let from = 0;
    for (const part of parts) {
      flags.set(part, from);
      from += part.length;
    }
    if (from !== scopes.length) throw new Error('The engines see different programs.');
    this.flags = flags;
  }
}
