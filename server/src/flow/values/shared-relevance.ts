// What the scopes of a program show of labels (see `relevance`), found by several threads in parts and put together: the
// flags of all scopes, and whoever has them begins to follow values. What is found depends on the program alone.

import type { Library } from '../../library/library';
import type { Resolver } from '../resolver';
import { Context } from './context';
import type { Demand } from './demand';
import { FlagReader, flagsOf, usedScopes } from './relevance';

/** What the scopes of a part show. */
export interface ShownPart {
  /** By scope. */
  readonly flags: Uint8Array;
  /** Those that hand functions to a framework. */
  readonly registering: readonly number[];
}

/** One thread's side of it. */
export class SharedRelevance {
  readonly context: Context;
  readonly reader: FlagReader;
  /** By scope; null until all parts were told. */
  flags: Uint8Array | null = null;

  constructor(resolver: Resolver, library: Library, demand: Demand) {
    this.context = new Context(resolver, library, demand);
    this.reader = new FlagReader(this.context);
    this.context.entryPoints.takeRegistering([]);
  }

  /** What a range of scopes shows, apart from what is handed to frameworks elsewhere. */
  of(from: number, to: number): ShownPart {
    const { context, reader } = this;
    return {
      flags: flagsOf(context, reader, from, to),
      registering: context.demand.isEmpty ? [] : context.entryPoints.registeringIn(from, to),
    };
  }

  /** Takes what all parts show, in order. */
  take(parts: readonly ShownPart[]): void {
    const { entryPoints, resolver } = this.context;
    const { program } = resolver;
    const flags = new Uint8Array(program.scopes.length);
    let from = 0;
    for (const part of parts) {
      flags.set(part.flags, from);
      from += part.flags.length;
    }
    if (from !== flags.length) throw new Error('The engines see different programs.');
    const used = usedScopes(program);
    for (const id of entryPoints.takeRegistering(parts.flatMap(({ registering }) => registering)))
      if (used[id] === 1) flags[id]! |= this.reader.ofEntry(program.scopes[id]!);
    this.flags = flags;
  }
}
